"""Calls that are decided under a lock and made without it."""

from __future__ import annotations

import threading
from functools import partial

from nbstream.kernel.in_order import InOrder


def test_calls_are_made_in_the_order_in_which_they_were_decided():
    made: list[int] = []
    in_order = InOrder()
    for number in range(3):
        in_order.add(partial(made.append, number))
    in_order.carry_out()
    assert made == [0, 1, 2]


def test_what_a_call_decides_is_done_behind_those_that_wait():
    made: list[str] = []
    in_order = InOrder()

    def first() -> None:
        in_order.add(lambda: made.append("third"))
        in_order.carry_out()
        made.append("first")

    in_order.add(first)
    in_order.add(lambda: made.append("second"))
    in_order.carry_out()
    assert made == ["first", "second", "third"]


def test_while_one_thread_is_at_work_another_leaves_its_call_to_it():
    made: list[str] = []
    in_order = InOrder()
    entered, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        entered.set()
        go_on.wait(10)
        made.append("slow")

    in_order.add(slow)
    worker = threading.Thread(target=in_order.carry_out)
    worker.start()
    assert entered.wait(10)
    in_order.add(lambda: made.append(threading.current_thread().name))
    in_order.carry_out()
    assert made == []
    go_on.set()
    worker.join(10)
    assert made == ["slow", worker.name]


def test_a_call_that_fails_keeps_no_other_from_being_made(caplog):
    made: list[str] = []
    in_order = InOrder()

    def fails() -> None:
        raise SystemExit

    in_order.add(fails)
    in_order.add(lambda: made.append("next"))
    in_order.carry_out()
    assert made == ["next"]
    assert "a step in the life of a stream failed" in caplog.text
