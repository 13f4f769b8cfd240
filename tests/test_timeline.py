"""A replay under a person's hands: seek, step, scrub, play."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

import ipywidgets
import numpy as np
import pytest

import nbstream as nbs
from nbstream.testing import wait_for


@pytest.fixture
def lesson(kernel, tmp_path):
    """A recording of six calls with grey levels 0, 10, 20, ... half a second apart."""
    pictures = [np.full((8, 8, 3), 10 * n, np.uint8) for n in range(6)]
    source = nbs.FrameSource(pictures, fps=2)
    binding = source.stream(lambda frame: None, pictures="all")
    with binding.record(tmp_path / "lesson.nbs"):
        binding.start()
        for count in range(1, 7):
            wait_for(partial(have_been_called, binding, count))
            kernel.clock.advance(0.501)
        wait_for(lambda: binding.status == "idle")
    return tmp_path / "lesson.nbs"


def have_been_called(binding, count):
    return binding.stats["counts"].get("frames", 0) >= count and not binding.life.is_in_call


def have(things, count):
    return len(things) == count


@pytest.fixture
def watched(lesson):
    """A replay of it, its stream, and the levels that the function got."""
    replay = nbs.Replay(lesson, speed="step")
    got: list[int] = []
    binding = replay.stream(lambda frame: got.append(round(frame.mean() / 10)))
    yield replay, binding, got
    replay.close()


def test_a_replay_goes_step_by_step_and_to_any_call(watched):
    replay, binding, got = watched
    replay.seek(4)
    binding.start()
    wait_for(lambda: binding.status == "live")
    replay.step()
    wait_for(partial(have, got, 1))
    replay.seek(1)
    replay.step(2)
    wait_for(partial(have, got, 3))
    assert got == [4, 1, 2]
    binding.step()
    assert got[-1] == 2
    replay.speed = None
    binding.resume()
    wait_for(lambda: binding.status == "idle")
    assert got == [4, 1, 2, 2, 3, 4, 5]


@pytest.mark.parametrize("index", [-1, 6])
def test_a_call_that_is_not_there_is_refused(watched, index):
    with pytest.raises(ValueError, match="expected a call from 0 to 5"):
        watched[0].seek(index)


def test_a_person_steps_scrubs_and_plays(watched, kernel):
    replay, binding, got = watched
    timeline = nbs.Timeline(replay)
    assert (timeline.place.min, timeline.place.max) == (0, 5)
    timeline.step.click()
    wait_for(partial(have, got, 1))
    timeline.step.click()
    wait_for(partial(have, got, 2))
    assert timeline.place.value == 1
    timeline.place.value = 4
    wait_for(partial(have, got, 3))
    assert got == [0, 1, 4]
    timeline.place.value = 2
    wait_for(partial(have, got, 4))
    timeline.play.value = True
    for count in (5, 6, 7):
        wait_for(partial(have, got, count))
        kernel.clock.advance(0.52)
    wait_for(lambda: binding.status == "idle")
    assert got == [0, 1, 4, 2, 3, 4, 5]
    assert timeline.place.value == 5


def test_a_timeline_is_of_a_replay():
    with pytest.raises(TypeError, match=r"IntSlider .* expected an nbs\.Replay"):
        nbs.Timeline(cast(Any, ipywidgets.IntSlider()))
