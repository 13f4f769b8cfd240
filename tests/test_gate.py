"""Who may be live: in order of arrival, never more than the lowest limit, and nobody starves."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbstream.gates.local import LocalGate, QueuePlace, Turn, expected_wait_s, gate_of


class Member:
    """One that notes what it is told."""

    def __init__(self, gate: LocalGate, limit: int | None) -> None:
        self.gate = gate
        self.admitted_count = 0
        self.moved_count = 0
        self.lock_was_free = True
        self.next_turn = Turn(None)
        gate.register(self, limit)

    def admitted(self) -> None:
        self.admitted_count += 1
        self._check_lock()

    def queue_moved(self) -> None:
        self.moved_count += 1
        self._check_lock()

    def turn(self) -> Turn:
        self._check_lock()
        return self.next_turn

    def slot_lost(self) -> None:
        raise AssertionError("a gate of one kernel takes no slot")

    def _check_lock(self) -> None:
        # In another thread: a gate that calls while it holds its lock would deadlock with whoever asks there.
        asking = threading.Thread(target=self.gate.someone_waits, daemon=True)
        asking.start()
        asking.join(5)
        self.lock_was_free = self.lock_was_free and not asking.is_alive()


def ahead(member: Member) -> int | None:
    place = member.gate.place(member)
    return None if place is None else place.ahead


def members(count: int, limit: int | None) -> list[Member]:
    gate = LocalGate()
    return [Member(gate, limit) for _ in range(count)]


def test_without_a_limit_all_are_admitted():
    several = members(5, None)
    for one in several:
        one.gate.join(one)
    assert [one.admitted_count for one in several] == [1] * 5


def test_with_limit_one_the_second_waits_at_place_zero_and_the_third_at_one():
    first, second, third = members(3, 1)
    for one in (first, second, third):
        one.gate.join(one)
    assert [one.admitted_count for one in (first, second, third)] == [1, 0, 0]
    assert [ahead(one) for one in (first, second, third)] == [None, 0, 1]


def test_who_leaves_lets_the_next_in():
    first, second, third = members(3, 1)
    for one in (first, second, third):
        one.gate.join(one)
    first.gate.leave(first)
    assert [one.admitted_count for one in (second, third)] == [1, 0]
    assert ahead(third) == 0


def test_who_waits_is_told_when_the_queue_moves():
    first, second, third = members(3, 1)
    for one in (first, second, third):
        one.gate.join(one)
    before = third.moved_count
    second.gate.leave(second)
    assert third.moved_count == before + 1


def test_joining_twice_is_harmless():
    first, second = members(2, 1)
    for one in (first, first, second, second):
        one.gate.join(one)
    assert (first.admitted_count, second.admitted_count) == (1, 0)
    assert ahead(second) == 0


def test_leaving_without_a_slot_or_a_place_lets_nobody_in():
    first, second, outsider = members(3, 1)
    first.gate.join(first)
    first.gate.join(second)
    first.gate.leave(outsider)
    assert second.admitted_count == 0


def test_the_lowest_limit_counts():
    gate = LocalGate()
    many, few = Member(gate, 5), Member(gate, 1)
    gate.join(many)
    gate.join(few)
    assert few.admitted_count == 0


def test_when_the_member_with_the_lowest_limit_unregisters_the_rest_may_go_on():
    gate = LocalGate()
    strict, one, two = Member(gate, 1), Member(gate, 2), Member(gate, None)
    for member in (one, two):
        gate.join(member)
    assert two.admitted_count == 0
    gate.unregister(strict)
    assert two.admitted_count == 1


def test_a_lower_limit_that_comes_later_ends_nobodys_turn():
    gate = LocalGate()
    one, two = Member(gate, 2), Member(gate, 2)
    gate.join(one)
    gate.join(two)
    three = Member(gate, 1)
    gate.join(three)
    gate.leave(one)
    assert three.admitted_count == 0
    gate.leave(two)
    assert three.admitted_count == 1


def test_no_member_is_called_while_the_gate_holds_its_lock():
    first, second, third = members(3, 1)
    for one in (first, second, third):
        one.gate.join(one)
    first.gate.leave(first)
    assert ahead(third) == 0
    assert all(one.lock_was_free for one in (first, second, third))
    assert third.moved_count > 0


def test_a_member_that_fails_to_hear_of_its_turn_keeps_no_other_from_it(caplog):
    class DeafMember(Member):
        def admitted(self) -> None:
            raise SystemExit

    gate = LocalGate()
    holder, deaf, other = Member(gate, 1), DeafMember(gate, None), Member(gate, None)
    for member in (holder, deaf, other):
        gate.join(member)
    gate.unregister(holder)
    assert other.admitted_count == 1
    assert "a stream could not be told of its turn" in caplog.text


def turns(*left_s: float | None) -> list[Turn]:
    return [Turn(one) for one in left_s]


@pytest.mark.parametrize(
    ("live", "before", "slot_count", "wait_s"),
    [
        (turns(12), [], 1, 12),
        (turns(12), turns(30, 30), 1, 72),
        (turns(12, 20), [], 2, 12),
        (turns(12, 20), turns(30), 2, 20),
        (turns(12, 20), turns(30, 30), 2, 42),
        (turns(12), [], 2, 0),
        (turns(5), turns(30), None, 0),
        (turns(None), [], 1, None),
        (turns(None, 7), [], 2, 7),
        (turns(None, 7), turns(30), 2, 37),
        (turns(12), turns(None), 1, None),
        (turns(12, None), turns(None), 2, None),
        # A limit was lowered: two must go before the third's end makes room.
        (turns(12, 3, 20), [], 1, 20),
        (turns(12, 3, 20), [], 2, 12),
    ],
)
def test_the_wait_follows_from_the_turns_that_are_on_and_those_that_come_first(
    live, before, slot_count, wait_s
):
    assert expected_wait_s(live, before, slot_count) == wait_s


def test_a_place_tells_how_many_are_ahead_how_long_it_takes_and_which_call_is_stuck():
    first, second, third = members(3, 1)
    for one in (first, second, third):
        one.gate.join(one)
    first.next_turn, second.next_turn = Turn(4.0), Turn(30.0)
    assert third.gate.place(third) == QueuePlace(1, 34.0, None)
    first.next_turn = Turn(None, 12.0)
    assert third.gate.place(third) == QueuePlace(1, None, 12.0)
    assert second.gate.place(second) == QueuePlace(0, None, 12.0)


@pytest.fixture
def two_members() -> tuple[Member, Member]:
    outside = LocalGate()
    return Member(outside, None), Member(outside, None)


def test_members_of_one_group_share_a_gate(two_members):
    one, two = two_members
    gate = gate_of("group", one, 1)
    assert gate_of("group", two, 1) is gate
    assert gate_of("another group", two, 1) is not gate
    gate.unregister(one)
    gate.unregister(two)


def test_a_group_that_everybody_left_begins_anew(two_members):
    one, two = two_members
    gate = gate_of("deserted", one, 1)
    gate.unregister(one)
    assert isinstance(gate, LocalGate)
    assert gate.deserted
    assert gate_of("deserted", two, 1) is not gate


STEPS = st.lists(
    st.tuples(st.sampled_from(["join", "leave"]), st.integers(min_value=0, max_value=5)),
    max_size=60,
)


@settings(deadline=None)
@given(STEPS, st.lists(st.none() | st.integers(1, 3), min_size=6, max_size=6))
def test_any_coming_and_going_keeps_the_limit_and_the_order_and_leaves_no_slot_empty(steps, limits):
    gate = LocalGate()
    several = [Member(gate, limit) for limit in limits]
    lowest = min((limit for limit in limits if limit is not None), default=len(several))
    waiting: list[int] = []
    live: list[int] = []
    for action, number in steps:
        member = several[number]
        if action == "join":
            gate.join(member)
            if number not in waiting and number not in live:
                waiting.append(number)
        else:
            gate.leave(member)
            waiting = [one for one in waiting if one != number]
            live = [one for one in live if one != number]
        while waiting and len(live) < lowest:
            live.append(waiting.pop(0))
        assert [several.index(one) for one in gate._live if isinstance(one, Member)] == live
        assert [ahead(several[one]) for one in waiting] == list(range(len(waiting)))


@settings(deadline=None)
@given(st.permutations(range(5)), st.integers(1, 4))
def test_everybody_who_waits_is_admitted_in_turn(order, limit):
    several = members(5, limit)
    gate = several[0].gate
    for number in order:
        gate.join(several[number])
    admitted: list[int] = []
    while len(admitted) < 5:
        live = [several.index(one) for one in gate._live if isinstance(one, Member)]
        admitted.append(live[0])
        gate.leave(several[live[0]])
    assert admitted == list(order)
