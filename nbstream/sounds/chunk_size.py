"""How much sound a page sends at once: over a slow line less, for a piece is as old as its last chunk takes to come."""

from __future__ import annotations

import math
from collections import deque

# What a chunk may take of the line.
MOST_MS = 10.0
# Each chunk is a message, which has some 600 bytes of its own.
LEAST_S = 0.05
# The least of so many counts: single ones are late on any line.
JUDGED_CHUNKS = 10


class ChunkSize:
    """What is known of the way of one run's chunks. Not thread-safe: its owner holds a lock."""

    def __init__(self) -> None:
        self._ms_per_s: deque[float] = deque(maxlen=JUDGED_CHUNKS)
        self._parts = 1

    def note(self, duration_s: float, late_ms: float) -> None:
        """Note how much later than the page's quickest message a chunk came."""
        if duration_s > 0:
            self._ms_per_s.append(late_ms / duration_s)

    def of(self, piece_s: float) -> float:
        """Return how long chunks shall be of which such pieces are made: the piece, or a whole part of it."""
        if len(self._ms_per_s) == JUDGED_CHUNKS:
            wanted = min(self._ms_per_s) * piece_s / MOST_MS
            # Larger again only where there is room for twice that: what is measured of small ones is little.
            self._parts = min(max(self._parts, math.ceil(wanted)), math.ceil(2 * wanted))
        return piece_s / max(1, min(self._parts, int(piece_s / LEAST_S)))
