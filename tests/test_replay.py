"""`Replay`: a recording as a source of streams."""

from __future__ import annotations

from functools import partial

import ipywidgets
import numpy as np
import pytest

import nbstream as nbs
from nbstream.testing import FakePage, number_of, numbered, wait_for


def have(things, count):
    return len(things) == count


def weigh(frame, level):
    return number_of(frame), level


@pytest.fixture
def replay_of():
    """Makes replays, and closes them at the end."""
    made = []

    def make(path, **options):
        made.append(nbs.Replay(path, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def lesson(kernel, tmp_path):
    """A recording of five numbered pictures, half a second apart, each with a slider at ten times its number."""
    webcam, slider, view = nbs.Webcam(), ipywidgets.IntSlider(), nbs.ImageView()
    binding = webcam.stream(lambda frame, level: frame, inputs=[webcam, slider], outputs=view)
    page = FakePage(kernel, webcam, view)
    with binding.record(tmp_path / "lesson.nbs"):
        page.start()
        page.wait_for_status("live")
        for number in range(5):
            slider.value = 10 * number
            page.send_frame(numbered(number))
            page.wait_for_result(view, number + 1)
            page.pass_time(0.5)
    webcam.close()
    return tmp_path / "lesson.nbs"


def test_a_replay_gives_a_stream_the_same_calls_in_order_without_a_page(lesson, replay_of):
    got = []
    binding = replay_of(lesson, speed=None).stream(lambda *values: got.append(weigh(*values)))
    assert binding.status == "idle"
    binding.start()
    wait_for(lambda: len(got) == 5 and binding.status == "idle")
    assert got == [(number, 10 * number) for number in range(5)]
    binding.start()
    wait_for(lambda: len(got) == 10 and binding.status == "idle")
    assert got[5:] == got[:5]


@pytest.mark.parametrize(("speed", "every_s"), [(1.0, 0.5), (2.0, 0.25)])
def test_a_replay_keeps_the_recorded_times(lesson, kernel, speed, every_s, replay_of):
    got = []
    binding = replay_of(lesson, speed=speed).stream(lambda frame, level: got.append(level))
    binding.start()
    for count in range(1, 6):
        wait_for(partial(have, got, count))
        # Whether the next one waits already: the other timer is that of the stream's clock.
        wait_for(lambda: not binding.life.is_in_call)
        kernel.clock.advance(every_s * 0.9)
        assert len(got) == count
        kernel.clock.advance(every_s * 0.2)
    wait_for(lambda: binding.status == "idle")


def test_live_inputs_and_outputs_go_with_recorded_ones(lesson, kernel, replay_of):
    replay = replay_of(lesson, speed=None)
    slider, view, total = ipywidgets.IntSlider(value=7), nbs.ImageView(format="png"), nbs.State(0)
    page = FakePage(kernel, nbs.Webcam(), view)

    def use(frame, recorded, live, so_far):
        return numbered(number_of(frame)), so_far + recorded + live

    inputs = [replay, replay.input(1), slider, total]
    binding = replay.stream(use, inputs=inputs, outputs=[view, total])
    binding.start()
    wait_for(lambda: total.value == 100 + 5 * 7 and binding.status == "idle")
    page.paint(view)
    shown = page.wait_for_result(view)
    assert shown is not None
    assert number_of(shown) < 5


def test_a_paused_replay_goes_on_where_it_was(lesson, kernel, replay_of):
    got = []

    def look(frame, level):
        got.append(level)
        if len(got) == 2:
            binding.pause()

    binding = replay_of(lesson, speed=None).stream(look)
    binding.start()
    wait_for(lambda: binding.status == "paused" and not binding.life.is_in_call)
    assert got == [0, 10]
    binding.resume()
    wait_for(lambda: binding.status == "idle")
    assert got == [0, 10, 20, 30, 40]


def test_errors_of_the_function_pause_it_as_any_stream(lesson, kernel, replay_of):
    def fails(frame, level):
        raise ValueError("a fault")

    binding = replay_of(lesson, speed=None).stream(fails, max_errors=2)
    binding.start()
    wait_for(lambda: binding.status == "paused")
    assert "a fault" in str(binding.error)
    binding.close()


def test_a_replay_can_be_stepped_and_made_anew(lesson, kernel, replay_of):
    replay = replay_of(lesson, speed=None)
    first = replay.stream(weigh)
    first.start()
    wait_for(lambda: first.status == "idle")
    assert first.step() == (4, 40)
    with pytest.raises(ValueError, match="expected how many, 1 or more"):
        replay.step(0)
    second = replay.stream(lambda frame, level: level)
    with pytest.raises(RuntimeError, match="closed"):
        first.start()
    assert second.step() == 40


def test_recorded_sound_is_replayed(kernel, tmp_path, replay_of):
    from nbstream.testing import FakeMicrophone

    microphone, heard = nbs.Microphone(), []
    binding = microphone.stream(lambda sound: heard.append(sound[1].tolist()), stream_every=0.0)
    page = FakeMicrophone(kernel, microphone)
    with binding.record(tmp_path / "a.nbs"):
        page.start()
        page.wait_for_status("live")
        page.speak(np.array([1, 2, 3], np.int16))
        wait_for(lambda: heard)
    again = []
    stream = replay_of(tmp_path / "a.nbs").stream(lambda sound: again.append(sound[1].tolist()))
    stream.start()
    wait_for(lambda: again == heard and stream.status == "idle")


def test_a_state_has_to_be_given(kernel, tmp_path, replay_of):
    webcam, state, calls = nbs.Webcam(), nbs.State(0), []
    binding = webcam.stream(lambda frame, state: calls.append(1), inputs=[webcam, state])
    page = FakePage(kernel, webcam)
    with binding.record(tmp_path / "a.nbs"):
        page.start()
        page.wait_for_status("live")
        page.send_frame(numbered(1))
        wait_for(lambda: calls)
    replay = replay_of(tmp_path / "a.nbs")
    with pytest.raises(ValueError, match=r"a stream with a State; say what is in its place"):
        replay.stream(lambda frame, state: None)
    with pytest.raises(ValueError, match=r"input\(1\) was a State"):
        replay.input(1)


def test_what_cannot_be_is_refused_with_advice(lesson, replay_of):
    with pytest.raises(ValueError, match="speed is 0; expected"):
        replay_of(lesson, speed=0)
    with pytest.raises(ValueError, match="has 2 inputs, from 0"):
        replay_of(lesson).input(2)
    with pytest.raises(ValueError, match="one stream at a time"):
        replay_of(lesson).stream(weigh, add=True)
    with pytest.raises(nbs.SignatureError, match=r"Webcam, IntSlider\.value"):
        replay_of(lesson).stream(lambda frame: None)
