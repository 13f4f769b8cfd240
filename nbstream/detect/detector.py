"""`OnnxDetector`: boxes found by a YOLO-style model in an ONNX file. Needs `pip install "nbstream[detect]"`.

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
from .yolo_output import Layout, boxes_of, layout_of

GREY = 114
"""What is around the picture in the square, as the models are trained with it."""

INPUT_TYPES = {"tensor(float)": np.float32, "tensor(float16)": np.float16}


class OnnxDetector:
    """A detector that is called with a frame and returns boxes.

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
    ) -> None:
        self.size = size
        self.min_score = min_score
        self.max_iou = max_iou
        self.max_boxes = max_boxes
        self.layout = layout
        self._is_bgr = color == "bgr"
        self._session = _open(Path(path), providers)
        metadata = self._session.get_modelmeta().custom_metadata_map
        _check_metadata(metadata, size)
        self.labels = names_in(metadata) if labels is None else labels
        self._input_name, self._dtype = _check_input(self._session, size)
        output = self._session.get_outputs()[0]
        self._output_name: str = output.name
        if len(output.shape) != 3 or all(isinstance(side, int) for side in output.shape):
            # What cannot fit is said now, and not with the first frame.
            layout_of(output.shape, self.labels, layout, output.name)

    def __call__(
        self, frame: NDArray[np.uint8], min_score: float | None = None
    ) -> NDArray[np.float64]:
        """Find boxes in one frame.

        Parameters
        ----------
        frame
            uint8 of shape (height, width, 3).
        min_score
            Least score, 0..1; `None` = that of the detector.

        Returns
        -------
        found
            Shape (n, 6), best first: x1, y1, x2, y2 in pixels of the frame, score, class. Boxes are cut at its edge;
            what lies outside is left out. An `Overlay` takes it as it is.

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
        square, scale, left_px, top_px = letterbox(frame, self.size)
        if self._is_bgr:
            square = square[:, :, ::-1]
        planes = np.ascontiguousarray(square.transpose(2, 0, 1)[None], self._dtype) / self._dtype(
            255
        )
        (output,) = self._session.run([self._output_name], {self._input_name: planes})
        layout = layout_of(output.shape, self.labels, self.layout, self._output_name)
        least = self.min_score if min_score is None else min_score
        found = boxes_of(output[0], layout, least)
        found = found[
            class_wise_nms(found[:, :4], found[:, 4], found[:, 5], self.max_iou, self.max_boxes)
        ]
        height_px, width_px = frame.shape[:2]
        found[:, 0:4:2] = ((found[:, 0:4:2] - left_px) / scale).clip(0, width_px)
        found[:, 1:4:2] = ((found[:, 1:4:2] - top_px) / scale).clip(0, height_px)
        inside: NDArray[np.float64] = found[(found[:, :2] < found[:, 2:4]).all(axis=1)]
        return inside


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


def _check_metadata(metadata: Mapping[str, str], size: int) -> None:
    """Refuse what an exporter says of its model that does not fit."""
    task, stride = metadata.get("task", "detect"), metadata.get("stride", "")
    if task != "detect":
        raise ValueError(
            f"the model's metadata says that it is for the task {task!r}; expected 'detect', which finds boxes."
        )
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
