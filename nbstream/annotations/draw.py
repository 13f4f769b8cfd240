"""`draw`: annotations painted into an array, as `Overlay` shows them over the live picture."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import MissingDependencyError, ResultError
from ..pictures.codecs import ChannelOrder
from .colors import channels_of, outline_of
from .detected import Labels
from .marks import Mark, Marks, marks_of
from .masks import Tint
from .reading import BoxForm, checked_form
from .shapes import Kind


def draw(
    frame: NDArray[np.uint8],
    annotations: Any,
    *,
    labels: Labels | None = None,
    relative: bool = False,
    boxes: BoxForm | None = None,
    color: ChannelOrder = "rgb",
) -> NDArray[np.uint8]:
    """Paint annotations over a picture.

    Parameters
    ----------
    frame
        uint8 of shape (height, width, 3); it is not changed.
    annotations
        What an `Overlay` takes: annotations, tuples ``(x, y, width, height[, label[, score]])``, results of detectors,
        a list or an iterator of these, an array of shape (n, 6), or `None`.
    labels
        Names of the classes, by number; `None` = those of the result, or the numbers.
    relative
        Whether coordinates are shares of the picture, 0..1, and not pixels.
    boxes
        As for an `Overlay`.
    color
        Order of the frame's channels. Colours of annotations are always red, green, blue.

    Returns
    -------
    painted
        A new picture of the same shape. The best 300 by score are drawn; of more, the count stands below.

    Raises
    ------
    ResultError
        If the frame is no such picture, or something is no annotation.
    ValueError
        If `boxes` is none of its values.
    MissingDependencyError
        If OpenCV cannot be imported.
    """
    if getattr(frame, "dtype", None) != np.uint8 or frame.ndim != 3 or frame.shape[2] != 3:
        came = f"{getattr(frame, 'dtype', type(frame).__name__)} of shape {np.shape(frame)}"
        raise ResultError(f"draw() was given {came}; expected uint8 of shape (height, width, 3).")
    height_px, width_px = frame.shape[:2]
    marks = marks_of(
        annotations,
        (width_px, height_px),
        labels=labels,
        relative=relative,
        boxes=checked_form(boxes),
    )
    painted = np.array(frame, order="C")
    _Brush(painted, color).paint(marks)
    return painted


HEAD_PX = 8
"""How long an arrow's head is, beside what its width adds."""
ELLIPSE_CORNERS = 120


class _Brush:
    """Draws on one picture, in place."""

    def __init__(self, picture: NDArray[np.uint8], order: ChannelOrder) -> None:
        try:
            import cv2
        except ImportError:
            raise MissingDependencyError(
                "draw() needs OpenCV, which cannot be imported. Install it with "
                'pip install "nbstream[cv]"; an Overlay needs none.'
            ) from None
        self._cv2: Any = cv2
        self._picture = picture
        self._order = order
        self._height_px, self._width_px = picture.shape[:2]
        self._line_px = max(1, round(min(picture.shape[:2]) / 240))
        self._font_scale = max(0.35, min(picture.shape[:2]) / 900)

    def paint(self, marks: Marks) -> None:
        if marks.tint is not None:
            self._lay_over(marks.tint)
        for mark in reversed(marks.shown):
            self._shape(mark)
        for mark in reversed(marks.shown):
            self._label(mark)
        if marks.total_count > len(marks.shown):
            text = f"{len(marks.shown)} of {marks.total_count}"
            self._text(text, 4, self._height_px - 6, "#ffffff")

    def _lay_over(self, tint: Tint) -> None:
        size_px = (self._width_px, self._height_px)
        entries = self._cv2.resize(tint.entries, size_px, interpolation=self._cv2.INTER_NEAREST)
        rgba = tint.palette[entries]
        alpha = rgba[:, :, 3:] / 255.0
        channels = rgba[:, :, :3] if self._order == "rgb" else rgba[:, :, 2::-1]
        self._picture[:] = (self._picture * (1 - alpha) + channels * alpha).round()

    def _shape(self, mark: Mark) -> None:
        draw_shape = _SHAPES[mark.kind]
        points = self._pixels(mark)
        line_px = self._width_of(mark)
        for color, width_px in ((outline_of(mark.color), line_px + 2), (mark.color, line_px)):
            value = self._channels(color)
            draw_shape(self._cv2, self._picture, points, mark.edges, value, width_px)

    def _width_of(self, mark: Mark) -> int:
        return self._line_px if mark.line_px is None else max(1, round(mark.line_px))

    def _pixels(self, mark: Mark) -> Pixels:
        # OpenCV counts from the middle of the first pixel.
        points = np.reshape(mark.points, (-1, 2)) * (self._width_px, self._height_px) - 0.5
        if mark.kind == "ellipse":
            points = _outline(points)
        return [(round(x), round(y)) for x, y in points.tolist()]

    def _label(self, mark: Mark) -> None:
        if not mark.text:
            return
        points = self._pixels(mark)
        left_px, top_px = min(x for x, _ in points), min(y for _, y in points)
        gap_px = 0 if mark.kind == "text" else self._width_of(mark) + 3
        self._text(mark.text, left_px, top_px - gap_px, mark.color)

    def _text(self, text: str, left_px: int, base_px: int, color: str) -> None:
        """Write one line on a plate of its colour, moved into the picture where it would stick out."""
        font = self._cv2.FONT_HERSHEY_SIMPLEX
        (width_px, height_px), _ = self._cv2.getTextSize(text, font, self._font_scale, 1)
        left_px = max(2, min(left_px, self._width_px - width_px - 2))
        base_px = max(height_px + 3, min(base_px, self._height_px - 4))
        plate = (left_px - 2, base_px - height_px - 3), (left_px + width_px + 1, base_px + 3)
        self._cv2.rectangle(self._picture, *plate, self._channels(color), -1)
        value = self._channels(outline_of(color))
        place = (left_px, base_px)
        self._cv2.putText(
            self._picture, text, place, font, self._font_scale, value, 1, self._cv2.LINE_AA
        )

    def _channels(self, color: str) -> tuple[int, ...]:
        channels = channels_of(color)
        return channels if self._order == "rgb" else channels[::-1]


Pixels = list[tuple[int, int]]
Value = tuple[int, ...]
Edges = tuple[int, ...]


def _box(
    cv2: Any, picture: Any, points: Pixels, _edges: Edges, value: Value, width_px: int
) -> None:
    cv2.rectangle(picture, points[0], points[1], value, width_px)


def _polygon(
    cv2: Any, picture: Any, points: Pixels, _edges: Edges, value: Value, width_px: int
) -> None:
    cv2.polylines(picture, [np.array(points)], True, value, width_px)


def _arrow(
    cv2: Any, picture: Any, points: Pixels, _edges: Edges, value: Value, width_px: int
) -> None:
    head = min(0.5, (HEAD_PX + 2 * width_px) / max(1.0, math.dist(*points)))
    cv2.arrowedLine(picture, *points, value, width_px, tipLength=head)


def _keypoints(
    cv2: Any, picture: Any, points: Pixels, edges: Edges, value: Value, width_px: int
) -> None:
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        cv2.line(picture, points[start], points[end], value, width_px)
    for point in points:
        cv2.circle(picture, point, width_px + 1, value, -1)


def _outline(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The outline of an ellipse, of which are given its middle and an end of each axis."""
    middle, one, other = points
    turn = np.linspace(0, 2 * np.pi, ELLIPSE_CORNERS, endpoint=False)[:, None]
    outline: NDArray[np.float64] = (
        middle + np.cos(turn) * (one - middle) + np.sin(turn) * (other - middle)
    )
    return outline


def _nothing(*_: Any) -> None:
    """Draw no shape: there is a text alone."""


_SHAPES: dict[Kind, Callable[..., None]] = {
    "box": _box,
    "polygon": _polygon,
    "ellipse": _polygon,
    "arrow": _arrow,
    "keypoints": _keypoints,
    "points": _keypoints,
    "text": _nothing,
}
