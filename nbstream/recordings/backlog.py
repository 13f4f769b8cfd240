"""What waits for the thread of a recorder, and how the recording ended: the same for recordings and for films."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, NamedTuple, TypeVar

from ..kernel.clock import Clock

T = TypeVar("T")

MAX_WAITING_S = 60.0


class _Item(NamedTuple, Generic[T]):
    thing: T
    size: int
    came_at_s: float


class Backlog(Generic[T]):
    """Things that are to be written, in order, until it has ended. `changed` guards the fields.

    Parameters
    ----------
    max_bytes
        How much may wait. Nor is more taken when the oldest has waited for `MAX_WAITING_S`.
    """

    def __init__(self, clock: Clock, max_bytes: int) -> None:
        self.changed = threading.Condition()
        self._clock = clock
        self._max_bytes = max_bytes
        self._waiting: deque[_Item[T]] = deque()
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

    def put(self, thing: T, size: int) -> bool:
        """Add one of so many bytes; False where too much waits: it was not added. After the end it is dropped."""
        now_s = self._clock.now_s()
        with self.changed:
            if self._why_ended is not None:
                return True
            is_late = bool(self._waiting) and now_s - self._waiting[0].came_at_s > MAX_WAITING_S
            if is_late or self._waiting_bytes + size > self._max_bytes:
                return False
            self._waiting.append(_Item(thing, size, now_s))
            self._waiting_bytes += size
            self.changed.notify_all()
            return True

    def next(self) -> T | None:
        """The next one, which is waited for; `None` = it has ended, and all was taken."""
        with self.changed:
            self.changed.wait_for(lambda: self._waiting or self._why_ended is not None)
            if not self._waiting:
                return None
            item = self._waiting.popleft()
            self._waiting_bytes -= item.size
            return item.thing

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
