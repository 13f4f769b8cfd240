"""The hand-over from the comm thread to a worker: the newest wins, and closing lets the taker go."""

from __future__ import annotations

import threading

from nbstream.mailbox import Mailbox


def test_a_slow_taker_gets_only_the_newest():
    box: Mailbox[int] = Mailbox()
    for item in (1, 2, 3):
        assert box.put(item)
    assert box.take() == 3
    assert box.replaced_count == 2


def test_an_item_is_taken_once():
    box: Mailbox[int] = Mailbox()
    box.put(1)
    box.take()
    box.put(2)
    assert box.take() == 2


def test_the_taker_waits_for_an_item():
    box: Mailbox[int] = Mailbox()
    taken: list[int | None] = []
    thread = threading.Thread(target=lambda: taken.append(box.take()))
    thread.start()
    box.put(1)
    thread.join(10)
    assert taken == [1]


def test_closing_lets_a_waiting_taker_go():
    box: Mailbox[int] = Mailbox()
    taken: list[int | None] = []
    thread = threading.Thread(target=lambda: taken.append(box.take()))
    thread.start()
    box.close()
    thread.join(10)
    assert taken == [None]


def test_closing_drops_what_is_unread():
    box: Mailbox[int] = Mailbox()
    box.put(1)
    box.close()
    assert box.take() is None


def test_a_closed_mailbox_takes_nothing():
    box: Mailbox[int] = Mailbox()
    box.close()
    assert not box.put(1)
    assert box.take() is None
