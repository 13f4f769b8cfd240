"""One function that is driven by a camera and a microphone."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

import nbstream as nbs
from nbstream.testing import FakeMicrophone, FakePage, MockKernel, wait_for

from .streaming import grey, level_of

LOUD = np.full(4000, 500, np.int16)


class Both:
    """A camera and a microphone that drive one function, and the page that captures for both; idle."""

    def __init__(self, kernel: MockKernel, **options: Any) -> None:
        self.webcam, self.microphone, self.view = nbs.Webcam(), nbs.Microphone(), nbs.ImageView()
        self.calls: list[tuple[Any, Any, Any]] = []
        self.free = threading.Event()
        self.free.set()
        self.entered = threading.Semaphore(0)
        self.binding: Any = nbs.stream(
            [self.webcam, self.microphone], self._call, outputs=self.view, metadata=True, **options
        )
        self.eye = FakePage(kernel, self.webcam, self.view)
        self.ear = FakeMicrophone(kernel, self.microphone)

    def _call(self, picture: Any, sound: Any, meta: Any) -> Any:
        self.calls.append((picture, sound, meta))
        self.entered.release()
        self.free.wait()
        return picture

    def go_live(self) -> Both:
        self.eye.start()
        self.ear.camera_on()
        self.eye.wait_for_status("live")
        self.ear.wait_for_status("live")
        return self

    def wait_for_calls(self, count: int) -> None:
        wait_for(lambda: len(self.calls) >= count, what=lambda: f"{len(self.calls)} calls")


def test_it_is_live_once_both_run(kernel):
    both = Both(kernel)
    both.eye.start()
    assert (both.eye.status, both.ear.status) == ("asking", "asking")
    both.ear.camera_on()
    both.eye.wait_for_status("live")
    both.ear.wait_for_status("live")


def test_a_picture_comes_without_sound_and_sound_with_the_newest_picture(kernel):
    both = Both(kernel).go_live()
    both.ear.speak(LOUD)
    both.wait_for_calls(1)
    both.eye.send_frame(grey(100))
    both.wait_for_calls(2)
    both.ear.speak(LOUD)
    both.wait_for_calls(3)
    (first, heard, _), (seen, silence, _), (newest, again, _) = both.calls
    assert first is None
    assert heard[0] == both.ear.sample_rate
    assert heard[1].tolist() == LOUD.tolist()
    assert (level_of(seen), silence) == (100, None)
    assert level_of(newest) == 100
    assert again[1].tolist() == LOUD.tolist()


def test_the_times_of_both_are_of_one_clock(kernel):
    both = Both(kernel).go_live()
    both.eye.send_frame(grey(100))
    both.ear.speak(LOUD)
    both.wait_for_calls(2)
    metas = {type(meta).__name__: meta for _, _, meta in both.calls}
    assert metas.keys() == {"FrameMeta", "SoundMeta"}
    assert {meta.captured_at_s for meta in metas.values()} == {kernel.clock.now_s()}


def test_behind_a_slow_function_pictures_are_skipped_and_sound_is_not(kernel):
    both = Both(kernel).go_live()
    both.free.clear()
    both.ear.speak(LOUD)
    assert both.entered.acquire(timeout=10)
    for level in (50, 100, 150):
        both.ear.speak(LOUD)
        both.eye.send_frame(grey(level))
    both.free.set()
    both.wait_for_calls(3)
    both.ear.stop()
    wait_for(lambda: both.binding.life.runner is None)
    assert sum(len(sound[1]) for _, sound, _ in both.calls if sound is not None) == 16000
    assert [level_of(picture) for picture, sound, _ in both.calls if sound is None] == [150]


def test_credit_rides_on_the_results_that_sound_caused(kernel):
    both = Both(kernel).go_live()
    both.eye.send_frame(grey(100))
    both.eye.wait_for_result(both.view, 1)
    both.ear.speak(LOUD)
    both.eye.wait_for_result(both.view, 2)
    newest = [one for one, _ in both.view.comm.custom_messages() if one["type"] == "result"][-1]
    assert newest["frame_seq"] is None
    assert newest["credits"].keys() == {both.webcam._widget_id}


@pytest.mark.parametrize("who", ["eye", "ear"])
def test_stop_in_one_of_them_ends_both(kernel, who):
    both = Both(kernel).go_live()
    both.ear.speak(LOUD[:100])
    getattr(both, who).command("stop")
    if both.ear.state["run"] and not both.ear.state["wanted"]:
        both.ear.finish(LOUD[:50])
    wait_for(lambda: both.binding.life.runner is None)
    assert (both.eye.status, both.ear.status) == ("idle", "idle")
    assert not both.webcam._session._wanted
    (_, (_, last), meta) = both.calls[-1]
    assert (len(last), meta.final) == (150, True)


def test_where_one_cannot_be_had_both_are_off(kernel):
    both = Both(kernel)
    both.eye.start()
    both.ear.camera("failed", reason="denied", message="No.")
    assert both.binding.status == "failed"
    assert not both.webcam._session._wanted


def test_each_page_is_told_how_often_it_shall_send(kernel):
    both = Both(kernel)
    assert both.eye.state["stream_every_s"] == 0.1
    assert both.ear.state["stream_every_s"] == 0.5
    other = Both(kernel, stream_every=0.25)
    assert {other.eye.state["stream_every_s"], other.ear.state["stream_every_s"]} == {0.25}


def test_closing_leaves_both(kernel):
    both = Both(kernel).go_live()
    both.binding.close()
    assert both.webcam.bindings == both.microphone.bindings == []


def test_streaming_again_replaces_it_and_stays_live(kernel):
    both = Both(kernel).go_live()
    seen: list[Any] = []
    binding = nbs.stream([both.webcam, both.microphone], lambda picture, sound: seen.append(sound))
    assert both.webcam.bindings == both.microphone.bindings == [binding]
    wait_for(lambda: binding.status == "live")
    both.ear.speak(LOUD)
    wait_for(lambda: seen)


def test_it_is_a_decorator_as_well(kernel):
    @nbs.stream([nbs.Webcam(), nbs.Microphone()])
    def both(picture, sound):
        return picture

    assert isinstance(both, nbs.StreamBinding)
    assert both(1, 2) == 1


def test_what_is_no_source_is_refused(kernel):
    with pytest.raises(TypeError, match="expected a Webcam or a Microphone"):
        nbs.stream([nbs.ImageView()], lambda picture: None)
    with pytest.raises(TypeError, match="expected a list"):
        nbs.stream(nbs.Webcam(), lambda picture: None)
    with pytest.raises(ValueError, match="no source"):
        nbs.stream([], lambda: None)
