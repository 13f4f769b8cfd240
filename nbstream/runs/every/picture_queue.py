"""Pictures that wait for a function in their order, as many as there is room for."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from ...pictures.frame import Frame
from ...sounds.chunk import Captured
from ..mailbox import Mailbox

MAX_WAITING_S = 60.0
MAX_WAITING_BYTES = 256 * 1024 * 1024
# Of a source that waits: the next one is there when a call ends, and no more of them are in the memory.
AHEAD = 2
TELL_FROM_S = 2.0


class PictureQueue(Mailbox[Captured]):
    """As a mailbox, but nothing takes the place of anything. Past a bound the oldest goes, and is counted.

    Parameters
    ----------
    changed, left_unread
        As for a mailbox.
    batch
        How many are taken at once at most.
    """

    def __init__(
        self,
        changed: threading.Condition,
        left_unread: Callable[[Captured], None],
        batch: int = 1,
    ) -> None:
        super().__init__(changed, left_unread)
        self._waiting: deque[Frame] = deque()
        self._waiting_bytes = 0
        self._batch = batch
        self._lost_count = 0

    @property
    def has_room(self) -> bool:
        with self._changed:
            few = len(self._waiting) < max(AHEAD, self._batch)
            return few and self._waiting_bytes < MAX_WAITING_BYTES // 2

    @property
    def waiting(self) -> tuple[int, float]:
        """How many wait, and for how many seconds they came."""
        with self._changed:
            return len(self._waiting), self._span_s()

    @property
    def lost_count(self) -> int:
        """How many there was no room for."""
        with self._changed:
            return self._lost_count

    def note(self) -> str | None:
        count, span_s = self.waiting
        notes = []
        if self.lost_count:
            notes.append(
                f"{self.lost_count} pictures were lost: the function is too slow for them."
            )
        if span_s >= TELL_FROM_S:
            notes.append(f"{count} pictures ({span_s:.1f} s) wait for the function.")
        return " ".join(notes) or None

    def put(self, item: Captured) -> bool:
        """Leave a picture behind those that wait; False when no more is taken."""
        assert isinstance(item, Frame)
        dropped: list[Captured] = []
        with self._changed:
            if self._refuses():
                return False
            self._waiting.append(item)
            self._waiting_bytes += item.size_bytes
            while len(self._waiting) > 1 and self._is_too_much():
                dropped.append(self._take_one())
            self._lost_count += len(dropped)
            self._changed.notify()
        self._tell(dropped)
        return True

    def take(self) -> Captured | None:
        taken = self.take_some(1)
        return taken[0] if taken else None

    def take_some(self, count: int) -> list[Frame]:
        """Wait for one, and return up to so many; none once the queue is closed."""
        with self._changed:
            while not self._waiting and not self._closed:
                self._changed.wait()
            return [self._take_one() for _ in range(min(count, len(self._waiting)))]

    def _pop(self) -> Captured | None:
        return self._take_one() if self._waiting else None

    def _take_one(self) -> Frame:
        taken = self._waiting.popleft()
        self._waiting_bytes -= taken.size_bytes
        return taken

    def _span_s(self) -> float:
        if len(self._waiting) < 2:
            return 0.0
        return self._waiting[-1].received_at_s - self._waiting[0].received_at_s

    def _is_too_much(self) -> bool:
        return self._waiting_bytes > MAX_WAITING_BYTES or self._span_s() > MAX_WAITING_S

    def _drop(self) -> list[Captured]:
        dropped: list[Captured] = list(self._waiting)
        self._waiting.clear()
        self._waiting_bytes = 0
        self._changed.notify_all()
        return dropped
