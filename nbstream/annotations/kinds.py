"""What can be drawn over a picture: boxes, outlines, arrows, masks, points, text.

Coordinates are those of a canvas: (0, 0) is the outer corner of the first pixel, x runs to the right, y down.
They are pixels of the frame that the function got, or, where `Overlay` or `draw` is told ``relative=True``, shares
of its width and height, 0..1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Color = str | tuple[int, int, int]
"""A name as in CSS, ``"#rrggbb"``, or red, green and blue as 0..255."""


@dataclass(frozen=True, eq=False)
class Annotation:
    """What all have in common.

    Parameters
    ----------
    label
        What it is. The same label always has the same colour. `None` = no text.
    score
        How sure that is; the best are drawn, should there be too many. `None` = certain. One that is not a number
        leaves the annotation out.
    color
        `None` = the label's.
    line_px
        How wide lines are, and how large points, 0 < line_px <= 100: in pixels of the page, in `draw`
        of the picture. `None` = what suits.
    """

    label: str | None = field(default=None, kw_only=True)
    score: float | None = field(default=None, kw_only=True)
    color: Color | None = field(default=None, kw_only=True)
    line_px: float | None = field(default=None, kw_only=True)


@dataclass(frozen=True, eq=False)
class Box(Annotation):
    """An upright box, by its top left corner and size. One with no area, or outside of the picture, is left out."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, eq=False)
class Polygon(Annotation):
    """A closed outline.

    Parameters
    ----------
    points
        (x, y) of 2 to 2000 corners, or an array of shape (n, 2).
    """

    points: Sequence[Sequence[float]] | Any


@dataclass(frozen=True, eq=False)
class Ellipse(Annotation):
    """An ellipse, or a circle.

    Parameters
    ----------
    x, y
        Its middle.
    width, height
        Its two diameters. One that is 0 or less leaves it out. ``height=None`` = a circle.
    angle_deg
        How far it is turned clockwise; ``cv2.fitEllipse`` gives the same.
    """

    x: float
    y: float
    width: float
    height: float | None = None
    angle_deg: float = 0.0


@dataclass(frozen=True, eq=False)
class Arrow(Annotation):
    """A line from (x, y) to its head at (to_x, to_y)."""

    x: float
    y: float
    to_x: float
    to_y: float


@dataclass(frozen=True, eq=False)
class Points(Annotation):
    """Dots.

    Parameters
    ----------
    points
        (x, y) of 1 to 2000 points, or an array of shape (n, 2). A point that is not a number is not drawn.
    """

    points: Sequence[Sequence[float]] | Any


@dataclass(frozen=True, eq=False)
class Mask(Annotation):
    """A part of the picture, tinted.

    Parameters
    ----------
    pixels
        bool, or numbers of which those above 0.5 count, of shape (height, width). It covers the whole picture,
        whatever its own size.
    """

    pixels: Any


@dataclass(frozen=True, eq=False)
class Keypoints(Annotation):
    """Points, and lines between them.

    Parameters
    ----------
    points
        (x, y) of 1 to 2000 points, or an array of shape (n, 2). A point that is not a number was not seen; neither it
        nor its lines are drawn.
    edges
        Pairs of numbers of points, from 0.
    """

    points: Sequence[Sequence[float]] | Any
    edges: Sequence[Sequence[int]] = ()


@dataclass(frozen=True, eq=False)
class Text(Annotation):
    """One line of text; (x, y) is its lower left corner."""

    x: float
    y: float
    text: str
