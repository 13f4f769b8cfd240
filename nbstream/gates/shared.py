"""`Gate`: one queue for the streams of many kernels, whose slots live on the scheduler of a Dask cluster.

The kernel says what it wants, all of it, whenever that changes and four times in each lease; the answer comes when the
queue has moved. Who is not heard for a lease has lost its slots: the scheduler counts from when it heard, the kernel
from when it spoke, so a stream here is told before its slot is given to another.
"""

from __future__ import annotations

import asyncio
import logging
import math
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future
from numbers import Integral, Real
from typing import Any, NamedTuple

from ..errors import MissingDependencyError
from .local import Member, QueuePlace, tell
from .slot_queue import Answer, TicketContent

logger = logging.getLogger("nbstream")

WORDS_PER_LEASE = 4
ANSWER_WITHIN_S = 5.0
AGAIN_AFTER_S = 1.0
LEAST_PAUSE_S = 0.05


class _Ticket:
    """What one member has: a place in the queue or a slot."""

    def __init__(self) -> None:
        self.id = uuid.uuid4().hex
        self.is_live = False
        self.place: QueuePlace | None = None


class _Asked(NamedTuple):
    """A question that is on the way; `version` is what was wanted when it was asked."""

    answer: Future[Answer]
    version: int
    asked_at_s: float


class Gate:
    """Slots that streams of many kernels, on any machines, share; give it as `concurrency_id=`.

    Streams are let in by order of arrival at the scheduler. `_lock` guards all fields; one thread, `_keep`, talks with
    the scheduler and tells the members. It exists while a stream waits or is live.

    Parameters
    ----------
    limit
        How many streams may be live at once. Where gates of one name differ, the lowest counts.
    client
        A `distributed.Client` (extra `dask`), connected to the scheduler that all kernels use. nbstream must be
        installed there.
    name
        Gates of one name on one scheduler are one gate.
    lease_time
        Seconds after which the slot of a kernel that was killed or cut off is given to the next. A kernel that comes
        back later than that queues again.

    Raises
    ------
    MissingDependencyError
        If `distributed` is not installed.
    TypeError
        If the client is none.
    ValueError
        If a number is out of range, or the client is asynchronous.
    """

    def __init__(
        self, limit: int, *, client: Any, name: str = "default", lease_time: float = 10.0
    ) -> None:
        _check(limit, client, lease_time)
        self.limit = limit
        self.name = name
        self.lease_time = lease_time
        self._client = client
        self._holder = uuid.uuid4().hex
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._limits: dict[Member, int | None] = {}
        self._tickets: dict[Member, _Ticket] = {}
        self._version = 0
        self._index = 0
        self._revision = -1
        self._someone_waits = False
        self._trouble: str | None = None
        self._keeper: threading.Thread | None = None

    def __repr__(self) -> str:
        return f"Gate({self.limit}, name={self.name!r}, lease_time={self.lease_time})"

    # --- for streams -------------------------------------------------------------------------

    def register(self, member: Member, limit: int | None) -> None:
        """Let the limit of `member` count while it waits or is live; `None` = it sets none."""
        with self._lock:
            self._limits[member] = limit

    def unregister(self, member: Member) -> None:
        """Leave for good."""
        with self._lock:
            self._limits.pop(member, None)
        self.leave(member)

    def join(self, member: Member) -> None:
        """Queue at the end; harmless when the member waits or is live already."""
        with self._lock:
            if member in self._tickets:
                return
            self._tickets[member] = _Ticket()
            self._version += 1
            if self._keeper is None:
                self._keeper = threading.Thread(
                    target=self._keep, name=f"nbstream-gate-{self.name}", daemon=True
                )
                self._keeper.start()
        self._wake.set()

    def leave(self, member: Member) -> None:
        """Give the slot or the place in the queue back; harmless without one."""
        with self._lock:
            if self._tickets.pop(member, None) is None:
                return
            self._version += 1
        self._wake.set()

    def place(self, member: Member) -> QueuePlace | None:
        """Where `member` stands, as it was last heard; `None` when it does not wait, or nothing was heard yet."""
        with self._lock:
            ticket = self._tickets.get(member)
            return None if ticket is None or ticket.is_live else ticket.place

    def someone_waits(self) -> bool:
        """Whether anybody queues for a slot, as it was last heard."""
        with self._lock:
            return self._someone_waits

    def note(self) -> str | None:
        """Why the queue does not move, when the scheduler cannot be reached."""
        with self._lock:
            return self._trouble

    # --- the thread that talks with the scheduler ----------------------------------------------

    def _keep(self) -> None:
        while True:
            try:
                self._talk()
                return
            except BaseException:
                # Whatever it was: without this thread no stream of the gate would ever hear of its turn.
                logger.exception("[nbstream] the thread of %r failed, and begins anew", self)
                self._lose_slots()
                time.sleep(AGAIN_AFTER_S)

    def _talk(self) -> None:
        asked: _Asked | None = None
        knows_us = False
        heard_at_s, next_at_s = time.monotonic(), 0.0
        said_version = -1
        while not self._is_over(said_version):
            has_news = asked is None or asked.version != self._version
            if has_news and time.monotonic() >= next_at_s:
                asked = self._ask(register=not knows_us)
                next_at_s, has_news = time.monotonic() + LEAST_PAUSE_S, False
            until_s = heard_at_s + self.lease_time
            self._wake.wait(
                max(0.0, min(until_s, next_at_s if has_news else math.inf) - time.monotonic())
            )
            self._wake.clear()
            if asked is None:
                pass
            elif (answer := self._answer_to(asked)) is not None:
                knows_us, heard_at_s, said_version = True, asked.asked_at_s, asked.version
                self._use(answer, asked.version)
                asked = None
            elif asked.answer.done():
                knows_us, asked = False, None
                next_at_s = time.monotonic() + AGAIN_AFTER_S
            if time.monotonic() >= heard_at_s + self.lease_time:
                self._lose_slots()
                heard_at_s = time.monotonic()

    def _is_over(self, said_version: int) -> bool:
        """Whether nothing is wanted any more, and that was said (or cannot be, for now: the lease will run out)."""
        with self._lock:
            over = not self._tickets and (
                said_version == self._version or self._trouble is not None
            )
            if over:
                self._keeper, self._trouble = None, None
            return over

    def _ask(self, *, register: bool) -> _Asked:
        with self._lock:
            self._index += 1
            version, seen_revision = self._version, self._revision
            tickets = list(self._tickets.items())
            word = {
                "holder": self._holder,
                "index": self._index,
                "limit": self.limit,
                "lease_s": self.lease_time,
                "client": self._client.id,
            }
            limits = dict(self._limits)
        word["tickets"] = [_content(ticket.id, one, limits.get(one)) for one, ticket in tickets]
        wait_s = self.lease_time / WORDS_PER_LEASE if tickets else 0.0
        question = {
            "gate": self.name,
            "word": word,
            "seen_revision": seen_revision,
            "wait_s": wait_s,
        }
        asked_at_s = time.monotonic()
        answer = self._send(question, register)
        answer.add_done_callback(lambda _: self._wake.set())
        return _Asked(answer, version, asked_at_s)

    def _send(self, question: dict[str, Any], register: bool) -> Future[Answer]:
        from .dask_plugin import HANDLER_NAME, GatesPlugin

        async def ask() -> Answer:
            if register:
                await self._client.register_plugin(GatesPlugin())
            answer: Answer = await getattr(self._client.scheduler, HANDLER_NAME)(**question)
            return answer

        coroutine = ask()
        try:
            return asyncio.run_coroutine_threadsafe(coroutine, self._client.loop.asyncio_loop)
        except Exception as error:  # the client's loop is closed, or it has none
            coroutine.close()
            failed: Future[Answer] = Future()
            failed.set_exception(error)
            return failed

    def _answer_to(self, asked: _Asked) -> Answer | None:
        """The answer, if it is there; `None` while it may come, and when there is none (then it is done)."""
        waited_s = time.monotonic() - asked.asked_at_s
        if not asked.answer.done():
            if waited_s > self.lease_time / WORDS_PER_LEASE + ANSWER_WITHIN_S:
                asked.answer.cancel()
                self._set_trouble("it does not answer")
            return None
        error = None if asked.answer.cancelled() else asked.answer.exception()
        if error is None and not asked.answer.cancelled():
            return asked.answer.result()
        self._set_trouble(str(error) or type(error).__name__)
        return None

    def _set_trouble(self, why: str) -> None:
        with self._lock:
            before = self._trouble
            self._trouble = (
                f"The Dask scheduler with the queue cannot be reached ({why:.120}). Trying again."
            )
            moved = [one.queue_moved for one, ticket in self._tickets.items() if not ticket.is_live]
        if before is None:
            tell(moved)

    def _use(self, answer: Answer, version: int) -> None:
        """Take over what the scheduler says; an answer to what is no longer wanted is left alone."""
        calls: list[Callable[[], None]] = []
        with self._lock:
            recovered, self._trouble = self._trouble is not None, None
            self._someone_waits = answer["someone_waits"]
            if version != self._version:
                return
            self._revision = answer["revision"]
            for member, ticket in list(self._tickets.items()):
                call = _news(member, ticket, answer, recovered)
                if call == member.slot_lost:
                    self._drop(member)
                if call is not None:
                    calls.append(call)
        tell(calls)

    def _lose_slots(self) -> None:
        """Nothing was heard for a lease: others may have been let in."""
        with self._lock:
            lost = [one for one, ticket in self._tickets.items() if ticket.is_live]
            for member in lost:
                self._drop(member)
        tell([one.slot_lost for one in lost])

    def _drop(self, member: Member) -> None:
        del self._tickets[member]
        self._version += 1


def _news(
    member: Member, ticket: _Ticket, answer: Answer, recovered: bool
) -> Callable[[], None] | None:
    """Bring a ticket up to date; returns what its member has to be told."""
    is_live, was_live = ticket.id in answer["live"], ticket.is_live
    ticket.is_live = is_live
    if was_live:
        return None if is_live else member.slot_lost
    if is_live:
        return member.admitted
    before = ticket.place
    place = answer["places"].get(ticket.id)
    ticket.place = None if place is None else QueuePlace(**place)
    return None if ticket.place == before and not recovered else member.queue_moved


def _content(id: str, member: Member, limit: int | None) -> TicketContent:
    turn = member.turn()
    return {"id": id, "limit": limit, "left_s": turn.left_s, "silent_s": turn.silent_s}


def _check(limit: object, client: Any, lease_time: object) -> None:
    if isinstance(limit, bool) or not isinstance(limit, Integral) or int(limit) < 1:
        raise ValueError(f"limit is {limit!r:.80}; expected an integer >= 1.")
    is_time = isinstance(lease_time, Real) and not isinstance(lease_time, bool)
    if not (is_time and math.isfinite(float(lease_time)) and float(lease_time) > 0):  # type: ignore[arg-type]
        raise ValueError(f"lease_time is {lease_time!r:.80}; expected seconds > 0.")
    try:
        from distributed import Client
    except ImportError:
        raise MissingDependencyError(
            'Gate() needs a Dask client: pip install "nbstream[dask]".'
        ) from None
    if not isinstance(client, Client):
        raise TypeError(
            f"client is {client!r:.80} of type {type(client).__name__}; expected a distributed.Client."
        )
    if client.asynchronous:
        raise ValueError(
            "the client is asynchronous: it lives on the kernel's event loop, which stands still while a cell runs. "
            "Make it with distributed.Client(address), without asynchronous=True."
        )
