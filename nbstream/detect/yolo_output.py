"""What YOLO-style models say, decoded: which of the common layouts an output has, and its boxes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Layout = Literal["classes", "objectness", "end_to_end"]

END_TO_END_MOST = 1000
"""Models that thin out boxes themselves give no more."""


def layout_of(
    shape: Sequence[Any],
    labels: Sequence[str] | Mapping[int, str] | None,
    layout: Layout | None,
    name: str,
    extra_count: int = 0,
) -> Layout:
    """Find the layout of an output by its shape (see `OnnxDetector`), or check the one that was asked for.

    `extra_count`: how many numbers an object has besides box, scores and class.

    Raises
    ------
    ValueError
        If it has none of them, or another number of classes than `labels`.
    """
    if len(shape) != 3 or shape[0] != 1:
        raise ValueError(
            f"the model's output {name!r} has shape {list(shape)}; expected (1, 4 + classes, n), "
            "(1, n, 4 + 1 + classes) or (1, n, 6). Export the model for a batch of one, with the boxes as first output."
        )
    _, rows, columns = shape
    class_count = None if labels is None else len(labels)
    counts = {"classes": rows - 4 - extra_count, "objectness": columns - 5 - extra_count}
    found = layout or _guess(rows, columns, columns - extra_count == 6, counts, class_count)
    more = f" + {extra_count}" if extra_count else ""
    if found == "end_to_end":
        if columns - extra_count != 6:
            _refuse(shape, name, f"(1, n, 6{more})")
    elif counts[found] < 1:
        _refuse(shape, name, f"(1, 4 + classes{more}, n) or (1, n, 4 + 1 + classes{more})")
    elif class_count is not None and counts[found] != class_count:
        raise ValueError(
            f"the model's output {name!r} has shape {list(shape)}, which is {counts[found]} classes, and labels names "
            f"{class_count}; expected as many. Give the labels that the model was trained with, or labels=None."
        )
    return found


def _guess(
    rows: int,
    columns: int,
    has_six: bool,
    counts: Mapping[str, int],
    class_count: int | None,
) -> Layout:
    if has_six and rows <= END_TO_END_MOST:
        return "end_to_end"
    if class_count is not None:
        if counts["classes"] == class_count:
            return "classes"
        if counts["objectness"] == class_count:
            return "objectness"
    if has_six:
        return "objectness"
    return "classes" if rows < columns else "objectness"


def _refuse(shape: Sequence[Any], name: str, wanted: str) -> None:
    raise ValueError(
        f"the model's output {name!r} has shape {list(shape)}; expected {wanted}. Give the right `layout`."
    )


def rows_of(
    output: NDArray[Any], layout: Layout, min_score: float, extra_count: int = 0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Decode one output without its batch.

    Parameters
    ----------
    output
        Shape (4 + classes, n) or (n, 5 + classes) or (n, 6), each with `extra_count` more than that.
    layout
        Which of these.
    min_score
        Least score. One that is not a number is never enough.

    Returns
    -------
    found
        Shape (n, 6), in the order of the output: x1, y1, x2, y2, score, class. Boxes with coordinates that are not
        numbers, or without area, are left out.
    extras
        Shape (n, extra_count): what comes behind these.
    """
    if output.dtype == np.float16:
        output = output.astype(np.float32)  # Processors reckon far quicker with it.
    if layout == "end_to_end":
        rows = np.asarray(output[output[:, 4] >= min_score], np.float64)
        found, extras = rows[:, :6], rows[:, 6:]
    else:
        columns = output if layout == "classes" else output.T
        wanted, found = _best_classes(columns[: len(columns) - extra_count], layout, min_score)
        extras = np.asarray(columns[len(columns) - extra_count :, wanted].T, np.float64)
    is_box = np.isfinite(found).all(axis=1) & (found[:, :2] < found[:, 2:4]).all(axis=1)
    return found[is_box], extras[is_box]


def _best_classes(
    output: NDArray[Any], layout: Layout, min_score: float
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Decode (4 + classes, n), or with a row of objectness in front of the classes, (5 + classes, n).

    Returns the numbers of those that were found, and their rows.
    """
    scores = output[4:] if layout == "classes" else output[4] * output[5:]
    best = scores.max(axis=0)
    # Only those that may stay are looked at closely; there are thousands.
    wanted = np.flatnonzero(best >= min_score)
    found = np.empty((len(wanted), 6))
    middle, size = output[:2, wanted].T.astype(np.float64), output[2:4, wanted].T.astype(np.float64)
    found[:, :2], found[:, 2:4] = middle - size / 2, middle + size / 2
    found[:, 4] = best[wanted]
    found[:, 5] = scores[:, wanted].argmax(axis=0)
    return wanted, found
