"""What models of other tasks say: masks, points of bodies, turned boxes, and classes of whole pictures."""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from ..annotations.kinds import Annotation, Keypoints, Mask, Polygon
from ..annotations.skeletons import edges_of

Task = Literal["detect", "segment", "pose", "obb", "classify"]
TASKS: tuple[Task, ...] = get_args(Task)

Labels = Sequence[str] | Mapping[int, str] | None
MIN_VISIBILITY = 0.5
"""A point of a body with less was not seen."""


class Placed(NamedTuple):
    """Where a frame lies in the model's square: (x, y) at (x * scale + left_px, y * scale + top_px)."""

    scale: float
    left_px: int
    top_px: int
    size_px: tuple[int, int]
    """Width and height of the frame."""

    def in_frame(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points of the square, shape (..., 2), as points of the frame."""
        moved: NDArray[np.float64] = (points - (self.left_px, self.top_px)) / self.scale
        return moved


class Found(NamedTuple):
    """Objects in the model's square, best first.

    `rows`: float64 (n, 6): x1, y1, x2, y2, score, class. `extras`: float64 (n, k), what the model says of each besides.
    """

    rows: NDArray[np.float64]
    extras: NDArray[np.float64]


def task_of(asked: str | None, metadata: Mapping[str, str]) -> Task:
    """What a model is for: as asked, as its file says, or boxes.

    Raises
    ------
    ValueError
        If it is none that is known, or the file says another one than was asked for.
    """
    said = metadata.get("task")
    if asked is not None and asked not in TASKS:
        raise ValueError(f"task is {asked!r:.80}; expected one of {', '.join(TASKS)}.")
    if said is not None and said not in TASKS:
        raise ValueError(
            f"the model's metadata says that it is for the task {said!r:.80}; expected one of {', '.join(TASKS)}."
        )
    if asked is not None and said is not None and asked != said:
        raise ValueError(
            f"task is {asked!r}, and the model's metadata says that it is for {said!r}; leave task out, or give the "
            "right file."
        )
    return asked or said or "detect"


def point_shape_in(metadata: Mapping[str, str]) -> tuple[int, int]:
    """How many points a body has, and with how many numbers each, as the exporter wrote; 17 of 3 where it did not."""
    try:
        count, numbers = ast.literal_eval(metadata["kpt_shape"])
    except (KeyError, ValueError, SyntaxError, TypeError):
        return 17, 3
    return int(count), int(numbers)


def name_of(labels: Labels, number: int) -> str:
    """The name of a class, or its number where it has none."""
    if isinstance(labels, Mapping):
        return str(labels.get(number, number))
    return str(labels[number]) if labels is not None and number < len(labels) else str(number)


def masks_of(
    found: Found, prototypes: NDArray[Any], placed: Placed, labels: Labels, size: int
) -> list[Annotation]:
    """Masks of the objects, each a weighted sum of the model's prototypes, shape (k, rows, columns), within its box."""
    width_px, height_px = placed.size_px
    _, rows, columns = prototypes.shape
    per_cell = size / columns
    # What of the square is the frame.
    left, top = round(placed.left_px / per_cell), round(placed.top_px / per_cell)
    right = max(left + 1, round((placed.left_px + width_px * placed.scale) / per_cell))
    bottom = max(top + 1, round((placed.top_px + height_px * placed.scale) / per_cell))
    part = np.asarray(prototypes, np.float32)[:, top:bottom, left:right]
    masks: list[Annotation] = []
    x, y = np.arange(left, min(right, columns)) + 0.5, np.arange(top, min(bottom, rows)) + 0.5
    for row, weights in zip(found.rows, found.extras.astype(np.float32), strict=True):
        x1, y1, x2, y2 = row[:4] / per_cell
        in_box = ((x >= x1) & (x <= x2))[None, :] & ((y >= y1) & (y <= y2))[:, None]
        # Of a sigmoid more than a half: of its argument more than 0.
        pixels = (np.tensordot(weights, part, 1) > 0) & in_box
        masks.append(Mask(pixels, label=name_of(labels, int(row[5])), score=float(row[4])))
    return masks


def bodies_of(
    found: Found, point_shape: tuple[int, int], placed: Placed, labels: Labels
) -> list[Annotation]:
    """The points of each body; those that were hardly seen are NaN."""
    count, numbers = point_shape
    bodies: list[Annotation] = []
    for row, extra in zip(found.rows, found.extras, strict=True):
        points = extra.reshape(count, numbers)
        places = placed.in_frame(points[:, :2])
        if numbers > 2:
            places[~(points[:, 2] >= MIN_VISIBILITY)] = math.nan
        label = name_of(labels, int(row[5]))
        bodies.append(Keypoints(places, edges_of(count), label=label, score=float(row[4])))
    return bodies


def turned_corners(
    rows: NDArray[np.float64], angles_rad: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Corners, shape (n, 4, 2), of boxes that are turned round their middle; clockwise in a picture."""
    middles, halves = (rows[:, :2] + rows[:, 2:4]) / 2, (rows[:, 2:4] - rows[:, :2]) / 2
    cos, sin = np.cos(angles_rad), np.sin(angles_rad)
    along = np.stack([cos, sin], 1) * halves[:, :1]
    across = np.stack([-sin, cos], 1) * halves[:, 1:]
    offsets = [-along - across, along - across, along + across, -along + across]
    corners: NDArray[np.float64] = middles[:, None, :] + np.stack(offsets, 1)
    return corners


def turned_nms(
    corners: NDArray[np.float64], classes: NDArray[Any], max_iou: float, most: int
) -> NDArray[np.intp]:
    """Of turned boxes, best first, those that overlap no better one of their class more than `max_iou`."""
    import cv2

    outlines = corners.astype(np.float32)
    areas = [abs(cv2.contourArea(one)) for one in outlines]
    low, high = corners.min(axis=1), corners.max(axis=1)
    kept: list[int] = []
    for one in range(len(corners)):
        if len(kept) >= most:
            break
        rivals = [
            other
            for other in kept
            if classes[other] == classes[one]
            and (low[one] < high[other]).all()
            and (low[other] < high[one]).all()
        ]
        common = (cv2.intersectConvexConvex(outlines[one], outlines[other])[0] for other in rivals)
        if all(
            area <= max_iou * (areas[one] + areas[other] - area)
            for other, area in zip(rivals, common, strict=True)
        ):
            kept.append(one)
    return np.array(kept, np.intp)


def outlines_of(found: Found, placed: Placed, labels: Labels) -> list[Annotation]:
    """Turned boxes as outlines; `extras` are their angles in radians."""
    corners = placed.in_frame(turned_corners(found.rows, found.extras[:, 0]))
    return [
        Polygon(outline, label=name_of(labels, int(row[5])), score=float(row[4]))
        for outline, row in zip(corners, found.rows, strict=True)
    ]


def scores_of(output: NDArray[Any], labels: Labels, name: str) -> dict[str, float]:
    """The score of each class of a whole picture, best first.

    Raises
    ------
    ValueError
        If the output is not (1, classes), or has other classes than `labels`.
    """
    if (
        output.ndim != 2
        or output.shape[0] != 1
        or (labels is not None and len(labels) != output.shape[1])
    ):
        wanted = "classes" if labels is None else str(len(labels))
        raise ValueError(
            f"the model's output {name!r} has shape {list(output.shape)}; expected (1, {wanted}). Give the labels that "
            "the model was trained with, or labels=None."
        )
    scores = np.asarray(output[0], np.float64)
    known = np.isfinite(scores)
    if ((scores[known] < 0) | (scores[known] > 1)).any():
        # No shares yet: what goes into a softmax.
        powers = np.exp(scores - scores[known].max())
        scores = powers / powers[known].sum()
    order = [index for index in np.argsort(-scores).tolist() if known[index]]
    return {name_of(labels, index): float(scores[index]) for index in order}
