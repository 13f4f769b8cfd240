"""Slots that kernels share: a first-come queue with leases, as a Dask scheduler keeps it.

A *holder* is a gate of one kernel. It says all that it wants at once, again and again: one ticket
for each stream that waits or is live. So a lost or doubled word changes nothing, and who says
nothing for its lease time has lost slots and places.

Nothing here knows of Dask or of time; whoever owns a `SlotQueue` calls it from one thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypedDict

from .local import Turn, expected_wait_s, longest_silence_s


class TicketContent(TypedDict):
    """What a kernel says of one stream: seconds left of its turn, and for how long its call has not returned."""

    id: str
    limit: int | None
    left_s: float | None
    silent_s: float | None


class QueuePlaceContent(TypedDict):
    """Where a ticket stands in the queue; see `local.QueuePlace`."""

    ahead: int
    wait_s: float | None
    silent_s: float | None


class Answer(TypedDict):
    """What a kernel is told. `revision` rises with each change of who waits and who is live."""

    revision: int
    live: list[str]
    places: dict[str, QueuePlaceContent]
    someone_waits: bool


@dataclass
class _Ticket:
    holder: str
    content: TicketContent
    told_at_s: float
    is_live: bool = False

    def turn(self, now_s: float) -> Turn:
        """The turn as it stands now; that of one who waits has not begun."""
        age_s = now_s - self.told_at_s if self.is_live else 0.0
        left_s, silent_s = self.content["left_s"], self.content["silent_s"]
        return Turn(
            None if left_s is None else max(0.0, left_s - age_s),
            None if silent_s is None else silent_s + age_s,
        )


@dataclass
class _Holder:
    limit: int
    lease_s: float
    seen_at_s: float
    index: int = -1
    client: str = ""
    connected: bool = field(default=True)


class SlotQueue:
    """One group: its holders, and their tickets in order of arrival."""

    def __init__(self) -> None:
        self.revision = 0
        self._holders: dict[str, _Holder] = {}
        self._tickets: dict[str, _Ticket] = {}

    def hear(
        self,
        holder: str,
        index: int,
        tickets: Sequence[TicketContent],
        *,
        limit: int,
        lease_s: float,
        client: str,
        now_s: float,
    ) -> bool:
        """Take what a holder wants in place of what it wanted; False for word that is older than the last."""
        one = self._holders.setdefault(holder, _Holder(limit, lease_s, now_s))
        if index < one.index:
            return False
        one.index, one.limit, one.lease_s = index, limit, lease_s
        one.seen_at_s, one.client, one.connected = now_s, client, True
        wanted = {content["id"] for content in tickets}
        gone = [ticket_id for ticket_id, ticket in self._tickets.items() if ticket.holder == holder]
        changed = self._drop([ticket_id for ticket_id in gone if ticket_id not in wanted])
        for content in tickets:
            known = self._tickets.get(content["id"])
            changed |= known is None
            if known is None:
                self._tickets[content["id"]] = _Ticket(holder, content, now_s)
            else:
                known.content, known.told_at_s = content, now_s
        # One that wants nothing is kept for its lease: an older word of it may still be on the way.
        self._move(changed)
        return True

    def newest_index(self, holder: str) -> int:
        """The number of the last word of that holder; -1 for one that is not known."""
        one = self._holders.get(holder)
        return -1 if one is None else one.index

    def disconnected(self, client: str) -> None:
        """The connection of that client is cut: it keeps what it has for its lease, and gets no more."""
        for one in self._holders.values():
            one.connected = one.connected and one.client != client

    def expire(self, now_s: float) -> None:
        """Take slots and places from those whose lease has run out."""
        late = {name for name, one in self._holders.items() if now_s - one.seen_at_s >= one.lease_s}
        for name in late:
            del self._holders[name]
        self._move(
            self._drop(
                [ticket_id for ticket_id, ticket in self._tickets.items() if ticket.holder in late]
            )
        )

    def next_expiry_s(self) -> float | None:
        """When the next lease runs out, if nothing more is heard; `None` without holders."""
        return min((one.seen_at_s + one.lease_s for one in self._holders.values()), default=None)

    def answer(self, holder: str, now_s: float) -> Answer:
        """What that holder has, and where its tickets stand."""
        tickets = list(self._tickets.items())
        live = [one.turn(now_s) for _, one in tickets if one.is_live]
        waiting = [(ticket_id, one) for ticket_id, one in tickets if not one.is_live]
        turns = [one.turn(now_s) for _, one in waiting]
        places: dict[str, QueuePlaceContent] = {
            ticket_id: {
                "ahead": ahead,
                "wait_s": expected_wait_s(live, turns[:ahead], self._limit()),
                "silent_s": longest_silence_s(live),
            }
            for ahead, (ticket_id, one) in enumerate(waiting)
            if one.holder == holder
        }
        return {
            "revision": self.revision,
            "live": [
                ticket_id for ticket_id, one in tickets if one.is_live and one.holder == holder
            ],
            "places": places,
            "someone_waits": bool(waiting),
        }

    @property
    def deserted(self) -> bool:
        """Whether nobody was heard lately."""
        return not self._holders

    def _limit(self) -> int:
        of_holders = [one.limit for one in self._holders.values()]
        of_tickets = [one.content["limit"] for one in self._tickets.values()]
        return min([*of_holders, *(limit for limit in of_tickets if limit is not None)], default=1)

    def _drop(self, ids: Sequence[str]) -> bool:
        for ticket_id in ids:
            del self._tickets[ticket_id]
        return bool(ids)

    def _move(self, changed: bool) -> None:
        free = self._limit() - sum(one.is_live for one in self._tickets.values())
        for one in self._tickets.values():
            # Who cannot hear it is passed over, and keeps its place.
            if free > 0 and not one.is_live and self._holders[one.holder].connected:
                one.is_live = changed = True
                free -= 1
        self.revision += changed
