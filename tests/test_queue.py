"""What those who wait are told, played through pages: their place, the time it takes, and what holds them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nbstream.sources.session import CAMERA_MISSING_AFTER_S
from nbstream.streams.life import NOT_RETURNED_AFTER_S
from nbstream.testing import FakePage, MockKernel, wait_for

from .streaming import Holdup, Stream, identity


def queue(
    kernel: MockKernel, count: int, fn: Callable[..., Any] = identity, **options: Any
) -> list[Stream]:
    """Streams of one group with limit 1, all started, the first of them live with its clock running."""
    given = {"concurrency_limit": 1, "concurrency_id": "group", **options}
    streams = [Stream(kernel, fn, f"page-{number}", **given) for number in range(count)]
    for stream in streams:
        stream.page.start()
    streams[0].page.send_frame()
    return streams


def told(stream: Stream) -> tuple[int | None, float | None]:
    state = stream.page.state
    assert (stream.binding.queue_position, stream.binding.queue_wait_s) == (
        state["queue_position"],
        state["queue_wait_s"],
    )
    return state["queue_position"], state["queue_wait_s"]


def test_who_waits_is_told_every_second_how_many_are_ahead_and_how_long_it_takes(kernel):
    first, second, third = queue(kernel, 3, time_limit=10)
    kernel.clock.advance(1)
    assert [told(one) for one in (first, second, third)] == [(None, None), (0, 9.0), (1, 19.0)]
    kernel.clock.advance(4)
    assert [told(one) for one in (second, third)] == [(0, 5.0), (1, 15.0)]


def test_nobody_knows_how_long_it_takes_behind_a_stream_without_a_limit(kernel):
    first, second = queue(kernel, 2)
    kernel.clock.advance(1)
    assert [told(one) for one in (first, second)] == [(None, None), (0, None)]


def test_a_place_in_the_queue_is_forgotten_with_it(kernel):
    first, second = queue(kernel, 2, time_limit=10)
    first.page.stop()
    second.page.wait_for_status("live")
    assert told(second) == (None, None)


ENDS: dict[str, Callable[[Stream], None]] = {
    "stop": lambda stream: stream.page.stop(),
    "pause": lambda stream: stream.binding.pause(),
    "close": lambda stream: stream.webcam.close(),
    "page gone": lambda stream: stream.page.bye(),
    "unplugged": lambda stream: stream.page.camera("failed", reason="unplugged", message="gone"),
    "limit": lambda stream: stream.page.pass_time(8),
}


@pytest.mark.parametrize("end", ENDS)
def test_who_waits_is_told_of_a_call_that_does_not_return_and_let_in_at_once_when_it_has(
    kernel, end
):
    holdup = Holdup()
    first, second = queue(kernel, 2, holdup, time_limit=10)
    holdup.wait_until_entered()
    kernel.clock.advance(NOT_RETURNED_AFTER_S + 1)
    assert second.page.state["note"] == "Held by a call that has not returned for 4 s."
    assert told(second) == (0, 6.0)
    ENDS[end](first)
    second.page.pass_time(1)
    # From here on only the call knows when the slot comes back.
    assert told(second) == (0, None)
    assert "Held by a call" in second.page.state["note"]
    holdup.release()
    second.page.wait_for_status("live")
    assert second.page.state["note"] is None


def test_a_stream_that_pauses_for_its_errors_gives_its_slot_back_at_once(kernel):
    def fail(_frame: object) -> None:
        raise ValueError("on purpose")

    first, second = queue(kernel, 2, fail, max_errors=1)
    second.page.wait_for_status("live")
    assert first.page.status == "paused"


def test_when_the_page_that_captured_goes_the_others_are_told_what_resume_does(kernel):
    stream = Stream(kernel).go_live()
    guest = FakePage(kernel, stream.webcam, stream.view, client="guest")
    stream.page.bye()
    assert (guest.status, guest.state["can_resume"]) == ("paused", True)
    assert guest.state["note"] == "The page that captured went away; Resume goes on from this one."
    guest.command("resume")
    guest.camera_on()
    guest.wait_for_status("live")
    assert (guest.state["note"], guest.state["owner"]) == (None, "guest")


def test_a_page_that_takes_over_and_does_not_allow_its_camera_holds_no_slot(kernel):
    first, second = queue(kernel, 2, time_limit=30)
    guest = FakePage(kernel, first.webcam, first.view, client="guest")
    kernel.clock.advance(4)
    guest.command("take_over")
    # Nothing has changed but the camera, and both pages know.
    assert (first.page.status, guest.status, first.binding.status) == ("asking", "asking", "live")
    guest.camera("asking")
    guest.pass_time(CAMERA_MISSING_AFTER_S)
    second.page.wait_for_status("live")
    assert (first.binding.status, first.page.status, guest.status) == ("asking",) * 3
    left_s = first.binding.remaining_s
    guest.pass_time(10)
    assert first.binding.remaining_s == left_s
    guest.camera_on()
    wait_for(lambda: told(first)[0] == 0)
    second.page.stop()
    guest.wait_for_status("live")


def test_a_page_that_takes_over_and_has_its_camera_soon_keeps_the_slot(kernel):
    first, second = queue(kernel, 2)
    guest = FakePage(kernel, first.webcam, first.view, client="guest")
    guest.command("take_over")
    guest.pass_time(CAMERA_MISSING_AFTER_S - 1)
    guest.camera_on()
    guest.pass_time(CAMERA_MISSING_AFTER_S)
    assert (first.page.status, guest.status, second.page.status) == ("live", "live", "waiting")
