"""A function by its name on the command line."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import Any


def function_named(name: str) -> Callable[..., Any]:
    """Import what ``module:function`` names; modules of the current folder are found.

    Raises
    ------
    ValueError
        If it is no such name, or names nothing that can be called.
    ImportError
        If there is no such module.
    """
    module_name, colon, attribute = name.partition(":")
    if not (module_name and colon and attribute):
        raise ValueError(
            f"{name!r:.80} is no function; expected module:function, such as filters:cartoon."
        )
    if "" not in sys.path:
        sys.path.insert(0, "")
    found: Any = importlib.import_module(module_name)
    for part in attribute.split("."):
        found = getattr(found, part, None)
    if not callable(found):
        raise ValueError(f"{module_name} has no function {attribute!r:.80}.")
    function: Callable[..., Any] = found
    return function
