"""Annotations made ready to be drawn: checked, coloured, the best of them, in shares of the picture.

`Overlay` sends marks to the page and `draw` paints them into an array, so that both show the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from ..errors import ResultError
from .advice import advice_for, advice_for_array
from .colors import checked_color, color_of
from .kinds import Annotation, Box, Mask, Text
from .masks import Tint, tint_of
from .shapes import FARTHEST, Kind, Shape, number, shape_of

Labels = Sequence[str] | Mapping[int, str]

MAX_MARKS = 300
MAX_POINTS = 20_000
MAX_TEXT_CHARS = 200


@dataclass(frozen=True)
class Mark:
    """One thing to draw.

    `points`: x and y in turn, as shares of the picture's width and height. A box has two, top left and bottom right;
    a text one, its lower left corner. `edges`: pairs of numbers of points. `text` is what stands beside it, "" =
    nothing. `color` is "#rrggbb".
    """

    kind: Kind
    points: tuple[float, ...]
    text: str
    color: str
    edges: tuple[int, ...] = ()


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
) -> Marks:
    """Make marks of what a function returned.

    Parameters
    ----------
    annotations
        An annotation or a tuple ``(x, y, width, height[, label[, score]])``; a list of these; an array of shape (n, 6):
        x1, y1, x2, y2, score, class; or `None`.
    size_px
        Width and height of the picture.
    labels
        Names of the classes of an array.
    relative
        Whether coordinates are shares of the picture, and not pixels.

    Raises
    ------
    ResultError
        If something of that is no annotation. What is not a number, has no area or lies outside is left out.
    """
    scale = (1.0, 1.0) if relative else size_px
    if annotations is None:
        return Marks()
    if hasattr(annotations, "__array__"):
        annotations = _as_array(annotations)
    if isinstance(annotations, np.ndarray):
        return _from_array(annotations, scale, labels)
    seen = list(_in_sight(_as_list(annotations), scale))
    best = _best(seen)
    marks = tuple(_mark(one, shape) for one, shape in best)
    masks = [
        (one, mark.color)
        for (one, _), mark in zip(best, marks, strict=True)
        if isinstance(one, Mask)
    ]
    return Marks(marks, len(seen), tint_of(masks, size_px))


def has_places(annotations: Any) -> bool:
    """Whether something has positions in a picture; masks cover all of it, whatever its size."""
    if annotations is None or isinstance(annotations, Mask):
        return False
    if isinstance(annotations, (list, tuple)):
        return any(not isinstance(one, Mask) for one in annotations)
    return not (isinstance(annotations, np.ndarray) and annotations.size == 0)


def _in_sight(
    given: Sequence[Any], scale: tuple[float, float]
) -> Iterator[tuple[float, Annotation, Shape]]:
    """What can be seen, each with its score."""
    for one in map(_as_annotation, given):
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


def _as_list(annotations: Any) -> Sequence[Any]:
    if isinstance(annotations, Annotation) or _is_plain_box(annotations):
        return [annotations]
    if isinstance(annotations, (list, tuple)):
        return annotations
    _refuse(annotations)


def _as_array(tensor: Any) -> NDArray[Any]:
    try:
        return np.asarray(tensor)
    except Exception:  # torch alone raises TypeError, RuntimeError and others here
        _refuse(tensor)


def _is_plain_box(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) > 0 and isinstance(value[0], Real)


def _as_annotation(one: Any) -> Annotation:
    if isinstance(one, Annotation):
        return one
    # Landmarks are named tuples of four numbers, too, and no boxes.
    if not _is_plain_box(one) or not 4 <= len(one) <= 6 or hasattr(one, "z"):
        _refuse(one)
    x, y, width, height, *rest = one
    label, score = [*rest, None, None][:2]
    return Box(x, y, width, height, label=label, score=score)


def _refuse(value: Any) -> NoReturn:
    raise ResultError(
        f"{value!r:.80} of type {type(value).__name__} for an overlay; expected nbstream.Box, Polygon, Mask, "
        "Keypoints or Text, a tuple (x, y, width, height[, label[, score]]), a list of these, or an array of shape "
        f"(n, 6): x1, y1, x2, y2, score, class. {advice_for(value)} None clears the overlay."
    )


def _mark(one: Annotation, shape: Shape) -> Mark:
    label = "" if one.label is None else str(one.label)
    color = color_of(label) if one.color is None else checked_color(one.color)
    text = label if one.score is None else f"{label} {float(one.score):.2f}".strip()
    said = str(one.text) if isinstance(one, Text) else text
    return Mark(shape.kind, shape.points, _short(said), color, shape.edges)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= MAX_TEXT_CHARS else text[: MAX_TEXT_CHARS - 1] + "…"


def _from_array(found: NDArray[Any], scale: tuple[float, float], labels: Labels | None) -> Marks:
    if found.size == 0:
        return Marks()
    if found.ndim != 2 or found.shape[1] != 6 or found.dtype.kind not in "iuf":
        raise ResultError(
            f"an array of shape {found.shape} and dtype {found.dtype} for an overlay; expected numbers of shape "
            f"(n, 6): x1, y1, x2, y2, score, class. {advice_for_array(found)}"
        )
    found = np.asarray(found, np.float64)
    found = found[np.isfinite(found).all(axis=1)]
    corners = found[:, :4] / (*scale, *scale)
    inside = (corners[:, :2] < corners[:, 2:]).all(axis=1)
    inside &= (corners[:, 2:] > 0).all(axis=1) & (corners[:, :2] < 1).all(axis=1)
    order = np.flatnonzero(inside)
    best = order[np.argsort(-found[order, 4], kind="stable")][:MAX_MARKS]
    places = np.clip(corners[best], -FARTHEST, FARTHEST).tolist()
    shown = []
    for points, score, class_number in zip(places, *found[best, 4:].T.tolist(), strict=True):
        label = _label_of(int(class_number), labels)
        text = _short(f"{label} {score:.2f}")
        shown.append(Mark("box", tuple(points), text, color_of(label)))
    return Marks(tuple(shown), len(order))


def _label_of(class_number: int, labels: Labels | None) -> str:
    if labels is None:
        return str(class_number)
    known = range(len(labels)) if isinstance(labels, Sequence) else labels
    if class_number not in known:
        raise ResultError(
            f"an array with a box of class {class_number}, and `labels` names {len(labels)}; expected a name for every "
            "class. Give labels=None to see the numbers."
        )
    return str(labels[class_number])
