"""Lateness: against the quickest message, whatever the clocks say."""

from __future__ import annotations

import pytest

from nbstream.pages.lateness import FORGOTTEN_AFTER_S, Lateness

PAGE_IS_AHEAD_MS = 1.7e12


def late(lateness: Lateness, way_ms: float, at_s: float) -> float:
    """Lateness of a message that was `way_ms` on its way and came at `at_s`."""
    return lateness.note(at_s * 1000 - way_ms + PAGE_IS_AHEAD_MS, at_s)


def test_a_message_is_late_by_what_it_took_longer_than_the_quickest():
    lateness = Lateness()
    lates = [late(lateness, way_ms, at_s) for at_s, way_ms in enumerate([50, 250, 20, 50])]
    assert lates == pytest.approx([0, 200, 0, 30], abs=0.01)


def test_the_quickest_is_remembered_for_a_while_only():
    lateness = Lateness()
    late(lateness, 20, 0)
    assert late(lateness, 120, FORGOTTEN_AFTER_S) == pytest.approx(100, abs=0.01)
    assert late(lateness, 120, 2 * FORGOTTEN_AFTER_S) == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize("wrong_ms", [3_600_000, -3_600_000])
def test_a_clock_that_was_set_is_believed_for_one_message_only(wrong_ms):
    lateness = Lateness()
    late(lateness, 20, 0)
    assert late(lateness, 20 + wrong_ms, 1) == 0
    assert late(lateness, 20, 2) == pytest.approx(0, abs=0.01)
    assert late(lateness, 70, 3) == pytest.approx(50, abs=0.01)
