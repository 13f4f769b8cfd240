"""Who may be live: a concurrency limit and its queue, in order of arrival.

`AnyGate` is what a stream asks of the group that it belongs to, wherever the slots live. `LocalGate` keeps them in this
kernel. All answers come later, by calls of the member's, so that a gate may have to ask somebody far away first.
"""

import heapq
import logging
import math
import threading
from collections.abc import Callable, Hashable, Iterable
from typing import NamedTuple, Protocol, runtime_checkable

logger = logging.getLogger("nbstream")


class Turn(NamedTuple):
    """What a member says of its turn, for those behind it."""

    left_s: float | None
    """Seconds until it gives its slot back, counted from its admission while it waits; `None` = nobody knows."""
    silent_s: float | None = None
    """For how long already the running call has not returned; `None` = nothing is out of the ordinary."""


class QueuePlace(NamedTuple):
    """Where a member stands in the queue."""

    ahead: int
    """How many wait before it."""
    wait_s: float | None
    """About how many seconds until it is admitted; `None` = nobody knows."""
    silent_s: float | None
    """For how long a call that holds a slot has not returned, the longest of them; `None` = there is none."""


class Member(Protocol):
    """One that wants to be live. Its gate calls it from any thread, with no lock held."""

    def admitted(self) -> None:
        """You hold a slot now, until you leave. May come twice, and after you have left: then leave again."""

    def queue_moved(self) -> None:
        """Your place in the queue has changed."""

    def turn(self) -> Turn:
        """What is known of your turn, this moment; asked while you wait or hold a slot."""

    def slot_lost(self) -> None:
        """Your slot was taken: whoever keeps the slots has heard nothing of this kernel for too long. Do not leave."""


@runtime_checkable
class AnyGate(Protocol):
    """The slots of one group and the queue for them.

    No method waits for anybody: a gate whose slots live elsewhere sends word, returns, and tells the member later.
    Whoever calls may hold no lock of a member, except in `someone_waits`.
    """

    def register(self, member: Member, limit: int | None) -> None:
        """Let the limit of `member` count in this group; `None` = it sets none. The lowest counts."""

    def unregister(self, member: Member) -> None:
        """Leave, and let the member's limit count no more."""

    def join(self, member: Member) -> None:
        """Queue at the end; harmless when the member waits or is live already. `admitted()` says when it is let in."""

    def leave(self, member: Member) -> None:
        """Give the slot or the place in the queue back; harmless without one."""

    def place(self, member: Member) -> QueuePlace | None:
        """Where `member` stands, as far as is known here; `None` when it does not wait."""

    def someone_waits(self) -> bool:
        """Whether anybody queues for a slot, as far as is known here."""

    def note(self) -> str | None:
        """A sentence for those who wait, when the gate itself is not well; `None` = it is."""


class LocalGate:
    """An `AnyGate` whose members are all in this kernel. `_lock` guards all fields."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._limits: dict[Member, int | None] = {}
        self._waiting: list[Member] = []
        self._live: list[Member] = []

    def register(self, member: Member, limit: int | None) -> None:
        with self._lock:
            self._limits[member] = limit

    def unregister(self, member: Member) -> None:
        with self._lock:
            self._limits.pop(member, None)
            moved = self._remove(member)
        tell(moved)
        _forget_deserted()

    def join(self, member: Member) -> None:
        with self._lock:
            if member in self._waiting or member in self._live:
                return
            self._waiting.append(member)
            moved = self._move()
        tell(moved)

    def leave(self, member: Member) -> None:
        with self._lock:
            moved = self._remove(member)
        tell(moved)

    def place(self, member: Member) -> QueuePlace | None:
        with self._lock:
            if member not in self._waiting:
                return None
            before = self._waiting[: self._waiting.index(member)]
            live, slot_count = list(self._live), self._limit()
        live_turns = [one.turn() for one in live]
        wait_s = expected_wait_s(live_turns, [one.turn() for one in before], slot_count)
        return QueuePlace(len(before), wait_s, longest_silence_s(live_turns))

    def someone_waits(self) -> bool:
        with self._lock:
            return bool(self._waiting)

    def note(self) -> str | None:
        return None

    @property
    def deserted(self) -> bool:
        """Whether nobody is registered, waits or is live."""
        with self._lock:
            return not (self._limits or self._waiting or self._live)

    def _limit(self) -> int | None:
        return min((limit for limit in self._limits.values() if limit is not None), default=None)

    def _remove(self, member: Member) -> list[Callable[[], None]]:
        if member in self._live:
            self._live.remove(member)
        if member in self._waiting:
            self._waiting.remove(member)
        return self._move()

    def _move(self) -> list[Callable[[], None]]:
        limit = self._limit()
        calls: list[Callable[[], None]] = []
        while self._waiting and (limit is None or len(self._live) < limit):
            member = self._waiting.pop(0)
            self._live.append(member)
            calls.append(member.admitted)
        return calls + [member.queue_moved for member in self._waiting]


def expected_wait_s(
    live: Iterable[Turn], before: Iterable[Turn], slot_count: int | None
) -> float | None:
    """About how long one waits behind turns that are on and turns that come first; `None` = nobody knows.

    Parameters
    ----------
    live
        Those that hold a slot. They may be more than there are slots, when a limit was lowered.
    before
        Those that are admitted first, in their order.
    slot_count
        How many may be live at once; `None` = any number, so nobody waits.
    """
    if slot_count is None:
        return 0.0
    ends_s = sorted(_known(turn.left_s) for turn in live)
    free_at_s = ends_s[max(0, len(ends_s) - slot_count) :]
    free_at_s += [0.0] * (slot_count - len(free_at_s))
    heapq.heapify(free_at_s)
    for turn in before:
        heapq.heapreplace(free_at_s, free_at_s[0] + _known(turn.left_s))
    return free_at_s[0] if math.isfinite(free_at_s[0]) else None


def longest_silence_s(live: Iterable[Turn]) -> float | None:
    """For how long the most stuck of the running calls has not returned; `None` = none is stuck."""
    return max((turn.silent_s for turn in live if turn.silent_s is not None), default=None)


def _known(left_s: float | None) -> float:
    return math.inf if left_s is None else left_s


def tell(calls: list[Callable[[], None]]) -> None:
    """Make calls of members', with no lock held; one that fails keeps no other from being made."""
    for call in calls:
        try:
            call()
        except (
            BaseException
        ):  # the others must hear of their turn, and who told us has work of its own
            logger.exception("[nbstream] a stream could not be told of its turn")


_gates: dict[Hashable, LocalGate] = {}
_gates_lock = threading.Lock()


def gate_of(concurrency_id: Hashable, member: Member, limit: int | None) -> AnyGate:
    """Register `member` in that group, and return the group's gate: one that is given, or one of this kernel."""
    if isinstance(concurrency_id, AnyGate):
        concurrency_id.register(member, limit)
        return concurrency_id
    with _gates_lock:
        gate = _gates.setdefault(concurrency_id, LocalGate())
        gate.register(member, limit)
        return gate


def _forget_deserted() -> None:
    """Forget the gates of this kernel that nobody uses: the name of one may be a function, and all that it holds."""
    with _gates_lock:
        for key in [key for key, gate in _gates.items() if gate.deserted]:
            del _gates[key]
