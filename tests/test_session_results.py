"""Results in the widget that captures, and the credits that ride on results."""

from __future__ import annotations

import numpy as np
import pytest

import nbstream as nbs
from nbstream.sources.picture_credits import MAX_WINDOW
from nbstream.testing import FakePage, wait_for

from .streaming import Stream, grey, level_of


def test_the_source_can_be_its_own_output(kernel):
    webcam = nbs.Webcam()
    webcam.stream(lambda frame: 255 - frame, outputs=webcam)
    page = FakePage(kernel, webcam)
    assert page.state["shows_result"]
    page.start()
    page.wait_for_status("live")
    page.send_frame(grey(200))
    assert level_of(page.wait_for_result()) == 60
    assert level_of(webcam.snapshot()) == 200


def test_none_brings_the_preview_back(kernel):
    webcam = nbs.Webcam()
    webcam.stream(lambda frame: None, outputs=webcam)
    page = FakePage(kernel, webcam)
    page.start()
    page.wait_for_status("live")
    page.send_frame()
    assert page.wait_for_result() is None
    assert page.results() == [None]


def test_a_source_with_another_output_shows_its_preview(kernel):
    assert not Stream(kernel).page.state["shows_result"]


def test_credits_ride_on_results(kernel):
    stream = Stream(kernel).go_live()
    stream.one_result()
    result = next(
        content for content, _ in stream.view.comm.custom_messages() if content["type"] == "result"
    )
    riding = result["credits"][stream.webcam._widget_id]
    assert riding["taken_through"] == 1
    assert result["frame_seq"] == 1
    assert result["captured_at_ms"] == stream.page._captured_at_ms


def test_long_calls_are_credited_as_they_begin(kernel):
    def slow(frame):
        kernel.clock.advance(0.05)
        return frame

    stream = Stream(kernel, slow).go_live()
    stream.one_result()
    wait_for(lambda: stream.page.credit["ended_through"] == 1)
    assert stream.page.credit["call_ms"] == pytest.approx(50)
    assert stream.page.credit["may_send_through"] == 2


def test_the_page_is_told_how_late_its_frames_come_whatever_the_call_takes(kernel):
    def slow(frame):
        kernel.clock.advance(0.3)
        return frame

    stream = Stream(kernel, slow).go_live()
    page = stream.page

    def late_ms(way_ms: float) -> float:
        count = len(page.results(stream.view))
        page.send_frame(sent_at_ms=kernel.clock.now_s() * 1000 - way_ms)
        page.wait_for_result(stream.view, count + 1)
        return float(page.credit["late_ms"])

    page.beat(sent_at_ms=kernel.clock.now_s() * 1000 - 20)
    assert late_ms(20) == pytest.approx(0)
    assert late_ms(140) == pytest.approx(120)
    page.stop()
    page.start()
    page.wait_for_status("live")
    assert late_ms(140) == pytest.approx(0)


def test_a_camera_that_is_the_output_of_anothers_stream_shows_the_result(kernel):
    stream = Stream(kernel)
    shown = nbs.Webcam()
    page = FakePage(kernel, shown, client="page-2")
    assert not page.state["shows_result"]
    binding = stream.webcam.stream(lambda frame: 255 - frame, outputs=shown)
    assert page.state["shows_result"]
    stream.go_live()
    stream.page.send_frame(grey(200))
    assert level_of(page.wait_for_result()) == 60
    page.start()
    page.wait_for_status("live")
    assert page.state["shows_result"]
    binding.close()
    kernel.clock.advance(1)
    assert not page.state["shows_result"]


def test_frames_reach_the_streams_that_a_page_can_show_in_any_size(kernel):
    stream = Stream(kernel).go_live()
    stream.page.send_frame(np.zeros((7, 5, 3), np.uint8))
    picture = stream.page.wait_for_result(stream.view)
    assert picture is not None
    assert picture.shape == (7, 5, 3)


def test_how_long_calls_of_a_replaced_stream_took_counts_no_more(kernel):
    def slow(frame):
        kernel.clock.advance(0.05)
        return frame

    stream = Stream(kernel, slow).go_live()
    stream.one_result()
    wait_for(lambda: stream.page.credit["call_ms"] is not None)
    new = stream.webcam.stream(lambda frame: frame, outputs=stream.view)
    wait_for(lambda: new.status == "live")
    wait_for(lambda: stream.page.credit["call_ms"] is None)
    assert stream.page.credit["may_send_through"] == stream.page.seq + MAX_WINDOW
