"""A camera that stands still for no reason is noticed, and one that waits for something is not."""

from __future__ import annotations

from nbstream.sources.stuck_watch import STUCK_AFTER_S, StuckWatch

from .streaming import Stream


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


def test_a_host_that_carries_no_binary_messages_is_told_of_until_a_picture_comes(kernel):
    # Panel, with ipywidgets_bokeh: all is said but the pictures.
    stream = Stream(kernel).go_live()
    for _ in range(8):
        kernel.clock.advance(1)
        stream.page.beat(sent_through=3)
    assert "none arrives" in stream.page.state["note"]
    stream.page.seq = 3
    stream.one_result()
    kernel.clock.advance(1)
    assert stream.page.state["note"] is None


def test_pictures_that_came_once_are_no_reason_to_say_that_none_arrives(kernel):
    stream = Stream(kernel).go_live()
    stream.one_result()
    for _ in range(8):
        kernel.clock.advance(1)
        stream.page.beat()
    assert stream.page.state["note"] is None
