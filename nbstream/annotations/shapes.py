"""The shape of each kind of annotation, checked, as shares of the picture; `None` where nothing of it can be seen."""

from __future__ import annotations

import math
from collections.abc import Callable
from numbers import Real
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import ResultError
from .kinds import Annotation, Arrow, Box, Ellipse, Keypoints, Mask, Points, Polygon, Text
from .masks import mask_pixels, middle_of

Kind = Literal["box", "polygon", "ellipse", "arrow", "keypoints", "points", "text"]
Shares = NDArray[np.float64]

MAX_POINTS_EACH = 2000
# Far enough outside that nothing of what is in sight moves, and within what any canvas can draw.
FARTHEST = 10.0


class Shape(NamedTuple):
    """`points`: x and y in turn. `edges`: pairs of numbers of points.

    A box has two points, top left and bottom right; an ellipse three, its middle and an end of each of
    its axes; an arrow two, its end and its head.
    """

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


def _ellipse(one: Ellipse, scale: tuple[float, float]) -> Shape | None:
    x, y = number(one.x, "x"), number(one.y, "y")
    width = number(one.width, "width")
    height = width if one.height is None else number(one.height, "height")
    angle = math.radians(number(one.angle_deg, "angle_deg"))
    if not (width > 0 and height > 0 and math.isfinite(angle)):
        return None
    across = math.cos(angle) * width / 2, math.sin(angle) * width / 2
    along = -math.sin(angle) * height / 2, math.cos(angle) * height / 2
    # Its box: half the sides are what both half axes reach.
    reach = np.hypot(np.array(across), np.array(along)) / scale
    middle = np.array((x, y)) / scale
    if not is_in_sight(*(middle - reach).tolist(), *(middle + reach).tolist()):
        return None
    ends = [(x, y), (x + across[0], y + across[1]), (x + along[0], y + along[1])]
    shares = np.clip(np.array(ends) / scale, -FARTHEST, FARTHEST)
    return Shape("ellipse", tuple(shares.ravel().tolist()))


def _arrow(one: Arrow, scale: tuple[float, float]) -> Shape | None:
    return _in_sight("arrow", _shares([(one.x, one.y), (one.to_x, one.to_y)], scale))


def _points(one: Points, scale: tuple[float, float]) -> Shape | None:
    points = _shares(one.points, scale)
    return _in_sight("points", points[np.isfinite(points).all(axis=1)])


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


def _shares(points: Any, scale: tuple[float, float]) -> Shares:
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
    shares: Shares = given / scale
    return shares


def _advice_for_points(given: Shares) -> str:
    if given.ndim == 2 and given.shape[1] > 2:
        return "Give x[:, :2]."
    if given.ndim < 2:
        return "A point that was not seen is (nan, nan), not None."
    return "A Mask takes any shape."


def _in_sight(kind: Kind, points: Shares, least: int = 1) -> Shape | None:
    if len(points) < least or not np.isfinite(points).all():
        return None
    if (points.max(axis=0) < 0).any() or (points.min(axis=0) > 1).any():
        return None
    return Shape(kind, tuple(np.clip(points, -FARTHEST, FARTHEST).ravel().tolist()))


_SHAPES: dict[type, Callable[[Any, tuple[float, float]], Shape | None]] = {
    Box: _box,
    Polygon: _polygon,
    Ellipse: _ellipse,
    Arrow: _arrow,
    Mask: _mask,
    Keypoints: _keypoints,
    Points: _points,
    Text: _text,
}
_NAMES = [kind.__name__ for kind in _SHAPES]
ANNOTATIONS = f"nbstream.{', '.join(_NAMES[:-1])} or {_NAMES[-1]}"
"""What can be drawn, in the words of errors."""
