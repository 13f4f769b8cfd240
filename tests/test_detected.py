"""What detectors return is drawn as it is: each result shows what the same boxes show as plain tuples."""

from __future__ import annotations

import itertools
import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import nbstream as nbs
from nbstream.annotations.marks import Marks, marks_of
from nbstream.annotations.reading import has_places
from nbstream.annotations.skeletons import BODY_17, BODY_33, HAND_21
from nbstream.testing import FakePage

SIZE = (200, 100)
CORNERS = np.array([[20.0, 30, 120, 80], [0, 0, 10, 20]])
TUPLES = [(20, 30, 100, 50, "dog", 0.75), (0, 0, 10, 20, "cat", 0.5)]
NAMES = {0: "cat", 1: "dog"}
CLASSES, SCORES = np.array([1, 0]), np.array([0.75, 0.5])


class Tensor:
    """Numbers on a device, with gradients: numpy gets them only from `detach().cpu()`, and no bfloat16."""

    def __init__(self, numbers: Any, steps: tuple[str, ...] = (), dtype: str = "float32") -> None:
        self._numbers = np.asarray(numbers)
        self._steps = steps
        self._dtype = dtype

    def detach(self) -> Tensor:
        return Tensor(self._numbers, (*self._steps, "detach"), self._dtype)

    def cpu(self) -> Tensor:
        return Tensor(self._numbers, (*self._steps, "cpu"), self._dtype)

    def float(self) -> Tensor:
        return Tensor(self._numbers, self._steps)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        if self._steps != ("detach", "cpu") or self._dtype == "bfloat16":
            raise TypeError("numpy cannot have this tensor")
        return self._numbers


def detections(**changed: Any) -> SimpleNamespace:
    """The attributes of supervision.Detections."""
    found = {
        "xyxy": CORNERS, "mask": None, "confidence": SCORES, "class_id": CLASSES, "tracker_id": None,
        "data": {"class_name": np.array(["dog", "cat"])}, "metadata": {},
    }  # fmt: skip
    return SimpleNamespace(**{**found, **changed})


def boxes(**changed: Any) -> SimpleNamespace:
    """The attributes of the boxes in ultralytics' Results."""
    found = {"xyxy": Tensor(CORNERS), "conf": Tensor(SCORES), "cls": Tensor(CLASSES), "id": None}
    return SimpleNamespace(**{**found, **changed})


def results(**changed: Any) -> SimpleNamespace:
    """The attributes of ultralytics' Results."""
    found = {
        "boxes": None, "masks": None, "keypoints": None, "probs": None, "obb": None,
        "names": NAMES, "orig_shape": (100, 200),
    }  # fmt: skip
    return SimpleNamespace(**{**found, **changed})


def task_detection(number: int) -> SimpleNamespace:
    """The attributes of a detection of MediaPipe's tasks."""
    x, y, width, height, label, score = TUPLES[number]
    return SimpleNamespace(
        bounding_box=SimpleNamespace(origin_x=x, origin_y=y, width=width, height=height),
        categories=[SimpleNamespace(category_name=label, score=score)],
    )


def landmarks(points: Any, visibility: Any = None) -> list[SimpleNamespace]:
    return [SimpleNamespace(x=x, y=y, z=0.0, visibility=visibility) for x, y in points]


def seen(annotations: Any, **options: Any) -> list[Any]:
    """What is drawn, as far as a person sees it."""
    marks = marks_of(annotations, SIZE, **options)
    return [
        (mark.kind, tuple(round(one, 9) for one in mark.points), mark.text, mark.color, mark.edges)
        for mark in marks.shown
    ]


def only(annotations: Any, **options: Any) -> Any:
    (mark,) = marks_of(annotations, SIZE, **options).shown
    return mark


SAME_AS_TUPLES = {
    "supervision": detections(),
    "supervision without names": detections(data={}),
    "ultralytics": results(boxes=boxes()),
    "ultralytics, a list of one": [results(boxes=boxes())],
    "ultralytics' boxes alone": boxes(),
    "ultralytics' boxes in bfloat16": boxes(conf=Tensor(SCORES, dtype="bfloat16")),
    "MediaPipe's tasks": SimpleNamespace(detections=[task_detection(0), task_detection(1)]),
    "MediaPipe's detections": [task_detection(0), task_detection(1)],
    "a generator": (box for box in TUPLES),
    "an iterator": map(tuple, TUPLES),
    "a tensor": Tensor(np.column_stack([CORNERS, SCORES, CLASSES])),
    "a list of annotations and results": [TUPLES[0], task_detection(1)],
}


@pytest.mark.parametrize("name", SAME_AS_TUPLES)
def test_a_detectors_result_shows_what_the_same_tuples_show(name):
    given = SAME_AS_TUPLES[name]
    assert seen(given, labels=None if name == "ultralytics" else ["cat", "dog"]) == seen(TUPLES)


def test_names_given_to_the_overlay_count_before_those_in_the_result():
    assert [text for _, _, text, *_ in seen(detections(), labels=["Katze", "Hund"])] == [
        "Hund 0.75",
        "Katze 0.50",
    ]
    assert [text for _, _, text, *_ in seen(detections(data={}))] == ["1 0.75", "0 0.50"]


def test_a_tracked_object_shows_its_number_in_the_colour_of_its_class():
    for given in (
        detections(tracker_id=np.array([7, 9])),
        results(boxes=boxes(id=Tensor([7, 9]))),
    ):
        shown = seen(given)
        assert [text for _, _, text, *_ in shown] == ["dog #7 0.75", "cat #9 0.50"]
        assert [color for *_, color, _ in shown] == [color for *_, color, _ in seen(TUPLES)]


def test_scores_and_classes_may_be_missing():
    plain = detections(confidence=None, class_id=None, data={})
    assert [text for _, _, text, *_ in seen(plain)] == ["", ""]


# --- masks, oriented boxes, skeletons ------------------------------------------------------------

LEFT_HALF = np.zeros((100, 200), bool)
LEFT_HALF[:, :100] = True


def covered(marks: Marks) -> float:
    """The share of the picture's columns, from the left, that masks cover throughout."""
    assert marks.tint is not None
    return float((marks.tint.entries > 0).all(axis=0).mean())


def test_masks_are_laid_over_the_picture_beside_the_boxes():
    found = detections(mask=np.stack([LEFT_HALF, np.zeros_like(LEFT_HALF)]))
    marks = marks_of(found, SIZE)
    assert covered(marks) == 0.5
    assert [mark.text for mark in marks.shown if mark.kind == "box"] == ["dog 0.75", "cat 0.50"]


def test_what_the_models_input_had_around_the_picture_is_cut_off_a_mask():
    # A picture of 200 x 100 in a square input of 64: 16 rows of padding above and below.
    square = np.zeros((1, 64, 64))
    square[:, 16:48, :32] = 1
    found = results(boxes=None, masks=SimpleNamespace(data=Tensor(square)))
    assert covered(marks_of(found, SIZE)) == 0.5


def test_an_oriented_box_is_drawn_by_its_four_corners():
    outline = np.array([[[20, 50], [60, 10], [100, 50], [60, 90]]], float)
    wanted = nbs.Polygon(outline[0], label="dog", score=0.75)
    one = {"xyxy": CORNERS[:1], "conf": SCORES[:1], "cls": CLASSES[:1], "id": None}
    turned = SimpleNamespace(**one, xyxyxyxy=Tensor(outline))
    assert seen(results(obb=turned)) == seen(wanted)
    both = detections(
        xyxy=CORNERS[:1],
        confidence=SCORES[:1],
        class_id=CLASSES[:1],
        data={"xyxyxyxy": outline, "class_name": ["dog"]},
    )
    assert seen(both) == seen(wanted)


def test_a_turned_box_of_a_stream_reaches_the_page_by_its_corners_as_shares_of_the_picture(kernel):
    outline = np.array([[[20, 50], [60, 10], [100, 50], [60, 90]]], float)
    one = {"xyxy": CORNERS[:1], "conf": SCORES[:1], "cls": CLASSES[:1], "id": None}
    turned = SimpleNamespace(**one, xyxyxyxy=Tensor(outline))
    webcam = nbs.Webcam()
    webcam.stream(lambda frame: results(obb=turned), outputs=nbs.Overlay(webcam))
    page = FakePage(kernel, webcam)
    page.start()
    page.wait_for_status("live")
    page.send_frame(np.zeros((100, 200, 3), np.uint8))
    (mark,) = page.wait_for_overlay()["marks"]
    assert (mark["kind"], mark["text"]) == ("polygon", "dog 0.75")
    assert np.reshape(mark["points"], (4, 2)) * SIZE == pytest.approx(outline[0])


def points(count: int) -> np.ndarray[Any, Any]:
    return np.random.default_rng(count).uniform(10, 90, (count, 2))


def test_a_pose_of_ultralytics_or_supervision_is_a_skeleton():
    body = points(17)
    wanted = seen(nbs.Keypoints(body, BODY_17))
    of_results = SimpleNamespace(xy=Tensor(body[None]), xyn=None, conf=Tensor(np.ones((1, 17))))
    of_supervision = SimpleNamespace(
        xy=body[None], class_id=None, keypoint_confidence=np.ones((1, 17)), data={}
    )
    assert seen(results(keypoints=of_results)) == wanted
    assert seen(of_results) == wanted
    assert seen(of_supervision) == wanted


def test_a_point_that_was_not_found_or_is_not_sure_is_not_drawn():
    body, sure = points(17), np.ones((1, 17))
    body[3], sure[0, 5] = 0, 0.2
    found = SimpleNamespace(xy=body[None], class_id=None, keypoint_confidence=sure, data={})
    wanted = body.copy()
    wanted[[3, 5]] = math.nan
    assert seen(found) == seen(nbs.Keypoints(wanted, BODY_17))


@pytest.mark.parametrize(("count", "edges"), [(21, HAND_21), (33, BODY_33), (468, ())])
def test_landmarks_of_mediapipe_are_shares_of_the_picture_with_the_lines_of_their_model(
    count, edges
):
    shares = points(count) / 100
    wanted = seen(nbs.Keypoints(shares, edges), relative=True)
    hand = landmarks(shares)
    given = [
        hand,
        [hand],
        SimpleNamespace(landmark=hand),
        SimpleNamespace(hand_landmarks=[hand], hand_world_landmarks=[hand]),
        SimpleNamespace(pose_landmarks=SimpleNamespace(landmark=hand), face_landmarks=None),
        SimpleNamespace(multi_hand_landmarks=[SimpleNamespace(landmark=hand)]),
    ]
    for one in given:
        assert seen(one) == wanted
        assert not has_places(one)  # drawn without knowing the picture's size
    assert len(seen([hand, hand])) == 2


def test_landmarks_that_are_hidden_are_left_out_and_no_visibility_means_nothing():
    shares = points(21) / 100
    hand = landmarks(shares, visibility=0.9)
    hand[4].visibility = 0.1
    drawn = shares.copy()
    drawn[4] = math.nan
    assert seen(hand) == seen(nbs.Keypoints(drawn, HAND_21), relative=True)
    assert seen(landmarks(shares, visibility=0.0)) == seen(
        nbs.Keypoints(shares, HAND_21), relative=True
    )


def test_a_face_of_mediapipes_older_interface_is_a_box_in_shares():
    box = SimpleNamespace(xmin=0.1, ymin=0.3, width=0.5, height=0.5)
    face = SimpleNamespace(location_data=SimpleNamespace(relative_bounding_box=box), score=[0.75])
    assert seen(SimpleNamespace(detections=[face])) == seen((20, 30, 100, 50, None, 0.75))


# --- arrays of OpenCV ----------------------------------------------------------------------------


@pytest.mark.parametrize("wrap", [np.array, list, Tensor], ids=["array", "list", "tensor"])
def test_rows_of_four_are_corners_or_sizes_as_the_overlay_is_told(wrap):
    plain = [box[:4] for box in TUPLES]
    sizes = [list(box) for box in plain]
    assert seen(wrap(sizes), boxes="xywh") == seen(plain)
    assert seen(wrap(CORNERS.tolist()), boxes="xyxy") == seen(plain)
    assert seen(wrap(sizes[0]), boxes="xywh") == seen(plain[:1])


def test_rows_of_five_and_six_have_scores_and_classes_after_their_box():
    rows = np.column_stack([CORNERS, SCORES, CLASSES])
    rows[:, 2:4] -= rows[:, :2]
    assert seen(rows, boxes="xywh", labels=["cat", "dog"]) == seen(TUPLES)
    assert [text for _, _, text, *_ in seen(rows[:, :5], boxes="xywh")] == ["0.75", "0.50"]


def test_tuples_are_corners_where_the_overlay_is_told_so():
    assert seen([(20, 30, 120, 80, "dog", 0.75)], boxes="xyxy") == seen(TUPLES[:1])


def test_another_word_for_boxes_is_refused():
    with pytest.raises(ValueError, match="boxes is 'xyhw'; expected \"xyxy\" for two corners"):
        nbs.draw(np.zeros((9, 9, 3), np.uint8), None, boxes="xyhw")  # type: ignore[arg-type]


def test_contours_are_outlines_alone_and_in_a_list_however_many_points_they_have():
    outline = np.array([[20, 20], [80, 20], [50, 90]], np.int32)
    contour = outline[:, None]
    for given in (contour, [contour], (contour,)):
        assert seen(given) == seen(nbs.Polygon(outline))
    turn = np.linspace(0, 2 * np.pi, 5000)
    circle = (50 + 40 * np.column_stack([np.cos(turn), np.sin(turn)]))[:, None]
    drawn = np.reshape(only([circle]).points, (-1, 2)) * SIZE
    assert len(drawn) <= 2000
    assert np.hypot(*(drawn - 50).T) == pytest.approx(40)


# --- nothing, and what does not fit --------------------------------------------------------------

EMPTY = {
    "supervision": detections(
        xyxy=np.empty((0, 4)), confidence=np.empty(0), class_id=np.empty(0), data={}
    ),
    "ultralytics": results(boxes=boxes(xyxy=np.empty((0, 4)), conf=np.empty(0), cls=np.empty(0))),
    "ultralytics without anything": results(),
    "no keypoints": SimpleNamespace(
        xy=np.empty((0, 17, 2)), class_id=None, keypoint_confidence=None, data={}
    ),
    "nobody in MediaPipe's picture": SimpleNamespace(pose_landmarks=None),
    "no hands": SimpleNamespace(hand_landmarks=[]),
    "no faces": SimpleNamespace(detections=None),
    "detectMultiScale": (),
    "an iterator": iter(()),
}


@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_result_clears_the_overlay(name):
    assert marks_of(EMPTY[name], SIZE, boxes="xywh").shown == ()


def test_an_object_whose_place_or_score_is_no_number_is_left_out():
    corners = CORNERS.copy()
    corners[0, 2] = math.nan
    assert [text for _, _, text, *_ in seen(detections(xyxy=corners))] == ["cat 0.50"]
    scores = np.array([math.nan, 0.5])
    assert [text for _, _, text, *_ in seen(detections(confidence=scores))] == ["cat 0.50"]
    shares = np.full((21, 2), math.nan)
    assert seen(landmarks(shares)) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (results(probs=SimpleNamespace(top1=1)), r"of a classification.*nbs\.Text"),
        (detections(xyxy=np.zeros((2, 2, 4))), "boxes of shape.*result of one picture"),
        (SimpleNamespace(xy=np.zeros((2, 2)), xyn=0, conf=None), "keypoints of shape"),
        (detections(data={}, class_id=np.array([1, 5])), "class 5, and `labels` names 2"),
        (itertools.repeat((1, 2, 3, 4)), r"more than 100000 annotations.*islice"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_to_do(wrong, said):
    with pytest.raises(nbs.ResultError, match=said):
        marks_of(wrong, SIZE, labels=["cat", "dog"])
