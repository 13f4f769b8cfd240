"""The kit that ships for users' own tests."""

from __future__ import annotations

import ipywidgets
import numpy as np
import pytest

import nbstream as nbs
from nbstream import testing
from nbstream.kernel.clock import current_clock

from .streaming import Stream, grey, level_of


def my_filter(frame):
    return frame[::-1]


def test_the_example_of_the_kit_works_as_it_stands():
    with testing.mock_kernel() as kernel:
        webcam, view = nbs.Webcam(), nbs.ImageView()
        stream = webcam.stream(my_filter, outputs=view, time_limit=30, on_limit="stop")
        page = testing.FakePage(kernel, webcam, view)
        page.start()
        page.send_frame(np.zeros((48, 64, 3), np.uint8))
        result = page.wait_for_result(view)
        assert result is not None
        assert result.shape == (48, 64, 3)
        page.pass_time(30)
        testing.wait_for(lambda: stream.status == "idle")


def test_a_page_that_passes_time_is_not_gone_and_one_that_is_silent_is(kernel):
    stream = Stream(kernel).go_live()
    stream.page.pass_time(25)
    assert stream.page.status == "live"
    kernel.clock.advance(25)
    assert stream.page.status == "paused"


def test_afterwards_everything_is_as_before():
    before = current_clock()
    with testing.mock_kernel() as kernel:
        webcam = nbs.Webcam()
        assert current_clock() is kernel.clock
        assert isinstance(webcam.comm, testing.MockComm)
    assert current_clock() is before
    assert webcam.comm is None


def test_a_clock_of_ones_own_can_be_given():
    clock = testing.FakeClock()
    with testing.mock_kernel(clock) as kernel:
        assert kernel.clock is clock


def test_a_lost_message_does_not_arrive(kernel):
    stream = Stream(kernel).go_live()
    stream.page.send_frame(lost=True)
    assert stream.webcam.frame is None


def test_a_doubled_message_arrives_again(kernel):
    webcam = nbs.Webcam()
    page = testing.FakePage(kernel, webcam)
    page.command("choose_device", device="a")
    webcam.device = ""
    page.repeat()
    assert webcam.device == ""
    page.command("choose_device", device="b")
    assert webcam.device == "b"


def test_frames_may_be_sent_one_after_the_other_without_moving_the_clock(kernel):
    stream = Stream(kernel, stream_every=1.0).go_live()
    for level in (10, 20, 30):
        assert stream.one_result(level) == level


def test_a_page_sees_only_what_was_sent_since_it_came(kernel):
    stream = Stream(kernel).go_live()
    stream.one_result(70)
    later = testing.FakePage(kernel, stream.webcam, stream.view, client="page-2", says_hello=False)
    assert later.results(stream.view) == []
    later.hello()
    assert level_of(later.wait_for_result(stream.view)) == 70


def test_waiting_in_vain_for_a_result_says_what_went_wrong(kernel):
    def fails(frame):
        raise ValueError("a fault")

    stream = Stream(kernel, fails).go_live()
    stream.page.send_frame()
    testing.wait_for(lambda: stream.binding.error)
    with pytest.raises(TimeoutError, match=r"(?s)0 came, the status is 'live'.*a fault"):
        stream.page.wait_for_result(stream.view, timeout_s=0.02)


def test_waiting_in_vain_for_a_status_says_which_it_is(kernel):
    page = testing.FakePage(kernel, nbs.Webcam())
    with pytest.raises(TimeoutError, match="status 'live', is 'idle'"):
        page.wait_for_status("live", timeout_s=0.02)


def test_any_ipywidget_can_be_played(kernel):
    slider = ipywidgets.IntSlider()
    slider.comm.deliver_update(value=7)
    assert slider.value == 7


def test_the_camera_can_be_refused(kernel):
    stream = Stream(kernel)
    stream.page.start(camera=False)
    stream.page.camera("failed", reason="denied", message="Not allowed.")
    assert stream.binding.status == "failed"


def test_jpeg_bytes_are_sent_as_they_are(kernel):
    from nbstream.pictures.codecs import encode

    stream = Stream(kernel).go_live()
    data = encode(grey(70))
    stream.page.send_frame(data)
    assert stream.webcam.frame == data


def test_a_page_goes_on_when_one_of_its_displays_was_closed(kernel):
    stream = Stream(kernel, outputs=None).go_live()
    stream.view.close()
    stream.page.send_frame()
    testing.wait_for(lambda: stream.binding.stats["counts"].get("frames") == 1)
