"""Numbers that a page counts up: which of its messages is newer, and which number cannot be one."""

from __future__ import annotations

MAX_AHEAD = 1000
MAX_AHEAD_PER_S = 100.0
"""A page numbers all that its widgets say with one counter, and some of it may be lost."""
MAX_BEHIND = 1_000_000
"""More messages than can wait behind a cell and be overtaken."""


class RisingIndex:
    """The highest number that was believed. Not thread-safe."""

    def __init__(self) -> None:
        self._last: int | None = None
        self._at_s = 0.0

    def accept(self, index: int, now_s: float) -> bool:
        """Whether a number is newer than the last one.

        One that is further ahead than the page can have come is no number, and is not believed. Should such a one
        have been the first, those that follow are so far behind it that they begin anew.
        """
        if self._last is not None:
            most = self._last + MAX_AHEAD + MAX_AHEAD_PER_S * (now_s - self._at_s)
            is_overtaken = self._last - MAX_BEHIND < index <= self._last
            if is_overtaken or index > most:
                return False
        self._last = index
        self._at_s = now_s
        return True
