"""The worker of a stream that is called once for each press of Capture."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from ...calls.call_thread import CallThread
from ...kernel.clock import Clock
from ...pictures.frame import Frame
from ..mailbox import Mailbox
from ..plan import StreamPlan
from ..runner import RunEvents, Runner
from ..stats import Stats

if TYPE_CHECKING:
    from ...sounds.chunk import Captured

MAX_PRESSES = 100
"""That are not answered yet; a further press is ignored."""


class CaptureRunner(Runner):
    """A runner that takes one picture for each press, and makes one call of it, in order.

    `_lock` guards the two counters.

    Parameters
    ----------
    changed
        Called when `unanswered` has changed; from the thread of the calls.
    """

    def __init__(
        self,
        plan: StreamPlan,
        events: RunEvents,
        clock: Clock,
        stats: Stats,
        thread: CallThread,
        changed: Callable[[], None],
    ) -> None:
        # Each picture has a room of its own: none takes the place of another.
        mailbox: Mailbox[Captured] = Mailbox(thread.condition(), self._left_unread, id)
        super().__init__(plan, events, clock, stats, thread, mailbox)
        self._changed = changed
        self._lock = threading.Lock()
        self._without_picture = 0
        self._unanswered = 0

    @property
    def unanswered(self) -> int:
        """How many presses wait for the end of their call."""
        with self._lock:
            return self._unanswered

    def press(self) -> bool:
        """Have the next picture taken; from any thread. False when too many wait."""
        with self._lock:
            if self.mailbox.closed or self._unanswered >= MAX_PRESSES:
                return False
            self._unanswered += 1
            self._without_picture += 1
            return True

    def call_again(self, frame: Frame) -> bool:
        """Have one more call made with a picture that came before, as if it had been pressed for."""
        with self._lock:
            self._unanswered += 1
        if super().call_again(frame):
            return True
        self._answered()
        return False

    def offer(self, frame: Captured) -> bool:
        """Keep the picture if somebody pressed; False always, so that its credit comes back at once.

        However long a call takes, each press gets the picture of its moment.
        """
        with self._lock:
            if not (isinstance(frame, Frame) and self._without_picture):
                return False
            self._without_picture -= 1
        # Of run 0, as a picture that is set by hand, it is in no account.
        if not self.mailbox.put(frame._replace(run=0)):
            self._answered()
        return False

    def _left_unread(self, frame: Captured) -> None:
        super()._left_unread(frame)
        self._answered()

    def _is_stale(self, frame: Frame) -> bool:
        # However old: it is the one that was wanted.
        return False

    def _call(self, frame: Captured) -> None:
        try:
            super()._call(frame)
        finally:
            self._answered()
            self._changed()

    def _answered(self) -> None:
        with self._lock:
            self._unanswered -= 1
