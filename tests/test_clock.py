"""The machine's clock with its one thread, and the clock that tests move."""

from __future__ import annotations

import logging
import threading
import time
from functools import partial

import pytest

from nbstream.kernel.clock import SystemClock, current_clock, set_clock
from nbstream.testing import FakeClock, wait_for


def test_a_timer_runs_once_and_not_too_early():
    clock = SystemClock()
    ran_at_s: list[float] = []
    due_s = clock.now_s() + 0.02
    clock.call_later(0.02, lambda: ran_at_s.append(clock.now_s()))
    wait_for(lambda: ran_at_s)
    wait_for(lambda: clock._thread is None)
    assert len(ran_at_s) == 1
    assert ran_at_s[0] >= due_s


def test_the_clock_is_the_machines_monotonic_one():
    before_s = time.monotonic()
    assert before_s <= SystemClock().now_s() <= time.monotonic()


def test_timers_run_in_the_order_in_which_they_fall_due():
    clock = SystemClock()
    ran: list[str] = []
    # Far apart, for a busy machine may stand still between two of these calls.
    for delay_s, name in ((0.9, "c"), (0.3, "a"), (0.6, "b")):
        clock.call_later(delay_s, partial(ran.append, name))
    wait_for(lambda: len(ran) == 3)
    assert ran == ["a", "b", "c"]


def test_the_thread_ends_when_no_timer_is_left_and_comes_back_with_the_next():
    clock = SystemClock()
    threads: list[threading.Thread] = []
    for _ in range(2):
        clock.call_later(0.0, lambda: threads.append(threading.current_thread()))
        wait_for(lambda: clock._thread is None)
    assert len(threads) == 2
    assert threads[0] is not threads[1]
    wait_for(lambda: not any(thread.is_alive() for thread in threads))
    assert all(thread.daemon for thread in threads)


def test_a_cancelled_timer_does_not_run_and_does_not_keep_the_thread():
    clock = SystemClock()
    ran: list[bool] = []
    timer = clock.call_later(60.0, lambda: ran.append(True))
    thread = clock._thread
    assert thread is not None
    timer.cancel()
    thread.join(10)
    assert not thread.is_alive()
    assert ran == []


def test_cancelling_a_timer_that_ran_is_harmless():
    clock = SystemClock()
    ran: list[bool] = []
    timer = clock.call_later(0.0, lambda: ran.append(True))
    wait_for(lambda: ran)
    timer.cancel()


def test_a_timer_may_set_another():
    clock = SystemClock()
    ran: list[str] = []

    def first() -> None:
        ran.append("first")
        clock.call_later(0.0, lambda: ran.append("second"))

    clock.call_later(0.0, first)
    wait_for(lambda: ran == ["first", "second"])


@pytest.mark.parametrize("kind", [RuntimeError, SystemExit])
def test_a_timer_that_fails_is_logged_and_holds_up_no_other(caplog, kind):
    clock = SystemClock()
    ran: list[bool] = []

    def fails() -> None:
        raise kind("a fault")

    with caplog.at_level(logging.ERROR, "nbstream"):
        clock.call_later(0.0, fails)
        clock.call_later(0.01, lambda: ran.append(True))
        wait_for(lambda: ran)
    assert "a timer failed" in caplog.text


def test_a_sooner_timer_overtakes_one_that_is_waited_for():
    clock = SystemClock()
    ran: list[bool] = []
    late = clock.call_later(60.0, lambda: None)
    clock.call_later(0.0, lambda: ran.append(True))
    wait_for(lambda: ran)
    late.cancel()


def test_the_current_clock_can_be_replaced_and_put_back():
    mine = FakeClock()
    before = set_clock(mine)
    try:
        assert current_clock() is mine
    finally:
        assert set_clock(before) is mine
    assert current_clock() is before


def test_the_fake_clock_stands_still():
    clock = FakeClock()
    assert clock.now_s() == clock.now_s()


def test_the_fake_clock_runs_what_falls_due_in_order_and_at_its_time():
    clock = FakeClock()
    began_s = clock.now_s()
    ran: list[tuple[str, float]] = []

    def note(name: str) -> None:
        ran.append((name, clock.now_s() - began_s))

    for delay_s, name in ((2.0, "b"), (1.0, "a"), (2.0, "c"), (9.0, "never")):
        clock.call_later(delay_s, partial(note, name))
    clock.advance(5.0)
    assert ran == [("a", 1.0), ("b", 2.0), ("c", 2.0)]
    assert clock.now_s() - began_s == 5.0
    assert clock.timer_count == 1


def test_the_fake_clock_runs_timers_that_are_set_meanwhile():
    clock = FakeClock()
    ran: list[float] = []

    def every_second() -> None:
        ran.append(clock.now_s())
        clock.call_later(1.0, every_second)

    clock.call_later(1.0, every_second)
    clock.advance(3.5)
    assert len(ran) == 3


def test_the_fake_clock_forgets_cancelled_timers():
    clock = FakeClock()
    ran: list[bool] = []
    timer = clock.call_later(1.0, lambda: ran.append(True))
    timer.cancel()
    assert clock.timer_count == 0
    clock.advance(2.0)
    assert ran == []


def test_waiting_returns_the_first_truthy_value():
    values = iter([0, "", "here"])
    assert wait_for(lambda: next(values)) == "here"


def test_waiting_in_vain_can_say_what_came_instead():
    seen: list[int] = []
    with pytest.raises(TimeoutError, match=r"not 3 but [1-9]"):
        wait_for(lambda: seen.append(1), 0.02, lambda: f"not 3 but {len(seen)}")


def test_waiting_in_vain_says_what_for():
    with pytest.raises(TimeoutError, match="the first frame"):
        wait_for(lambda: False, 0.02, "the first frame")
