"""Whatever people, functions and pages do, slots are shared fairly: a property of any sequence of events.

Four streams of one group are played through pages on a clock that stands still between the steps. What the gate did is
written down by the gate itself, under its lock, and checked afterwards against the rules.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal
from unittest import mock

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import nbstream.gates.local
from nbstream.gates.local import LocalGate, Member
from nbstream.runs.options import OnLimit
from nbstream.streams.life import CLOCK_STARTS_AFTER_S
from nbstream.testing import MockKernel, mock_kernel, wait_for

from .streaming import Picture, Stream

COUNT = 4
Action = Literal[
    "start", "stop", "pause", "resume", "frame", "error", "hang", "return", "unplug", "bye", "close"
]
ACTIONS: list[Action] = [
    "start",
    "start",
    "stop",
    "pause",
    "resume",
    "frame",
    "error",
    "hang",
    "return",
    "unplug",
    "bye",
    "close",
]
Step = tuple[Action, int] | float


class WatchedGate(LocalGate):
    """Writes down who came, was let in and went, in the order in which it was so."""

    history: list[tuple[str, Member]]

    def __init__(self) -> None:
        super().__init__()
        self.history = []

    def join(self, member: Member) -> None:
        with self._lock:
            if member not in self._waiting and member not in self._live:
                self.history.append(("comes", member))
        super().join(member)

    def _remove(self, member: Member) -> list[Callable[[], None]]:
        if member in self._waiting or member in self._live:
            self.history.append(("goes", member))
        return super()._remove(member)

    def _move(self) -> list[Callable[[], None]]:
        before = list(self._live)
        calls = super()._move()
        self.history += [("is let in", one) for one in self._live if one not in before]
        return calls


class Work:
    """A stream's function: it returns, raises, or hangs until it is let go."""

    def __init__(self, together: Together) -> None:
        self._together = together
        self._go_on = threading.Event()
        self.mode: Action = "frame"
        self.begun = self.ended = 0

    def __call__(self, frame: Picture) -> Picture:
        with self._together:
            self.begun += 1
            try:
                if self.mode == "hang":
                    assert self._go_on.wait(20)
                elif self.mode == "error":
                    raise ValueError("on purpose")
            finally:
                self.ended += 1
        return frame

    @property
    def hangs(self) -> bool:
        return self.begun > self.ended

    def release(self) -> None:
        self.mode = "frame"
        self._go_on.set()
        wait_for(lambda: not self.hangs)
        self._go_on.clear()


class Together:
    """How many functions of the group run at once, and ever did."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running = self.most = 0

    def __enter__(self) -> None:
        with self._lock:
            self._running += 1
            self.most = max(self.most, self._running)

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._running -= 1


@dataclass
class Seat:
    """One person: a stream, its function, a page."""

    stream: Stream
    work: Work
    closed: bool = False
    gone: bool = False

    def holds_slot(self, gate: WatchedGate) -> bool:
        return self.stream.binding.life.slot in gate._live

    def is_settled(self, gate: WatchedGate) -> bool:
        """Whether the threads have done what the last step asked of them."""
        status = self.stream.binding.current_status
        if self.work.hangs:
            return True
        if status == "waiting":
            return self.stream.binding.life.slot in gate._waiting
        # At its limit a stream is live until its thread has ended, for which the test's clock does not wait.
        if status == "live" and self.stream.binding.life.limit.remaining_s() == 0:
            return False
        return (status == "live") == self.holds_slot(gate)


class Room:
    """All of them, and what they do."""

    def __init__(
        self,
        kernel: MockKernel,
        limit: int,
        time_limits_s: list[float | None],
        on_limit: OnLimit,
    ) -> None:
        self.kernel = kernel
        self.limit = limit
        self.together = Together()
        self.seats: list[Seat] = []
        for number, time_limit_s in enumerate(time_limits_s):
            work = Work(self.together)
            options: dict[str, Any] = {
                "concurrency_id": "room",
                "concurrency_limit": limit,
                "time_limit": time_limit_s,
                "on_limit": on_limit,
                "max_errors": 1,
            }
            self.seats.append(Seat(Stream(kernel, work, f"page-{number}", **options), work))
        gate = self.seats[0].stream.binding.life.slot._gate
        assert isinstance(gate, WatchedGate)
        self.gate = gate

    def do(self, action: Action, seat: Seat) -> None:
        if not seat.closed or action == "return":
            does: dict[Action, Callable[[Seat, Action], None]] = {
                "start": self._press,
                "resume": self._press,
                "stop": lambda seat, _: seat.stream.page.stop(),
                "pause": lambda seat, _: seat.stream.binding.pause(),
                "frame": self._send_frame,
                "error": self._send_frame,
                "hang": self._send_frame,
                "return": self._return,
                "unplug": self._unplug,
                "bye": self._leave_page,
                "close": self._close,
            }
            does[action](seat, action)
            self.settle()

    def _press(self, seat: Seat, action: Action) -> None:
        if seat.gone:
            seat.stream.page.hello()
            seat.gone = False
        seat.stream.page.command(action)
        seat.stream.page.camera_on()

    def _return(self, seat: Seat, _action: Action) -> None:
        if seat.work.hangs:
            seat.work.release()

    def _unplug(self, seat: Seat, _action: Action) -> None:
        seat.stream.page.camera("failed", reason="unplugged", message="unplugged")

    def _leave_page(self, seat: Seat, _action: Action) -> None:
        seat.stream.page.bye()
        seat.gone = True

    def _close(self, seat: Seat, _action: Action) -> None:
        seat.stream.webcam.close()
        seat.closed = True

    def _send_frame(self, seat: Seat, mode: Action) -> None:
        if seat.stream.binding.current_status != "live" or seat.work.hangs:
            return
        seat.work.mode = mode
        begun = seat.work.begun
        seat.stream.page.send_frame()
        wait_for(lambda: seat.work.begun > begun and (mode == "hang" or not seat.work.hangs))
        if mode == "error":
            wait_for(lambda: seat.stream.binding.current_status == "paused")

    def pass_time(self, seconds: float) -> None:
        while seconds > 0:
            self.kernel.clock.advance(min(1.0, seconds))
            seconds -= 1.0
            for seat in self.seats:
                if not (seat.closed or seat.gone):
                    seat.stream.page.beat()
            self.settle()

    def settle(self) -> None:
        wait_for(lambda: all(seat.is_settled(self.gate) for seat in self.seats), what=str(self))
        self.check()

    def check(self) -> None:
        """What is so whenever nothing moves."""
        holders = [seat for seat in self.seats if seat.holds_slot(self.gate)]
        waiting = [one for one in self.seats if one.stream.binding.current_status == "waiting"]
        assert len(holders) <= self.limit
        # Who waits is in the queue, or still holds the slot of a call that has not returned.
        queue = [one for one in waiting if one not in holders]
        assert {one.stream.binding.life.slot for one in queue} == set(self.gate._waiting)
        places = [place for one in queue if (place := one.stream.binding.life.slot.place())]
        assert sorted(place.ahead for place in places) == list(range(len(queue)))
        assert not queue or len(holders) == self.limit, "somebody waits beside an empty slot"

    def _let_in_since(self, event: int) -> set[object]:
        return {one for what, one in self.gate.history[event:] if what == "is let in"}

    def end_well(self) -> None:
        """Everybody comes back to life and has a turn; then all leave."""
        for seat in self.seats:
            self.do("return", seat)
            if seat.stream.binding.plan.options["time_limit"] is None:
                self.do("stop", seat)
        waited = set(self.gate._waiting)
        let_in_before = len(self.gate.history)
        limits_s = [seat.stream.binding.plan.options["time_limit"] or 0 for seat in self.seats]
        # Three times what their turns take, for threads that come late while the test's clock runs.
        patience_s = 3 * (sum(limits_s) + COUNT * (CLOCK_STARTS_AFTER_S + 1))
        while not waited <= (let_in := self._let_in_since(let_in_before)) and patience_s > 0:
            self.pass_time(1.0)
            patience_s -= 1.0
        assert waited <= let_in, "somebody starves"
        for seat in self.seats:
            self.do("close", seat)
        wait_for(lambda: self.gate.deserted)
        wait_for(lambda: not _threads())

    def __str__(self) -> str:
        return f"{[(one.stream.binding, one.holds_slot(self.gate)) for one in self.seats]}"


def _threads() -> list[str]:
    return [one.name for one in threading.enumerate() if one.name.endswith("Work")]


def check_history(gate: WatchedGate, limit: int) -> None:
    """Nobody is let in before somebody who came earlier, and never more than the limit."""
    waiting: list[Member] = []
    live: list[Member] = []
    for what, member in gate.history:
        if what == "comes":
            waiting.append(member)
        elif what == "is let in":
            assert waiting.pop(0) is member, "overtaken"
            live.append(member)
            assert len(live) <= limit
        else:
            (live if member in live else waiting).remove(member)
    assert live == waiting == []


STEPS = st.lists(
    st.tuples(st.sampled_from(ACTIONS), st.integers(0, COUNT - 1))
    | st.sampled_from([0.4, 1.0, 3.0, 7.0]),
    min_size=4,
    max_size=30,
)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.permutations(range(COUNT)),
    STEPS,
    st.integers(1, 2),
    st.lists(st.sampled_from([None, 2.0, 5.0]), min_size=COUNT, max_size=COUNT),
    st.sampled_from(["rejoin", "stop"]),
)
def test_whatever_happens_slots_are_shared_in_order_and_all_come_back(
    arrivals, steps, limit, time_limits_s, on_limit
):
    with mock.patch.object(nbstream.gates.local, "LocalGate", WatchedGate), mock_kernel() as kernel:
        room = Room(kernel, limit, time_limits_s, on_limit)
        for number in arrivals:
            room.do("start", room.seats[number])
        for step in steps:
            if isinstance(step, float):
                room.pass_time(step)
            else:
                room.do(step[0], room.seats[step[1]])
        room.end_well()
        check_history(room.gate, limit)
        assert room.together.most <= limit
