"""Which frames of a run the page may capture, as absolute numbers, so that a lost or doubled message changes nothing.

A frame uses credit until it is *settled*: taken by a call, superseded by a newer one, rejected, or lost on
the way.
Up to `SHORT_WINDOW` frames may be on the way while calls are short, so that the reverse traffic hides the
round trip; with long calls
one may be on the way beside the one in the call, since more would only be superseded.
"""

from __future__ import annotations

from collections.abc import Hashable

from .lane import CreditContent

SHORT_WINDOW = 3
LONG_WINDOW = 1
LONG_CALL_MS = 30.0
SMOOTHING = 0.3


class Credits:
    """The account of one source. Not thread-safe: its owner holds a lock."""

    def __init__(self) -> None:
        self.run = 0
        self._index = 0
        self._call_ms: dict[Hashable, float] = {}
        self._reset()

    def _reset(self) -> None:
        self.open = False
        self._newest = 0
        self._late_ms: dict[int, float | None] = {}
        self._taken_through = 0
        self._ended_through = 0
        self._settled_through = 0
        self._superseded = 0
        self._rejected = 0

    def begin(self, run: int) -> None:
        """Begin a run: frames count from 1 again, and nothing may be captured yet."""
        self.run = run
        self._reset()

    @property
    def call_is_long(self) -> bool:
        """Whether a call takes so long that its credit should not wait for its end."""
        call_ms = self.call_ms
        return call_ms is not None and call_ms >= LONG_CALL_MS

    @property
    def call_ms(self) -> float | None:
        """How long a call of the quickest consumer takes, smoothed; `None` before the first."""
        return min(self._call_ms.values(), default=None)

    @property
    def may_send_through(self) -> int:
        if not self.open:
            return 0
        return self._settled_through + (LONG_WINDOW if self.call_is_long else SHORT_WINDOW)

    def arrived(self, seq: int, late_ms: float | None = None) -> bool:
        """Note a frame, and how late it is; True when it is new and within any credit ever given in this run."""
        if not self._newest < seq <= self._settled_through + SHORT_WINDOW:
            return False
        if self._newest > self._settled_through:
            self._superseded += self._newest - self._settled_through
            self._settled_through = self._newest
        # What was skipped between two arrivals is lost: the carrier keeps the order.
        self._settled_through = max(self._settled_through, seq - 1)
        self._newest = seq
        self._late_ms[seq] = late_ms
        return True

    def taken(self, seq: int) -> None:
        """Note that a call took the frame."""
        self._taken_through = max(self._taken_through, seq)
        self._settled_through = max(self._settled_through, seq)
        older = [one for one in self._late_ms if one < self._taken_through]
        for one in older:
            del self._late_ms[one]

    def unwanted(self, seq: int) -> None:
        """Note that nobody will take the frame."""
        self._settled_through = max(self._settled_through, seq)

    def reject(self, seq: int | None) -> None:
        """Count a frame that failed a check; what it used is credited again when its number was sound."""
        self._rejected += 1
        if seq is not None:
            self.unwanted(seq)

    def lost_through(self, seq: int) -> bool:
        """Settle what the page sent and never came; True when that gives new credit."""
        if (
            seq <= self._newest
            or not self._settled_through < seq <= self._settled_through + SHORT_WINDOW
        ):
            return False
        # `_newest` stays: should the frame come after all, it is welcome.
        self._settled_through = seq
        return True

    def call_ended(self, seq: int, call_ms: float, consumer: Hashable) -> None:
        """Note that the call of `consumer` which took `seq` has ended after `call_ms` milliseconds."""
        self._ended_through = max(self._ended_through, seq)
        before_ms = self._call_ms.get(consumer, call_ms)
        self._call_ms[consumer] = before_ms + SMOOTHING * (call_ms - before_ms)

    def forget_calls_of(self, consumer: Hashable) -> None:
        """That consumer is gone; its durations count no more."""
        self._call_ms.pop(consumer, None)

    def content(self) -> CreditContent:
        """The account as it goes to the page; each one is newer than the one before."""
        self._index += 1
        return {
            "index": self._index,
            "run": self.run,
            "may_send_through": self.may_send_through,
            "taken_through": self._taken_through,
            "ended_through": self._ended_through,
            "superseded": self._superseded,
            "rejected": self._rejected,
            "call_ms": self.call_ms,
            "late_ms": self._late_ms.get(self._taken_through),
        }
