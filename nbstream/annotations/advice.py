"""What to return in place of what detectors give and an overlay does not take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

BOXES = (
    'For x, y, width, height of each, as OpenCV gives it, give the overlay boxes="xywh"; for x1, y1, x2, y2 '
    'boxes="xyxy".'
)
KEYPOINTS = (
    "Of landmarks return nbs.Keypoints([(p.x, p.y) for p in x]) to an Overlay(relative=True)."
)

Test = Callable[[Any], bool]


def _has(*names: str) -> Test:
    return lambda value: all(hasattr(value, name) for name in names)


# The first that fits. A list is looked at by its first entry.
_OBJECTS: Sequence[tuple[Test, str]] = (
    (_has("left", "top", "width", "height"),
     "Return nbs.Box(x.left(), x.top(), x.width(), x.height()) of each."),
    (_has("left"), "Return nbs.Box(x, y, width, height) of each."),
    (_has("x", "y"), KEYPOINTS),
    (_has("cpu"), "Return x.detach().cpu().numpy(); of single numbers float(x)."),
    (lambda value: isinstance(value, str), "Return nbs.Text(x, y, text)."),
    (lambda value: isinstance(value, dict),
     "Return nbs.Box(x, y, width, height, label=...) of each."),
    (lambda value: isinstance(value, (bool, int, float, np.generic)),
     "One box is a tuple: return (x, y, width, height)."),
    (lambda value: isinstance(value, list) and len(value) in (4, 5),
     BOXES),
    (lambda value: isinstance(value, tuple) and bool(value) and isinstance(value[0], np.ndarray),
     "Of contours return the first that findContours gives."),
    (lambda value: isinstance(value, (list, tuple)) and len(value) == 6,
     "Return np.array(x), of shape (n, 6)."),
)  # fmt: skip


def advice_for(value: object) -> str:
    """Say what to return in place of something that is no annotation."""
    if isinstance(value, np.ndarray):
        return _for_array_in_list(value)
    return next((todo for fits, todo in _OBJECTS if fits(value)), "Return nbs.Box(...) of each.")


def advice_for_array(found: NDArray[Any]) -> str:
    """Say what to return in place of an array that is not of shape (n, 6)."""
    shape, columns = found.shape, found.shape[-1] if found.ndim else 0
    if found.dtype == object:
        return (
            "Return list(x) of annotations, or x.astype(float) of numbers, the class by its number."
        )
    if found.dtype == bool:
        return "Return nbs.Mask(x)."
    if found.ndim == 3 and shape[0] == 1 and columns == 6:
        return "Return x[0]."
    if found.ndim == 3:
        return "A picture goes to a display, as outputs=view; of a mask return nbs.Mask(x)."
    if found.ndim == 1 and columns == 6:
        return "Return x[None], of one box."
    if found.ndim == 1 and columns == 4:
        return BOXES
    return _by_columns.get(columns, "Of a mask return nbs.Mask(x).") if found.ndim == 2 else BOXES


_by_columns = {
    4: BOXES,
    5: f"The class is missing. {BOXES}",
    7: "Return x[:, :6], or the six columns in this order.",
}  # fmt: skip


def _for_array_in_list(value: NDArray[Any]) -> str:
    if value.ndim == 3 and value.shape[1:] == (1, 2):
        return "Of contours return the first that findContours gives."
    if value.shape == (4,):
        return BOXES
    if value.shape == (6,):
        return "Return np.array(x), of shape (n, 6)."
    return (
        "Return one array, or a list of annotations. With one output all that is returned is for it: "
        "return the annotations alone, or list more outputs."
    )
