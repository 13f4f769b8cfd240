"""The hand-over from the comm thread to a worker: the newest wins, and closing lets the taker go."""

from __future__ import annotations

import threading

from nbstream.runs.mailbox import Mailbox


def test_a_slow_taker_gets_only_the_newest_and_the_others_are_told():
    left: list[int] = []
    box: Mailbox[int] = Mailbox(None, left.append)
    for item in (1, 2, 3):
        assert box.put(item)
    assert box.take() == 3
    assert left == [1, 2]


def test_each_source_has_a_room_and_a_turn_of_its_own():
    left: list[str] = []
    box: Mailbox[str] = Mailbox(None, left.append, room_of=lambda item: item[0])
    for item in ("a1", "b1", "a2", "a3"):
        assert box.put(item)
    # A quick source keeps the turn that its replaced item had, and gets no further one by it.
    assert [box.take(), box.take(), box.poll()] == ["a3", "b1", None]
    assert left == ["a1", "a2"]


def test_sources_take_turns_however_quick_one_of_them_is():
    box: Mailbox[str] = Mailbox(room_of=lambda item: item[0])
    taken = []
    box.put("slow")
    for number in range(4):
        box.put(f"quick {number}")
        if number % 2:
            box.put("slow")
        taken.append(str(box.take())[0])
    assert taken == ["s", "q", "s", "q"]


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


def test_closing_drops_what_is_unread_and_tells():
    left: list[int] = []
    box: Mailbox[int] = Mailbox(None, left.append, room_of=lambda item: item)
    box.put(1)
    box.put(2)
    box.close()
    box.close()
    assert box.take() is None
    assert left == [1, 2]


def test_a_closed_mailbox_takes_nothing_and_leaves_it_to_the_caller():
    left: list[int] = []
    box: Mailbox[int] = Mailbox(None, left.append)
    box.close()
    assert not box.put(1)
    assert box.take() is None
    assert left == []


def test_whoever_is_told_may_use_the_mailbox():
    box: Mailbox[int] = Mailbox(None, lambda item: told.append((item, box.closed)))
    told: list[tuple[int, bool]] = []
    box.put(1)
    thread = threading.Thread(target=lambda: box.put(2))
    thread.start()
    thread.join(10)
    assert told == [(1, False)]
