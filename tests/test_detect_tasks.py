"""Models of other tasks than boxes: small ones that the tests build say what YOLO-style exports say."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

import nbstream as nbs
from nbstream import testing
from nbstream.detect import OnnxDetector
from nbstream.detect.detector import middle_of
from nbstream.detect.tasks import turned_corners, turned_nms

NAMES = "{0: 'cat', 1: 'dog'}"
BLACK = np.zeros((32, 64, 3), np.uint8)
"""In the square of 64 it lies 16 rows down."""


def save_model(folder: Path, outputs: list[NDArray[Any]], **metadata: str) -> Path:
    """A model of a square of 64 that says `outputs`, whatever it sees."""
    nodes, values, constants = [], [], []
    for index, output in enumerate(outputs):
        said = output.astype(np.float32)
        constants.append(numpy_helper.from_array(said, f"said{index}"))
        # The picture has to have a part in it, or it is no input.
        nodes.append(helper.make_node("Add", [f"said{index}", "nothing"], [f"output{index}"]))
        values.append(
            helper.make_tensor_value_info(f"output{index}", TensorProto.FLOAT, said.shape)
        )
    nodes = [
        helper.make_node("ReduceMean", ["images"], ["mean"], keepdims=0),
        helper.make_node("Mul", ["mean", "zero"], ["nothing"]),
        *nodes,
    ]
    constants.append(numpy_helper.from_array(np.zeros((), np.float32), "zero"))
    images = helper.make_tensor_value_info("images", TensorProto.FLOAT, (1, 3, 64, 64))
    graph = helper.make_graph(nodes, "model", [images], values, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, {"names": NAMES, **metadata})
    path = folder / "model.onnx"
    onnx.save(model, path)
    return path


def table(rows: list[list[float]], count: int = 60) -> NDArray[Any]:
    """Rows of the layout "classes" with nothing in the rest, as (1, numbers, count)."""
    said = np.zeros((count, len(rows[0])))
    said[: len(rows)] = rows
    return said.T[None]


def drawn(found: Any) -> list[tuple[str | None, float]]:
    return [(one.label, round(one.score, 2)) for one in found]


# --- segment -------------------------------------------------------------------------------------


def prototypes() -> NDArray[Any]:
    """Of 16 x 16 cells: one that is on in the left half of the square, and one in the right half."""
    left = np.full((16, 16), -1.0)
    left[:, :8] = 1
    return np.stack([left, -left])[None]


def test_masks_are_sums_of_prototypes_within_their_boxes_over_the_whole_frame(tmp_path):
    rows = [
        [32, 32, 40, 16, 0.9, 0, 1, 0],  # both halves, of which the first prototype has the left
        [33, 32, 40, 16, 0.8, 0, 1, 0],  # the same again
        [32, 32, 64, 32, 0, 0.7, 0, 1],
        [32, 32, 64, 32, 0, 0.1, 0, 1],
    ]
    path = save_model(tmp_path, [table(rows), prototypes()], task="segment")
    detector = OnnxDetector(path, size=64)
    assert detector.task == "segment"
    found = detector(BLACK)
    assert drawn(found) == [("cat", 0.9), ("dog", 0.7)]
    cat, dog = (one.pixels for one in found)
    assert cat.shape == dog.shape == (8, 16)  # the frame's part of the 16 x 16 cells
    assert np.argwhere(cat.any(axis=0)).ravel().tolist() == [3, 4, 5, 6, 7]
    assert np.argwhere(cat.any(axis=1)).ravel().tolist() == [2, 3, 4, 5]
    assert dog[:, 8:].all()
    assert not dog[:, :8].any()
    assert nbs.draw(BLACK, found).any()


def test_masks_of_models_that_thin_out_boxes_themselves_are_read_too(tmp_path):
    rows = np.zeros((1, 30, 8))
    rows[0, 0] = [0, 16, 64, 48, 0.9, 1, 1, 0]
    found = OnnxDetector(save_model(tmp_path, [rows, prototypes()], task="segment"), size=64)(BLACK)
    assert drawn(found) == [("dog", 0.9)]
    assert found[0].pixels[:, :8].all()


def test_a_model_without_prototypes_is_refused(tmp_path):
    path = save_model(tmp_path, [table([[32, 32, 9, 9, 1, 0, 1, 0]])], task="segment")
    with pytest.raises(ValueError, match=r"expected for 'segment' a second one of shape"):
        OnnxDetector(path, size=64)


# --- pose ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("numbers", [2, 3])
def test_points_of_a_body_are_in_pixels_of_the_frame_and_those_not_seen_are_no_numbers(
    tmp_path, numbers
):
    points = np.array([[10, 26, 0.9], [30, 36, 0.1], [50, 46, 0.6]])[:, :numbers]
    rows = [[32, 32, 40, 16, 0.9, 0, *points.ravel()]]
    path = save_model(tmp_path, [table(rows)], task="pose", kpt_shape=f"[3, {numbers}]")
    (body,) = OnnxDetector(path, size=64)(BLACK)
    assert (body.label, body.edges) == ("cat", ())
    unseen = [math.nan, math.nan] if numbers == 3 else [30, 20]
    np.testing.assert_allclose(body.points, [[10, 10], unseen, [50, 30]], atol=1e-4)


def test_a_body_of_seventeen_points_has_a_skeleton(tmp_path):
    rows = [[32, 32, 40, 16, 0.9, 0, *([32, 32, 1] * 17)]]
    (body,) = OnnxDetector(save_model(tmp_path, [table(rows)], task="pose"), size=64)(BLACK)
    assert (5, 7) in {tuple(sorted(edge)) for edge in body.edges}


# --- turned boxes --------------------------------------------------------------------------------


def test_turned_boxes_are_outlines_in_the_frame_and_overlap_as_they_lie(tmp_path):
    quarter = math.pi / 4
    rows = [
        [20, 32, 20, 4, 0.9, 0, quarter],
        [21, 32, 20, 4, 0.8, 0, quarter],  # the same again
        [20, 32, 20, 4, 0.7, 0, -quarter],  # upright boxes round them are the same; these cross
        [20, 32, 20, 4, 0, 0.6, quarter],
        [50, 32, 10, 4, 0, 0.5, 0],
    ]
    found = OnnxDetector(save_model(tmp_path, [table(rows)], task="obb"), size=64)(BLACK)
    assert drawn(found) == [("cat", 0.9), ("cat", 0.7), ("dog", 0.6), ("dog", 0.5)]
    np.testing.assert_allclose(found[3].points, [[45, 14], [55, 14], [55, 18], [45, 18]], atol=1e-4)
    reach, half = 10 / math.sqrt(2), 2 / math.sqrt(2)
    np.testing.assert_allclose(
        found[0].points[0], [20 - reach + half, 16 - reach - half], atol=1e-4
    )


def test_turned_boxes_are_thinned_out_as_a_reference_on_a_grid_says():
    rng = np.random.default_rng(5)
    rows = np.hstack([rng.uniform(0, 30, (40, 2)), np.zeros((40, 2)), np.ones((40, 2))])
    rows[:, 2:4] = rows[:, :2] + rng.uniform(8, 16, (40, 2))
    corners = turned_corners(rows, rng.uniform(-3, 3, 40))
    kept = turned_nms(corners, np.zeros(40), 0.3, 100)
    fine = np.stack(np.meshgrid(np.arange(-10, 56, 0.25), np.arange(-10, 56, 0.25)), -1)
    inside = [_inside(outline, fine) for outline in corners]
    for one in range(40):
        shares = [
            (inside[one] & inside[other]).sum() / (inside[one] | inside[other]).sum()
            for other in kept
            if other < one
        ]
        most = max(shares, default=0)
        if abs(most - 0.3) > 0.02:  # a grid knows no better
            assert (one in kept) == (most <= 0.3)
    assert len(turned_nms(corners, np.zeros(40), 0.3, 3)) == 3


def _inside(outline: NDArray[Any], points: NDArray[Any]) -> NDArray[np.bool_]:
    """Which points lie on the inner side of all four edges."""
    result = np.ones(points.shape[:2], bool)
    for start, end in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        edge, to = end - start, points - start
        result &= edge[0] * to[..., 1] - edge[1] * to[..., 0] >= 0
    return result


# --- classify ------------------------------------------------------------------------------------


def test_a_whole_picture_has_a_score_of_each_class_best_first(tmp_path):
    path = save_model(tmp_path, [np.array([[0.25, 0.75]])], task="classify")
    detector = OnnxDetector(path, size=64)
    assert detector(BLACK) == {"dog": 0.75, "cat": 0.25}


def test_what_is_no_share_yet_becomes_one(tmp_path):
    path = save_model(tmp_path, [np.array([[3.0, 1.0]])], task="classify")
    scores = OnnxDetector(path, size=64)(BLACK)
    assert list(scores) == ["cat", "dog"]
    assert sum(scores.values()) == pytest.approx(1)
    assert scores["cat"] == pytest.approx(math.exp(2) / (1 + math.exp(2)))


def test_a_score_that_is_no_number_is_left_out(tmp_path):
    path = save_model(tmp_path, [np.array([[math.nan, 0.5]])], task="classify")
    assert OnnxDetector(path, size=64)(BLACK) == {"dog": 0.5}


def test_another_number_of_classes_is_refused(tmp_path):
    path = save_model(tmp_path, [np.array([[0.1, 0.2, 0.7]])], task="classify")
    with pytest.raises(ValueError, match=r"has shape \[1, 3\]; expected \(1, 2\)"):
        OnnxDetector(path, size=64)(BLACK)


def test_a_classifier_looks_at_the_middle(kernel):
    frame = np.zeros((40, 100, 3), np.uint8)
    frame[:, 30:70] = 200
    assert (middle_of(frame, 16) == 200).all()
    assert middle_of(frame.transpose(1, 0, 2), 16).shape == (16, 16, 3)


def test_a_classifier_is_the_function_of_a_stream_and_scores_show_what_it_says(tmp_path, kernel):
    path = save_model(tmp_path, [np.array([[0.25, 0.75]])], task="classify")
    webcam, scores = nbs.Webcam(), nbs.Scores()
    webcam.stream(OnnxDetector(path, size=64), outputs=scores)
    page = testing.FakePage(kernel, webcam)
    page.start()
    page.send_frame(BLACK)
    testing.wait_for(lambda: scores.value == {"dog": 0.75, "cat": 0.25})


# --- what a file says ----------------------------------------------------------------------------


def test_the_task_is_what_the_file_says_or_what_was_asked(tmp_path):
    row = [20, 32, 20, 4, 0.9, 0, 0]
    path = save_model(tmp_path, [table([row])])
    assert OnnxDetector(path, size=64, task="obb").task == "obb"
    with pytest.raises(ValueError, match="task is 'boxes'; expected one of detect, segment"):
        OnnxDetector(path, size=64, task="boxes")  # type: ignore[arg-type]
    path = save_model(tmp_path, [table([row])], task="obb")
    with pytest.raises(ValueError, match=r"task is 'pose', and the model's metadata .* for 'obb'"):
        OnnxDetector(path, size=64, task="pose")


@pytest.mark.parametrize("kpt_shape", ["rubbish(", "7", "[1]", "None"])
def test_a_shape_of_points_that_cannot_be_read_is_the_usual_one(tmp_path, kpt_shape):
    rows = [[32, 32, 40, 16, 0.9, 0, *([32, 32, 1] * 17)]]
    path = save_model(tmp_path, [table(rows)], task="pose", kpt_shape=kpt_shape)
    assert len(OnnxDetector(path, size=64)(BLACK)[0].points) == 17


def test_the_providers_that_were_asked_for_are_those_of_onnxruntime(tmp_path):
    path = save_model(tmp_path, [np.array([[0.5, 0.5]])], task="classify")
    providers = ["CPUExecutionProvider"]
    detector = OnnxDetector(path, size=64, providers=providers)
    assert detector._session.get_providers() == providers


def test_pictures_in_which_nothing_is_give_nothing(tmp_path):
    empty = [[0.0] * 8]
    for task, outputs in (
        ("segment", [table(empty), prototypes()]),
        ("obb", [table([[0.0] * 7])]),
    ):
        assert OnnxDetector(save_model(tmp_path, outputs, task=task), size=64)(BLACK) == []
