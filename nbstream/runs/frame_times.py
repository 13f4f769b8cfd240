"""How long each leg of a frame's way takes, from times of two clocks that know nothing of each other.

Page and kernel each time what happens on their side. The ways between them are found as network time protocols do it
(RFC 5905, section 8): the quickest message each way is taken to have been equally quick, and the difference is the
clocks' own. Only the sum of both ways is certain; the split is as good as that assumption.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from ..protocol.fields import Painted
from .stats import Stats

if TYPE_CHECKING:
    from ..sounds.chunk import Captured

KEPT = 200
MAX_WAY_MS = 60_000.0
"""What takes longer was not measured: the page's clock was set, or its numbers are wrong."""


class ClockSkew:
    """How far the kernel's clock is ahead of the page's, in milliseconds."""

    def __init__(self) -> None:
        self._up_ms: deque[float] = deque(maxlen=KEPT)
        self._down_ms: deque[float] = deque(maxlen=KEPT)

    def note(self, up_ms: float, down_ms: float) -> float:
        """Take both ways of one frame, each as kernel's minus page's clock or the reverse; return the skew."""
        if self._up_ms and abs(up_ms - self._up_ms[-1]) > MAX_WAY_MS:
            # The page's clock was set: what was known of it holds no more.
            self._up_ms.clear()
            self._down_ms.clear()
        self._up_ms.append(up_ms)
        self._down_ms.append(down_ms)
        return (min(self._up_ms) - min(self._down_ms)) / 2


class Way(NamedTuple):
    """When a frame was captured, sent and received: what is kept of it until its result is painted."""

    captured_at_ms: float | None
    sent_at_ms: float | None
    received_at_s: float


def way_of(frame: Captured) -> Way:
    """The times of a frame or chunk."""
    return Way(frame.captured_at_ms, frame.sent_at_ms, frame.received_at_s)


class Shown(NamedTuple):
    """One frame's result on a page: when the kernel sent it, and what the page said of it."""

    frame: Way
    sent_at_s: float
    painted: Painted


class Legs:
    """Notes the legs of shown frames in the statistics of a stream.

    Pages acknowledge in threads of their own: `_lock` guards what is known of the clocks.
    """

    def __init__(self, stats: Stats) -> None:
        self._stats = stats
        self._lock = threading.Lock()
        self._skew = ClockSkew()

    def note(self, shown: Shown) -> None:
        """Note the legs of one frame that is on the screen; nothing of a picture that was set by hand."""
        frame, painted = shown.frame, shown.painted
        if frame.captured_at_ms is None or frame.sent_at_ms is None:
            return
        at_page_ms = (
            frame.captured_at_ms,
            frame.sent_at_ms,
            painted.received_at_ms,
            painted.painted_at_ms,
        )
        if max(at_page_ms) - min(at_page_ms) > MAX_WAY_MS:
            return
        up_ms = frame.received_at_s * 1000 - frame.sent_at_ms
        down_ms = painted.received_at_ms - shown.sent_at_s * 1000
        with self._lock:
            skew_ms = self._skew.note(up_ms, down_ms)
        self._stats.leg("encode", frame.sent_at_ms - frame.captured_at_ms)
        self._stats.leg("up", up_ms - skew_ms)
        self._stats.leg("down", down_ms + skew_ms)
        self._stats.leg("paint", painted.painted_at_ms - painted.received_at_ms)
        self._stats.leg("total", painted.painted_at_ms - frame.captured_at_ms)
