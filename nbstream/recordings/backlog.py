"""What waits for the thread of a recorder, and how the recording ended: the same for recordings and for films."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Backlog(Generic[T]):
    """Things that are to be written, in order, until it has ended. `changed` guards the fields."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self._waiting: deque[tuple[T, int]] = deque()
        self._waiting_bytes = 0
        self._why_ended: str | None = None
        self._has_failed = False

    @property
    def why_ended(self) -> str | None:
        """A sentence; `None` = it goes on."""
        with self.changed:
            return self._why_ended

    @property
    def has_failed(self) -> bool:
        """Whether something is missing of what was to be written."""
        with self.changed:
            return self._has_failed

    def put(self, thing: T, size: int, most: int) -> bool:
        """Add one; False where more than `most` bytes would wait: it was not added. After the end it is dropped."""
        with self.changed:
            if self._why_ended is not None:
                return True
            if self._waiting_bytes + size > most:
                return False
            self._waiting.append((thing, size))
            self._waiting_bytes += size
            self.changed.notify_all()
            return True

    def next(self) -> T | None:
        """The next one, which is waited for; `None` = it has ended, and all was taken."""
        with self.changed:
            self.changed.wait_for(lambda: self._waiting or self._why_ended is not None)
            if not self._waiting:
                return None
            thing, size = self._waiting.popleft()
            self._waiting_bytes -= size
            return thing

    def end(self, why: str, *, failed: bool = False, drop: bool = False) -> bool:
        """Take no more; `drop`: nor give what waits. Returns whether it had not ended before."""
        with self.changed:
            self._has_failed |= failed
            if drop:
                self._waiting.clear()
                self._waiting_bytes = 0
            is_new = self._why_ended is None
            if is_new:
                self._why_ended = why
            self.changed.notify_all()
            return is_new
