"""The time limit's clock: it runs, freezes, goes on with what was left, and can be refilled."""

from __future__ import annotations

import pytest

from nbstream.streams.countdown import Countdown


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
