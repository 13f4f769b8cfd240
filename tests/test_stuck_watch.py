"""A camera that stands still for no reason is noticed, and one that waits for something is not."""

from __future__ import annotations

from nbstream.sources.stuck_watch import STUCK_AFTER_S, StuckWatch


def test_nothing_that_becomes_of_what_was_sent_is_noticed_in_time():
    watch = StuckWatch()
    assert not watch.look(7, is_due=True, now_s=100)
    assert not watch.look(7, is_due=True, now_s=100 + STUCK_AFTER_S - 0.1)
    assert watch.look(7, is_due=True, now_s=100 + STUCK_AFTER_S)


def test_a_frame_that_is_settled_begins_the_wait_anew():
    watch = StuckWatch()
    watch.look(7, is_due=True, now_s=100)
    assert not watch.look(8, is_due=True, now_s=100 + STUCK_AFTER_S)
    assert watch.look(8, is_due=True, now_s=100 + 2 * STUCK_AFTER_S)


def test_while_nothing_is_due_no_time_counts():
    watch = StuckWatch()
    watch.look(7, is_due=True, now_s=100)
    watch.look(7, is_due=False, now_s=101)
    assert not watch.look(7, is_due=True, now_s=100 + STUCK_AFTER_S)
