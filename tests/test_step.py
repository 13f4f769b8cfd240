"""`binding.step()`: one call in the thread that asks, for breakpoints and post-mortem debugging."""

from __future__ import annotations

import asyncio
import threading

import numpy as np
import pytest

import nbstream as nbs
from nbstream.pictures.codecs import encode
from nbstream.streams import stepping
from nbstream.testing import FakeMicrophone, FakePage, wait_for

from .streaming import Stream, grey, level_of


def where(frame):
    return threading.current_thread()


def test_a_step_calls_in_this_thread_with_the_newest_picture(kernel):
    webcam = nbs.Webcam()
    levels = []

    def look(frame):
        levels.append((level_of(frame), threading.current_thread()))
        return len(levels)

    binding = webcam.stream(look)
    with pytest.warns(UserWarning, match="no stream runs"):
        webcam.frame = encode(grey(50))
    webcam.frame = encode(grey(90))
    assert binding.step() == 1
    assert levels == [(90, threading.current_thread())]
    assert binding.status == "idle"


def test_a_step_pauses_a_live_stream_and_shows_the_result(kernel):
    stream = Stream(kernel, lambda frame: 255 - frame).go_live()
    stream.one_result(60)
    assert level_of(stream.binding.step()) == 200
    assert stream.binding.status == "paused"
    assert level_of(stream.page.wait_for_result(stream.view, 2)) == 200
    stream.binding.resume()
    stream.page.wait_for_status("live")
    assert stream.one_result(100) == 160


def test_what_the_function_raises_comes_out_of_the_step(kernel):
    def fails(frame):
        raise KeyError("a fault")

    stream = Stream(kernel, fails).go_live()
    stream.page.send_frame(grey(10))
    wait_for(lambda: stream.binding.error)
    with pytest.raises(KeyError, match="a fault") as caught:
        stream.binding.step()
    assert caught.traceback[-1].name == "fails"


def test_a_step_before_anything_came_says_so(kernel):
    binding = nbs.Webcam().stream(where)
    with pytest.raises(RuntimeError, match=r"step\(\) of where has nothing .* set webcam.frame"):
        binding.step()
    binding.close()
    with pytest.raises(RuntimeError, match="closed"):
        binding.step()


def test_calls_never_overlap_with_a_step(kernel, holdup, monkeypatch):
    stream = Stream(kernel, holdup).go_live()
    stream.page.send_frame(grey(10))
    holdup.wait_until_entered()
    monkeypatch.setattr(stepping, "CALL_ENDS_WITHIN_S", 0.02)
    with pytest.raises(RuntimeError, match="its running call has not returned"):
        stream.binding.step()
    holdup.release(1000)
    monkeypatch.setattr(stepping, "CALL_ENDS_WITHIN_S", 10)
    assert level_of(stream.binding.step()) == 10
    assert not holdup.overlapped


def test_a_function_that_steps_its_own_stream_is_told_and_the_stream_stays_live(kernel):
    stream = Stream(kernel, lambda frame: stream.binding.step()).go_live()
    stream.page.send_frame(grey(10))
    wait_for(lambda: stream.binding.error)
    assert "was called by <lambda> itself" in str(stream.binding.error)
    assert stream.binding.status == "live"


def test_a_stream_that_goes_on_during_a_step_waits_for_its_end(kernel):
    calls = []

    def look(frame):
        calls.append(threading.current_thread())
        if threading.current_thread() is threading.main_thread():
            stream.binding.resume()
            stream.page.wait_for_status("live")
            stream.page.send_frame(grey(20))
            assert calls[-1] is threading.main_thread()
        return frame

    stream = Stream(kernel, look).go_live()
    stream.one_result()
    stream.binding.step()
    wait_for(lambda: len(calls) == 3)
    assert calls[2] is not threading.main_thread()


@pytest.mark.parametrize("in_a_loop", [False, True])
def test_async_functions_and_generators_are_stepped_too(kernel, in_a_loop):
    async def waits(frame):
        await asyncio.sleep(0)
        return "waited"

    def yields(frame):
        yield 1
        yield 2

    async def fails(frame):
        raise KeyError("a fault")

    def step_all():
        webcam = nbs.Webcam()
        webcam._told_idle = True
        webcam.frame = encode(grey(50))
        assert webcam.stream(waits).step() == "waited"
        assert webcam.stream(yields).step() == [1, 2]
        with pytest.raises(KeyError, match="a fault"):
            webcam.stream(fails).step()

    async def in_a_cell():
        step_all()

    asyncio.run(in_a_cell()) if in_a_loop else step_all()


def test_inputs_states_and_metadata_are_as_in_any_call(kernel):
    webcam, count = nbs.Webcam(), nbs.State(4)

    def look(frame, before, meta):
        return before + meta.width_px

    binding = webcam.stream(look, inputs=[webcam, count], outputs=count, metadata=True)
    page = FakePage(kernel, webcam)
    page.start()
    page.wait_for_status("live")
    page.send_frame(grey(10))
    wait_for(lambda: count.value == 68)
    assert binding.step() == 132
    assert count.value == 132


def test_a_step_of_sound_calls_with_the_newest_piece(kernel):
    microphone = nbs.Microphone()
    pieces = []
    binding = microphone.stream(
        lambda sound, meta: pieces.append((sound[1].tolist(), meta.index)),
        stream_every=0.0,
        metadata=True,
    )
    page = FakeMicrophone(kernel, microphone)
    page.start()
    page.wait_for_status("live")
    page.speak(np.array([1, 2, 3], np.int16))
    wait_for(lambda: pieces)
    binding.step()
    assert pieces == [([1, 2, 3], 1)] * 2
