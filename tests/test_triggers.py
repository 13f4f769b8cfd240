"""A changed control calls the function once more with the newest picture, live or paused."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import ipywidgets
import pytest

import nbstream as nbs
from nbstream.testing import FakePage, wait_for

from .streaming import Stream, grey, level_of


class Threshold(Stream):
    """A live stream with a slider that calls its function."""

    def __init__(self, kernel: Any, **options: Any) -> None:
        self.seen: list[tuple[int, int]] = []
        self.slider = ipywidgets.IntSlider(0)
        super().__init__(kernel, **options)
        self.binding = self.webcam.stream(
            self._note, [self.webcam, self.slider], self.view, triggers=[self.slider]
        )
        self.go_live()
        self.one_result(70)

    def _note(self, frame: Any, value: int) -> Any:
        self.seen.append((level_of(frame), value))
        return frame


@pytest.fixture
def stream(kernel):
    return Threshold(kernel)


def test_a_changed_control_calls_the_function_of_a_live_stream_again(stream):
    stream.slider.value = 5
    wait_for(lambda: stream.seen[-1] == (70, 5))
    assert stream.may_send()


def test_it_does_so_while_the_stream_is_paused_and_shows_what_comes_out(stream):
    stream.binding.pause()
    stream.page.wait_for_status("paused")
    count = len(stream.page.results(stream.view))
    stream.slider.value = 9
    stream.page.wait_for_result(stream.view, count + 1)
    assert stream.seen[-1] == (70, 9)
    assert stream.binding.status == "paused"


def test_what_it_draws_over_a_paused_picture_stays_until_the_stream_goes_on_and_ends(kernel):
    webcam, level = nbs.Webcam(), ipywidgets.IntSlider(0)
    overlay = nbs.Overlay(webcam)
    binding = webcam.stream(
        lambda frame, level: nbs.Text(1, 9, f"{level}"),
        inputs=[webcam, level],
        outputs=overlay,
        triggers=[level],
    )
    page = FakePage(kernel, webcam)
    page.start()
    page.wait_for_status("live")

    def texts() -> list[str]:
        return [mark["text"] for mark in page.wait_for_overlay()["marks"]]

    page.send_frame(grey(1))
    wait_for(lambda: texts() == ["0"])
    binding.pause()
    wait_for(lambda: texts() == [])
    for value in (5, 6):
        page.paint()
        level.value = value
        wait_for(lambda: texts() == [str(value)])  # noqa: B023 - waited for at once
    for again in (binding.step, binding.freeze):
        page.paint()
        count = len(page.overlays())
        again()
        wait_for(lambda: len(page.overlays()) > count)  # noqa: B023 - waited for at once
        assert texts() == ["6"]
    page.paint()
    binding.resume()
    page.wait_for_status("live")
    page.send_frame(grey(1))
    page.stop()
    wait_for(lambda: texts() == [])


def test_an_old_picture_is_not_too_old(stream, kernel):
    kernel.clock.advance(10)
    stream.slider.value = 5
    wait_for(lambda: stream.seen[-1] == (70, 5))


def test_an_error_in_a_paused_call_is_shown(kernel):
    stream = Stream(kernel).go_live()
    stream.one_result()
    stream.binding.pause()
    stream.page.wait_for_status("paused")
    stream.binding.plan = stream.binding.plan._replace(fn=lambda frame: 1 / 0)
    stream.binding.call_now()
    wait_for(lambda: stream.binding.error is not None)
    assert "ZeroDivisionError" in str(stream.binding.error)


def test_code_asks_for_a_call_and_nothing_happens_before_a_picture_or_after_stop(kernel):
    calls: list[Any] = []
    stream = Stream(kernel, calls.append)
    stream.binding.call_now()
    stream.go_live()
    stream.binding.call_now()
    stream.page.send_frame(grey(10))
    wait_for(lambda: len(calls) == 1)
    stream.binding.call_now()
    wait_for(lambda: len(calls) == 2)
    stream.binding.stop()
    stream.page.wait_for_status("idle")
    stream.binding.call_now()
    wait_for(lambda: stream.binding._news._thread is None)
    assert len(calls) == 2


def test_a_call_of_a_control_is_a_capture_of_its_own(kernel):
    slider = ipywidgets.IntSlider(0)
    seen: list[int] = []
    stream = Stream(kernel)
    stream.webcam.stream(
        lambda frame, value: seen.append(value),
        [stream.webcam, slider],
        on="capture",
        triggers=slider,
    )
    stream.go_live()
    stream.page.send_frame(grey(10))
    wait_for(lambda: stream.webcam.frame is not None)
    slider.value = 3
    wait_for(lambda: seen == [3])
    wait_for(lambda: stream.page.state["captures_waiting"] == 0)


def test_a_control_is_let_go_with_its_stream_and_keeps_none_alive(stream):
    slider = stream.slider
    assert slider._trait_notifiers["value"]["change"]
    before = len(slider._trait_notifiers["value"]["change"])
    stream.binding.close()
    assert len(slider._trait_notifiers["value"]["change"]) == before - 1
    other = stream.webcam.stream(lambda frame: frame, triggers=[slider])
    gone = weakref.ref(other)
    other.close()
    del other
    wait_for(lambda: gc.collect() >= 0 and gone() is None)


@pytest.mark.parametrize("wrong", [3, "slider", nbs.State(1)])
def test_what_is_no_control_is_refused(kernel, wrong):
    with pytest.raises(TypeError, match="as a trigger"):
        nbs.Webcam().stream(lambda frame: frame, triggers=[wrong])
