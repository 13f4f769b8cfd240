"""The beat at which a source tells its pages how it is, and by which it knows that it stood still itself."""

from __future__ import annotations

from collections.abc import Callable

from ..kernel.clock import Clock, Timer
from ..protocol.from_page import BEAT_EVERY_S


class Heartbeat:
    """A timer that is set anew after each beat. Not thread-safe: its owner holds a lock.

    Parameters
    ----------
    clock
        Which calls back.
    on_due
        Called when a beat is due; calls `late_s` under the lock.
    """

    def __init__(self, clock: Clock, on_due: Callable[[], None]) -> None:
        self._clock = clock
        self._on_due = on_due
        self._timer: Timer | None = None
        self._due_at_s = 0.0

    def keep(self, wanted: bool) -> None:
        """Have one more beat, or none."""
        if wanted and self._timer is None:
            self._due_at_s = self._clock.now_s() + BEAT_EVERY_S
            self._timer = self._clock.call_later(BEAT_EVERY_S, self._on_due)
        elif not wanted and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def late_s(self) -> float:
        """Take note of the beat that was due; returns by how much it is late: the kernel stood still so long."""
        self._timer = None
        return self._clock.now_s() - self._due_at_s
