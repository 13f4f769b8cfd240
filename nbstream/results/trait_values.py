"""What a function returns for a trait of an ipywidget: made plain, and advice where it does not fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets

from ..errors import LEAVE_AS_IT_IS


def plain(value: Any) -> Any:
    """Numpy's own numbers and texts as Python's, alone or in a list, tuple or dict; anything else as it is."""
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0):
        return value.item()
    if type(value) in (list, tuple):
        return type(value)(plain(one) for one in value)
    if type(value) is dict:
        return {plain(name): plain(one) for name, one in value.items()}
    return value


def advice(value: Any, trait: traitlets.TraitType[Any, Any], options: Sequence[Any]) -> str:
    """Say what to return for a trait in place of a value that it refuses.

    Parameters
    ----------
    options
        Among which the widget chooses; empty = it does not.
    """
    if value is None:
        clear = ', "" to clear it' if isinstance(trait, traitlets.Unicode) else ""
        return f"{LEAVE_AS_IT_IS}{clear}."
    if isinstance(value, dict):
        return f"Return its value and no dict. {LEAVE_AS_IT_IS}."
    if options:
        return f"Return one of its options: {options!r:.200}."
    if "Color" in type(trait).__name__:
        return 'Return a colour such as "#ff0000": "#{:02x}{:02x}{:02x}".format(*rgb).'
    if isinstance(trait, traitlets.Unicode):
        return _advice_for_text(value)
    if isinstance(trait, (traitlets.Int, traitlets.Float, traitlets.Bool)):
        name = {traitlets.Int: "int", traitlets.Float: "float"}
        kind = next((word for cls, word in name.items() if isinstance(trait, cls)), "bool")
        one = "x[0]" if np.ndim(value) else "x"
        return f"Return {kind}({one})."
    return LEAVE_AS_IT_IS + "."


def _advice_for_text(value: Any) -> str:
    if hasattr(value, "to_html"):
        return "Return x.to_html()."
    if hasattr(value, "_repr_html_"):
        return "Return x._repr_html_()."
    return 'Return text, such as str(x) or f"{x:.2f}".'
