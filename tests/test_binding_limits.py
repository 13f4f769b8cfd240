"""A stream's time limit, and its turn among others."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from nbstream.streams.life import CLOCK_STARTS_AFTER_S
from nbstream.testing import wait_for

from .streaming import Stream, grey, level_of

# --- the time limit ----------------------------------------------------------------------------


def test_the_clock_starts_with_the_first_frame(kernel):
    stream = Stream(kernel, time_limit=30).go_live()
    kernel.clock.advance(CLOCK_STARTS_AFTER_S - 0.5)
    assert not stream.page.state["clock_running"]
    stream.one_result()
    assert stream.page.state["clock_running"]
    kernel.clock.advance(4)
    assert stream.binding.life.limit.remaining_s() == 26
    # Told at 1 Hz, by a beat that began before the clock did.
    assert stream.page.state["remaining_s"] == pytest.approx(26, abs=1)
    assert stream.binding.remaining_s == pytest.approx(26, abs=1)


def test_the_clock_of_a_muted_camera_starts_by_itself(kernel):
    stream = Stream(kernel, time_limit=30).go_live()
    kernel.clock.advance(CLOCK_STARTS_AFTER_S)
    assert stream.page.state["clock_running"]
    assert stream.binding.life.limit.remaining_s() == 30


def test_neither_asking_nor_waiting_counts(kernel):
    first = Stream(kernel, concurrency_limit=1, concurrency_id="g").go_live()
    second = Stream(kernel, concurrency_id="g", time_limit=30, client="page-2")
    second.page.start(camera=False)
    kernel.clock.advance(5)
    second.page.camera_on()
    kernel.clock.advance(5)
    assert second.page.status == "waiting"
    assert second.page.state["remaining_s"] == 30
    first.page.stop()


def test_with_nobody_waiting_it_goes_on_at_the_limit_with_a_full_clock(kernel):
    stream = Stream(kernel, time_limit=5).go_live()
    stream.one_result()
    statuses: list[str] = []
    stream.binding.observe(lambda change: statuses.append(change["new"]), "status")
    for _ in range(3):
        stream.page.beat()
        kernel.clock.advance(5)
    assert statuses == []
    assert stream.binding.life.limit.remaining_s() == 5
    assert stream.page.state["clock_running"]
    assert stream.one_result() == 100


def test_with_somebody_waiting_the_slot_passes_on_at_the_limit_and_comes_back(kernel):
    options: dict[str, Any] = {"concurrency_limit": 1, "concurrency_id": "g", "time_limit": 5}
    first = Stream(kernel, **options).go_live()
    second = Stream(kernel, client="page-2", **options)
    second.page.start()
    second.page.wait_for_status("waiting")
    first.one_result()
    kernel.clock.advance(5)
    second.page.wait_for_status("live")
    first.page.wait_for_status("waiting")
    assert first.binding.life.limit.remaining_s() == 5
    assert first.page.state["wanted"]
    assert not first.may_send()
    assert second.one_result() == 100
    kernel.clock.advance(5)
    first.page.wait_for_status("live")
    second.page.wait_for_status("waiting")
    assert first.one_result() == 100


def test_on_limit_stop_ends_the_stream_and_the_camera(kernel):
    stream = Stream(kernel, time_limit=5, on_limit="stop").go_live()
    stream.one_result()
    kernel.clock.advance(5)
    wait_for(lambda: stream.binding.status == "idle")
    assert not stream.page.state["wanted"]
    stream.go_live()
    assert stream.binding.life.limit.remaining_s() == 5


def test_the_call_that_runs_at_the_limit_is_still_shown(kernel, holdup):
    stream = Stream(kernel, holdup, time_limit=5, on_limit="stop").go_live()
    stream.page.send_frame(grey(70))
    holdup.wait_until_entered()
    kernel.clock.advance(5)
    assert stream.binding.status == "live"
    holdup.release()
    assert level_of(stream.page.wait_for_result(stream.view)) == 70
    wait_for(lambda: stream.binding.status == "idle")


def test_a_generator_is_closed_at_its_next_yield_at_the_limit(kernel):
    go_on = threading.Semaphore(0)
    closed = threading.Event()

    def endless(frame):
        try:
            while True:
                yield frame
                go_on.acquire()
        finally:
            closed.set()

    stream = Stream(kernel, endless, time_limit=5, on_limit="stop").go_live()
    stream.page.send_frame()
    stream.page.wait_for_result(stream.view)
    kernel.clock.advance(5)
    go_on.release()
    assert closed.wait(10)
    wait_for(lambda: stream.binding.status == "idle")


def test_pressing_stop_at_the_limit_wins_over_rejoining(kernel, holdup):
    first = Stream(kernel, holdup, time_limit=5, concurrency_limit=1, concurrency_id="g").go_live()
    second = Stream(kernel, concurrency_id="g", client="page-2")
    second.page.start()
    first.page.send_frame()
    holdup.wait_until_entered()
    kernel.clock.advance(5)
    first.page.stop()
    holdup.release()
    second.page.wait_for_status("live")
    assert first.binding.status == "idle"


# --- the gate ----------------------------------------------------------------------------------


def test_of_two_streams_of_one_function_with_limit_one_the_second_waits_and_is_admitted(kernel):
    first = Stream(kernel, concurrency_limit=1).go_live()
    second = Stream(kernel, concurrency_limit=1, client="page-2")
    second.page.start()
    assert second.page.status == "waiting"
    assert second.page.state["queue_position"] == 0
    assert second.binding.queue_position == 0
    assert not second.may_send()
    first.page.stop()
    second.page.wait_for_status("live")
    assert second.page.state["queue_position"] is None
    assert second.one_result() == 100


def test_streams_of_different_functions_do_not_wait_for_each_other(kernel):
    Stream(kernel, lambda frame: frame, concurrency_limit=1).go_live()
    Stream(kernel, lambda frame: frame, concurrency_limit=1, client="page-2").go_live()


def test_those_who_wait_see_the_queue_move(kernel):
    streams = [Stream(kernel, concurrency_limit=1, client=f"page-{number}") for number in range(3)]
    for stream in streams:
        stream.page.start()
    assert [one.page.state["queue_position"] for one in streams] == [None, 0, 1]
    streams[1].page.stop()
    assert streams[2].page.state["queue_position"] == 0


def test_a_closed_stream_gives_its_slot_back(kernel):
    first = Stream(kernel, concurrency_limit=1).go_live()
    second = Stream(kernel, concurrency_limit=1, client="page-2")
    second.page.start()
    first.webcam.close()
    second.page.wait_for_status("live")
