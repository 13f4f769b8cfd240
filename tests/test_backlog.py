"""What waits for a recorder's thread has a bound, in bytes and in seconds."""

from __future__ import annotations

import pytest

from nbstream.recordings.backlog import MAX_WAITING_S, Backlog
from nbstream.testing import FakeClock


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def backlog(clock) -> Backlog[str]:
    return Backlog(clock, max_bytes=100)


def test_what_waits_is_given_in_its_order(backlog):
    for thing in "abc":
        assert backlog.put(thing, 30)
    assert [backlog.next() for _ in range(3)] == ["a", "b", "c"]
    backlog.end("It was closed.")
    assert backlog.next() is None


def test_more_bytes_than_the_bound_are_refused_until_there_is_room(backlog):
    assert backlog.put("a", 60)
    assert not backlog.put("b", 60)
    assert backlog.put("c", 40)
    assert backlog.next() == "a"
    assert backlog.put("d", 60)


@pytest.mark.parametrize("size", [0, 1])
def test_behind_one_that_has_waited_too_long_nothing_is_taken_however_small(backlog, clock, size):
    assert backlog.put("a", size)
    clock.advance(MAX_WAITING_S / 2)
    assert backlog.put("b", size)
    clock.advance(MAX_WAITING_S / 2 + 1)
    assert not backlog.put("c", size)
    assert backlog.next() == "a"
    assert backlog.put("d", size)


def test_after_a_long_silence_things_are_taken(backlog, clock):
    assert backlog.put("a", 1)
    assert backlog.next() == "a"
    clock.advance(10 * MAX_WAITING_S)
    assert backlog.put("b", 1)


def test_what_is_dropped_at_the_end_is_not_given(backlog):
    backlog.put("a", 1)
    assert backlog.end("The disk is full.", failed=True, drop=True)
    assert not backlog.end("It was closed.")
    assert backlog.next() is None
    assert (backlog.why_ended, backlog.has_failed) == ("The disk is full.", True)
    assert backlog.put("b", 1000)  # nobody needs to be told again
    assert backlog.next() is None
