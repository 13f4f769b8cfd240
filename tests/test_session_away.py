"""When a camera goes off by itself, and when silence means that its page or the kernel was away."""

from __future__ import annotations

import numpy as np
import pytest

import nbstream as nbs
import nbstream.pages.pages
from nbstream.protocol.from_page import GONE_AFTER_S
from nbstream.testing import wait_for

from .streaming import Stream, grey


def test_a_source_that_no_view_shows_pauses_when_its_camera_is_off(kernel):
    stream = Stream(kernel).go_live()
    stream.page.views = 0
    stream.page._camera = {**stream.page._camera, "state": "off"}
    stream.page.beat()
    assert stream.page.status == "paused"
    assert not stream.page.state["wanted"]


@pytest.mark.parametrize("end", ["pause", "stop"])
def test_a_picture_that_was_on_its_way_when_the_stream_ended_is_counted(kernel, end):
    stream = Stream(kernel).go_live()
    getattr(stream.binding, end)()
    stream.page.send_frame(grey(100))
    counts = stream.binding.stats["counts"]
    assert "frames" not in counts
    assert counts.get("superseded", 0) + counts.get("rejected", 0) == 1


def test_a_camera_that_goes_off_by_itself_pauses(kernel):
    stream = Stream(kernel).go_live()
    stream.page.camera("off")
    assert stream.page.status == "paused"


def test_a_camera_that_was_out_of_sight_pauses_all_its_streams_and_says_why(kernel):
    stream = Stream(kernel)
    other = stream.webcam.stream(lambda frame: None, add=True)
    stream.go_live()
    stream.page.camera("off", reason="hidden")
    assert (stream.binding.status, other.status) == ("paused", "paused")
    note = "The camera was out of sight for 20 s and went off. With run_hidden=True it stays on."
    assert stream.page.state["note"] == note
    stream.page.command("resume")
    stream.page.camera_on()
    wait_for(lambda: stream.page.status == "live")
    assert stream.page.state["note"] is None


def test_a_camera_that_was_asked_for_out_of_sight_pauses_too(kernel):
    stream = Stream(kernel)
    stream.page.command("start")
    stream.page.camera("asking")
    stream.page.camera("off", reason="hidden")
    assert stream.page.status == "paused"


def test_a_kernel_that_stood_still_for_long_pauses_and_says_why(kernel):
    stream = Stream(kernel).go_live()
    kernel.clock.stand_still(GONE_AFTER_S + 1)
    assert stream.binding.status == "paused"
    note = "The kernel stood still for 20 s or more, and the camera went off. Resume goes on."
    assert stream.page.state["note"] == note
    stream.page.command("resume")
    stream.page.camera_on()
    wait_for(lambda: stream.page.status == "live")
    assert stream.page.state["note"] is None


def test_a_kernel_that_stood_still_for_a_while_goes_on(kernel):
    stream = Stream(kernel).go_live()
    kernel.clock.stand_still(GONE_AFTER_S - 1)
    assert stream.binding.status == "live"


def test_a_source_of_the_kernel_goes_on_after_it_stood_still(kernel):
    source = nbs.FrameSource(lambda: np.zeros((8, 8, 3), np.uint8), fps=10)
    binding = source.stream(lambda frame: None)
    binding.start()
    wait_for(lambda: binding.status == "live")
    kernel.clock.stand_still(GONE_AFTER_S + 1)
    assert binding.status == "live"
    binding.stop()


def test_a_camera_that_was_off_while_the_kernel_was_silent_goes_on_without_a_click(kernel):
    stream = Stream(kernel).go_live()
    stream.page.camera("off", reason="silent")
    assert (stream.binding.status, stream.page.state["wanted"]) == ("live", True)
    stream.page.camera_on()
    stream.one_result()


def test_silence_while_a_cell_runs_is_not_absence_where_messages_wait_behind_it(
    kernel, monkeypatch
):
    stream = Stream(kernel).go_live()
    # As in a host without subshells: messages are handled in the main thread, thus not while a cell runs.
    stream.webcam.comm.deliver(stream.page._message("hello", views=1))
    monkeypatch.setattr(nbstream.pages.pages, "cell_is_running", lambda: True)
    kernel.clock.advance(GONE_AFTER_S * 3)
    assert stream.page.status == "live"
    assert "kernel is busy" in stream.page.state["note"]
    monkeypatch.setattr(nbstream.pages.pages, "cell_is_running", lambda: False)
    stream.page.beat()
    kernel.clock.advance(1)
    assert stream.page.state["note"] is None
    kernel.clock.advance(GONE_AFTER_S)
    assert stream.page.status == "paused"


def test_silence_while_a_cell_runs_is_absence_where_there_are_subshells(kernel, monkeypatch):
    stream = Stream(kernel).go_live()
    monkeypatch.setattr(nbstream.pages.pages, "cell_is_running", lambda: True)
    kernel.clock.advance(GONE_AFTER_S + 2)
    assert stream.page.status == "paused"
