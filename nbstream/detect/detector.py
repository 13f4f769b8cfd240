"""`OnnxDetector`: what a YOLO-style model in an ONNX file finds. Needs `pip install "nbstream[detect]"`.

A frame is scaled into the model's square with its shape kept and grey around it (letterbox), the model runs, and what
it says is decoded (`yolo_output`), thinned out (`nms`) and scaled back.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import MissingDependencyError
from .nms import class_wise_nms
from .tasks import (
    Found,
    Placed,
    Task,
    bodies_of,
    masks_of,
    outlines_of,
    point_shape_in,
    scores_of,
    task_of,
    turned_corners,
    turned_nms,
)
from .yolo_output import Layout, layout_of, rows_of

GREY = 114
"""What is around the picture in the square, as the models are trained with it."""

INPUT_TYPES = {"tensor(float)": np.float32, "tensor(float16)": np.float16}


class OnnxDetector:
    """A detector that is called with a frame and returns what an `Overlay` draws, or `Scores` show.

    By its task, boxes ("detect"), `Mask` ("segment"), `Keypoints` ("pose"), turned boxes as `Polygon` ("obb"), or the
    score of each class of the whole picture ("classify").

    Parameters
    ----------
    path
        The ONNX file.
    labels
        Names of the classes by number: a list, a dict, or `None` = those in the file, where its exporter wrote them
        ("names" in its metadata). They also tell layouts apart.
    size
        Side in pixels of the model's square input.
    min_score
        Least score of a box, 0..1; can be given with each call.
    max_iou
        Largest intersection over union with a better box of the same class, 0..1.
    max_boxes
        How many boxes there are at most.
    layout
        What the model's output is. "classes": (1, 4 + classes, n), middle, size and a score for each class;
        "objectness": (1, n, 4 + 1 + classes), the same with a score for all classes in front; "end_to_end": (1, n, 6),
        corners, score and class. `None` = by the output's shape: what fits `labels`; else (1, n, 6) is "end_to_end",
        with more than 1000 boxes "objectness"; then the longer side is n.
    color
        Order of the channels in frames: "rgb" or "bgr". Models get RGB.
    task
        What the model is for; `None` = what the file says, else "detect".
    providers
        onnxruntime's, such as ``["CUDAExecutionProvider"]``; `None` = all that it has.

    Raises
    ------
    MissingDependencyError
        If onnxruntime or OpenCV cannot be imported.
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no model, or its input, output or number of classes do not fit. The message names which.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        labels: Sequence[str] | Mapping[int, str] | None = None,
        size: int = 640,
        *,
        min_score: float = 0.25,
        max_iou: float = 0.45,
        max_boxes: int = 300,
        layout: Layout | None = None,
        color: str = "rgb",
        providers: Sequence[str] | None = None,
        task: Task | None = None,
    ) -> None:
        self.size = size
        self.min_score = min_score
        self.max_iou = max_iou
        self.max_boxes = max_boxes
        self.layout = layout
        self._is_bgr = color == "bgr"
        self._session = _open(Path(path), providers)
        metadata = self._session.get_modelmeta().custom_metadata_map
        self.task: Task = task_of(task, metadata)
        _check_stride(metadata, size)
        self.labels = names_in(metadata) if labels is None else labels
        self._input_name, self._dtype = _check_input(self._session, size)
        self._point_shape = point_shape_in(metadata)
        outputs = self._session.get_outputs()
        self._output_names: list[str] = [one.name for one in outputs]
        self._extra_count = _extra_count(self.task, outputs, self._point_shape)
        first = outputs[0]
        is_known = len(first.shape) != 3 or all(isinstance(side, int) for side in first.shape)
        if self.task != "classify" and is_known:
            # What cannot fit is said now, and not with the first frame.
            layout_of(first.shape, self.labels, layout, first.name, self._extra_count)

    def __call__(self, frame: NDArray[np.uint8], min_score: float | None = None) -> Any:
        """Find what there is in one frame.

        Parameters
        ----------
        frame
            uint8 of shape (height, width, 3).
        min_score
            Least score, 0..1; `None` = that of the detector. Means nothing with "classify".

        Returns
        -------
        found
            Of boxes an array of shape (n, 6), best first: x1, y1, x2, y2 in pixels of the frame, score, class. Boxes
            are cut at its edge; what lies outside is left out. Of "segment", "pose" and "obb" a list of annotations
            with label and score, best first. An `Overlay` takes each as it is. Of "classify" a dict of label to
            score, best first, which `Scores` show.

        Raises
        ------
        ValueError
            If the frame is no such picture, or the model's output does not fit.
        """
        if getattr(frame, "dtype", None) != np.uint8 or frame.ndim != 3 or frame.shape[2] != 3:
            came = f"{getattr(frame, 'dtype', type(frame).__name__)} of shape {np.shape(frame)}"
            raise ValueError(
                f"the detector was given {came}; expected uint8 of shape (height, width, 3)."
            )
        if self.task == "classify":
            scores, *_ = self._run(middle_of(frame, self.size))
            return scores_of(scores, self.labels, self._output_names[0])
        square, scale, left_px, top_px = letterbox(frame, self.size)
        placed = Placed(scale, left_px, top_px, (frame.shape[1], frame.shape[0]))
        outputs = self._run(square)
        found = self._found(outputs[0], self.min_score if min_score is None else min_score)
        if self.task == "segment":
            return masks_of(found, outputs[1][0], placed, self.labels, self.size)
        if self.task == "pose":
            return bodies_of(found, self._point_shape, placed, self.labels)
        if self.task == "obb":
            return outlines_of(found, placed, self.labels)
        return _in_frame(found.rows, placed)

    def _run(self, picture: NDArray[np.uint8]) -> list[NDArray[Any]]:
        """What the model says of a square of its size."""
        if self._is_bgr:
            picture = picture[:, :, ::-1]
        planes = np.ascontiguousarray(picture.transpose(2, 0, 1)[None], self._dtype) / self._dtype(
            255
        )
        said: list[NDArray[Any]] = self._session.run(self._output_names, {self._input_name: planes})
        return said

    def _found(self, output: NDArray[Any], least: float) -> Found:
        name, count = self._output_names[0], self._extra_count
        layout = layout_of(output.shape, self.labels, self.layout, name, count)
        rows, extras = rows_of(output[0], layout, least, count)
        if self.task == "obb":
            # Thousands may be good enough; those that are looked at more closely are few.
            best = np.argsort(-rows[:, 4], kind="stable")[: 4 * self.max_boxes]
            rows, extras = rows[best], extras[best]
            corners = turned_corners(rows, extras[:, 0])
            kept = turned_nms(corners, rows[:, 5], self.max_iou, self.max_boxes)
        else:
            boxes, scores, classes = rows[:, :4], rows[:, 4], rows[:, 5]
            kept = class_wise_nms(boxes, scores, classes, self.max_iou, self.max_boxes)
        return Found(rows[kept], extras[kept])


def _in_frame(found: NDArray[np.float64], placed: Placed) -> NDArray[np.float64]:
    """Boxes of the square as boxes of the frame, cut at its edge."""
    corners = placed.in_frame(found[:, :4].reshape(-1, 2, 2)).clip(0, placed.size_px)
    found = np.hstack([corners.reshape(-1, 4), found[:, 4:]])
    inside: NDArray[np.float64] = found[(found[:, :2] < found[:, 2:4]).all(axis=1)]
    return inside


def middle_of(frame: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """The largest square in the middle of a frame, scaled, uint8 of shape (size, size, 3): what classifiers look at."""
    cv2 = _import("cv2", "OpenCV")
    height_px, width_px = frame.shape[:2]
    side_px = min(height_px, width_px)
    top_px, left_px = (height_px - side_px) // 2, (width_px - side_px) // 2
    middle = frame[top_px : top_px + side_px, left_px : left_px + side_px]
    scaled: NDArray[np.uint8] = cv2.resize(middle, (size, size), interpolation=cv2.INTER_LINEAR)
    return scaled


def letterbox(frame: NDArray[np.uint8], size: int) -> tuple[NDArray[np.uint8], float, int, int]:
    """Scale a frame into the middle of a grey square.

    Returns
    -------
    square, scale, left_px, top_px
        uint8 of shape (size, size, 3); a point (x, y) of the frame lies at (x * scale + left_px, y * scale + top_px).
    """
    cv2 = _import("cv2", "OpenCV")
    height_px, width_px = frame.shape[:2]
    scale = size / max(height_px, width_px)
    inner = max(1, round(width_px * scale)), max(1, round(height_px * scale))
    if inner != (width_px, height_px):
        frame = cv2.resize(frame, inner, interpolation=cv2.INTER_LINEAR)
    left_px, top_px = (size - inner[0]) // 2, (size - inner[1]) // 2
    square = np.full((size, size, 3), GREY, np.uint8)
    square[top_px : top_px + inner[1], left_px : left_px + inner[0]] = frame
    return square, scale, left_px, top_px


def names_in(metadata: Mapping[str, str]) -> dict[int, str] | None:
    """Names of the classes that an exporter wrote into the file, as text of a dict; `None` if there are none."""
    try:
        names = ast.literal_eval(metadata["names"])
        return {int(number): str(name) for number, name in names.items()}
    except (KeyError, ValueError, SyntaxError, AttributeError, TypeError):
        return None


def _import(module: str, name: str) -> Any:
    try:
        return __import__(module)
    except ImportError:
        raise MissingDependencyError(
            f"OnnxDetector needs {name}, which cannot be imported. Install it with "
            'pip install "nbstream[detect]".'
        ) from None


def _open(path: Path, providers: Sequence[str] | None) -> Any:
    _import("cv2", "OpenCV")
    onnxruntime = _import("onnxruntime", "onnxruntime")
    if not path.is_file():
        raise FileNotFoundError(
            f"There is no model {str(path)!r}; expected an ONNX file. YOLO's own tools export a model to one."
        )
    try:
        return onnxruntime.InferenceSession(
            str(path), providers=list(providers or onnxruntime.get_available_providers())
        )
    except Exception as error:  # onnxruntime's own errors share no base class.
        raise ValueError(
            f"{str(path)!r} cannot be loaded as an ONNX model: {error} Export it again, or update onnxruntime."
        ) from error


def _extra_count(task: Task, outputs: Sequence[Any], point_shape: tuple[int, int]) -> int:
    """How many numbers an object has besides box, scores and class."""
    if task == "pose":
        return point_shape[0] * point_shape[1]
    if task == "obb":
        return 1
    if task != "segment":
        return 0
    shapes = [list(one.shape) for one in outputs]
    if len(outputs) < 2 or len(shapes[1]) != 4 or not isinstance(shapes[1][1], int):
        raise ValueError(
            f"the model's outputs have shapes {shapes}; expected for 'segment' a second one of shape (1, masks, rows, "
            "columns). Export it with its masks."
        )
    return int(shapes[1][1])


def _check_stride(metadata: Mapping[str, str], size: int) -> None:
    """Refuse a size that does not fit what an exporter says of its model."""
    stride = metadata.get("stride", "")
    step_px = int(stride) if stride.isdecimal() else 0
    if step_px and size % step_px:
        near_px = max(step_px, size // step_px * step_px)
        raise ValueError(
            f"size is {size}; expected a multiple of the model's stride, {step_px}. Give size={near_px}."
        )


def _check_input(session: Any, size: int) -> tuple[str, Any]:
    """Name and dtype of the model's one input."""
    inputs = session.get_inputs()
    if len(inputs) != 1:
        names = ", ".join(repr(one.name) for one in inputs)
        raise ValueError(f"the model has {len(inputs)} inputs ({names}); expected one, a picture.")
    (one,) = inputs
    wanted = [1, 3, size, size]
    fits = len(one.shape) == 4 and all(
        not isinstance(side, int) or side == need
        for side, need in zip(one.shape, wanted, strict=True)
    )
    if not fits:
        what_to_do = "Export the model for a batch of one RGB picture"
        if len(one.shape) == 4 and one.shape[2] == one.shape[3] and isinstance(one.shape[2], int):
            what_to_do = f"Give size={one.shape[2]}"
        raise ValueError(
            f"the model's input {one.name!r} has shape {one.shape}; expected {wanted}. {what_to_do}."
        )
    if one.type not in INPUT_TYPES:
        raise ValueError(
            f"the model's input {one.name!r} is {one.type}; expected {' or '.join(INPUT_TYPES)}. Export it as float."
        )
    return one.name, INPUT_TYPES[one.type]
