"""`OnnxDetector` beside a plain, slow reference: on random outputs, and on small models that the tests build."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import ipywidgets
import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

import nbstream as nbs
from nbstream import testing
from nbstream.detect import OnnxDetector
from nbstream.detect.detector import letterbox
from nbstream.detect.nms import class_wise_nms
from nbstream.detect.yolo_output import Layout, layout_of, rows_of

Row = list[float]


# --- the reference -------------------------------------------------------------------------------


def slow_decode(output: NDArray[Any], layout: Layout, min_score: float) -> list[Row]:
    """One row after the other, in plain Python."""
    rows = output.T.tolist() if layout == "classes" else output.tolist()
    found = []
    for row in rows:
        if layout == "end_to_end":
            box, score, number = row[:4], row[4], row[5]
        else:
            x, y, width, height = row[:4]
            scores = row[4:] if layout == "classes" else [row[4] * one for one in row[5:]]
            if any(math.isnan(one) for one in scores):
                continue
            score = max(scores)
            number = float(scores.index(score))
            box = [x - width / 2, y - height / 2, x + width / 2, y + height / 2]
        has_area = box[0] < box[2] and box[1] < box[3]
        if score >= min_score and has_area and all(map(math.isfinite, (*box, score, number))):
            found.append([*box, score, number])
    return found


def slow_nms(boxes: list[Row], max_iou: float, max_boxes: int) -> list[Row]:
    """The best, without what overlaps it, and so on."""
    left = sorted(boxes, key=lambda box: -box[4])
    kept: list[Row] = []
    while left and len(kept) < max_boxes:
        best, *left = left
        kept.append(best)
        left = [box for box in left if box[5] != best[5] or not overlaps(best, box, max_iou)]
    return kept


def overlaps(one: Row, other: Row, max_iou: float) -> bool:
    width = max(0.0, min(one[2], other[2]) - max(one[0], other[0]))
    height = max(0.0, min(one[3], other[3]) - max(one[1], other[1]))
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (other, one)]
    return width * height > max_iou * (areas[0] + areas[1] - width * height)


# --- decoding and thinning out -------------------------------------------------------------------

LAYOUTS: list[Layout] = ["classes", "objectness", "end_to_end"]
# Few different values, so that boxes overlap, scores are equal and limits are met exactly.
PLACES = st.integers(0, 12).map(float) | st.sampled_from([math.nan, math.inf, -5.0])
SIZES = st.integers(-1, 8).map(float)
SCORES = st.integers(0, 8).map(lambda eighths: eighths / 8) | st.just(math.nan)


@st.composite
def outputs(draw: st.DrawFn, layout: Layout) -> NDArray[np.float64]:
    class_count = draw(st.integers(1, 4))
    rows = []
    for _ in range(draw(st.integers(0, 30))):
        x, y, width, height = (draw(one) for one in (PLACES, PLACES, SIZES, SIZES))
        if layout == "end_to_end":
            rows.append([x, y, x + width, y + height, draw(SCORES), float(draw(st.integers(0, 3)))])
        else:
            scores = draw(st.lists(SCORES, min_size=class_count, max_size=class_count))
            rows.append([x, y, width, height, *([0.5] if layout == "objectness" else []), *scores])
    width = {"classes": 4, "objectness": 5, "end_to_end": 6}[layout]
    width += 0 if layout == "end_to_end" else class_count
    table = np.array(rows, np.float64).reshape(-1, width)
    return table.T if layout == "classes" else table


@pytest.mark.parametrize("layout", LAYOUTS)
@settings(deadline=None)
@given(data=st.data())
def test_random_outputs_give_the_boxes_of_the_reference_in_its_order(layout, data):
    output = data.draw(outputs(layout))
    least, max_iou = (
        data.draw(st.sampled_from([0.0, 0.25, 0.5])),
        data.draw(st.sampled_from([0.0, 0.5])),
    )
    max_boxes = data.draw(st.sampled_from([3, 300]))
    found, _ = rows_of(output, layout, least)
    assert found.tolist() == slow_decode(output, layout, least)
    kept = class_wise_nms(found[:, :4], found[:, 4], found[:, 5], max_iou, max_boxes)
    assert found[kept].tolist() == slow_nms(found.tolist(), max_iou, max_boxes)


@pytest.mark.parametrize("class_count", [1, 80])
def test_many_boxes_are_thinned_out_as_by_the_reference(class_count):
    rng = np.random.default_rng(class_count)
    places = rng.integers(0, 20, (2500, 2)) * 30 + rng.integers(0, 8, (2500, 2))
    boxes = np.hstack([places, places + 25, rng.random((2500, 1))])
    found = np.hstack([boxes, rng.integers(0, class_count, (2500, 1))])
    for max_boxes in (50, 3000):
        kept = class_wise_nms(found[:, :4], found[:, 4], found[:, 5], 0.3, max_boxes)
        assert found[kept].tolist() == slow_nms(found.tolist(), 0.3, max_boxes)


@pytest.mark.parametrize(
    ("shape", "class_count", "layout"),
    [
        ((1, 84, 8400), 80, "classes"),
        ((1, 84, 8400), None, "classes"),
        ((1, 84, 10), 80, "classes"),
        ((1, 25200, 85), 80, "objectness"),
        ((1, 25200, 85), None, "objectness"),
        ((1, 10, 85), 80, "objectness"),
        ((1, 300, 6), 80, "end_to_end"),
        ((1, 300, 6), None, "end_to_end"),
        ((1, 25200, 6), 1, "objectness"),
        ((1, 25200, 6), None, "objectness"),
        ((1, 5, 8400), 1, "classes"),
    ],
)
def test_the_layout_is_known_by_the_shape_and_the_labels(shape, class_count, layout):
    labels = None if class_count is None else [str(number) for number in range(class_count)]
    assert layout_of(shape, labels, None, "out") == layout
    assert layout_of(shape, labels, layout, "out") == layout


@pytest.mark.parametrize(
    ("shape", "labels", "layout", "said"),
    [
        ((1, 84), None, None, r"'out' has shape \[1, 84\]; expected"),
        ((2, 84, 8400), None, None, "batch of one"),
        ((1, 84, 8400), ["cat"], None, "80 classes, and labels names 1"),
        ((1, 4, 8400), None, None, r"expected \(1, 4 \+ classes, n\)"),
        ((1, 84, 8400), None, "end_to_end", r"expected \(1, n, 6\)"),
        ((1, 25200, 85), ["cat"], "objectness", "80 classes, and labels names 1"),
    ],
)
def test_an_output_that_fits_nothing_is_refused_by_its_name(shape, labels, layout, said):
    with pytest.raises(ValueError, match=said):
        layout_of(shape, labels, layout, "out")


# --- letterbox -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("height_px", "width_px", "placed"),
    [
        (480, 640, (1.0, 0, 80)),
        (640, 480, (1.0, 80, 0)),
        (1280, 1280, (0.5, 0, 0)),
        (1, 640, (1.0, 0, 319)),
    ],
)
def test_a_frame_lies_in_the_middle_of_a_grey_square(height_px, width_px, placed):
    square, *where = letterbox(np.full((height_px, width_px, 3), 7, np.uint8), 640)
    assert square.shape == (640, 640, 3)
    assert tuple(where) == placed
    assert square[320, 320, 0] in (7, 114)
    assert (square == 7).all(axis=2).sum() == round(width_px * placed[0]) * round(
        height_px * placed[0]
    )


# --- models --------------------------------------------------------------------------------------


def save_model(
    folder: Path,
    output: NDArray[np.float32],
    *,
    input_shape: Any = (1, 3, 64, 64),
    input_type: int = TensorProto.FLOAT,
    output_shape: Any = None,
    output_type: int = TensorProto.FLOAT,
    metadata: dict[str, str] | None = None,
) -> Path:
    """A model that says `output`, plus the mean of the picture in each number: 0 for a black one."""
    nodes = [
        helper.make_node("Cast", ["images"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["floats"], ["mean"], keepdims=0),
        helper.make_node("Add", ["said", "mean"], ["sum"]),
        helper.make_node("Cast", ["sum"], ["output0"], to=output_type),
    ]
    graph = helper.make_graph(
        nodes,
        "detector",
        [helper.make_tensor_value_info("images", input_type, input_shape)],
        [helper.make_tensor_value_info("output0", output_type, output_shape or output.shape)],
        [numpy_helper.from_array(output, "said")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, metadata or {})
    onnx.checker.check_model(model)
    path = folder / "model.onnx"
    onnx.save(model, path)
    return path


BLACK = np.zeros((32, 64, 3), np.uint8)  # 16 rows of grey above and below it in the square of 64
GREY_SHARE = 114 / 255 / 2
"""The mean of that square, which the model adds to all that it says."""
SAID = np.array(
    [  # centre, size, scores of two classes
        [32, 32, 20, 10, 0.1, 0.5],
        [33, 32, 20, 10, 0.0, 0.4],
        [33, 32, 20, 10, 0.3, 0.0],
        [0, 32, 30, 90, 0.0, 0.2],
        [50, 20, 9, 9, 0.0, -0.1],
        *[[9, 9, 9, 9, -1, -1]] * 7,
    ],
    np.float32,
)


@pytest.mark.parametrize("input_type", [TensorProto.FLOAT, TensorProto.FLOAT16])
def test_a_model_finds_the_boxes_of_the_reference_in_the_pixels_of_the_frame(tmp_path, input_type):
    path = save_model(tmp_path, SAID.T[None].copy(), input_type=input_type)
    detector = OnnxDetector(path, ["cat", "dog"], size=64)
    found = detector(BLACK, min_score=0.3)
    expected = slow_nms(slow_decode(SAID.T + GREY_SHARE, "classes", 0.3), 0.45, 300)
    assert len(found) == len(expected) == 3
    for row in expected:
        row[0:4:2] = [min(max(x, 0), 64) for x in row[0:4:2]]
        row[1:4:2] = [min(max(y - 16, 0), 32) for y in row[1:4:2]]
    np.testing.assert_allclose(found, expected, atol=0.01)
    assert found[:, 5].tolist() == [1, 0, 1]
    assert len(detector(BLACK)) == 3
    assert len(detector(BLACK, min_score=0.7)) == 1


def test_a_detector_is_the_function_of_a_stream_and_an_overlay_takes_what_it_finds(
    tmp_path, kernel
):
    path = save_model(tmp_path, SAID.T[None].copy())
    detector = OnnxDetector(path, ["cat", "dog"], size=64)
    webcam, least = nbs.Webcam(), ipywidgets.FloatSlider(0.7, min=0, max=1)
    overlay = nbs.Overlay(webcam, labels=detector.labels)
    webcam.stream(detector, inputs=[webcam, least], outputs=overlay)
    page = testing.FakePage(kernel, webcam)
    page.start()
    page.send_frame(BLACK)
    assert [mark["text"] for mark in page.wait_for_overlay()["marks"]] == ["dog 0.72"]


def test_the_channels_of_a_bgr_frame_are_put_in_order(tmp_path):
    nodes = [helper.make_node("Slice", ["images", "zero", "one", "one"], ["red"])]
    nodes += [helper.make_node("ReduceMean", ["red"], ["mean"], keepdims=0)]
    nodes += [helper.make_node("Add", ["said", "mean"], ["output0"])]
    constants = {"zero": np.array([0]), "one": np.array([1])}
    said = np.array([[[1, 2, 30, 40, 0, 0]]], np.float32)
    graph = helper.make_graph(
        nodes,
        "red",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, (1, 3, 64, 64))],
        [helper.make_tensor_value_info("output0", TensorProto.FLOAT, said.shape)],
        [numpy_helper.from_array(one, name) for name, one in {**constants, "said": said}.items()],
    )
    # Sliced along the channels.
    graph.initializer.append(numpy_helper.from_array(np.array([1]), "axis"))
    nodes[0].input[3] = "axis"
    graph.node[0].CopyFrom(nodes[0])
    path = tmp_path / "red.onnx"
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path
    )
    blue = np.zeros((64, 64, 3), np.uint8)
    blue[:, :, 2] = 255
    assert len(OnnxDetector(path, size=64, min_score=0.9)(blue)) == 0
    assert len(OnnxDetector(path, size=64, min_score=0.9, color="bgr")(blue)) == 1


# --- what exporters write -------------------------------------------------------------------------

STATIC, DYNAMIC = (1, 3, 640, 640), ("batch", 3, "height", "width")
NAMES = {number: f"thing {number}" for number in range(80)}
WIDE = np.zeros((640, 640, 3), np.uint8)
"""A black frame of the model's size: such a model adds nothing to what it says."""


def export(layout: Layout, class_count: int = 80) -> NDArray[np.float32]:
    """What a YOLO model of 640 x 640 says of two things and one doubtful one, each found twice."""
    count = {"classes": 8400, "objectness": 25200, "end_to_end": 300}[layout]
    width = {"classes": 4 + class_count, "objectness": 5 + class_count, "end_to_end": 6}[layout]
    table = np.zeros((count, width), np.float32)
    for row, number, x, score in (
        (7, 0, 100, 0.9),
        (50, class_count - 1, 400, 0.8),
        (9, 0, 600, 0.1),
    ):
        if layout == "end_to_end":
            table[row] = x - 20, 80, x + 20, 120, score, number
            continue
        for again in (row, row + 100):
            table[again, :4] = x, 100, 40, 40
            table[again, 4 + number + (layout == "objectness")] = score
            if layout == "objectness":
                table[again, 4] = 1
    return np.ascontiguousarray(table.T if layout == "classes" else table)[None]


@pytest.mark.parametrize("half", [False, True], ids=["float", "half"])
@pytest.mark.parametrize(
    ("layout", "input_shape", "output_shape"),
    [
        pytest.param("objectness", STATIC, (1, 25200, 85), id="v5"),
        pytest.param("objectness", DYNAMIC, ("batch", "anchors", 85), id="v5 dynamic"),
        pytest.param("classes", STATIC, (1, 84, 8400), id="v8 and 11"),
        pytest.param("classes", DYNAMIC, ("batch", 84, "anchors"), id="v8 and 11 dynamic"),
        pytest.param("end_to_end", STATIC, (1, 300, 6), id="v10 and end to end"),
        pytest.param("end_to_end", DYNAMIC, ("batch", "anchors", "boxes"), id="v10 dynamic"),
    ],
)
def test_the_layouts_of_yolo_exports_are_read_and_named_as_the_file_says(
    tmp_path, layout, input_shape, output_shape, half
):
    number_type = TensorProto.FLOAT16 if half else TensorProto.FLOAT
    path = save_model(
        tmp_path,
        export(layout),
        input_shape=input_shape,
        input_type=number_type,
        output_shape=output_shape,
        output_type=number_type,
        metadata={"names": str(NAMES), "imgsz": "[640, 640]", "stride": "32", "task": "detect"},
    )
    detector = OnnxDetector(path)
    assert detector.labels == NAMES
    expected = [[80, 80, 120, 120, 0.9, 0], [380, 80, 420, 120, 0.8, 79]]
    np.testing.assert_allclose(detector(WIDE), expected, atol=1e-3)


def test_a_model_of_one_class_is_known_by_the_name_in_the_file(tmp_path):
    for layout in ("classes", "objectness"):
        said = export(layout, class_count=1)
        path = save_model(tmp_path, said, input_shape=STATIC, metadata={"names": "{0: 'face'}"})
        assert len(OnnxDetector(path)(WIDE)) == 2


def test_labels_that_are_given_count_more_than_those_of_the_file(tmp_path):
    path = save_model(tmp_path, SAID.T[None].copy(), metadata={"names": "{0: 'a', 1: 'b'}"})
    assert OnnxDetector(path, ["cat", "dog"], size=64).labels == ["cat", "dog"]
    with pytest.raises(ValueError, match="2 classes, and labels names 3"):
        OnnxDetector(path, ["a", "b", "c"], size=64)


@pytest.mark.parametrize("names", [None, "rubbish(", "['a', 'b']", "{'a': 'b'}", "7"])
def test_names_in_the_file_that_cannot_be_read_are_none(tmp_path, names):
    metadata = {} if names is None else {"names": names}
    detector = OnnxDetector(save_model(tmp_path, SAID.T[None].copy(), metadata=metadata), size=64)
    assert detector.labels is None
    assert len(detector(BLACK)) == 3


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ({"task": "depth"}, "for the task 'depth'; expected one of detect, segment, pose"),
        (
            {"stride": "48"},
            "size is 64; expected a multiple of the model's stride, 48. Give size=48",
        ),
        ({"names": "{0: 'a', 1: 'b', 2: 'c'}"}, "2 classes, and labels names 3"),
    ],
)
def test_a_file_that_says_it_is_something_else_is_refused(tmp_path, metadata, said):
    path = save_model(tmp_path, SAID.T[None].copy(), metadata=metadata)
    with pytest.raises(ValueError, match=said):
        OnnxDetector(path, size=64)


# --- bad input -----------------------------------------------------------------------------------


def test_boxes_are_cut_at_the_edge_of_the_frame_and_those_outside_left_out(tmp_path):
    said = np.array([[[-9, 20, 9, 30, 0.9, 0], [20, -9, 30, 14, 0.8, 0], [70, 20, 90, 30, 0.7, 0]]])
    found = OnnxDetector(save_model(tmp_path, said.astype(np.float32)), size=64)(BLACK)
    np.testing.assert_allclose(found[:, :4], [[0, 4, 9, 14]], atol=0.3)


def test_scores_and_coordinates_that_are_no_numbers_are_left_out(tmp_path):
    said = np.tile(np.array([9, 20, 30, 30, 0.9, 0], np.float32), (1, 7, 1))
    said[0, range(6), range(6)] = np.nan
    detector = OnnxDetector(save_model(tmp_path, said), size=64, max_iou=1)
    assert len(detector(BLACK)) == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"input_shape": (1, 3, 32, 32)}, r"input 'images' has shape \[1, 3, 32, 32\].*size=32"),
        ({"input_shape": (1, 1, 64, 64)}, r"expected \[1, 3, 64, 64\]"),
        ({"input_shape": (3, 64, 64)}, "batch of one RGB picture"),
        (
            {"input_type": TensorProto.UINT8},
            r"'images' is tensor\(uint8\); expected tensor\(float\)",
        ),
    ],
)
def test_a_model_whose_input_does_not_fit_is_refused_by_its_name(tmp_path, options, said):
    path = save_model(tmp_path, SAID.T[None].copy(), **options)
    with pytest.raises(ValueError, match=said):
        OnnxDetector(path, size=64)


def test_a_model_whose_output_does_not_fit_is_refused_when_it_is_known(tmp_path):
    with pytest.raises(ValueError, match=r"output 'output0'.*2 classes, and labels names 3"):
        OnnxDetector(save_model(tmp_path, SAID.T[None].copy()), ["a", "b", "c"], size=64)
    detector = OnnxDetector(save_model(tmp_path, SAID.T[None].copy()), size=64)
    detector.labels = ["a", "b", "c"]
    with pytest.raises(ValueError, match="2 classes, and labels names 3"):
        detector(BLACK)


def test_a_missing_and_a_broken_model_are_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"There is no model .*nothing.onnx"):
        OnnxDetector(tmp_path / "nothing.onnx")
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"no model")
    with pytest.raises(ValueError, match=r"broken.onnx' cannot be loaded as an ONNX model"):
        OnnxDetector(broken)


@pytest.mark.parametrize("wrong", [BLACK.astype(float), BLACK[:, :, 0], None], ids=str)
def test_what_is_no_frame_is_refused(tmp_path, wrong):
    detector = OnnxDetector(save_model(tmp_path, SAID.T[None].copy()), size=64)
    with pytest.raises(ValueError, match="expected uint8 of shape"):
        detector(wrong)


@pytest.mark.parametrize("module", ["cv2", "onnxruntime"])
def test_a_missing_package_is_named_with_the_way_to_get_it(monkeypatch, module):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(nbs.MissingDependencyError, match=r'pip install "nbstream\[detect\]"'):
        OnnxDetector("model.onnx")
