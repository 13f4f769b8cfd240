"""The life of a stream, played through a page: the arrows of the diagram in `nbstream/binding.py`.

Those of time limits and the queue are in `test_binding_limits.py`, those of errors in `test_binding_errors.py`.
"""

from __future__ import annotations

from typing import Any

import pytest

import nbstream as nbs
from nbstream.protocol.from_page import GONE_AFTER_S
from nbstream.runs.runner import STALE_AFTER_S
from nbstream.testing import FakePage, wait_for

from .streaming import Stream, grey, identity, level_of

# --- from Start to Stop ------------------------------------------------------------------------


def test_a_stream_is_idle_until_start(kernel):
    stream = Stream(kernel)
    assert stream.binding.status == "idle"
    assert stream.page.status == "idle"
    assert not stream.page.state["wanted"]


def test_start_asks_for_the_camera(kernel):
    stream = Stream(kernel)
    stream.page.start(camera=False)
    assert stream.binding.status == "asking"
    assert stream.page.state["wanted"]
    assert stream.page.state["owner"] == stream.page.client
    assert not stream.may_send()


def test_with_the_camera_on_it_is_live_and_frames_become_results(kernel):
    stream = Stream(kernel, lambda frame: 255 - frame).go_live()
    assert stream.binding.status == "live"
    assert stream.may_send()
    assert stream.one_result(200) == 60
    assert stream.one_result(50) == 200


def test_start_from_the_users_code_is_the_same(kernel):
    stream = Stream(kernel)
    stream.binding.start()
    stream.page.camera_on()
    stream.page.wait_for_status("live")


def test_stop_ends_it_and_turns_the_camera_off(kernel):
    stream = Stream(kernel).go_live()
    stream.one_result()
    stream.page.stop()
    assert stream.binding.status == "idle"
    assert not stream.page.state["wanted"]
    assert stream.page.credit["may_send_through"] == 0


def test_what_a_running_call_returns_after_stop_is_dropped(kernel, holdup):
    stream = Stream(kernel, holdup).go_live()
    stream.page.send_frame()
    holdup.wait_until_entered()
    stream.binding.stop()
    holdup.release()
    wait_for(lambda: stream.binding.life.runner is None)
    assert stream.page.results(stream.view) == []


def test_it_can_be_started_again(kernel):
    stream = Stream(kernel).go_live()
    stream.page.stop()
    stream.go_live()
    assert stream.one_result() == 100


def test_starting_a_live_stream_changes_nothing(kernel):
    stream = Stream(kernel, time_limit=30).go_live()
    stream.one_result()
    kernel.clock.advance(10)
    stream.binding.start()
    assert stream.binding.status == "live"
    assert stream.binding.life.limit.remaining_s() == 20


def test_a_closed_stream_cannot_be_started(kernel):
    stream = Stream(kernel).go_live()
    stream.binding.close()
    assert stream.binding.status == "idle"
    assert not stream.page.state["wanted"]
    assert stream.webcam.bindings == []
    with pytest.raises(RuntimeError, match="closed"):
        stream.binding.start()


def test_as_a_context_manager_it_closes_at_the_end(kernel):
    webcam = nbs.Webcam()
    with webcam.stream(identity) as binding:
        assert webcam.bindings == [binding]
    assert webcam.bindings == []


# --- the camera fails --------------------------------------------------------------------------


@pytest.mark.parametrize("when", ["asking", "live"])
def test_a_camera_that_fails_fails_the_stream_with_its_reason(kernel, when):
    stream = Stream(kernel)
    stream.page.start(camera=when == "live")
    stream.page.wait_for_status(when)
    stream.page.camera("failed", reason="unplugged", message="The camera was unplugged.")
    assert stream.binding.status == "failed"
    error = stream.binding.error
    assert error is not None
    assert isinstance(error.exception, nbs.CameraError)
    assert error.exception.reason == "unplugged"
    assert stream.page.state["error"] == {"text": "The camera was unplugged.", "count": 1}
    assert not stream.page.state["wanted"]


def test_after_a_failure_start_asks_again(kernel):
    stream = Stream(kernel)
    stream.page.start(camera=False)
    stream.page.camera("failed", reason="denied", message="Not allowed.")
    assert stream.binding.status == "failed"
    stream.go_live()
    assert stream.binding.error is None
    assert stream.page.state["error"] is None


# --- pause and resume --------------------------------------------------------------------------


def test_pause_keeps_the_camera_and_freezes_the_clock(kernel):
    stream = Stream(kernel, time_limit=30).go_live()
    stream.one_result()
    kernel.clock.advance(10)
    stream.binding.pause()
    assert stream.binding.status == "paused"
    assert stream.page.state["wanted"]
    assert stream.page.state["can_resume"]
    assert not stream.may_send()
    kernel.clock.advance(10)
    assert stream.page.state["remaining_s"] == 20
    assert not stream.page.state["clock_running"]


def test_resume_goes_on_with_the_time_that_was_left(kernel):
    stream = Stream(kernel, time_limit=30).go_live()
    stream.one_result()
    kernel.clock.advance(10)
    stream.binding.pause()
    wait_for(lambda: stream.binding.life.runner is None)
    stream.page.command("resume")
    stream.page.wait_for_status("live")
    assert stream.binding.life.limit.remaining_s() == 20
    assert stream.one_result() == 100


@pytest.mark.parametrize("button", ["start", "resume"])
def test_start_of_a_paused_stream_resumes_it(kernel, button):
    stream = Stream(kernel, time_limit=30).go_live()
    stream.one_result()
    kernel.clock.advance(10)
    stream.binding.pause()
    stream.page.command(button)
    stream.page.wait_for_status("live")
    assert stream.binding.life.limit.remaining_s() == 20


def test_pause_gives_the_slot_back_as_soon_as_no_call_runs(kernel, holdup):
    first = Stream(kernel, holdup, concurrency_limit=1, concurrency_id="g").go_live()
    second = Stream(kernel, concurrency_id="g", client="page-2")
    second.page.start()
    first.page.send_frame(grey(70))
    holdup.wait_until_entered()
    first.binding.pause()
    assert second.page.status == "waiting"
    holdup.release()
    second.page.wait_for_status("live")
    assert level_of(first.page.wait_for_result(first.view)) == 70


def test_resume_while_the_call_still_runs_queues_when_it_ends(kernel, holdup):
    stream = Stream(kernel, holdup).go_live()
    stream.page.send_frame()
    holdup.wait_until_entered()
    stream.binding.pause()
    stream.binding.resume()
    assert stream.binding.status == "waiting"
    holdup.release()
    stream.page.wait_for_status("live")
    stream.page.send_frame()
    holdup.wait_until_entered()
    assert not holdup.overlapped


@pytest.mark.parametrize("method", ["pause", "resume", "stop"])
def test_an_idle_stream_cannot_be_paused_resumed_or_stopped(kernel, method):
    stream = Stream(kernel)
    getattr(stream.binding, method)()
    assert stream.binding.status == "idle"


def test_a_stream_that_waits_can_be_paused_and_loses_its_place(kernel):
    options: dict[str, Any] = {"concurrency_limit": 1, "concurrency_id": "g"}
    first = Stream(kernel, **options).go_live()
    second = Stream(kernel, client="page-2", **options)
    second.page.start()
    second.binding.pause()
    assert second.binding.queue_position is None
    first.page.stop()
    assert second.binding.status == "paused"


# --- the page is gone --------------------------------------------------------------------------


def test_a_page_that_is_silent_for_twenty_seconds_is_gone(kernel):
    stream = Stream(kernel, time_limit=60).go_live()
    stream.one_result()
    kernel.clock.advance(GONE_AFTER_S - 2)
    assert stream.binding.status == "live"
    kernel.clock.advance(3)
    assert stream.binding.status == "paused"
    assert not stream.page.state["wanted"]
    assert stream.page.state["can_resume"]


def test_heartbeats_keep_it_live(kernel):
    stream = Stream(kernel).go_live()
    for _ in range(10):
        kernel.clock.advance(GONE_AFTER_S / 2)
        stream.page.beat()
    assert stream.binding.status == "live"


def test_going_on_after_the_page_was_gone_takes_a_click_and_is_a_new_run(kernel):
    stream = Stream(kernel, time_limit=60).go_live()
    stream.one_result()
    run = stream.page.state["run"]
    stream.page.bye()
    assert stream.binding.status == "paused"
    again = FakePage(kernel, stream.webcam, stream.view, client="page-2")
    assert again.state["can_resume"]
    again.command("resume")
    again.camera_on()
    again.wait_for_status("live")
    assert again.state["run"] == run + 1
    assert again.state["owner"] == "page-2"
    again.send_frame(grey(70))
    wait_for(lambda: len(again.results(stream.view)) >= 2)
    assert level_of(again.results(stream.view)[-1]) == 70


def test_the_slot_of_a_page_that_is_gone_passes_on(kernel):
    first = Stream(kernel, concurrency_limit=1).go_live()
    second = Stream(kernel, concurrency_limit=1, client="page-2")
    second.page.start()
    first.page.bye()
    second.page.wait_for_status("live")


# --- replacing and adding ----------------------------------------------------------------------


def test_streaming_again_replaces_the_stream_and_stays_live(kernel):
    stream = Stream(kernel).go_live()
    assert stream.one_result(100) == 100
    run = stream.page.state["run"]
    before = len(stream.webcam.comm.custom_messages())
    new = stream.webcam.stream(lambda frame: 255 - frame, outputs=stream.view)
    wait_for(lambda: new.status == "live")
    states = [
        one for one, _ in stream.webcam.comm.custom_messages()[before:] if one["type"] == "state"
    ]
    assert all(state["wanted"] and state["run"] == run for state in states)
    assert stream.webcam.bindings == [new]
    assert stream.one_result(200) == 60


def test_streaming_again_stays_live_with_a_limit_of_one(kernel):
    stream = Stream(kernel, concurrency_limit=1).go_live()
    new = stream.webcam.stream(identity, outputs=stream.view, concurrency_limit=1)
    wait_for(lambda: new.status == "live")
    assert stream.one_result() == 100


def test_streaming_again_while_idle_stays_idle(kernel):
    stream = Stream(kernel)
    new = stream.webcam.stream(identity, outputs=stream.view)
    assert new.status == "idle"
    assert not stream.page.state["wanted"]


def test_add_keeps_both_and_each_gets_the_frames(kernel):
    stream = Stream(kernel).go_live()
    other = nbs.ImageView()
    added = stream.webcam.stream(lambda frame: 255 - frame, outputs=other, add=True)
    assert len(stream.webcam.bindings) == 2
    page = FakePage(kernel, stream.webcam, stream.view, other)
    stream.page.command("start")
    wait_for(lambda: added.status == "live")
    page.send_frame(grey(200))
    assert level_of(page.wait_for_result(stream.view)) == 200
    assert level_of(page.wait_for_result(other)) == 60


def test_the_camera_goes_off_with_the_last_stream(kernel):
    stream = Stream(kernel)
    added = stream.webcam.stream(identity, add=True)
    stream.go_live()
    stream.binding.stop()
    assert stream.page.state["wanted"]
    assert stream.page.status == "live"
    added.stop()
    assert not stream.page.state["wanted"]


# --- nothing is left ---------------------------------------------------------------------------


def test_a_closed_webcam_leaves_no_thread_and_no_timer(kernel):
    stream = Stream(kernel, time_limit=30).go_live()
    stream.one_result()
    assert kernel.clock.timer_count > 0
    stream.webcam.close()
    stream.view.close()
    wait_for(lambda: stream.binding.life.runner is None)
    assert kernel.clock.timer_count == 0


def test_what_is_stopped_leaves_no_thread_and_no_timer(kernel):
    stream = Stream(kernel, time_limit=30).go_live()
    stream.one_result()
    stream.page.stop()
    wait_for(lambda: stream.binding.life.runner is None)
    assert kernel.clock.timer_count == 0


# --- races -------------------------------------------------------------------------------------


def test_an_admission_that_comes_too_late_takes_no_slot_away(kernel):
    stream = Stream(kernel, concurrency_limit=1).go_live()
    second = Stream(kernel, concurrency_limit=1, client="page-2")
    second.page.start()
    stream.binding.life.slot.admitted()
    assert second.page.status == "waiting"
    assert stream.binding.status == "live"


def test_resuming_at_the_moment_the_worker_ends_is_not_forgotten(kernel):
    stream = Stream(kernel).go_live()
    gate = stream.binding.life.slot._gate
    leave = gate.leave

    def leave_late(member):
        gate.leave = leave  # type: ignore[method-assign]
        stream.binding.resume()
        leave(member)

    gate.leave = leave_late  # type: ignore[method-assign]
    stream.binding.pause()
    stream.page.wait_for_status("live")
    assert stream.one_result() == 100


def test_a_frame_that_waited_behind_a_long_call_gives_way_to_a_fresh_one(kernel, holdup):
    stream = Stream(kernel, holdup).go_live()
    stream.page.send_frame(grey(10))
    holdup.entered.acquire()
    stream.page.send_frame(grey(20))
    kernel.clock.advance(STALE_AFTER_S + 0.5)
    holdup.release(2)
    stream.page.wait_for_result(stream.view)
    wait_for(stream.may_send)
    stream.page.send_frame(grey(30))
    assert level_of(stream.page.wait_for_result(stream.view, 2)) == 30
    assert holdup.call_count == 2
    assert stream.binding.stats["counts"]["superseded"] == 1
