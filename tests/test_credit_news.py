"""What the page is told of its credit, and when: enough to be quick, and nothing more."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any

import pytest

import nbstream as nbs
from nbstream.pictures.codecs import encode
from nbstream.sources.picture_credits import MAX_WINDOW
from nbstream.testing import FakePage, wait_for

from .streaming import Holdup, Stream, grey


class Timed:
    """A function whose calls take as long as the test says, by the fake clock."""

    def __init__(self, kernel: Any, *durations_s: float) -> None:
        self._kernel = kernel
        self._durations_s = list(durations_s)

    def __call__(self, frame: Any) -> Any:
        duration_s = (
            self._durations_s.pop(0) if len(self._durations_s) > 1 else self._durations_s[0]
        )
        self._kernel.clock.advance(duration_s)
        return frame


def ended(stream: Stream, seq: int) -> bool:
    return bool(stream.page.credit["ended_through"] >= seq)


def results(stream: Stream) -> int:
    return stream.binding.stats["counts"].get("results", 0)


def has_more_results(stream: Stream, count: int) -> bool:
    return results(stream) > count


def may_send(page: FakePage) -> bool:
    return bool(page.credit["may_send_through"] > page.seq)


def call_for(stream: Stream, count: int) -> None:
    for _ in range(count):
        wait_for(stream.may_send)
        done = results(stream)
        stream.page.send_frame(grey(100))
        wait_for(partial(has_more_results, stream, done))


def credit_messages(stream: Stream) -> int:
    sent = stream.webcam.comm.custom_messages()
    return sum(content["type"] == "credit" for content, _ in sent)


@pytest.mark.parametrize("slow_s", [3.0, 10.0])
def test_after_one_slow_call_the_page_is_told_at_once_that_calls_are_short_again(kernel, slow_s):
    stream = Stream(kernel, Timed(kernel, slow_s, 0.005)).go_live()
    call_for(stream, 2)
    wait_for(lambda: ended(stream, 2))  # no time passes, and no heartbeat brings it
    assert stream.page.credit["call_ms"] == pytest.approx(5)
    assert stream.page.credit["may_send_through"] == 2 + MAX_WINDOW


def test_a_call_that_ends_sooner_than_the_page_was_told_is_told_at_once(kernel):
    stream = Stream(kernel, Timed(kernel, 3.0, 1.0)).go_live()
    call_for(stream, 2)
    wait_for(lambda: ended(stream, 2))
    assert stream.page.credit["call_ms"] == pytest.approx(2400)


def test_steady_long_calls_cost_one_message_each(kernel):
    stream = Stream(kernel, Timed(kernel, 0.3)).go_live()
    call_for(stream, 2)
    before = credit_messages(stream)
    call_for(stream, 5)
    assert credit_messages(stream) == before + 5


def test_short_calls_cost_no_message_of_their_own(kernel):
    stream = Stream(kernel, Timed(kernel, 0.005)).go_live()
    call_for(stream, 2)
    before = credit_messages(stream)
    call_for(stream, 5)
    assert credit_messages(stream) == before


def test_a_call_for_an_earlier_runs_picture_does_not_count_in_this_one(kernel, holdup):
    stream = Stream(kernel, holdup).go_live()
    other = FakePage(kernel, stream.webcam, stream.view, client="page-2")
    stream.page.send_frame(grey(10))
    holdup.wait_until_entered()
    other.command("take_over")
    other.camera_on()
    assert other.send_frame(grey(20)) == 1
    holdup.release()
    holdup.wait_until_entered()  # for the second page's picture now
    credit = stream.webcam._session.carry()[stream.webcam._widget_id]
    assert (credit["taken_through"], credit["ended_through"]) == (1, 0)
    assert credit["call_ms"] is None
    holdup.release()


def test_a_picture_that_was_set_by_hand_gives_back_the_credit_of_the_one_it_replaces(
    kernel, holdup
):
    stream = Stream(kernel, holdup).go_live()
    stream.page.send_frame(grey(10))
    holdup.wait_until_entered()
    seq = stream.page.send_frame(grey(20))
    stream.webcam.frame = encode(grey(200))
    credit = stream.webcam._session.carry()[stream.webcam._widget_id]
    assert credit["superseded"] == 1
    assert credit["may_send_through"] == seq + MAX_WINDOW
    holdup.release(2)


def test_a_quick_stream_is_not_held_up_by_a_picture_that_waits_for_a_slow_one_beside_it(kernel):
    slow = Holdup()
    stream = Stream(kernel, slow, stream_every=0.1, outputs=None).go_live()
    quick = stream.webcam.stream(
        Timed(kernel, 0.04), outputs=stream.view, stream_every=0.3, add=True
    )
    quick.start()
    wait_for(lambda: quick.status == "live")
    for _ in range(30):
        stream.page.beat()
        wait_for(stream.may_send)
        stream.page.send_frame(grey(50))
        kernel.clock.advance(0.1)
    wait_for(lambda: quick.stats["counts"]["results"] >= 8)
    assert slow.call_count == 1
    slow.release(100)


def test_two_cameras_of_one_stream_do_not_take_each_others_credit(kernel):
    holdup = Holdup()
    one, two = nbs.Webcam(label="one"), nbs.Webcam(label="two")
    before = FakePage(kernel, one, client="before")
    before.start()
    before.stop()
    before.bye()
    binding = nbs.stream([one, two], lambda a, b: holdup(a if b is None else b))
    pages = [FakePage(kernel, camera, client="page") for camera in (one, two)]
    pages[0].start()
    pages[1].camera_on()
    wait_for(lambda: binding.status == "live")
    pages[0].send_frame(grey(1))
    holdup.wait_until_entered()
    pages[0].send_frame(grey(2))
    pages[1].send_frame(grey(3))
    holdup.release(2)
    for _ in range(2):
        holdup.wait_until_entered()
    holdup.release(1)
    for page in pages:
        page.beat()
        wait_for(partial(may_send, page))
    assert binding.stats["counts"].get("superseded") is None


# --- should the account be wrong all the same --------------------------------------------------


def lose_the_account(stream: Stream) -> None:
    """A fault that nobody thought of: what was sent is never credited."""
    session = stream.webcam._session
    with session._lock:
        session._credits._settled_through = stream.page.seq - 3


def test_a_live_stream_without_credit_begins_the_capture_anew_says_so_and_counts_it(kernel):
    stream = Stream(kernel).go_live()
    assert stream.one_result(70) == 70
    wait_for(lambda: stream.webcam._session._credits.ended == 1)
    run = stream.page.state["run"]
    lose_the_account(stream)
    stream.page.pass_time(4)
    assert stream.page.state["run"] == run
    stream.page.pass_time(1)
    assert stream.page.state["run"] == run + 1
    assert "No picture came for 5 s" in stream.page.state["note"]
    assert stream.binding.stats["counts"]["mended"] == 1
    stream.page.camera_on()
    stream.page.wait_for_status("live")
    assert stream.one_result(90) == 90
    stream.page.pass_time(1)
    assert stream.page.state["note"] is None
    assert stream.page.state["run"] == run + 1


def test_no_credit_while_a_call_runs_is_no_fault(kernel, holdup):
    stream = Stream(kernel, holdup).go_live()
    stream.page.send_frame(grey(10))
    holdup.wait_until_entered()
    run = stream.page.state["run"]
    lose_the_account(stream)
    stream.page.pass_time(30)
    assert stream.page.state["run"] == run
    holdup.release()


def test_a_page_that_has_credit_and_sends_nothing_is_left_alone(kernel):
    stream = Stream(kernel).go_live()
    stream.one_result()
    run = stream.page.state["run"]
    stream.page.pass_time(30)
    assert stream.page.state["run"] == run
    assert "mended" not in stream.binding.stats["counts"]


def test_the_picture_is_the_kernels_own_copy(kernel):
    stream = Stream(kernel).go_live()
    data = bytearray(encode(grey(100)))
    fields = {"captured_at_ms": 1.0, "sent_at_ms": 1.0, "width_px": 64, "height_px": 48}
    seq = stream.page.send_frame(lost=True)
    frame = {"run": stream.page.state["run"], "seq": seq, "byte_length": len(data), **fields}
    message = {"nbstream": 1, "type": "frame", "client": stream.page.client, **frame}
    stream.webcam._session.receive(message, [memoryview(data)])
    data[:] = bytes(len(data))
    assert stream.webcam.frame is not None
    assert stream.webcam.frame[:2] == b"\xff\xd8"


def test_acknowledgements_of_several_pages_at_once_are_all_noted(kernel):
    stream = Stream(kernel).go_live()
    others = [FakePage(kernel, stream.webcam, stream.view, client=f"p{n}") for n in range(4)]
    threads = [threading.Thread(target=one.paint, args=(stream.view,)) for one in others]
    stream.one_result()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    wait_for(lambda: "total" in stream.binding.stats["legs_ms"])
