"""What became of the pictures that a source gave to its streams."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Given(Generic[T]):
    """By number: what was given, how many streams still hold it, and whether one called its function with it.

    `_lock` guards the fields.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[int, tuple[T, int, bool]] = {}

    @property
    def is_empty(self) -> bool:
        """Whether all is done with."""
        with self._lock:
            return not self._held

    def note(self, number: int, item: T, holder_count: int) -> None:
        """It is offered to so many streams, each of which lets go of it once."""
        with self._lock:
            if holder_count:
                self._held[number] = (item, holder_count, False)

    def let_go(self, number: int, *, was_called: bool) -> T | None:
        """One lets go; returns it where that was the last one, and none has called its function with it."""
        with self._lock:
            held = self._held.pop(number, None)
            if held is None:
                return None
            item, holder_count, before = held
            was_called = was_called or before
            if holder_count > 1:
                self._held[number] = (item, holder_count - 1, was_called)
                return None
            return None if was_called else item

    def forget(self) -> None:
        """A new run begins; what is still held is of an old one."""
        with self._lock:
            self._held.clear()
