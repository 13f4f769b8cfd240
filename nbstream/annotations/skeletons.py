"""Which points of the common pose models belong together, by how many points these give."""

from __future__ import annotations

from itertools import pairwise

Edges = tuple[tuple[int, int], ...]


def _chains(*chains: tuple[int, ...]) -> Edges:
    return tuple(edge for chain in chains for edge in pairwise(chain))


BODY_17 = _chains(
    (9, 7, 5, 6, 8, 10), (15, 13, 11, 12, 14, 16), (5, 11), (6, 12), (5, 3, 1, 2, 4, 6), (1, 0, 2)
)
"""COCO's persons."""
HAND_21 = _chains(
    (0, 1, 2, 3, 4), (0, 5, 6, 7, 8), (9, 10, 11, 12), (13, 14, 15, 16), (5, 9, 13, 17, 0),
    (17, 18, 19, 20),
)  # fmt: skip
"""MediaPipe's hands."""
BODY_33 = _chains(
    (8, 6, 5, 4, 0, 1, 2, 3, 7), (9, 10), (12, 11, 13, 15, 17, 19, 15, 21), (22, 16),
    (12, 14, 16, 18, 20, 16), (11, 23, 24, 12), (23, 25, 27, 29, 31, 27), (24, 26, 28, 30, 32, 28),
)  # fmt: skip
"""MediaPipe's persons."""

_BY_COUNT = {17: BODY_17, 21: HAND_21, 33: BODY_33}


def edges_of(point_count: int) -> Edges:
    """Pairs of numbers of points; none where nobody knows how they belong together."""
    return _BY_COUNT.get(point_count, ())
