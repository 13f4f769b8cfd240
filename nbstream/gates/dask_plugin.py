"""The slots of all groups on a Dask scheduler: a kernel says what it wants, and the answer waits for news.

Runs in the scheduler's process, on its event loop; imported only where somebody uses a shared gate.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import defaultdict
from typing import Any

from distributed import SchedulerPlugin

from .slot_queue import Answer, SlotQueue

HANDLER_NAME = "nbstream_gate"


class _Group:
    """One gate. `news` is set, and replaced, whenever an answer that waits has to look again."""

    def __init__(self) -> None:
        self.slots = SlotQueue()
        self.news = asyncio.Event()

    def wake(self) -> None:
        self.news.set()
        self.news = asyncio.Event()

    def expire(self, now_s: float) -> None:
        before = self.slots.revision
        self.slots.expire(now_s)
        if self.slots.revision != before:
            self.wake()


class GatesPlugin(SchedulerPlugin):
    """Gates by name. All fields belong to the scheduler's event loop."""

    name = "nbstream-gates"
    idempotent = True  # the second kernel that registers it finds the first one's

    def __init__(self) -> None:
        self._groups: defaultdict[str, _Group] = defaultdict(_Group)

    async def start(self, scheduler: Any) -> None:
        """Begin to hear kernels."""
        scheduler.handlers[HANDLER_NAME] = self.hear

    def remove_client(self, scheduler: Any, client: str) -> None:
        """A client's connection was cut: it is given nothing more until it is heard again."""
        for group in self._groups.values():
            group.slots.disconnected(client)

    async def hear(
        self, gate: str, word: dict[str, Any], seen_revision: int, wait_s: float
    ) -> Answer:
        """Take what a kernel wants (the arguments of `SlotQueue.hear`); answer with news, or after `wait_s` seconds."""
        now_s = time.monotonic()
        self._forget_deserted(now_s)
        group = self._groups[gate]
        group.slots.hear(**word, now_s=now_s)
        group.wake()
        await _news(group, word["holder"], word["index"], seen_revision, now_s + wait_s)
        return group.slots.answer(word["holder"], time.monotonic())

    def _forget_deserted(self, now_s: float) -> None:
        for name, group in list(self._groups.items()):
            group.expire(now_s)
            if group.slots.deserted:
                del self._groups[name]


async def _news(group: _Group, holder: str, index: int, seen_revision: int, until_s: float) -> None:
    """Wait until the queue is another than the kernel has seen, the kernel says something newer, or the time is up."""
    slots = group.slots
    while slots.revision == seen_revision and slots.newest_index(holder) == index:
        now_s = time.monotonic()
        if now_s >= until_s:
            return
        # Whoever waits looks after the leases of the others: nobody else needs to know when one runs out.
        expiry_s = slots.next_expiry_s()
        look_at_s = until_s if expiry_s is None else min(until_s, expiry_s)
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(group.news.wait(), max(0.0, look_at_s - now_s))
        group.expire(time.monotonic())
