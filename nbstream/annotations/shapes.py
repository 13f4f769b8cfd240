"""The shape of each kind of annotation, checked, as shares of the picture; `None` where nothing of it can be seen."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Real
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import ResultError
from .kinds import Annotation, Box, Keypoints, Mask, Polygon, Text
from .masks import mask_pixels, middle_of

Kind = Literal["box", "polygon", "keypoints", "text"]
Points = NDArray[np.float64]

MAX_POINTS_EACH = 2000
# Far enough outside that nothing of what is in sight moves, and within what any canvas can draw.
FARTHEST = 10.0


class Shape(NamedTuple):
    """`points`: x and y in turn. A box has two, top left and bottom right. `edges`: pairs of numbers of points."""

    kind: Kind
    points: tuple[float, ...]
    edges: tuple[int, ...] = ()


def shape_of(one: Annotation, scale: tuple[float, float]) -> Shape | None:
    """Return the shape of an annotation whose coordinates are shares times `scale`.

    Raises
    ------
    ResultError
        If it is not made of what it has to be made of.
    """
    for kind in type(one).__mro__:
        if kind in _SHAPES:
            return _SHAPES[kind](one, scale)
    raise ResultError(f"{one!r:.80} for an overlay; expected {ANNOTATIONS}.")


def number(value: Any, what: str) -> float:
    """Return a number as a float.

    Raises
    ------
    ResultError
        If it is none; `what` names it.
    """
    # There can be thousands, and most are floats.
    if type(value) is float or isinstance(value, Real):
        return float(value)
    raise ResultError(
        f"{value!r:.80} as {what} of an annotation; expected a number. Give float(x)."
    )


def is_in_sight(left: float, top: float, right: float, bottom: float) -> bool:
    """Whether a box has an area and lies, in part, in the picture; what is not a number never is."""
    return left < right and top < bottom and right > 0 and bottom > 0 and left < 1 and top < 1


def _box(box: Box, scale: tuple[float, float]) -> Shape | None:
    # Without numpy, as it is small.
    left, top = number(box.x, "x") / scale[0], number(box.y, "y") / scale[1]
    right = left + number(box.width, "width") / scale[0]
    bottom = top + number(box.height, "height") / scale[1]
    if not is_in_sight(left, top, right, bottom):
        return None
    return Shape("box", tuple(map(_near, (left, top, right, bottom))))


def _polygon(one: Polygon, scale: tuple[float, float]) -> Shape | None:
    return _in_sight("polygon", _shares(one.points, scale), least=2)


def _text(one: Text, scale: tuple[float, float]) -> Shape | None:
    return _in_sight("text", _shares([(one.x, one.y)], scale))


def _mask(one: Mask, _scale: tuple[float, float]) -> Shape | None:
    # Its text stands in its middle.
    middle = middle_of(mask_pixels(one))
    return middle and Shape("text", middle)


def _near(share: float) -> float:
    return min(max(share, -FARTHEST), FARTHEST)


def _keypoints(one: Keypoints, scale: tuple[float, float]) -> Shape | None:
    points = _shares(one.points, scale)
    edges = _edges(one.edges, len(points))
    seen: NDArray[np.bool_] = np.asarray(np.isfinite(points).all(axis=1))
    place = np.cumsum(seen) - 1
    drawn = place[edges[np.all(seen[edges], axis=1)]]
    shape = _in_sight("keypoints", points[seen])
    return shape and shape._replace(edges=tuple(drawn.ravel().tolist()))


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


def _shares(points: Any, scale: tuple[float, float]) -> Points:
    try:
        given = np.asarray(points, np.float64)
    except (TypeError, ValueError):
        given = np.empty(0)
    if given.ndim == 3 and given.shape[1:] == (1, 2):  # a contour as OpenCV gives it
        given = given[:, 0]
    if given.ndim != 2 or given.shape[1] != 2 or len(given) > MAX_POINTS_EACH:
        raise ResultError(
            f"points {points!r:.80} of shape {given.shape}; expected (n, 2), x and y of at most {MAX_POINTS_EACH} "
            f"points. {_advice_for_points(given)}"
        )
    shares: Points = given / scale
    return shares


def _advice_for_points(given: Points) -> str:
    if given.ndim == 2 and given.shape[1] > 2:
        return "Give x[:, :2]."
    if given.ndim < 2:
        return "A point that was not seen is (nan, nan), not None."
    return "A Mask takes any shape."


def _in_sight(kind: Kind, points: Points, least: int = 1) -> Shape | None:
    if len(points) < least or not np.isfinite(points).all():
        return None
    if (points.max(axis=0) < 0).any() or (points.min(axis=0) > 1).any():
        return None
    return Shape(kind, tuple(np.clip(points, -FARTHEST, FARTHEST).ravel().tolist()))


_SHAPES: dict[type, Callable[[Any, tuple[float, float]], Shape | None]] = {
    Box: _box,
    Polygon: _polygon,
    Mask: _mask,
    Keypoints: _keypoints,
    Text: _text,
}
_NAMES = [kind.__name__ for kind in _SHAPES]
ANNOTATIONS = f"nbstream.{', '.join(_NAMES[:-1])} or {_NAMES[-1]}"
"""What can be drawn, in the words of errors."""
