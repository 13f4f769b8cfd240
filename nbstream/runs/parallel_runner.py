"""The worker of one admission whose calls run in an executor, several at once.

It runs in the stream's thread, as a `Runner` does, and does all but the calls: it sends frames off while fewer than
`max_parallel` are away, and shows what comes back. Nothing waits for an older frame: a result that is older than the
one shown is dropped and counted, so what is seen is in order of capture and as new as can be. The run, and with it the
slot, ends when the last call that could not be cancelled has ended.
"""

from __future__ import annotations

import itertools
import threading
import uuid
from concurrent.futures import CancelledError, Executor, Future
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from ..calls.call_thread import CallThread
from ..calls.metadata import frame_meta
from ..calls.remote_call import Reply, Request
from ..calls.tracebacks import note_places
from ..calls.workers import Workers
from ..errors import WorkerError
from ..kernel.clock import Clock
from ..pictures.encoding import Encoding, sizes_px
from ..pictures.frame import Frame
from ..sounds.chunk import Captured
from .plan import PictureInput, StreamPlan
from .runner import RunEvents, Runner
from .stats import Stats

if TYPE_CHECKING:
    from ..calls.workers import ExecutorChoice


@dataclass(frozen=True)
class _Away:
    """A call that is under way; `number` counts calls in order of capture."""

    frame: Frame
    number: int
    started_s: float
    executor: Executor | None = None
    pictures_px: frozenset[tuple[int, int]] = frozenset()


@runtime_checkable
class PictureOutput(Protocol):
    """An output port that takes encoded bytes as well."""

    def encoding(self) -> Encoding:
        """How pictures are encoded for it now."""


class ParallelRunner(Runner):
    """Thread, mailbox and the calls that are away. All but `_wake` and `_done` belongs to the thread."""

    def __init__(
        self,
        plan: StreamPlan,
        executor: ExecutorChoice,
        events: RunEvents,
        clock: Clock,
        stats: Stats,
        thread: CallThread,
    ) -> None:
        super().__init__(plan, events, clock, stats, thread)
        self._workers = Workers(plan.fn, executor)
        self._wake = threading.Event()
        self._done: SimpleQueue[Future[Any]] = SimpleQueue()
        self._away: dict[Future[Any], _Away] = {}
        self._id = uuid.uuid4().hex
        self._numbers = itertools.count(1)
        self._newest_shown = 0
        self._cancelled = False

    def offer(self, frame: Captured) -> bool:
        accepted = super().offer(frame)
        self._wake.set()
        return accepted

    def end(self, *, results_wanted: bool, cancel: bool) -> None:
        """Take no frame any more; `cancel`: also give up the calls that no worker has begun."""
        self._cancelled = self._cancelled or cancel
        super().end(results_wanted=results_wanted, cancel=cancel)
        self._wake.set()

    def _work(self) -> None:
        try:
            while self._away or not self.mailbox.closed:
                self._wake.wait()
                self._wake.clear()
                if self._cancelled:
                    self._cancel_all()
                self._collect()
                self._send_off()
                self._busy_since_s = min(
                    (one.started_s for one in self._away.values()), default=None
                )
        finally:
            for call in self._away.values():
                self._events.frame_skipped(call.frame)
            self._workers.close()

    def _cancel_all(self) -> None:
        for future in list(self._away):
            future.cancel()

    def _send_off(self) -> None:
        while len(self._away) < self._plan.options["max_parallel"]:
            frame = self.mailbox.poll()
            if not isinstance(frame, Frame):
                return
            if self._is_stale(frame):
                self._events.frame_skipped(frame)
            else:
                self._submit(frame)

    def _submit(self, frame: Frame) -> None:
        self._events.frame_taken(frame)
        call = _Away(frame, next(self._numbers), self._clock.now_s())
        if self._busy_since_s is None:
            self._busy_since_s = call.started_s  # making an executor may take long
        self._stats.leg("queue", (call.started_s - frame.received_at_s) * 1000)
        try:
            request = self._request(frame, call.number)
            future = self._workers.submit(request)
        except Exception as error:
            self._ended(call, error)
            return
        self._away[future] = replace(
            call,
            executor=self._workers.executor,
            pictures_px=sizes_px((value, False) for value in request.args),
        )
        future.add_done_callback(self._note_done)

    def _note_done(self, future: Future[Any]) -> None:
        self._done.put(future)
        self._wake.set()

    def _request(self, frame: Frame, number: int) -> Request:
        inputs = self._plan.inputs
        return Request(
            f"{self._id}-{number}",
            [
                port.read_encoded(frame) if isinstance(port, PictureInput) else port.read(frame)
                for port in inputs
            ],
            {"meta": frame_meta(frame)} if self._plan.options["metadata"] else {},
            [
                port.encoding() if isinstance(port, PictureOutput) else None
                for port in self._plan.outputs
            ],
        )

    def _collect(self) -> None:
        while True:
            try:
                future = self._done.get_nowait()
            except Empty:
                return
            self._receive(self._away.pop(future), future)

    def _receive(self, call: _Away, future: Future[Any]) -> None:
        try:
            reply = self._workers.reply_of(future)
        except WorkerError as error:
            # All calls that were away are lost at once: it is one mishap, and counts as one error.
            if self._workers.lost(call.executor):
                self._ended(call, error)
            else:
                self._events.frame_skipped(call.frame)
            return
        except CancelledError as error:
            self._ended(call, None if self._cancelled else error)
            return
        except BaseException as error:
            self._ended(call, error)
            return
        self._use(call, reply)

    def _use(self, call: _Away, reply: Reply) -> None:
        if reply.corrupt is not None:
            self._events.frame_rejected(call.frame, reply.corrupt)
            return
        if reply.printed:
            print(reply.printed, end="")  # noqa: T201 - the function's own, in its worker
        error = reply.error
        if error is not None:
            note_places(error, reply.places)
        elif call.number < self._newest_shown:
            self._stats.count("late")
        else:
            self._newest_shown = call.number
            error = self._shown(call, reply)
        self._ended(call, error)

    def _shown(self, call: _Away, reply: Reply) -> BaseException | None:
        self._write_ms = 0.0
        try:
            self._show(reply.value, call.frame, call.pictures_px)
        except BaseException as error:
            return error
        legs_ms = dict(reply.legs_ms)
        there_ms = sum(legs_ms.values())
        away_ms = (self._clock.now_s() - call.started_s) * 1000 - self._write_ms
        legs_ms["write"] = legs_ms.pop("encode", 0.0) + self._write_ms
        legs_ms["away"] = max(0.0, away_ms - there_ms)
        for name, duration_ms in legs_ms.items():
            self._stats.leg(name, duration_ms)
        return None

    def _ended(self, call: _Away, error: BaseException | None) -> None:
        self._stats.count("frames")
        if error is not None:
            self._stats.count("errors")
        call_ms = (self._clock.now_s() - call.started_s) * 1000
        self._events.call_ended(call.frame, call_ms, error)
