"""Which frames of a run the page may capture, as absolute numbers, so that a lost or doubled message changes nothing.

A frame uses credit until it is *settled*: taken by a call, superseded by a newer one, rejected, or
lost on the way. With short calls the page decides how many are on the way, up to `MAX_WINDOW`: it
sees what the line carries. With long calls there are no more than get a call when they come: one
beside the one in the call, and as many more as calls fit into the way to the page and back.

Each frame that came is held by the streams that it was offered to. When the last of them lets go of it, it counts as
ended, rejected or superseded, once: as the best that became of it.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Hashable
from enum import IntEnum
from typing import NamedTuple

from ..protocol.to_page import CreditContent

MAX_WINDOW = 16
LONG_WINDOW = 1
LONG_CALL_MS = 30.0
# Where nobody takes frames, nothing else forgets when they came.
MAX_ARRIVALS_KEPT = 16
# A frame that comes twice does so soon.
MAX_SEEN_KEPT = 64
SMOOTHING = 0.3
# So much shorter than the ones before, a call shows that those were an exception: a model that warmed up.
MUCH_SHORTER = 0.25


class Outcome(IntEnum):
    """What became of a frame, the better the higher."""

    SUPERSEDED = 0
    REJECTED = 1
    ENDED = 2


class _Held(NamedTuple):
    holder_count: int
    best: Outcome = Outcome.SUPERSEDED


class Arrival(NamedTuple):
    """When a frame came, and what is known of its way."""

    came_at_s: float
    """By the kernel's clock."""
    late_ms: float | None = None
    """How much later than the quickest message of the page; `None` = not known."""
    way_ms: float = 0.0
    """What the page found the way to the kernel and back to take at least; 0 = not known."""
    captured_at_ms: float = -math.inf
    """When its picture was taken, by the page's clock."""


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
        self._newest_captured_at_ms = -math.inf
        self._doubted = -1
        self._seen: deque[int] = deque(maxlen=MAX_SEEN_KEPT)
        self._arrivals: dict[int, Arrival] = {}
        self._way_ms = 0.0
        self._taken_through = 0
        self._ended_through = 0
        self._settled_through = 0
        self._held: dict[int, _Held] = {}
        self._count_of = dict.fromkeys(Outcome, 0)
        self._told_taken_through = 0
        self._told_call_ms: float | None = None
        self.key_after: int | None = None
        """The last frame of video that could not be decoded: a key frame after it is wanted; `None` = none is."""

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
        return self._settled_through + self._window

    @property
    def settled_through(self) -> int:
        """Up to which frame none uses credit."""
        return self._settled_through

    @property
    def _window(self) -> int:
        call_ms = self.call_ms
        if call_ms is None or call_ms < LONG_CALL_MS:
            return MAX_WINDOW
        return min(MAX_WINDOW, LONG_WINDOW + int(self._way_ms / call_ms))

    @property
    def in_work(self) -> int:
        """How many frames wait or are in a call."""
        return len(self._held)

    @property
    def ended(self) -> int:
        """How many frames had a call that has ended."""
        return self._count_of[Outcome.ENDED]

    def arrived(self, seq: int, arrival: Arrival | None = None) -> bool:
        """Note a frame, and how it came; True when it is new and within any credit ever given in this run.

        It has one holder then, who lets go of it or shares it. A number that was too high costs no other frame: one
        with a lower number that nobody has seen is new where its picture is newer, or where the next one goes on so.
        """
        if self.has_seen(seq):
            return False
        if not 0 < seq <= self._settled_through + MAX_WINDOW:
            return False
        if seq < self._newest and not self._shows_a_lie(seq, arrival):
            self._doubted = seq
            return False
        self._seen.append(seq)
        # What was skipped between two arrivals is lost, for the carrier keeps the order; what waits will be replaced.
        self._settle(seq - 1)
        self._newest = seq
        self._held[seq] = _Held(1)
        if arrival is not None:
            self._newest_captured_at_ms = arrival.captured_at_ms
            self._way_ms = arrival.way_ms
            self._arrivals[seq] = arrival
        if len(self._arrivals) > MAX_ARRIVALS_KEPT:
            del self._arrivals[next(iter(self._arrivals))]
        return True

    def has_seen(self, seq: int) -> bool:
        """Whether a frame of that number has come, not long ago."""
        return seq in self._seen or seq in self._held

    def _shows_a_lie(self, seq: int, arrival: Arrival | None) -> bool:
        """Whether the newest frame's number was none that the page had come to."""
        is_newer = arrival is not None and arrival.captured_at_ms > self._newest_captured_at_ms
        return is_newer or seq == self._doubted + 1

    def shared(self, seq: int, holder_count: int) -> None:
        """Note that the frame is offered to so many streams, each of which lets go of it once."""
        self._held[seq] = _Held(holder_count)

    def taken(self, seq: int) -> None:
        """Note that a call took the frame."""
        self._taken_through = max(self._taken_through, seq)
        self._settle(seq)
        older = [one for one in self._arrivals if one < self._taken_through]
        for one in older:
            del self._arrivals[one]

    def unwanted(self, seq: int) -> bool:
        """Note that a holder will not take the frame; True when no call will bring the page the news."""
        self._let_go(seq, Outcome.SUPERSEDED)
        # The fate of a newer one, or the call that another holder makes, tells of this one as well.
        return seq == self._newest and (seq not in self._held or self.call_is_long)

    def reject(self, seq: int | None) -> None:
        """Count a frame that failed a check; what it used is credited again when its number was sound."""
        if seq in self._held:
            self._let_go(seq, Outcome.REJECTED)
        else:
            self._count_of[Outcome.REJECTED] += 1

    def lost_through(self, seq: int) -> bool:
        """Settle what the page sent and never came; True when that gives new credit."""
        if (
            seq <= self._newest
            or not self._settled_through < seq <= self._settled_through + MAX_WINDOW
        ):
            return False
        # `_newest` stays: should the frame come after all, it is welcome.
        self._settle(seq)
        return True

    def call_ended(self, seq: int, call_ms: float, consumer: Hashable) -> bool:
        """Note that the call of `consumer` which took `seq` has ended after `call_ms` milliseconds.

        Returns
        -------
        page_waits
            True when the page times its next frame to an end that it was told to be clearly later.
        """
        self._ended_through = max(self._ended_through, seq)
        self._let_go(seq, Outcome.ENDED)
        before_ms = self._call_ms.get(consumer, call_ms)
        is_much_shorter = call_ms < before_ms * MUCH_SHORTER
        self._call_ms[consumer] = (
            call_ms if is_much_shorter else before_ms + SMOOTHING * (call_ms - before_ms)
        )
        told_ms = self._told_call_ms
        is_timed = (
            told_ms is not None and told_ms >= LONG_CALL_MS and told_ms - call_ms >= LONG_CALL_MS
        )
        return is_timed and seq == self._told_taken_through == self._newest

    def forget_calls_of(self, consumer: Hashable) -> None:
        """That consumer is gone; its durations count no more."""
        self._call_ms.pop(consumer, None)

    def content(self, now_s: float) -> CreditContent:
        """The account as it goes to the page now; each one is newer than the one before."""
        self._index += 1
        newest = self._arrivals.get(self._taken_through)
        self._told_taken_through, self._told_call_ms = self._taken_through, self.call_ms
        content: CreditContent = {
            "index": self._index,
            "run": self.run,
            "may_send_through": self.may_send_through,
            "settled_through": self._settled_through,
            "taken_through": self._taken_through,
            "ended_through": self._ended_through,
            "superseded": self._count_of[Outcome.SUPERSEDED],
            "rejected": self._count_of[Outcome.REJECTED],
            "call_ms": self.call_ms,
            "late_ms": None if newest is None else newest.late_ms,
            "held_ms": None if newest is None else (now_s - newest.came_at_s) * 1000,
        }
        if self.key_after is not None:
            content["key_after"] = self.key_after
        return content

    def _settle(self, seq: int) -> None:
        self._settled_through = max(self._settled_through, seq)

    def _let_go(self, seq: int, outcome: Outcome) -> None:
        held = self._held.pop(seq, None)
        if held is None:
            return
        self._settle(seq)
        best = max(held.best, outcome)
        if held.holder_count > 1:
            self._held[seq] = _Held(held.holder_count - 1, best)
        else:
            self._count_of[best] += 1
