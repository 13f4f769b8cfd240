"""A key for a callable: the same object, not an equal one."""

from __future__ import annotations

from collections.abc import Callable
from types import MethodType
from typing import Any


class Identity:
    """Equal to another of the same callable, whether that can be hashed or not; keeps it alive.

    A method that is bound twice to one object is the same.
    """

    def __init__(self, fn: Callable[..., Any]) -> None:
        is_bound = isinstance(fn, MethodType)
        self._parts: tuple[object, ...] = (fn.__self__, fn.__func__) if is_bound else (fn,)  # type: ignore[attr-defined]

    def _ids(self) -> tuple[int, ...]:
        return tuple(id(part) for part in self._parts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Identity) and self._ids() == other._ids()

    def __hash__(self) -> int:
        return hash(self._ids())
