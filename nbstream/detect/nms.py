"""Non-maximum suppression: of boxes of one class that overlap, the one with the highest score stays."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

import numpy as np
from numpy.typing import NDArray


def class_wise_nms(
    corners: NDArray[np.float64],
    scores: NDArray[np.float64],
    classes: NDArray[Any],
    max_iou: float,
    max_boxes: int,
) -> NDArray[np.intp]:
    """Find the boxes that stay.

    Parameters
    ----------
    corners
        Shape (n, 4): x1, y1, x2, y2, with x1 <= x2 and y1 <= y2.
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
    # Boxes of a class lie together, from left to right: each kept box is compared with the slice that it can reach.
    by_left = np.argsort(corners[:, 0])
    by_left = by_left[np.argsort(classes[by_left], kind="stable")]
    bounds = _class_bounds(classes[by_left])
    x1, y1, x2, y2 = np.take(corners.T, by_left, axis=1)
    areas = (x2 - x1) * (y2 - y1)
    places = np.empty(len(by_left), np.intp)
    places[by_left] = np.arange(len(by_left))
    is_out = bytearray(len(by_left))  # Read one by one far quicker than an array.
    out = np.frombuffer(is_out, np.bool_)
    kept: list[int] = []
    for place in places[_best_first(scores)].tolist():
        if is_out[place]:
            continue
        kept.append(place)
        if len(kept) == max_boxes:
            break
        number = bisect_right(bounds, place)
        start, end = bounds[number - 1], bounds[number]
        left, top, right, bottom = x1[place], y1[place], x2[place], y2[place]
        if max_iou > 0:
            # A box that is wider than this shares too little of itself.
            start += x1[start:place].searchsorted(left - (right - left) / max_iou)
        near = slice(start, place + x1[place:end].searchsorted(right))
        common = np.minimum(x2[near], right) - np.maximum(x1[near], left)
        common *= np.maximum(np.minimum(y2[near], bottom) - np.maximum(y1[near], top), 0)
        out[near] |= common > max_iou * (areas[near] + areas[place] - common)
    stays: NDArray[np.intp] = by_left[kept]
    return stays


def _best_first(scores: NDArray[np.float64]) -> NDArray[np.intp]:
    # Five times as quick as a stable sort, which only equal scores need.
    order = np.argsort(-scores)
    ordered = scores[order]
    return np.argsort(-scores, kind="stable") if (ordered[1:] == ordered[:-1]).any() else order


def _class_bounds(ordered: NDArray[Any]) -> list[int]:
    """Where each class begins, and the end of the last."""
    return [0, *(np.flatnonzero(ordered[1:] != ordered[:-1]) + 1).tolist(), len(ordered)]
