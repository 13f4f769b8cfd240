"""Non-maximum suppression: of boxes of one class that overlap, the one with the highest score stays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Enough for most pictures; the rest is looked at only where these leave room for more boxes.
FIRST_LOOK = 1024


def class_wise_nms(
    corners: NDArray[np.float64],
    scores: NDArray[np.float64],
    classes: NDArray[np.intp],
    max_iou: float,
    max_boxes: int,
) -> NDArray[np.intp]:
    """Find the boxes that stay.

    Parameters
    ----------
    corners
        Shape (n, 4): x1, y1, x2, y2.
    scores, classes
        Shape (n,). Boxes of different classes do not suppress each other.
    max_iou
        Largest intersection over union, 0..1, with a better box.
    max_boxes
        How many stay at most.

    Returns
    -------
    kept
        Numbers of the boxes, the best first; of equal scores the first comes first.
    """
    by_score = np.argsort(-scores, kind="stable")
    if len(by_score) > 2 * FIRST_LOOK:
        # What stays of the best does not depend on the others.
        kept = _greedy(corners, classes, by_score[:FIRST_LOOK], max_iou, max_boxes)
        if len(kept) == max_boxes:
            return kept
    return _greedy(corners, classes, by_score, max_iou, max_boxes)


def _greedy(
    corners: NDArray[np.float64],
    classes: NDArray[np.intp],
    by_score: NDArray[np.intp],
    max_iou: float,
    max_boxes: int,
) -> NDArray[np.intp]:
    # Boxes of a class lie together, the best first: each kept box is compared with a short slice.
    by_class = by_score[np.argsort(classes[by_score], kind="stable")]
    low, high = corners[by_class, :2].T.copy(), corners[by_class, 2:].T.copy()
    areas = (high - low).prod(axis=0)
    ends = np.searchsorted(classes[by_class], classes[by_class], side="right").tolist()
    places = np.empty(len(corners), np.intp)
    places[by_class] = np.arange(len(by_class))
    is_out = bytearray(len(by_class))  # Read one by one far quicker than an array.
    out = np.frombuffer(is_out, np.bool_)
    kept: list[int] = []
    for place in places[by_score].tolist():
        if is_out[place]:
            continue
        kept.append(place)
        if len(kept) == max_boxes:
            break
        rest = slice(place + 1, ends[place])
        sides = np.minimum(high[:, rest], high[:, place, None])
        sides -= np.maximum(low[:, rest], low[:, place, None])
        np.maximum(sides, 0, out=sides)
        common = sides[0] * sides[1]
        out[rest] |= common > max_iou * (areas[rest] + areas[place] - common)
    stays: NDArray[np.intp] = by_class[kept]
    return stays
