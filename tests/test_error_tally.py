"""How many calls in a row have failed, and which error is the newest."""

from __future__ import annotations

import pytest

from nbstream.calls.error_tally import ErrorTally
from nbstream.calls.tracebacks import report


def add(tally: ErrorTally, error: Exception) -> None:
    before = tally.newest
    tally.add(report(error, before), before)


@pytest.mark.parametrize(
    ("max_in_a_row", "count", "is_too_many"),
    [(3, 2, False), (3, 3, True), (1, 1, True), (None, 1000, False)],
)
def test_so_many_errors_in_a_row_are_too_many(max_in_a_row, count, is_too_many):
    tally = ErrorTally(max_in_a_row)
    for _ in range(count):
        add(tally, ValueError("again"))
    assert tally.is_too_many == is_too_many
    assert tally.newest is not None
    assert tally.newest.count == count


def test_after_a_start_nothing_has_failed_yet():
    tally = ErrorTally(1)
    add(tally, ValueError("before"))
    tally.begin()
    assert (tally.newest, tally.is_too_many) == (None, False)


def test_an_error_of_before_a_start_that_is_noted_after_it_counts_once():
    tally = ErrorTally(5)
    add(tally, ValueError("again"))
    before = tally.newest
    told = report(ValueError("again"), before)
    tally.begin()
    tally.add(told, before)
    assert tally.newest is not None
    assert tally.newest.count == 1
