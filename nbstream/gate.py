"""Who may be live: a concurrency limit and its queue, in order of arrival.

Members join, are told when they are admitted (possibly before `join` returns, possibly much later and on
another
thread), and leave. The gate never calls a member while it holds its lock.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Protocol


class Member(Protocol):
    """One that wants to be live."""

    def admitted(self) -> None:
        """You hold a slot now, until you leave."""

    def queue_moved(self) -> None:
        """Your place in the queue has changed."""


class Gate:
    """One group of members that share slots.

    `_lock` guards all fields. The lowest limit of the registered members counts.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._limits: dict[Member, int | None] = {}
        self._waiting: list[Member] = []
        self._live: list[Member] = []

    def register(self, member: Member, limit: int | None) -> None:
        """Let the limit of `member` count in this group; `None` = it sets none."""
        with self._lock:
            self._limits[member] = limit

    def unregister(self, member: Member) -> None:
        """Leave, and let the member's limit count no more."""
        with self._lock:
            self._limits.pop(member, None)
            moved = self._remove(member)
        _tell(moved)

    def join(self, member: Member) -> None:
        """Queue at the end; harmless when the member waits or is live already."""
        with self._lock:
            if member in self._waiting or member in self._live:
                return
            self._waiting.append(member)
            moved = self._move()
        _tell(moved)

    def leave(self, member: Member) -> None:
        """Give the slot or the place in the queue back; harmless without one."""
        with self._lock:
            moved = self._remove(member)
        _tell(moved)

    def position(self, member: Member) -> int | None:
        """How many wait before `member`; `None` when it does not wait."""
        with self._lock:
            return self._waiting.index(member) if member in self._waiting else None

    def someone_waits(self) -> bool:
        """Whether anybody queues for a slot."""
        with self._lock:
            return bool(self._waiting)

    @property
    def deserted(self) -> bool:
        """Whether nobody is registered, waits or is live."""
        with self._lock:
            return not (self._limits or self._waiting or self._live)

    def _remove(self, member: Member) -> list[Callable[[], None]]:
        if member in self._live:
            self._live.remove(member)
        if member in self._waiting:
            self._waiting.remove(member)
        return self._move()

    def _move(self) -> list[Callable[[], None]]:
        limits = [limit for limit in self._limits.values() if limit is not None]
        calls: list[Callable[[], None]] = []
        while self._waiting and (not limits or len(self._live) < min(limits)):
            member = self._waiting.pop(0)
            self._live.append(member)
            calls.append(member.admitted)
        return calls + [member.queue_moved for member in self._waiting]


def _tell(calls: list[Callable[[], None]]) -> None:
    for call in calls:
        call()


_gates: dict[Hashable, Gate] = {}
_gates_lock = threading.Lock()


def gate_of(concurrency_id: Hashable, member: Member, limit: int | None) -> Gate:
    """Register `member` in that group of this kernel, and return the group's gate.

    Gates that nobody uses any more are forgotten.
    """
    with _gates_lock:
        for key in [key for key, gate in _gates.items() if gate.deserted]:
            del _gates[key]
        gate = _gates.setdefault(concurrency_id, Gate())
        gate.register(member, limit)
        return gate
