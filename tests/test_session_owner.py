"""Several pages of one source: which of them captures, and what the others see."""

from __future__ import annotations

import nbstream as nbs
from nbstream.testing import FakePage

from .streaming import Stream, grey, level_of


def test_who_presses_start_captures(kernel):
    stream = Stream(kernel)
    other = FakePage(kernel, stream.webcam, client="page-2")
    other.start(camera=False)
    assert stream.page.state["owner"] == "page-2"


def test_started_by_code_the_page_that_shows_the_widget_captures(kernel):
    stream = Stream(kernel)
    stream.page.views = 0
    stream.page.hello()
    other = FakePage(kernel, stream.webcam, client="page-2")
    stream.webcam.start()
    assert other.state["owner"] == "page-2"


def test_started_by_code_with_no_page_it_says_what_to_do_and_goes_on_when_one_comes(kernel):
    webcam = nbs.Webcam()
    webcam.stream(lambda frame: frame)
    webcam.start()
    page = FakePage(kernel, webcam, says_hello=False)
    kernel.clock.advance(1)
    assert page.state["note"] == "Show the widget in a cell to start the camera."
    page.hello()
    assert page.state["owner"] == page.client
    assert page.state["note"] is None
    page.camera_on()
    page.wait_for_status("live")


def test_start_in_a_second_page_does_not_move_the_capture(kernel):
    stream = Stream(kernel).go_live()
    other = FakePage(kernel, stream.webcam, client="page-2")
    other.command("start")
    assert other.state["owner"] == stream.page.client


def test_taking_over_moves_the_capture_and_begins_a_new_run(kernel):
    stream = Stream(kernel).go_live()
    stream.one_result()
    run = stream.page.state["run"]
    other = FakePage(kernel, stream.webcam, stream.view, client="page-2")
    other.command("take_over")
    assert other.state["owner"] == "page-2"
    assert other.state["run"] == run + 1
    assert other.credit["may_send_through"] == 0
    other.camera_on()
    assert other.credit["may_send_through"] > 0
    stream.page.send_frame(grey(50))
    assert stream.webcam._session.bad_message_count == 1
    count = len(other.results(stream.view))
    other.send_frame(grey(200))
    assert level_of(other.wait_for_result(stream.view, count + 1)) == 200


def test_taking_over_what_one_owns_changes_nothing(kernel):
    stream = Stream(kernel).go_live()
    run = stream.page.state["run"]
    stream.page.command("take_over")
    assert stream.page.state["run"] == run
    assert stream.page.status == "live"


def test_a_second_page_that_goes_away_ends_nothing(kernel):
    stream = Stream(kernel).go_live()
    other = FakePage(kernel, stream.webcam, client="page-2")
    other.bye()
    assert stream.page.status == "live"


def test_both_pages_see_the_results(kernel):
    stream = Stream(kernel).go_live()
    other = FakePage(kernel, stream.webcam, stream.view, client="page-2")
    stream.one_result(70)
    assert level_of(other.wait_for_result(stream.view)) == 70
