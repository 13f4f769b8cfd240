"""What becomes of a stream whose function fails, or does not return."""

from __future__ import annotations

import pytest

from nbstream.streams.life import NOT_RETURNED_AFTER_S
from nbstream.testing import wait_for

from .streaming import Stream

# --- errors of the function --------------------------------------------------------------------


def fails(frame):
    raise ValueError("a fault")


def send_and_wait_for_calls(stream: Stream, count: int) -> None:
    for _ in range(count):
        before = stream.binding.stats["counts"].get("errors", 0)
        stream.page.send_frame()
        wait_for(lambda: stream.binding.stats["counts"].get("errors", 0) > before)  # noqa: B023


def test_an_error_is_shown_and_counted_and_the_stream_goes_on(kernel):
    stream = Stream(kernel, fails).go_live()
    send_and_wait_for_calls(stream, 3)
    error = wait_for(lambda: stream.binding.error and stream.binding.error.count == 3)
    assert error
    assert stream.binding.status == "live"
    kernel.clock.advance(1)
    shown = stream.page.state["error"]
    assert shown["count"] == 3
    assert "ValueError: a fault" in shown["text"]
    assert "in fails" in shown["text"]
    assert "runner.py" not in shown["text"]


def test_repeats_do_not_flood_the_page(kernel):
    stream = Stream(kernel, fails, max_errors=None).go_live()
    send_and_wait_for_calls(stream, 1)
    before = len(stream.webcam.comm.custom_messages())
    send_and_wait_for_calls(stream, 20)
    states = [
        one for one, _ in stream.webcam.comm.custom_messages()[before:] if one["type"] == "state"
    ]
    assert len(states) <= 2


def test_after_max_errors_in_a_row_it_pauses_with_the_error_shown(kernel):
    stream = Stream(kernel, fails, max_errors=3).go_live()
    send_and_wait_for_calls(stream, 2)
    assert stream.binding.status == "live"
    stream.page.send_frame()
    stream.page.wait_for_status("paused")
    assert stream.page.state["wanted"]
    assert stream.page.state["can_resume"]
    assert "a fault" in stream.page.state["error"]["text"]
    assert stream.page.state["note"] == "Paused after 3 errors in a row; Resume tries again."


def test_a_call_that_works_begins_the_count_of_errors_anew(kernel):
    faulty = iter([True, True, False, True, True, True])

    def sometimes(frame):
        if next(faulty):
            raise ValueError("a fault")
        return frame

    stream = Stream(kernel, sometimes, max_errors=3).go_live()
    send_and_wait_for_calls(stream, 2)
    stream.one_result()
    send_and_wait_for_calls(stream, 2)
    assert stream.binding.status == "live"
    stream.page.send_frame()
    stream.page.wait_for_status("paused")


def test_resume_after_errors_begins_with_a_clean_slate(kernel):
    stream = Stream(kernel, fails, max_errors=1).go_live()
    stream.page.send_frame()
    stream.page.wait_for_status("paused")
    assert stream.page.state["note"] == "Paused after an error; Resume tries again."
    stream.page.command("resume")
    stream.page.wait_for_status("live")
    assert (stream.page.state["error"], stream.page.state["note"]) == (None, None)


@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt, GeneratorExit])
def test_not_even_an_exit_ends_the_stream(kernel, kind):
    kinds = iter([kind, None])

    def exits(frame):
        if (error := next(kinds)) is not None:
            raise error
        return frame

    stream = Stream(kernel, exits).go_live()
    send_and_wait_for_calls(stream, 1)
    assert stream.one_result() == 100


def test_an_observer_that_fails_does_not_harm_the_stream(kernel, caplog):
    stream = Stream(kernel)

    def observer(change):
        raise RuntimeError("an observer's fault")

    stream.binding.observe(observer, "status")
    stream.go_live()
    assert stream.one_result() == 100
    wait_for(lambda: "an observer of status failed" in caplog.text)


# --- a call that never returns -----------------------------------------------------------------


def test_a_call_that_does_not_return_keeps_its_slot_and_says_so(kernel, holdup):
    first = Stream(kernel, holdup, concurrency_limit=1, concurrency_id="g").go_live()
    second = Stream(kernel, concurrency_id="g", client="page-2")
    second.page.start()
    first.page.send_frame()
    holdup.wait_until_entered()
    for _ in range(12):
        first.page.beat()
        second.page.beat()
        kernel.clock.advance(1)
    assert first.page.state["note"].startswith("The function has not returned for 10 s. If it")
    assert second.page.status == "waiting"
    first.page.stop()
    kernel.clock.advance(1)
    assert second.page.status == "waiting"
    holdup.release()
    second.page.wait_for_status("live")


def test_a_quick_call_is_no_note(kernel, holdup):
    stream = Stream(kernel, holdup).go_live()
    stream.page.send_frame()
    holdup.wait_until_entered()
    kernel.clock.advance(NOT_RETURNED_AFTER_S - 1)
    assert stream.page.state["note"] is None


def test_start_after_stop_does_not_overlap_a_call_that_still_runs(kernel, holdup):
    stream = Stream(kernel, holdup).go_live()
    stream.page.send_frame()
    holdup.wait_until_entered()
    stream.page.stop()
    stream.page.start()
    assert stream.page.status == "waiting"
    kernel.clock.advance(NOT_RETURNED_AFTER_S)
    assert "has not returned" in stream.page.state["note"]
    holdup.release()
    stream.page.wait_for_status("live")
    stream.page.send_frame()
    holdup.wait_until_entered()
    assert holdup.call_count == 2
    assert not holdup.overlapped
