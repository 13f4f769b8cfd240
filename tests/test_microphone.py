"""A microphone's stream: every sample reaches the function once and in order, from Start to Stop."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import nbstream as nbs
from nbstream.protocol.to_page import SoundStateContent, SourceContent
from nbstream.testing import FakeMicrophone, wait_for

from .hearing import RATE, Hearing, numbered

# --- what the function gets --------------------------------------------------------------------


def test_a_function_gets_rate_and_samples(kernel):
    hearing = Hearing(kernel).go_live()
    hearing.page.speak(numbered(4000))
    hearing.wait_for_samples(4000)
    ((rate, samples),) = hearing.heard
    assert (rate, samples.dtype, samples.shape) == (RATE, np.int16, (4000,))
    samples[0] = 7  # writable
    (meta,) = hearing.metas
    assert (meta.index, meta.gap_s, meta.final, meta.clipped_count) == (1, 0, False, 0)
    assert meta.captured_at_s == kernel.clock.now_s()


def test_a_piece_is_as_long_as_was_asked(kernel):
    hearing = Hearing(kernel, stream_every=1.0).go_live()
    for first in range(0, 16000, 2000):
        hearing.page.speak(numbered(2000, first))
        hearing.wait_for_samples((first + 2000) // 8000 * 8000)
    hearing.wait_for_samples(16000)
    assert hearing.samples == list(range(16000))
    assert len(hearing.heard) == 2


def test_while_the_function_is_busy_sound_collects_and_comes_as_one_longer_piece(kernel, holdup):
    hearing = Hearing(kernel, holdup).go_live()
    hearing.page.speak(numbered(4000))
    holdup.wait_until_entered()
    for first in range(4000, 24000, 4000):
        hearing.page.speak(numbered(4000, first))
    holdup.release(100)
    hearing.wait_for_samples(24000)
    assert [len(samples) for _, samples in hearing.heard] == [4000, 20000]
    assert hearing.samples == list(range(24000))


@pytest.mark.parametrize("dtype", ["int16", "float32"])
def test_channels_and_dtype_are_those_that_were_asked_for(kernel, dtype):
    hearing = Hearing(kernel, microphone={"channels": 2, "dtype": dtype}).go_live()
    hearing.page.speak(np.full((4000, 2), 16384, np.int16))
    wait_for(lambda: hearing.heard)
    (_, samples) = hearing.heard[0]
    assert (samples.dtype, samples.shape) == (np.dtype(dtype), (4000, 2))
    assert float(samples.max()) == (16384 if dtype == "int16" else 0.5)


def test_another_rate_is_resampled_and_nothing_is_lost_at_stop(kernel):
    hearing = Hearing(kernel, microphone={"sample_rate": 16000}).go_live()
    for first in range(0, 8000, 1000):
        hearing.page.speak(numbered(1000, first))
    hearing.page.stop(numbered(500, 8000))
    hearing.wait_for_end()
    assert {rate for rate, _ in hearing.heard} == {16000}
    assert len(hearing.samples) == 17000
    assert [meta.final for meta in hearing.metas].count(True) == 1


def test_without_metadata_the_function_gets_the_sound_alone_and_no_empty_piece(kernel):
    microphone, heard = nbs.Microphone(), []
    stream = microphone.stream(lambda sound: heard.append(len(sound[1])))
    page = FakeMicrophone(kernel, microphone)
    page.start()
    page.wait_for_status("live")
    page.speak(numbered(4000))
    wait_for(lambda: heard)
    page.stop()
    wait_for(lambda: stream.life.runner is None)
    assert heard == [4000]


def test_results_and_inputs_are_as_with_a_camera(kernel):
    microphone, view, state = nbs.Microphone(), nbs.ImageView(), nbs.State(0)

    def loudness(sound, so_far):
        level = int(np.abs(sound[1]).max())
        return np.full((48, 64, 3), level, np.uint8), so_far + 1

    microphone.stream(loudness, inputs=[microphone, state], outputs=[view, state])
    page = FakeMicrophone(kernel, microphone, view)
    page.start()
    page.wait_for_status("live")
    page.speak(np.full(4000, 200, np.int16))
    picture = page.wait_for_result(view)
    assert picture is not None
    assert round(float(picture.mean())) == 200
    wait_for(lambda: state.value == 1)
    (result,) = [one for one, _ in view.comm.custom_messages() if one["type"] == "result"]
    assert result["frame_seq"] is None
    assert result["captured_at_ms"] == kernel.clock.now_s() * 1000
    assert result["credits"] == {}


# --- what the page is told ---------------------------------------------------------------------


def test_a_state_has_the_fields_of_the_contract(kernel):
    page = FakeMicrophone(kernel, nbs.Microphone())
    assert page.state.keys() == {
        "nbstream",
        "type",
        *SoundStateContent.__annotations__,
        *SourceContent.__annotations__,
    }


def test_sound_is_asked_for_only_while_a_stream_is_live(kernel):
    hearing = Hearing(kernel)
    assert not hearing.page.receipt["open"]
    hearing.page.start(camera=False)
    assert not hearing.page.receipt["open"]
    hearing.page.camera_on()
    hearing.page.wait_for_status("live")
    assert hearing.page.receipt["open"]
    hearing.page.stop()
    assert not hearing.page.receipt["open"]
    assert hearing.page.state["stream_every_s"] == 0.5


def test_the_options_reach_the_page(kernel):
    wanted = {"latency": 0.01}
    microphone = nbs.Microphone(device="synthetic", noise_suppression=True, constraints=wanted)
    state = microphone.get_state()
    assert state["_kind"] == "microphone"
    assert (state["device"], state["sample_rate"], state["channels"]) == ("synthetic", None, 1)
    assert (state["dtype"], state["noise_suppression"]) == ("int16", True)
    assert state["constraints"] == wanted
    assert not state["echo_cancellation"]
    assert not state["auto_gain_control"]
    assert "max_backlog_s" not in state


def test_a_person_chooses_the_device_in_the_page(kernel):
    microphone = nbs.Microphone()
    FakeMicrophone(kernel, microphone).command("choose_device", device="headset")
    assert microphone._chosen_device == {"id": "headset", "label": ""}
    assert microphone.device == "headset"


def test_another_page_takes_the_capture_over(kernel):
    hearing = Hearing(kernel).go_live()
    hearing.page.speak(numbered(4000))
    hearing.wait_for_samples(4000)
    other = FakeMicrophone(kernel, hearing.microphone, client="page-2")
    other.command("take_over")
    other.camera_on()
    hearing.page.speak(numbered(4000, 4000))
    other.speak(numbered(4000, 4000))
    hearing.wait_for_samples(8000)
    assert hearing.samples == list(range(8000))


def test_closing_ends_threads_at_once(kernel, holdup):
    hearing = Hearing(kernel, holdup).go_live()
    hearing.page.speak(numbered(4000))
    holdup.wait_until_entered()
    hearing.page.command("stop")
    hearing.microphone.close()
    holdup.release(10)
    hearing.wait_for_end()
    assert threading.active_count() < 50


def test_an_async_function_is_not_cut_off_by_stop(kernel):
    import asyncio

    entered, heard = threading.Event(), []

    async def slow(sound):
        entered.set()
        await asyncio.sleep(0.05)
        heard.append(len(sound[1]))

    microphone = nbs.Microphone()
    stream = microphone.stream(slow)
    page = FakeMicrophone(kernel, microphone)
    page.start()
    page.wait_for_status("live")
    page.speak(numbered(4000))
    assert entered.wait(10)
    page.stop(numbered(10))
    wait_for(lambda: stream.life.runner is None)
    assert heard == [4000, 10]
