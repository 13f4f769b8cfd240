"""The queue that kernels share, as the scheduler keeps it: order of arrival, never too many, dead ones make room."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from nbstream.gates.slot_queue import SlotQueue, TicketContent

LEASE_S = 10.0


@dataclass
class Kernel:
    """One holder: says all that it wants, with rising numbers."""

    slots: SlotQueue
    name: str
    limit: int = 1
    index: int = 0
    wants: list[TicketContent] = field(default_factory=list)

    def say(self, *names: str, now_s: float = 0.0, left_s: float | None = None) -> None:
        known = {one["id"]: one for one in self.wants}
        self.wants = [known.get(name, ticket(name, left_s=left_s)) for name in names]
        self.index += 1
        self.repeat(self.index, now_s)

    def repeat(self, index: int, now_s: float = 0.0) -> bool:
        return self.slots.hear(
            self.name,
            index,
            self.wants,
            limit=self.limit,
            lease_s=LEASE_S,
            client=f"client of {self.name}",
            now_s=now_s,
        )

    def live(self) -> list[str]:
        return self.slots.answer(self.name, 0.0)["live"]

    def ahead(self, name: str) -> int:
        return self.slots.answer(self.name, 0.0)["places"][name]["ahead"]


def ticket(name: str, limit: int | None = None, left_s: float | None = None) -> TicketContent:
    return {"id": name, "limit": limit, "left_s": left_s, "silent_s": None}


def two_kernels() -> tuple[SlotQueue, Kernel, Kernel]:
    slots = SlotQueue()
    return slots, Kernel(slots, "a"), Kernel(slots, "b")


def test_the_first_is_let_in_and_the_others_wait_in_order_of_arrival():
    _, a, b = two_kernels()
    a.say("a1")
    b.say("b1")
    a.say("a1", "a2")
    assert (a.live(), b.live()) == (["a1"], [])
    assert (b.ahead("b1"), a.ahead("a2")) == (0, 1)
    a.say("a2")
    assert (a.live(), b.live()) == ([], ["b1"])


def test_who_says_the_same_again_keeps_what_it_has():
    slots, a, b = two_kernels()
    a.say("a1")
    b.say("b1")
    revision = slots.revision
    for index in (2, 3, 3):
        assert a.repeat(index)
    assert (a.live(), b.live()) == (["a1"], [])
    assert slots.revision == revision


def test_older_word_that_comes_late_changes_nothing():
    _, a, _ = two_kernels()
    a.say("a1")
    a.say()
    a.wants = [ticket("a1")]
    assert not a.repeat(1)
    assert a.live() == []


def test_the_slot_of_a_kernel_that_is_not_heard_for_its_lease_goes_to_the_next():
    slots, a, b = two_kernels()
    a.say("a1")
    b.say("b1")
    b.say("b1", now_s=8.0)
    slots.expire(LEASE_S - 0.1)
    assert b.live() == []
    assert slots.next_expiry_s() == LEASE_S
    slots.expire(LEASE_S)
    assert b.live() == ["b1"]


def test_a_waiter_whose_connection_is_cut_is_passed_over_and_keeps_its_place():
    slots, a, b = two_kernels()
    c = Kernel(slots, "c")
    a.say("a1")
    b.say("b1")
    c.say("c1")
    slots.disconnected("client of b")
    a.say()
    assert (b.live(), c.live()) == ([], ["c1"])
    c.say()
    assert b.live() == []
    b.say("b1")
    assert b.live() == ["b1"]


def test_the_lowest_limit_counts_of_gates_and_of_streams():
    slots = SlotQueue()
    a, b = Kernel(slots, "a", limit=3), Kernel(slots, "b", limit=2)
    b.say()
    a.say("a1", "a2", "a3")
    assert a.live() == ["a1", "a2"]
    c = Kernel(slots, "c", limit=9, wants=[ticket("c1", limit=1)])
    c.repeat(1)
    a.say("a2", "a3")
    assert a.live() == ["a2"]


def test_the_wait_is_told_from_what_is_left_of_the_turns_before():
    _, a, b = two_kernels()
    a.say("a1", left_s=30.0)
    b.say("b1", left_s=20.0)
    a.say("a1", "a2", left_s=20.0)
    assert b.slots.answer("b", 5.0)["places"]["b1"]["wait_s"] == 25.0
    assert b.slots.answer("a", 5.0)["places"]["a2"]["wait_s"] == 45.0


def test_a_group_is_deserted_when_nobody_was_heard_for_a_lease():
    slots, a, _ = two_kernels()
    a.say()
    assert not slots.deserted
    slots.expire(LEASE_S)
    assert slots.deserted


EVENTS = st.lists(
    st.tuples(st.sampled_from(["want", "leave", "silence", "cut"]), st.integers(0, 3)), max_size=60
)


class Class:
    """Four kernels to which things happen, a second apart; those that are not silent say what they want each time."""

    def __init__(self, limit: int) -> None:
        self.slots = SlotQueue()
        self.kernels = [Kernel(self.slots, f"k{number}", limit) for number in range(4)]
        self.silent: set[int] = set()
        self.arrived: list[str] = []
        self.numbers = itertools.count()
        self.now_s = 0.0

    def happen(self, what: str, number: int) -> None:
        self.now_s += 1
        names = wanted(self.kernels[number])
        if self.slots.newest_index(self.kernels[number].name) < 0:
            # Its lease ran out, and its places with it: what it still wants stands at the end.
            self.arrived = [*(one for one in self.arrived if one not in names), *names]
        if what == "want":
            self.arrived.append(f"t{next(self.numbers)}")
            names.append(self.arrived[-1])
            self.silent.discard(number)
        elif what == "leave":
            names = names[1:]
        else:
            self.silent.add(number)
        if what == "cut":
            self.slots.disconnected(f"client of k{number}")
        if number not in self.silent:
            self.kernels[number].say(*names, now_s=self.now_s)
        self.all_say_the_same()

    def all_say_the_same(self) -> None:
        for kernel in self.speaking():
            kernel.say(*wanted(kernel), now_s=self.now_s)
        self.slots.expire(self.now_s)

    def speaking(self) -> list[Kernel]:
        return [one for number, one in enumerate(self.kernels) if number not in self.silent]

    def live(self) -> list[str]:
        return [name for one in self.kernels for name in one.live()]


def wanted(kernel: Kernel) -> list[str]:
    return [one["id"] for one in kernel.wants]


@settings(deadline=None)  # on a busy machine
@given(EVENTS, st.integers(1, 3))
def test_whatever_happens_never_too_many_are_live_and_no_slot_stays_free_while_one_waits(
    events, limit
):
    group = Class(limit)
    for what, number in events:
        group.happen(what, number)
        live = group.live()
        assert len(live) <= limit
        if any(name not in live for one in group.speaking() for name in wanted(one)):
            assert len(live) == limit


@settings(deadline=None)  # on a busy machine
@given(EVENTS, st.integers(1, 3))
def test_nobody_starves_and_nobody_is_overtaken(events, limit):
    group = Class(limit)
    for what, number in events:
        group.happen(what, number)
    for _ in range(int(LEASE_S)):  # the silent ones lose what they had
        group.now_s += 1
        group.all_say_the_same()
    there = group.speaking()
    waiting = [one for one in group.arrived if any(one in wanted(kernel) for kernel in there)]
    served: list[str] = []
    while any(kernel.wants for kernel in there):
        live = group.live()
        assert live
        first = min(live, key=group.arrived.index)
        served.append(first)
        for kernel in there:
            kernel.say(*[name for name in wanted(kernel) if name != first], now_s=group.now_s)
    assert sorted(served) == sorted(waiting)
    if limit == 1:
        assert served[1:] == [one for one in waiting if one in served[1:]]
