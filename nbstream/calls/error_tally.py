"""How the calls of a stream fail: the newest error, and how many calls in a row have failed."""

from __future__ import annotations

from dataclasses import replace

from .tracebacks import ErrorReport


class ErrorTally:
    """The errors since the last start. Not thread-safe: its owner holds a lock.

    Parameters
    ----------
    max_in_a_row
        So many errors in a row are too many; `None` = no number is.
    """

    def __init__(self, max_in_a_row: int | None) -> None:
        self._max_in_a_row = max_in_a_row
        self.newest: ErrorReport | None = None
        self.in_a_row = 0
        self.begun_count = 0
        """How often a person has started the stream, or let it go on."""

    @property
    def is_too_many(self) -> bool:
        """Whether the stream has to wait for a person."""
        return self._max_in_a_row is not None and self.in_a_row >= self._max_in_a_row

    def begin(self) -> None:
        """A person has started the stream: nothing has failed yet."""
        self.newest, self.in_a_row = None, 0
        self.begun_count += 1

    def add(self, told: ErrorReport, after: ErrorReport | None) -> None:
        """Note one more failed call; `after` is the error that its report was compared with."""
        # Who resumed meanwhile has begun to count anew.
        self.newest = told if self.newest is after else replace(told, count=1)
        self.in_a_row += 1
