"""A stream with `on="capture"`: one call for each press, none lost and none doubled."""

from __future__ import annotations

import concurrent.futures
from typing import Any

import pytest

import nbstream as nbs
from nbstream.runs.kinds.capture_runner import MAX_PRESSES
from nbstream.testing import wait_for

from .streaming import Holdup, Stream, grey, level_of


class Captures(Stream):
    """A live stream that notes the grey levels that it was called with."""

    def __init__(self, kernel: Any, **options: Any) -> None:
        self.levels: list[int] = []
        super().__init__(kernel, self._note, on="capture", **options)
        self.go_live()

    def _note(self, frame: Any) -> Any:
        self.levels.append(level_of(frame))
        return frame

    def waiting(self) -> Any:
        return self.page.state["captures_waiting"]


@pytest.fixture
def stream(kernel):
    return Captures(kernel)


def test_pictures_come_and_no_call_is_made_until_somebody_presses(stream):
    for level in (10, 20, 30):
        stream.page.send_frame(grey(level))
    assert stream.may_send()
    stream.page.command("capture")
    stream.page.send_frame(grey(40))
    stream.page.wait_for_result(stream.view, 1)
    stream.page.send_frame(grey(50))
    stream.page.command("capture")
    stream.page.send_frame(grey(60))
    stream.page.wait_for_result(stream.view, 2)
    assert stream.levels == [40, 60]
    assert stream.webcam.snapshot() is not None


def test_ten_presses_during_one_call_are_ten_calls_each_with_the_picture_of_its_moment(kernel):
    hold = Holdup()
    stream = Stream(kernel, hold, on="capture").go_live()
    levels = list(range(10, 120, 10))
    stream.page.command("capture")
    stream.page.send_frame(grey(levels[0]))
    hold.wait_until_entered()
    for level in levels[1:]:
        stream.page.command("capture")
        assert stream.may_send()
        stream.page.send_frame(grey(level))
        stream.page.send_frame(grey(250))
    assert stream.page.state["captures_waiting"] == len(levels)
    hold.release(len(levels))
    wait_for(lambda: stream.page.state["captures_waiting"] == 0)
    assert hold.call_count == len(levels)
    assert not hold.overlapped
    assert level_of(stream.view.value) == levels[-1]


def test_a_press_before_its_picture_waits_for_it(stream):
    stream.page.command("capture")
    stream.page.command("capture")
    wait_for(lambda: stream.waiting() == 2)
    stream.page.send_frame(grey(10))
    stream.page.send_frame(grey(20))
    wait_for(lambda: stream.waiting() == 0)
    assert stream.levels == [10, 20]


def test_a_message_that_comes_again_is_one_press(stream):
    stream.page.command("capture")
    stream.page.send("command", action="capture", command_index=stream.page._command_index)
    stream.page.send_frame(grey(10))
    stream.page.send_frame(grey(20))
    wait_for(lambda: stream.waiting() == 0)
    assert stream.levels == [10]


def test_code_presses_as_well_and_is_told_where_nothing_waits_for_it(kernel):
    stream = Stream(kernel, on="capture")
    with pytest.raises(RuntimeError, match=r'no live stream.*on="capture"'):
        stream.webcam.capture()
    stream.go_live()
    stream.webcam.capture()
    stream.page.send_frame(grey(70))
    assert level_of(stream.page.wait_for_result(stream.view, 1)) == 70


def test_a_stream_of_every_picture_has_no_button(kernel):
    stream = Stream(kernel).go_live()
    assert stream.page.state["captures_waiting"] is None
    with pytest.raises(RuntimeError, match="no live stream"):
        stream.webcam.capture()


def test_a_press_whose_function_fails_or_whose_picture_is_damaged_waits_no_longer(kernel):
    stream = Captures(kernel, inputs=None)
    stream.webcam.stream(lambda frame: 1 / 0, on="capture")
    stream.page.wait_for_status("live")
    stream.page.command("capture")
    stream.page.send_frame(grey(10))
    wait_for(lambda: stream.waiting() == 0)
    assert "ZeroDivisionError" in stream.page.state["error"]["text"]
    stream.page.command("capture")
    stream.page.send_frame(grey(10))
    wait_for(lambda: stream.waiting() == 0)


def test_presses_are_bounded_and_end_with_the_stream(stream):
    for _ in range(MAX_PRESSES + 5):
        stream.page.command("capture")
    assert stream.waiting() == MAX_PRESSES
    with pytest.raises(RuntimeError, match="a hundred captures"):
        stream.webcam.capture()
    stream.page.command("stop")
    stream.page.wait_for_status("idle")
    stream.go_live()
    wait_for(lambda: stream.waiting() == 0)
    stream.page.send_frame(grey(10))
    stream.page.command("capture")
    stream.page.send_frame(grey(20))
    wait_for(lambda: stream.levels == [20])


def test_what_on_cannot_be_is_refused(kernel):
    webcam = nbs.Webcam()
    with pytest.raises(ValueError, match='on is \'press\'; expected "frame" or "capture"'):
        webcam.stream(lambda frame: frame, on="press")  # type: ignore[call-overload]
    with (
        concurrent.futures.ThreadPoolExecutor(1) as executor,
        pytest.raises(ValueError, match='"frame" where executor= is given'),
    ):
        webcam.stream(lambda frame: frame, on="capture", executor=executor)
