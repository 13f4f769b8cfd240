"""What the line to a page takes for a byte: by so much are large results later than small ones."""

from __future__ import annotations

import math
from collections import deque

import numpy as np

JUDGED_RESULTS = 60
# The smallest third and the largest are compared, each by its quicker ones: some are late on any line, and what came
# while the page was busy seems to have come at once.
SHARE_COMPARED = 3
QUICKER = JUDGED_RESULTS // SHARE_COMPARED // 4
LEAST_DIFFERENCE_BYTES = 1000
JUDGED_EVERY = 10
ESTIMATES_KEPT = 21


class ResultLine:
    """The line to one page. Not thread-safe: its owner holds a lock."""

    def __init__(self) -> None:
        self._noted: deque[tuple[int, float]] = deque(maxlen=JUDGED_RESULTS)
        self._count = 0
        self._received_at_ms = -math.inf
        self._estimates: deque[float] = deque(maxlen=ESTIMATES_KEPT)
        self.ms_per_byte: float | None = None
        """`None` = not known: few results have come, or all are of one size."""

    def note(self, size_bytes: int, late_ms: float, received_at_ms: float) -> None:
        """Note a result that a page has received.

        Parameters
        ----------
        size_bytes
            All its bytes.
        late_ms
            How much later it came than the page's quickest one.
        received_at_ms
            By the page's clock.
        """
        # While the one before it came in it has waited.
        gap_ms = received_at_ms - self._received_at_ms
        self._received_at_ms = received_at_ms
        self._noted.append((size_bytes, min(late_ms, max(0.0, gap_ms))))
        self._count += 1
        if self._count % JUDGED_EVERY == 0 and len(self._noted) == JUDGED_RESULTS:
            self._judge()

    def _judge(self) -> None:
        by_size = sorted(self._noted)
        third = JUDGED_RESULTS // SHARE_COMPARED
        (small_bytes, small_ms), (large_bytes, large_ms) = map(
            _typical, (by_size[:third], by_size[-third:])
        )
        difference_bytes = large_bytes - small_bytes
        if difference_bytes >= LEAST_DIFFERENCE_BYTES:
            self._estimates.append(max(0.0, (large_ms - small_ms) / difference_bytes))
        elif self._estimates:
            self._estimates.popleft()  # Lines change: what was known is forgotten.
        self.ms_per_byte = float(np.median(self._estimates)) if self._estimates else None


def _typical(noted: list[tuple[int, float]]) -> tuple[float, float]:
    """Return the size, and how late the quicker ones are."""
    sizes_bytes, late_ms = zip(*noted, strict=True)
    return float(np.mean(sizes_bytes)), sorted(late_ms)[QUICKER]
