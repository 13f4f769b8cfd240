"""The worker of one admission: it takes frames and calls the user's function, one call at a time.

It runs in the stream's thread from admission to Stop, limit, pause or failure, and ends when the running call
returns: what holds the slot is this run, so a call that never returns keeps it and is never overlapped.
"""

from __future__ import annotations

import contextlib
import logging
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from ..calls.call_thread import CallThread
from ..calls.caller import Caller
from ..errors import CorruptFrameError
from ..kernel.clock import Clock
from ..kernel.print_tap import tap
from ..pictures.encoding import sizes_px
from ..pictures.figures import own_figures
from ..pictures.frame import Frame
from .accounts import Account, Begun, Notes, note_legs
from .mailbox import Mailbox
from .pace import Pace
from .plan import (
    CallWatcher,
    InputPort,
    Lamp,
    Origin,
    OutputPort,
    PictureInput,
    StreamPlan,
    carry_of,
    deal_out,
)
from .stats import Stats

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..calls.metadata import FrameMeta, SoundMeta
    from ..sounds.chunk import Captured, Chunk

logger = logging.getLogger("nbstream")

STALE_AFTER_S = 1.0


class RunEvents(Protocol):
    """Whom a runner tells what happens; from any thread, without a lock held.

    Of each frame that `offer` accepted it hears once `frame_rejected`, `frame_skipped` or `call_ended`.
    """

    def frame_taken(self, frame: Frame) -> None: ...

    def frame_rejected(self, frame: Frame, reason: str) -> None: ...

    def frame_skipped(self, frame: Frame) -> None: ...

    def frame_kept(self, frame: Frame) -> Frame:
        """It waits behind others; returns it as the function gets it."""

    def sound_taken(self, chunk: Chunk) -> None:
        """It waits no longer."""

    def call_ended(
        self,
        frame: Captured,
        call_ms: float,
        error: BaseException | None,
        others: Sequence[Frame] = (),
    ) -> None:
        """`others` are frames that the same call had."""

    def carry(self) -> Any: ...

    def watcher(self) -> CallWatcher | None:
        """Who is told of each call; `None` = nobody."""

    def run_failed(self, error: BaseException) -> None:
        """Something else than a call has failed: a port, or what is told of the calls; the run ends."""

    def runner_ended(self, runner: Runner) -> None: ...


class Runner:
    """Mailbox and caller of one admission, in the stream's thread.

    `_results_wanted` and `_busy_since_s` are single values that are written by one thread and read by
    others; `_passed_over`, `_watched` and `_was_series` belong to the thread; mailbox and pace have locks of their own.
    """

    def __init__(
        self,
        plan: StreamPlan,
        events: RunEvents,
        clock: Clock,
        stats: Stats,
        thread: CallThread,
        mailbox: Mailbox[Captured] | None = None,
    ) -> None:
        self._plan = plan
        self._events = events
        self._clock = clock
        self._stats = stats
        self._is_picture = [isinstance(port, PictureInput) for port in plan.inputs]
        self._thread = thread
        self.mailbox: Mailbox[Captured] = (
            Mailbox(thread.condition(), self._left_unread, lambda frame: frame.source)
            if mailbox is None
            else mailbox
        )
        self._caller = Caller(plan.fn, thread.loop)
        self._notes = Notes(stats)
        self._write_ms = 0.0
        self._results_wanted = True
        self._busy_since_s: float | None = None
        self._pace = Pace(plan.stream_every_s)
        self._passed_over: set[object] = set()
        self._watched: CallWatcher | None = None
        self._was_series = False
        # Of the next call: what it reads, and the frames that it has beside the one that causes it.
        self._inputs: Sequence[InputPort] = plan.inputs
        self._others: Sequence[Frame] = ()

    def start(self) -> None:
        """Begin to wait for frames."""
        self._thread.run(self._run)

    def offer(self, frame: Captured) -> bool:
        """Leave a frame or chunk for the next call; False when it came too early or the runner ends."""
        if isinstance(frame, Frame) and self._pace.is_early(frame):
            return False
        return self.mailbox.put(frame)

    def end(self, *, results_wanted: bool, cancel: bool) -> None:
        """Take no frame any more and end with the running call; does not wait for it.

        Parameters
        ----------
        results_wanted
            Whether what the running call still returns is shown.
        cancel
            Whether an awaited call is cancelled; a generator is closed at its next yield in any case.
        """
        self._results_wanted = results_wanted
        self.mailbox.close()
        self._caller.interrupt(cancel=cancel)

    def call_again(self, frame: Frame) -> bool:
        """Have one more call made with a picture that came before; False when the runner ends."""
        # In no account, and never too old.
        now_s = self._clock.now_s()
        return self.mailbox.put(frame._replace(run=0, captured_at_ms=None, received_at_s=now_s))

    is_draining = False
    """Whether no call will begin any more but for what is held."""

    def drain(self, *, final: bool, await_end: bool) -> None:
        """End once what is held was given to the function; of pictures nothing is."""
        del final, await_end
        self.end(results_wanted=True, cancel=False)

    def stop_waiting(self) -> None:
        """What was awaited after the end does not come; of pictures nothing is."""

    @property
    def is_in_call(self) -> bool:
        """Whether the function is called now."""
        return self._busy_since_s is not None

    def busy_for_s(self) -> float:
        """Seconds since the running call began; 0 when none runs."""
        since_s = self._busy_since_s
        return 0.0 if since_s is None else self._clock.now_s() - since_s

    def _left_unread(self, frame: Captured) -> None:
        if isinstance(frame, Frame):
            self._stats.count("superseded")
            self._events.frame_skipped(frame)

    def _run(self) -> None:
        # Whatever fails, and were it the report of a failure, the slot is given back.
        try:
            self._work_attached()
        except BaseException as error:
            self._fail(error)
        finally:
            self._events.runner_ended(self)

    def _fail(self, error: BaseException) -> None:
        try:
            self._events.run_failed(error)
        except BaseException:
            logger.exception("[nbstream] an error could not be shown")

    def _work_attached(self) -> None:
        # Whatever fails on the way out, the rest is undone all the same.
        with contextlib.ExitStack() as at_end:
            self._attach(at_end)
            self._work()

    def _attach(self, at_end: contextlib.ExitStack) -> None:
        ports: list[InputPort | OutputPort] = [*self._plan.inputs, *self._plan.outputs]
        at_end.callback(self.mailbox.close)
        for port in ports:
            port.attach()
            at_end.callback(port.detach)
            if isinstance(port, Lamp):
                at_end.callback(port.light, False)
                port.light(True)

    def _work(self) -> None:
        """Call the function again and again, until the mailbox is closed."""
        while (frame := self.mailbox.take()) is not None:
            self._work_on(frame)

    def _work_on(self, frame: Captured) -> None:
        if self._takes(frame):
            self._call(frame)

    def _takes(self, frame: Captured) -> bool:
        """Whether a call is made with it; who waits for it is told."""
        if isinstance(frame, Frame):
            if self._is_stale(frame):
                self._left_unread(frame)
                return False
            self._events.frame_taken(frame)
        return True

    def _is_stale(self, frame: Frame) -> bool:
        """Whether the frame has waited behind a call that was longer than ever; a fresh one is soon here."""
        was_captured = frame.captured_at_ms is not None
        is_old = (
            was_captured
            and not frame.is_kept
            and self._clock.now_s() - frame.received_at_s > STALE_AFTER_S
        )
        # Never twice in a row: behind long calls for another camera every picture of this one would be too old.
        if is_old and frame.source not in self._passed_over:
            self._passed_over.add(frame.source)
            return True
        self._passed_over.discard(frame.source)
        return False

    def _call(self, frame: Captured) -> None:
        with self._accounted(frame) as account:
            begun = self._begin_call(frame, account)
            if begun is not None:
                with own_figures():
                    call = self._caller.call
                    self._was_series = call(begun.values, begun.keywords, begun.show)
                note_legs(self._stats, begun, self._clock.now_s(), self._write_ms)

    @contextlib.contextmanager
    def _accounted(self, frame: Captured) -> Iterator[Account]:
        """Tell of a call, whatever it raises."""
        account = Account(self._clock.now_s())
        self._busy_since_s = account.started_s
        error: BaseException | None = None
        try:
            yield account
        except BaseException as raised:
            # The stream survives whatever the function raises, SystemExit too.
            error = raised
            self._stats.count("errors")
        finally:
            self._busy_since_s = None
            watched, self._watched = self._watched, None
            if watched is not None:
                watched.call_ended(error, is_series=self._was_series)
        if not account.is_damaged:
            call_ms = (self._clock.now_s() - account.started_s) * 1000
            self._events.call_ended(frame, call_ms, error, self._others)

    def _begin_call(self, frame: Captured, account: Account) -> Begun | None:
        """Read the inputs; `None` when the frame was damaged."""
        try:
            values = self._read(frame)
        except CorruptFrameError as corrupt:
            if not isinstance(frame, Frame):
                raise  # of a camera whose frame did not cause the call
            self._events.frame_rejected(frame, str(corrupt))
            account.is_damaged = True
            return None
        self._stats.count("frames" if isinstance(frame, Frame) else "chunks")
        self._stats.leg("queue", (account.started_s - frame.received_at_s) * 1000)
        decoded_s = self._clock.now_s()
        self._stats.leg("decode", (decoded_s - account.started_s) * 1000)
        self._write_ms = 0.0
        # Now: the array is the function's, which may reshape it.
        pictures_px = sizes_px(zip(values, self._is_picture, strict=True))
        tap.follow()
        show = partial(self._show, frame=frame, pictures_px=pictures_px)
        return Begun(decoded_s, values, self._keywords(frame), show)

    def _read(self, frame: Captured) -> list[Any]:
        watcher = self._events.watcher()
        if watcher is None:
            return [port.read(frame) for port in self._inputs]
        values = watcher.call_begins(frame, self._inputs)
        self._watched = watcher
        return values

    def _keywords(self, frame: Captured) -> dict[str, Any]:
        if not self._plan.options["metadata"]:
            return {}
        meta = self._meta(frame)
        if self._watched is not None:
            self._watched.call_has(meta)
        return {"meta": meta}

    def _show(self, value: Any, frame: Captured, pictures_px: frozenset[tuple[int, int]]) -> None:
        if self._watched is not None:
            self._watched.call_gave(value)
        if not self._results_wanted:
            return
        began_s = self._clock.now_s()
        origin = Origin(
            frame,
            carry_of(self._events),
            self._notes.painted(frame),
            self._stats.went_down,
            self._notes.overlay(frame),
            pictures_px,
        )
        deal_out(value, self._plan, origin)
        ended_s = self._clock.now_s()
        self._write_ms += (ended_s - began_s) * 1000
        self._stats.shown(ended_s)

    def _meta(self, frame: Captured) -> FrameMeta | SoundMeta | list[FrameMeta]:
        # Few streams ask for it.
        from ..calls.metadata import frame_meta

        assert isinstance(frame, Frame)
        return frame_meta(frame)
