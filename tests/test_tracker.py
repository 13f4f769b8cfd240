"""Objects keep their numbers from picture to picture: compared with a plain reference, and at the edges."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbstream.annotations.marks import marks_of
from nbstream.detect import Tracker

boxes = st.lists(
    st.tuples(*[st.integers(0, 12)] * 2, *[st.integers(0, 12)] * 2, st.sampled_from([0, 1])),
    max_size=6,
)


def rows(*found: tuple[float, ...]) -> Any:
    """Boxes (x, y, width, height, class) as a detector gives them."""
    return np.array([[x, y, x + w, y + h, 0.5, kind] for x, y, w, h, kind in found], float)


class Reference:
    """The same by loops: again and again the pair that overlaps most."""

    def __init__(self, min_iou: float, max_missed: int) -> None:
        self.min_iou, self.max_missed = min_iou, max_missed
        self.known: list[list[Any]] = []  # number, row, missed
        self.count = 0

    def __call__(self, found: Any) -> list[int]:
        numbers: dict[int, int] = {}
        free = list(self.known)
        while True:
            pairs = [
                (-overlap(row, one[1]), one[0], index, one)
                for index, row in enumerate(found)
                for one in free
                if index not in numbers and row[5] == one[1][5]
            ]
            pairs = [pair for pair in pairs if -pair[0] >= self.min_iou]
            if not pairs:
                break
            _, number, index, one = min(pairs, key=lambda pair: pair[:3])
            numbers[index] = number
            free.remove(one)
        for index in range(len(found)):
            if index not in numbers:
                self.count += 1
                numbers[index] = self.count
        left = [[number, row, missed + 1] for number, row, missed in free]
        seen = [[numbers[index], row, 0] for index, row in enumerate(found)]
        self.known = seen + [one for one in left if one[2] <= self.max_missed]
        return [numbers[index] for index in range(len(found))]


def overlap(one: Any, other: Any) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    common = max(width, 0.0) * max(height, 0.0)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    union = areas[0] + areas[1] - common
    return common / union if union > 0 else 0.0


@settings(max_examples=300, deadline=None)
@given(st.lists(boxes, max_size=6), st.integers(0, 2))
def test_the_numbers_are_those_of_the_plain_reference(pictures, max_missed):
    tracker, reference = Tracker(min_iou=0.3, max_missed=max_missed), Reference(0.3, max_missed)
    for picture in pictures:
        found = rows(*picture) if picture else np.empty((0, 6))
        assert tracker(found).tracker_id.tolist() == reference(found)
        assert tracker.count == reference.count


def test_an_object_that_moves_keeps_its_number_and_another_gets_the_next():
    tracker = Tracker()
    for step in range(20):
        tracks = tracker(rows((5 * step, 0, 20, 20, 0), (100, 100 - 2 * step, 20, 20, 0)))
        assert tracks.tracker_id.tolist() == [1, 2]
    assert tracker(rows((300, 300, 20, 20, 0))).tracker_id.tolist() == [3]
    assert tracker.count == 3


def test_an_object_that_is_missing_for_a_while_is_the_same_and_then_another():
    tracker = Tracker(max_missed=2)
    there = rows((0, 0, 20, 20, 0))
    tracker(there)
    tracker(None)
    tracker([])
    assert tracker(there).tracker_id.tolist() == [1]
    for _ in range(3):
        tracker(None)
    assert tracker(there).tracker_id.tolist() == [2]


def test_objects_of_different_classes_are_never_the_same():
    tracker = Tracker()
    tracker(rows((0, 0, 20, 20, 0)))
    assert tracker(rows((0, 0, 20, 20, 1))).tracker_id.tolist() == [2]


def test_what_comes_out_is_drawn_as_it_is_with_its_numbers():
    tracks = Tracker()(rows((0, 0, 20, 20, 0), (50, 50, 20, 20, 1)))
    texts = [mark.text for mark in marks_of(tracks, (100, 100), labels=["cat", "dog"]).shown]
    assert texts == ["cat #1 0.50", "dog #2 0.50"]
    assert tracks.middles.tolist() == [[10, 10], [60, 60]]


def test_what_is_no_number_is_left_out_and_nothing_is_nothing():
    tracker = Tracker()
    found = rows((0, 0, 20, 20, 0), (math.nan, 0, 20, 20, 0))
    assert tracker(found).tracker_id.tolist() == [1]
    assert tracker(np.empty((0, 6))).xyxy.shape == (0, 4)
    assert marks_of(tracker([]), (100, 100)).shown == ()


def test_a_tracker_keeps_no_more_than_was_seen_lately():
    tracker = Tracker(max_missed=3)
    for step in range(100):
        tracker(rows(*((1000 * step + 30 * k, 0, 20, 20, 0) for k in range(5))))
    assert len(tracker._known) <= 5 * 4
    tracker.reset()
    assert tracker(rows((0, 0, 20, 20, 0))).tracker_id.tolist() == [1]


@pytest.mark.parametrize("wrong", [np.zeros((2, 4)), np.zeros(6), [["a"] * 6]], ids=repr)
def test_other_shapes_are_refused(wrong):
    with pytest.raises(ValueError, match=r"expected numbers of shape \(n, 6\)"):
        Tracker()(wrong)


@pytest.mark.parametrize("options", [{"min_iou": 0}, {"min_iou": 2}, {"max_missed": -1}])
def test_numbers_out_of_range_are_refused(options):
    with pytest.raises(ValueError, match="expected"):
        Tracker(**options)
