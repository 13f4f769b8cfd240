"""Annotations made ready to be drawn: checked, coloured, the best of them, in shares of the picture.

`Overlay` sends marks to the page and `draw` paints them into an array, so that both show the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import ResultError
from .colors import checked_color, color_of
from .detected import Labels, label_of
from .kinds import Annotation, Mask, Text
from .masks import Tint, tint_of
from .reading import BoxForm, Rows, read
from .shapes import FARTHEST, Kind, Shape, number, shape_of

MAX_MARKS = 300
MAX_POINTS = 20_000
MAX_TEXT_CHARS = 200
MAX_LINE_PX = 100


@dataclass(frozen=True)
class Mark:
    """One thing to draw.

    `points`: x and y in turn, as shares of the picture's width and height. A box has two, top left and bottom right;
    an ellipse three, its middle and an end of each axis; an arrow two, the second its head; a text one, its lower left
    corner. `edges`: pairs of numbers of points. `text` is what stands beside it, "" =
    nothing. `color` is "#rrggbb".
    """

    kind: Kind
    points: tuple[float, ...]
    text: str
    color: str
    edges: tuple[int, ...] = ()
    line_px: float | None = None
    """`None` = what suits."""


@dataclass(frozen=True)
class Marks:
    """What is drawn over one picture.

    `shown`: best first. `total_count`: how many there were to draw. `tint`: all masks in one; `None` = no masks.
    """

    shown: tuple[Mark, ...] = ()
    total_count: int = 0
    tint: Tint | None = None


def marks_of(
    annotations: Any,
    size_px: tuple[int, int],
    *,
    labels: Labels | None = None,
    relative: bool = False,
    boxes: BoxForm | None = None,
) -> Marks:
    """Make marks of what a function returned.

    Parameters
    ----------
    annotations
        An annotation or a tuple ``(x, y, width, height[, label[, score]])``; what a detector returned (see
        `detected`); a contour of OpenCV; a list or an iterator of these; an array of shape (n, 6): x1, y1, x2, y2,
        score, class; or `None`.
    size_px
        Width and height of the picture.
    labels
        Names of the classes.
    relative
        Whether coordinates are shares of the picture, and not pixels.
    boxes
        How the first four numbers of arrays, rows and tuples are meant; arrays may then have 4 or 5 columns, too.
        `None` = as above.

    Raises
    ------
    ResultError
        If something of that is no annotation. What is not a number, has no area or lies outside is left out.
    """
    scale = (1.0, 1.0) if relative else (float(size_px[0]), float(size_px[1]))
    if annotations is None:
        return Marks()
    found = read(annotations, scale, labels, boxes)
    if isinstance(found, Rows):
        return _from_rows(found, scale, labels)
    seen = list(_in_sight(found, scale))
    best = _best(seen)
    marks = tuple(_mark(one, shape) for one, shape in best)
    masks = [
        (one, mark.color)
        for (one, _), mark in zip(best, marks, strict=True)
        if isinstance(one, Mask)
    ]
    return Marks(marks, len(seen), tint_of(masks, size_px))


def _in_sight(
    given: Sequence[Annotation], scale: tuple[float, float]
) -> Iterator[tuple[float, Annotation, Shape]]:
    """What can be seen, each with its score."""
    for one in given:
        score = math.inf if one.score is None else number(one.score, "score")
        shape = shape_of(one, scale)
        if shape is not None and not math.isnan(score):
            yield score, one, shape


def _best(seen: list[tuple[float, Annotation, Shape]]) -> list[tuple[Annotation, Shape]]:
    """The best, best first, that a page can draw at once."""
    best: list[tuple[Annotation, Shape]] = []
    point_count = 0
    for _, one, shape in sorted(seen, key=lambda entry: -entry[0])[:MAX_MARKS]:
        point_count += len(shape.points) // 2
        if point_count > MAX_POINTS:
            break
        best.append((one, shape))
    return best


def _mark(one: Annotation, shape: Shape) -> Mark:
    label = "" if one.label is None else str(one.label)
    color = color_of(label) if one.color is None else checked_color(one.color)
    text = label if one.score is None else f"{label} {float(one.score):.2f}".strip()
    said = str(one.text) if isinstance(one, Text) else text
    return Mark(shape.kind, shape.points, _short(said), color, shape.edges, _line_px(one.line_px))


def _line_px(line_px: Any) -> float | None:
    if line_px is None:
        return None
    width_px = number(line_px, "line_px")
    if 0 < width_px <= MAX_LINE_PX:
        return width_px
    raise ResultError(
        f"{line_px!r:.80} as line_px of an annotation; expected a number above 0 and up to {MAX_LINE_PX}."
    )


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= MAX_TEXT_CHARS else text[: MAX_TEXT_CHARS - 1] + "…"


def _from_rows(found: Rows, scale: tuple[float, float], labels: Labels | None) -> Marks:
    corners = found.corners / (*scale, *scale)
    inside = (corners[:, :2] < corners[:, 2:]).all(axis=1)
    inside &= (corners[:, 2:] > 0).all(axis=1) & (corners[:, :2] < 1).all(axis=1)
    order = np.flatnonzero(inside)
    scores, classes = found.scores, found.classes
    if scores is not None:
        order = order[np.argsort(-scores[order], kind="stable")]
    best = order[:MAX_MARKS]
    places = np.clip(corners[best], -FARTHEST, FARTHEST).tolist()
    shown = []
    for points, index in zip(places, best.tolist(), strict=True):
        label = "" if classes is None else label_of(int(classes[index]), labels)
        text = label if scores is None else f"{label} {scores[index]:.2f}".strip()
        shown.append(Mark("box", tuple(points), _short(text), color_of(label)))
    return Marks(tuple(shown), len(order))
