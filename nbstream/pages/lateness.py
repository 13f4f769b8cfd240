"""How late a page's messages are: a link that is slow shows in that they come later than its quickest ones.

The page's clock and the kernel's have nothing in common, but their difference stays the same, so that the quickest
message tells what the way takes at least. Only the way up counts here, and no call of the user's function.
"""

from __future__ import annotations

import math

MAX_LATE_MS = 60_000.0
"""What differs by more is no lateness: the page's clock was set, or the number is wrong."""
FORGOTTEN_AFTER_S = 30.0
"""The quickest of the last 30 to 60 s counts: a clock may be set, and a computer sleeps."""


class Lateness:
    """Lateness of one page's messages. Not thread-safe: its owner holds a lock."""

    def __init__(self) -> None:
        self._quickest_ms = self._quickest_before_ms = math.inf
        self._since_s = -math.inf

    def note(self, sent_at_ms: float, received_at_s: float) -> float:
        """Take a message; return by how many milliseconds it is later than the quickest one.

        Parameters
        ----------
        sent_at_ms
            By the page's clock.
        received_at_s
            By the kernel's monotonic clock.
        """
        if received_at_s - self._since_s >= FORGOTTEN_AFTER_S:
            self._quickest_before_ms, self._quickest_ms = self._quickest_ms, math.inf
            self._since_s = received_at_s
        way_ms = received_at_s * 1000 - sent_at_ms
        if abs(way_ms - min(self._quickest_ms, self._quickest_before_ms)) > MAX_LATE_MS:
            self._quickest_ms = self._quickest_before_ms = (
                math.inf
            )  # nothing is known of that clock
        self._quickest_ms = min(self._quickest_ms, way_ms)
        return way_ms - min(self._quickest_ms, self._quickest_before_ms)
