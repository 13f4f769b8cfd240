"""What a stream has at its gate: nothing, a place in the queue, or a slot."""

from __future__ import annotations

import threading
from typing import Protocol

from ..gates.local import QueuePlace, Turn, gate_of
from ..kernel.countdown import TimeLimit
from ..runs.plan import StreamPlan
from ..runs.runner import Runner
from .lifecycle import LifeState


class SlotOwner(Protocol):
    """The life that wants the slot."""

    lock: threading.RLock
    """Guards the three below."""
    state: LifeState
    runner: Runner | None
    limit: TimeLimit

    def admitted(self) -> None: ...

    def changed(self) -> None: ...

    def silent_s(self) -> float | None: ...


class Slot:
    """One stream as a `Member` of its gate; the gate calls it from any thread."""

    def __init__(self, plan: StreamPlan, owner: SlotOwner) -> None:
        self._owner = owner
        self._gate = gate_of(plan.concurrency_id, self, plan.options["concurrency_limit"])

    # --- asked of the gate; with the owner's lock free, but for `someone_waits` ---------------

    def join(self) -> None:
        """Queue at the end."""
        self._gate.join(self)

    def leave(self) -> None:
        """Give the slot or the place in the queue back; a closed stream gives up its limit, too."""
        if self._owner.state == "closed":
            self._gate.unregister(self)
        else:
            self._gate.leave(self)

    def place(self) -> QueuePlace | None:
        """Where the stream stands in the queue, this moment; `None` when it does not wait."""
        return self._gate.place(self) if self._owner.state == "waiting" else None

    def someone_waits(self) -> bool:
        """Whether anybody queues for a slot."""
        return self._gate.someone_waits()

    def note(self) -> str | None:
        """Why the wait is longer than it should be; `None` = all is well."""
        if (note := self._gate.note()) is not None:
            return note
        place = self._gate.place(self)
        if place is not None and place.silent_s is not None:
            return f"Held by a call that has not returned for {place.silent_s:.0f} s."
        return None

    # --- for the gate ------------------------------------------------------------------------

    def admitted(self) -> None:
        """A slot is ours."""
        self._owner.admitted()

    def queue_moved(self) -> None:
        """Our place in the queue has changed."""
        self._owner.changed()

    def turn(self) -> Turn:
        """How long those behind us wait for our slot."""
        owner = self._owner
        silent_s = owner.silent_s()
        with owner.lock:
            left_s = owner.limit.remaining_s() if owner.state in ("waiting", "live") else 0.0
        # Nobody knows when a call ends that keeps the slot beyond its time.
        return Turn(None if left_s == 0 and silent_s is not None else left_s, silent_s)

    def slot_lost(self) -> None:
        """Somebody else may have our slot: end with the running call, and queue again."""
        with self._owner.lock:
            runner = self._owner.runner if self._owner.state == "live" else None
        if runner is not None:
            runner.end(results_wanted=True, cancel=False)
