"""One option: its default, its range, its words; and the checks that several have in common."""

from __future__ import annotations

import math
from collections.abc import Callable
from numbers import Integral, Real
from typing import Any, NamedTuple

from ...protocol.page_text import brief


def is_number(value: Any) -> bool:
    """Whether it is a finite number; a bool is none."""
    if isinstance(value, bool):
        return False
    return isinstance(value, Real) and math.isfinite(value)


def is_count(value: Any) -> bool:
    """Whether it is a whole number from 1 on; a bool is none."""
    if isinstance(value, bool):
        return False
    return isinstance(value, Integral) and int(value) >= 1


def plain_number(value: Any) -> Any:
    """Python's own number in place of NumPy's, which no message can hold."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return value
    return int(value) if isinstance(value, Integral) else float(value)


class Option(NamedTuple):
    """What stands behind an option's name and type."""

    default: Any
    text: str
    """For docstrings; numpy style."""
    expected: str = ""
    """The range in words, for the error."""
    is_allowed: Callable[[Any], bool] | None = None
    """`None` = whoever uses the value checks it. The default is always allowed."""


def refuse(name: str, value: object, expected: str) -> None:
    """Raise the error for an option that is out of range."""
    raise ValueError(f"{name} is {brief(value)}; expected {expected}.")
