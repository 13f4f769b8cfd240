"""What a function returned for an overlay, read: rows of numbers, or a list of annotations."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from numbers import Real
from typing import Any, Literal, NamedTuple, NoReturn

import numpy as np
from numpy.typing import NDArray

from ..errors import ResultError
from ..pictures.tensors import array_of
from .advice import advice_for, advice_for_array
from .detected import Labels, Scale, annotations_in, is_in_shares
from .kinds import Annotation, Box, Mask, Polygon
from .shapes import ANNOTATIONS

BoxForm = Literal["xyxy", "xywh"]

MAX_ANNOTATIONS = 100_000
"""What is taken of an iterator, which could be endless."""
MAX_CONTOUR_POINTS = 1000
"""A contour of more is drawn by so many of them."""


class Rows(NamedTuple):
    """Boxes as float64 arrays: corners of shape (n, 4); scores and classes of shape (n,), `None` = not given."""

    corners: NDArray[np.float64]
    scores: NDArray[np.float64] | None
    classes: NDArray[np.float64] | None


def listed(annotations: Any) -> Any:
    """Whatever an iterator yields, as a list, so that it can be read twice; anything else as it is."""
    if not isinstance(annotations, Iterator):
        return annotations
    found = list(islice(annotations, MAX_ANNOTATIONS + 1))
    if len(found) > MAX_ANNOTATIONS:
        raise ResultError(
            f"{type(annotations).__name__} for an overlay yielded more than {MAX_ANNOTATIONS} annotations; expected "
            "fewer. Return list(itertools.islice(x, 300))."
        )
    return found


def has_places(annotations: Any) -> bool:
    """Whether something has positions in pixels; masks and landmarks mean the same in a picture of any size."""
    if annotations is None or isinstance(annotations, Mask) or is_in_shares(annotations):
        return False
    if isinstance(annotations, (list, tuple)):
        return any(map(has_places, annotations))
    return not (isinstance(annotations, np.ndarray) and annotations.size == 0)


def read(
    annotations: Any, scale: Scale, labels: Labels | None, boxes: BoxForm | None
) -> Rows | list[Annotation]:
    """Read what `marks_of` takes.

    Raises
    ------
    ResultError
        If something of it is nothing that can be drawn.
    """
    annotations = listed(annotations)
    if (found := _read_whole(annotations, scale, labels, boxes)) is not None:
        return found
    if boxes is not None and (rows := _rows_in(annotations)) is not None:
        return _rows(rows, boxes)
    if not isinstance(annotations, (list, tuple)):
        _refuse(annotations)
    every: list[Annotation] = []
    for one in annotations:
        every += _read_entry(one, scale, labels, boxes)
    return every


def _read_whole(
    value: Any, scale: Scale, labels: Labels | None, boxes: BoxForm | None
) -> Rows | list[Annotation] | None:
    """Read what is no list of annotations; `None` = it might be one."""
    if isinstance(value, Annotation):
        return [value]
    # Landmarks are named tuples of numbers, too, and no boxes.
    if _is_plain_box(value) and not hasattr(value, "z"):
        return [_box_of(value, boxes)]
    if hasattr(value, "__array__"):
        array = _as_array(value)
        return [_contour(array)] if _is_contour(array) else _rows(array, boxes)
    return annotations_in(value, labels, scale)


def _read_entry(
    one: Any, scale: Scale, labels: Labels | None, boxes: BoxForm | None
) -> list[Annotation]:
    if isinstance(one, np.ndarray):
        return [_contour(one)] if _is_contour(one) else _refuse(one)
    found = None if hasattr(one, "__array__") else _read_whole(one, scale, labels, boxes)
    return found if isinstance(found, list) else _refuse(one)


def _as_array(value: Any) -> NDArray[Any]:
    try:
        array = array_of(value)
    except Exception:  # torch alone raises TypeError, RuntimeError and others here
        _refuse(value)
    assert array is not None
    return array


# --- boxes ------------------------------------------------------------------------------------------


def _is_plain_box(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) > 0 and isinstance(value[0], Real)


def _box_of(plain: tuple[Any, ...], boxes: BoxForm | None) -> Box:
    if not 4 <= len(plain) <= 6:
        _refuse(plain)
    left, top, width, height, *rest = plain
    if boxes == "xyxy" and all(isinstance(one, Real) for one in plain[:4]):
        width, height = width - left, height - top
    label, score = [*rest, None, None][:2]
    return Box(left, top, width, height, label=label, score=score)


def _rows_in(value: Any) -> NDArray[Any] | None:
    """Lists and arrays of numbers in a list, or one alone, as an array; `None` = it is something else."""
    if not isinstance(value, (list, tuple)) or not value:
        return None
    if all(isinstance(one, Real) for one in value):
        value = [value]
    if not all(isinstance(one, (list, np.ndarray)) for one in value):
        return None
    try:
        rows = np.asarray(value, np.float64)
    except (TypeError, ValueError):
        return None
    return rows if rows.ndim == 2 else None


def _rows(found: NDArray[Any], boxes: BoxForm | None) -> Rows:
    if found.size == 0:
        return Rows(np.empty((0, 4)), None, None)
    if boxes is not None and found.ndim == 1:
        found = found[None]
    columns = found.shape[1] if found.ndim == 2 else 0
    fits = columns == 6 or (boxes is not None and columns in (4, 5))
    if not fits or found.dtype.kind not in "iuf":
        wanted = "(n, 6): x1, y1, x2, y2, score, class"
        if boxes is not None:
            wanted = f'(n, 4), (n, 5) or (n, 6): boxes as "{boxes}", score, class'
        raise ResultError(
            f"an array of shape {found.shape} and dtype {found.dtype} for an overlay; expected numbers of shape "
            f"{wanted}. {advice_for_array(found)}"
        )
    found = np.asarray(found, np.float64)
    found = found[np.isfinite(found).all(axis=1)]
    corners = found[:, :4]
    if boxes == "xywh":
        corners = np.column_stack([corners[:, :2], corners[:, :2] + corners[:, 2:]])
    scores, classes = found[:, 4:5].T, found[:, 5:6].T
    return Rows(corners, *(one[0] if len(one) else None for one in (scores, classes)))


# --- contours ---------------------------------------------------------------------------------------


def _is_contour(array: NDArray[Any]) -> bool:
    """Whether it is one of OpenCV's."""
    return array.ndim == 3 and array.shape[1:] == (1, 2) and array.dtype.kind in "iuf"


def _contour(array: NDArray[Any]) -> Polygon:
    step = -(-len(array) // MAX_CONTOUR_POINTS)
    return Polygon(array[::step, 0] if step else array[:, 0])


def _refuse(value: Any) -> NoReturn:
    raise ResultError(
        f"{value!r:.80} of type {type(value).__name__} for an overlay; expected {ANNOTATIONS}, "
        "a tuple (x, y, width, height[, label[, score]]), a list of these, an array of shape "
        "(n, 6): x1, y1, x2, y2, score, class, or what supervision, ultralytics, MediaPipe or OpenCV return. "
        f"{advice_for(value)} None clears the overlay."
    )


def checked_form(boxes: object) -> BoxForm | None:
    """Check the option `boxes`.

    Raises
    ------
    ValueError
        If it is none of its values.
    """
    if boxes == "xyxy" or boxes == "xywh" or boxes is None:
        return boxes
    raise ValueError(
        f'boxes is {boxes!r:.80}; expected "xyxy" for two corners, "xywh" for a corner and a size, or None.'
    )
