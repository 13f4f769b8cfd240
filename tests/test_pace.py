"""When a stream wants the next picture, of each camera by itself, whatever times a page states."""

from __future__ import annotations

import pytest

from nbstream.pictures.frame import Frame
from nbstream.runs.pace import Pace


def frame(at_ms: float | None, camera: str = "one", run: int = 1) -> Frame:
    return Frame(camera, run, 1, b"", 1, 1, at_ms, 0.0)


def wanted(pace: Pace, *times_ms: float, camera: str = "one", run: int = 1) -> list[float]:
    return [at_ms for at_ms in times_ms if not pace.is_early(frame(at_ms, camera, run))]


def test_pictures_that_come_before_their_turn_are_left_to_others():
    assert wanted(Pace(0.1), 0, 33, 66, 100, 133, 166, 200) == [0, 66, 166]


def test_jitter_does_not_lower_the_rate():
    times = [100 * number + 30 * (number % 2) for number in range(20)]
    assert wanted(Pace(0.1), *times) == times


def test_each_camera_keeps_its_own_pace_whatever_the_numbers_of_their_runs():
    pace = Pace(0.1)
    for at_ms in (0, 100, 200):
        assert wanted(pace, at_ms, at_ms + 20) == [at_ms]
        assert wanted(pace, at_ms + 5, at_ms + 25, camera="two", run=7) == [at_ms + 5]


def test_a_new_run_begins_at_once():
    pace = Pace(1)
    assert wanted(pace, 0, 10) == [0]
    assert wanted(pace, 20, run=2) == [20]


@pytest.mark.parametrize("wrong_ms", [8.64e15, 3_600_000.0, 0.0])
def test_a_time_that_cannot_be_costs_no_further_picture(wrong_ms):
    pace = Pace(0.1)
    assert wanted(pace, 5000, 5100) == [5000, 5100]
    pace.is_early(frame(wrong_ms))
    assert wanted(pace, 5200, 5220, 5300, 5320, 5400) == [5200, 5300, 5400]


def test_a_picture_that_was_set_by_hand_is_wanted_at_any_time_and_moves_nothing():
    pace = Pace(1)
    assert wanted(pace, 0) == [0]
    assert not pace.is_early(frame(None))
    assert wanted(pace, 10, 1000) == [1000]
