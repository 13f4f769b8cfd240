"""`Tracker`: gives each object a number that stays from picture to picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Tracks(NamedTuple):
    """Boxes with their numbers; an `Overlay` takes it as it is. In the order of the boxes that were given.

    `xyxy`: float64 of shape (n, 4), corners. `confidence`: float64 of shape (n,). `class_id` and
    `tracker_id`: int of shape (n,). `data`: empty.
    """

    xyxy: NDArray[np.float64]
    confidence: NDArray[np.float64]
    class_id: NDArray[np.intp]
    tracker_id: NDArray[np.intp]
    data: Mapping[str, Any]

    @property
    def middles(self) -> NDArray[np.float64]:
        """The middle of each box, float64 of shape (n, 2)."""
        middles: NDArray[np.float64] = (self.xyxy[:, :2] + self.xyxy[:, 2:]) / 2
        return middles


class _Known(NamedTuple):
    number: int
    class_id: int
    corners: NDArray[np.float64]
    missed: int


class Tracker:
    """Matches the boxes of a picture with those of the pictures before, those that overlap most first.

    A box takes the number of the object of its class that it overlaps most; what overlaps none is a
    new object. Not thread-safe.

    Parameters
    ----------
    min_iou
        Least intersection over union, 0..1, with where the object was last.
    max_missed
        In how many pictures in a row an object may be missing before it is forgotten.

    Raises
    ------
    ValueError
        If a number is out of range.
    """

    def __init__(self, *, min_iou: float = 0.3, max_missed: int = 10) -> None:
        if not 0 < min_iou <= 1:
            raise ValueError(f"min_iou is {min_iou!r:.80}; expected a number above 0 and up to 1.")
        if max_missed < 0 or max_missed != int(max_missed):
            raise ValueError(f"max_missed is {max_missed!r:.80}; expected an integer >= 0.")
        self.min_iou = min_iou
        self.max_missed = max_missed
        self.count = 0
        """How many objects there were in all."""
        self._known: list[_Known] = []

    def __call__(self, found: Any) -> Tracks:
        """Take the boxes of the next picture.

        Parameters
        ----------
        found
            Shape (n, 6), as an `OnnxDetector` returns it: x1, y1, x2, y2, score, class. Rows that
            are not numbers are left out. `None` = there is nothing in the picture.

        Returns
        -------
        tracks
            The same boxes with their numbers, from 1.

        Raises
        ------
        ValueError
            If `found` has another shape.
        """
        rows = _checked(found)
        corners, classes = rows[:, :4], rows[:, 5].astype(np.intp)
        numbers = np.zeros(len(rows), np.intp)
        met = self._match(corners, classes)
        for box, known in met.items():
            numbers[box] = self._known[known].number
        for box in np.flatnonzero(numbers == 0).tolist():
            self.count += 1
            numbers[box] = self.count
        seen = [
            _Known(int(number), int(kind), where, 0)
            for number, kind, where in zip(numbers, classes, corners, strict=True)
        ]
        gone = [one for index, one in enumerate(self._known) if index not in met.values()]
        missing = [one._replace(missed=one.missed + 1) for one in gone]
        self._known = [*seen, *(one for one in missing if one.missed <= self.max_missed)]
        return Tracks(corners, rows[:, 4], classes, numbers, {})

    def reset(self) -> None:
        """Forget all objects, and count from 1 again."""
        self._known.clear()
        self.count = 0

    def _match(self, corners: NDArray[np.float64], classes: NDArray[np.intp]) -> dict[int, int]:
        """For boxes, by their index, the index of the known object."""
        if not self._known or not len(corners):
            return {}
        overlap = iou_of(corners, np.array([one.corners for one in self._known]))
        overlap[classes[:, None] != [one.class_id for one in self._known]] = 0
        boxes, known = np.nonzero(overlap >= self.min_iou)
        # Of equal overlaps the first box and the oldest number come first.
        ages = np.array([one.number for one in self._known])[known]
        met: dict[int, int] = {}
        taken: set[int] = set()
        for pair in np.lexsort((boxes, ages, -overlap[boxes, known])):
            box, one = int(boxes[pair]), int(known[pair])
            if box not in met and one not in taken:
                met[box] = one
                taken.add(one)
        return met


def iou_of(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Intersection over union of boxes, shapes (n, 4) and (m, 4), as shape (n, m); 0 where there is no area."""
    low = np.maximum(one[:, None, :2], other[None, :, :2])
    high = np.minimum(one[:, None, 2:], other[None, :, 2:])
    common = np.clip(high - low, 0, None).prod(axis=2)
    areas = [np.clip(boxes[:, 2:] - boxes[:, :2], 0, None).prod(axis=1) for boxes in (one, other)]
    union = areas[0][:, None] + areas[1][None, :] - common
    shares: NDArray[np.float64] = np.divide(
        common, union, out=np.zeros_like(common), where=union > 0
    )
    return shares


def _checked(found: Any) -> NDArray[np.float64]:
    rows = np.empty((0, 6)) if found is None else np.asarray(found)
    if rows.size == 0:
        rows = np.empty((0, 6))
    if rows.ndim != 2 or rows.shape[1] != 6 or rows.dtype.kind not in "iuf":
        raise ValueError(
            f"the tracker was given {rows.dtype} of shape {rows.shape}; expected numbers of shape (n, 6): x1, y1, x2, "
            "y2, score, class. Of a detector's result give np.column_stack([x.xyxy, x.confidence, x.class_id])."
        )
    rows = np.asarray(rows, np.float64)
    return rows[np.isfinite(rows).all(axis=1)]
