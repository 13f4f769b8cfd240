"""The time limit's clock: it runs, freezes, goes on with what was left, and can be refilled."""

from __future__ import annotations

import pytest

from nbstream.kernel.countdown import Countdown, TimeLimit
from nbstream.testing import FakeClock


def test_it_is_full_and_stands_until_it_is_started():
    countdown = Countdown(30.0)
    assert not countdown.running
    assert countdown.remaining_s(1000.0) == 30.0


def test_it_runs_from_the_start():
    countdown = Countdown(30.0)
    countdown.start(100.0)
    assert countdown.running
    assert countdown.remaining_s(112.0) == 18.0


def test_starting_it_again_changes_nothing():
    countdown = Countdown(30.0)
    countdown.start(100.0)
    countdown.start(110.0)
    assert countdown.remaining_s(112.0) == 18.0


def test_it_never_goes_below_zero():
    countdown = Countdown(30.0)
    countdown.start(100.0)
    assert countdown.remaining_s(200.0) == 0.0


def test_frozen_it_keeps_what_is_left_and_goes_on_with_it():
    countdown = Countdown(30.0)
    countdown.start(100.0)
    countdown.freeze(110.0)
    assert not countdown.running
    assert countdown.remaining_s(500.0) == 20.0
    countdown.start(600.0)
    assert countdown.remaining_s(605.0) == 15.0


def test_freezing_it_while_it_stands_changes_nothing():
    countdown = Countdown(30.0)
    countdown.freeze(100.0)
    assert countdown.remaining_s(200.0) == 30.0


def test_refilled_it_is_full_and_stands():
    countdown = Countdown(30.0)
    countdown.start(100.0)
    countdown.refill()
    assert not countdown.running
    assert countdown.remaining_s(110.0) == 30.0


@pytest.mark.parametrize("step", ["start", "freeze"])
def test_without_a_limit_it_never_runs_and_nothing_is_left(step):
    countdown = Countdown(None)
    getattr(countdown, step)(100.0)
    assert not countdown.running
    assert countdown.remaining_s(200.0) is None


# --- with the clock, and its one timer ---------------------------------------------------------


def test_a_limit_calls_when_it_has_run_down_and_keeps_no_timer():
    clock = FakeClock()
    limit, calls = TimeLimit(10, clock), []
    assert limit.start(lambda: calls.append(clock.now_s()))
    clock.advance(9)
    assert (limit.remaining_s(), calls) == (1, [])
    clock.advance(1)
    assert len(calls) == 1
    assert clock.timer_count == 0


def test_a_limit_that_starts_forgets_that_it_was_to_start_by_itself():
    clock = FakeClock()
    limit, calls = TimeLimit(10, clock), []
    limit.expect_start(2, lambda: calls.append("by itself"))
    limit.start(lambda: calls.append("at limit"))
    clock.advance(10)
    assert calls == ["at limit"]


def test_without_a_limit_nothing_is_called():
    clock = FakeClock()
    limit = TimeLimit(None, clock)
    limit.expect_start(2, lambda: pytest.fail("there is no limit"))
    assert not limit.start(lambda: pytest.fail("there is no limit"))
    assert clock.timer_count == 0
    assert limit.remaining_s() is None


def test_a_frozen_limit_keeps_what_is_left_and_calls_nobody():
    clock = FakeClock()
    limit = TimeLimit(10, clock)
    limit.start(lambda: pytest.fail("it is frozen"))
    clock.advance(4)
    limit.freeze()
    clock.advance(100)
    assert (limit.remaining_s(), limit.running, clock.timer_count) == (6, False, 0)


@pytest.mark.parametrize(("passed_s", "left_s"), [(4, 6), (10, 10)])
def test_winding_up_gives_the_whole_time_only_where_all_of_it_has_run_down(passed_s, left_s):
    clock = FakeClock()
    limit = TimeLimit(10, clock)
    limit.start(lambda: None)
    clock.advance(passed_s)
    limit.freeze()
    limit.wind_up()
    assert limit.remaining_s() == left_s
