"""Annotations made ready to be drawn: checked, coloured, the best of them, in shares of the picture.

`Overlay` sends marks to the page and `draw` paints them into an array, so that both show the same.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from numbers import Real
from typing import Any, Literal, NoReturn

import numpy as np
from numpy.typing import NDArray

from .annotations import Annotation, Box, Keypoints, Mask, Polygon, Text
from .errors import ResultError

Kind = Literal["box", "polygon", "keypoints", "text"]
Labels = Sequence[str] | Mapping[int, str]

MAX_MARKS = 300
MAX_POINTS_EACH = 2000
MAX_POINTS = 20_000
MAX_TEXT_CHARS = 200
MAX_MASK_SIDE_PX = 640
MASK_ALPHA = 110
# Far enough outside that nothing of what is in sight moves, and within what any canvas can draw.
FARTHEST = 10.0

# Light and strong: each stands out on any picture with the dark outline that lines and text get.
PALETTE = (
    "#ff5a5f", "#3ddc84", "#4da3ff", "#ffd23f", "#ff8c42", "#c77dff", "#2ee6d6", "#ff6ec7",
    "#b5e48c", "#f4a3a3", "#8ecae6", "#e0c3fc", "#f9f871", "#00b894", "#fab1a0", "#a29bfe",
)  # fmt: skip


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

    `shown`: best first. `total_count`: how many there were to draw. `mask`: all masks in one, uint8 RGBA of shape
    (height, width, 4), to be stretched over the picture; `None` = no masks.
    """

    shown: tuple[Mark, ...] = ()
    total_count: int = 0
    mask: NDArray[np.uint8] | None = None


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
    if isinstance(annotations, np.ndarray):
        return _from_array(annotations, scale, labels)
    given = [_as_annotation(one) for one in _as_list(annotations)]
    rated = [(_rating(one), one) for one in given if not math.isnan(_rating(one))]
    rated.sort(key=lambda pair: -pair[0])
    tint = _Tint(size_px)
    drawable: list[tuple[Mark, Mask | None]] = []
    total_count = 0
    for _, one in rated:
        mark = _mark_of(one, scale)
        if mark is None:
            continue
        total_count += 1
        if len(drawable) < MAX_MARKS:
            drawable.append((mark, one if isinstance(one, Mask) else None))
    shown = list(_within_points(drawable))
    for mark, mask in reversed(shown):  # The best lies on top.
        if mask is not None:
            tint.add(_mask_pixels(mask), mark.color)
    return Marks(tuple(mark for mark, _ in shown), total_count, tint.pixels)


def outline_of(color: str) -> str:
    """Black or white, whichever stands out against a colour "#rrggbb"."""
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return "#000000" if 0.3 * red + 0.59 * green + 0.11 * blue > 90 else "#ffffff"


def color_of(label: str) -> str:
    """The colour of a label: always the same."""
    return (
        PALETTE[zlib.crc32(label.encode("utf-8", "replace")) % len(PALETTE)]
        if label
        else PALETTE[0]
    )


def _as_list(annotations: Any) -> Sequence[Any]:
    if isinstance(annotations, Annotation) or _is_plain_box(annotations):
        return [annotations]
    if isinstance(annotations, (list, tuple)):
        return annotations
    _refuse(annotations)


def _is_plain_box(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) > 0 and isinstance(value[0], Real)


def _as_annotation(one: Any) -> Annotation:
    if isinstance(one, Annotation):
        return one
    if not _is_plain_box(one) or not 4 <= len(one) <= 6:
        _refuse(one)
    x, y, width, height, *rest = one
    label, score = [*rest, None, None][:2]
    return Box(x, y, width, height, label=label, score=score)


def _refuse(value: Any) -> NoReturn:
    raise ResultError(
        f"{value!r:.80} of type {type(value).__name__} for an overlay; expected nbstream.Box, Polygon, Mask, "
        "Keypoints or Text, a tuple (x, y, width, height[, label[, score]]), a list of these, or an array of shape "
        "(n, 6): x1, y1, x2, y2, score, class. None clears the overlay."
    )


def _number(value: Any, what: str) -> float:
    if isinstance(value, Real):
        return float(value)
    raise ResultError(f"{value!r:.80} as {what} of an annotation; expected a number.")


def _rating(one: Annotation) -> float:
    return math.inf if one.score is None else _number(one.score, "score")


def _mark_of(one: Annotation, scale: tuple[float, float]) -> Mark | None:
    if isinstance(one, Box):
        return _box_mark(one, scale)
    if isinstance(one, Polygon):
        return _styled(one, "polygon", _shares(one.points, scale), least=2)
    if isinstance(one, Keypoints):
        return _keypoints_mark(one, scale)
    if isinstance(one, Text):
        mark = _styled(one, "text", _shares([(one.x, one.y)], scale))
        return mark and replace(mark, text=_short(str(one.text)))
    if isinstance(one, Mask):
        return _mask_mark(one)
    _refuse(one)


def _box_mark(box: Box, scale: tuple[float, float]) -> Mark | None:
    # Without numpy: there can be thousands.
    left, top = _number(box.x, "x") / scale[0], _number(box.y, "y") / scale[1]
    right = left + _number(box.width, "width") / scale[0]
    bottom = top + _number(box.height, "height") / scale[1]
    # Not a number compares as false.
    if not (left < right and top < bottom and right > 0 and bottom > 0 and left < 1 and top < 1):
        return None
    corners = tuple(min(max(one, -FARTHEST), FARTHEST) for one in (left, top, right, bottom))
    return Mark("box", corners, _text_of(box), _color_of(box))


def _keypoints_mark(one: Keypoints, scale: tuple[float, float]) -> Mark | None:
    points = _shares(one.points, scale)
    edges = _edges(one.edges, len(points))
    seen: NDArray[np.bool_] = np.asarray(np.isfinite(points).all(axis=1))
    place = np.cumsum(seen) - 1
    drawn = place[edges[np.all(seen[edges], axis=1)]]
    mark = _styled(one, "keypoints", points[seen])
    return mark and replace(mark, edges=tuple(drawn.ravel().tolist()))


def _edges(edges: Any, point_count: int) -> NDArray[np.intp]:
    try:
        pairs = np.asarray(edges, np.intp).reshape(-1, 2)
    except (TypeError, ValueError, OverflowError):
        pairs = np.full((1, 2), -1)
    if pairs.size and (pairs.min() < 0 or pairs.max() >= point_count):
        raise ResultError(
            f"{edges!r:.80} as edges of {point_count} keypoints; expected pairs of numbers from 0 to {point_count - 1}."
        )
    return pairs


def _mask_mark(mask: Mask) -> Mark | None:
    """The mask's text, in its middle."""
    rows, columns = np.nonzero(_mask_pixels(mask))
    if not len(rows):
        return None
    height, width = np.asarray(mask.pixels).shape
    middle = (float(columns.mean() + 0.5) / width, float(rows.mean() + 0.5) / height)
    return Mark("text", middle, _text_of(mask), _color_of(mask))


def _mask_pixels(mask: Mask) -> NDArray[np.bool_]:
    pixels = np.asarray(mask.pixels)
    if pixels.ndim != 2 or pixels.dtype.kind not in "biuf":
        raise ResultError(
            f"a mask of shape {pixels.shape} and dtype {pixels.dtype}; expected bool of shape (height, width)."
        )
    return np.asarray(pixels if pixels.dtype == bool else pixels > 0.5, bool)


def _shares(points: Any, scale: tuple[float, float]) -> NDArray[np.float64]:
    try:
        given = np.asarray(points, np.float64)
    except (TypeError, ValueError):
        given = np.empty(0)
    if given.ndim != 2 or given.shape[1] != 2 or len(given) > MAX_POINTS_EACH:
        raise ResultError(
            f"points {points!r:.80} of shape {given.shape}; expected (n, 2), x and y of at most {MAX_POINTS_EACH} "
            "points. A Mask takes any shape."
        )
    shares: NDArray[np.float64] = given / scale
    return shares


def _styled(
    one: Annotation, kind: Kind, points: NDArray[np.float64], least: int = 1
) -> Mark | None:
    """A mark with text and colour; `None` if nothing of it can be seen."""
    if len(points) < least or not np.isfinite(points).all():
        return None
    if (points.max(axis=0) < 0).any() or (points.min(axis=0) > 1).any():
        return None
    flat = tuple(np.clip(points, -FARTHEST, FARTHEST).ravel().tolist())
    return Mark(kind, flat, _text_of(one), _color_of(one))


def _text_of(one: Annotation) -> str:
    label = "" if one.label is None else str(one.label)
    return _short(label if one.score is None else f"{label} {float(one.score):.2f}".strip())


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= MAX_TEXT_CHARS else text[: MAX_TEXT_CHARS - 1] + "…"


def _color_of(one: Annotation) -> str:
    if one.color is not None:
        return _checked(one.color)
    return color_of("" if one.label is None else str(one.label))


def _checked(color: Any) -> str:
    if isinstance(color, str) and re.fullmatch(r"#[0-9a-fA-F]{6}", color):
        return color.lower()
    channels = color if isinstance(color, tuple) and len(color) == 3 else ("",)
    if all(isinstance(one, (int, np.integer)) and 0 <= one <= 255 for one in channels):
        return "#{:02x}{:02x}{:02x}".format(*(int(one) for one in channels))
    raise ResultError(
        f'{color!r:.80} as color of an annotation; expected "#rrggbb" or (red, green, blue), each 0..255.'
    )


def _within_points(
    drawable: list[tuple[Mark, Mask | None]],
) -> Iterator[tuple[Mark, Mask | None]]:
    """The best that have no more points in all than a page can draw at once."""
    point_count = 0
    for mark, mask in drawable:
        point_count += len(mark.points) // 2
        if point_count > MAX_POINTS:
            return
        yield mark, mask


class _Tint:
    """All masks in one picture; no larger than a page needs it for a tint."""

    def __init__(self, size_px: tuple[int, int]) -> None:
        shrink = min(1.0, MAX_MASK_SIDE_PX / max(size_px))
        self._shape = [max(1, round(side * shrink)) for side in reversed(size_px)]
        self.pixels: NDArray[np.uint8] | None = None

    def add(self, mask: NDArray[np.bool_], color: str) -> None:
        if self.pixels is None:
            self.pixels = np.zeros((*self._shape, 4), np.uint8)
        rows, columns = (
            (np.arange(wanted) * have) // wanted
            for wanted, have in zip(self._shape, mask.shape, strict=True)
        )
        red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
        self.pixels[mask[np.ix_(rows, columns)]] = (red, green, blue, MASK_ALPHA)


def _from_array(found: NDArray[Any], scale: tuple[float, float], labels: Labels | None) -> Marks:
    if found.size == 0:
        return Marks()
    if found.ndim != 2 or found.shape[1] != 6 or found.dtype.kind not in "iuf":
        raise ResultError(
            f"an array of shape {found.shape} and dtype {found.dtype} for an overlay; expected numbers of shape "
            "(n, 6): x1, y1, x2, y2, score, class."
        )
    found = np.asarray(found, np.float64)
    found = found[np.isfinite(found).all(axis=1)]
    corners = found[:, :4] / (*scale, *scale)
    inside = (corners[:, :2] < corners[:, 2:]).all(axis=1)
    inside &= (corners[:, 2:] > 0).all(axis=1) & (corners[:, :2] < 1).all(axis=1)
    order = np.flatnonzero(inside)
    best = order[np.argsort(-found[order, 4], kind="stable")][:MAX_MARKS]
    shown = []
    for number, (*_, score, class_number) in zip(best, found[best].tolist(), strict=True):
        label = _label_of(int(class_number), labels)
        points = tuple(np.clip(corners[number], -FARTHEST, FARTHEST).tolist())
        shown.append(Mark("box", points, _short(f"{label} {score:.2f}"), color_of(label)))
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
