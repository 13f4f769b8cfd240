"""`StreamBinding`: the life of one stream, from Start to Stop.

    idle --start--> asking --camera on--> waiting --admitted--> live --stop--> idle
                      |                      ^                    |--limit--> waiting (or idle)
                   failed                    '------resume--------|--pause, errors, page gone--> paused

A binding asks its source for the capture, its gate for a slot, and a `Runner` for the calls. Events come
from any thread.
Fields are changed under `_lock`; nobody else is called while it is held. Traits are set afterwards, in
`_publish`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol

import traitlets as t

from .call_thread import CallThread
from .clock import Clock, Timer
from .countdown import Countdown
from .frames import Frame
from .gate import Place, Turn, gate_of
from .lane import MAX_LOG_LINE_CHARS, MAX_LOG_LINES, CreditContent, Status
from .plan import StreamPlan
from .print_tap import catch_prints
from .prints import FunctionPrints
from .runner import Runner
from .stats import Stats, StatsContent
from .tracebacks import ErrorReport, report

if TYPE_CHECKING:
    from .chunks import Captured, Chunk
    from .sound_account import SoundAccount, SoundSource
    from .sound_store import SoundPosition, SoundStore

logger = logging.getLogger("nbstream")

# A muted camera holds no slot for ever: the clock starts by itself this long after admission.
CLOCK_STARTS_AFTER_S = 2.0
NOT_RETURNED_AFTER_S = 3.0


class Capture(Protocol):
    """What a binding asks of its source."""

    def binding_changed(self, binding: StreamBinding, *, soon: bool = False) -> None:
        """Something that the source or a page must know has changed; `soon`: it may wait to be told."""

    def binding_closed(self, binding: StreamBinding) -> None: ...

    def sound_position(self) -> SoundPosition | None:
        """Where the sound of a stream that starts now begins; `None` = with whatever comes."""

    def sends_last(self, binding: StreamBinding) -> bool:
        """Whether the capture ends with that stream, and its last sound is still to come."""

    def frame_taken(self, frame: Frame, *, at_once: bool) -> None:
        """A call has begun; `at_once`: its credit shall not wait for a message that is sent anyway."""

    def frame_rejected(self, frame: Frame, reason: str) -> None: ...

    def frame_skipped(self, frame: Frame) -> None: ...

    def call_ended(self, binding: StreamBinding, frame: Captured, call_ms: float) -> None: ...

    def carry(self) -> Mapping[str, CreditContent]:
        """Credits for a message that is sent anyway, by the name of their source."""


class StreamBinding(t.HasTraits):
    """A source, a function, inputs and outputs, tied together; made by `source.stream(...)`.

    Use it as a context manager to close it at the end of a block. All methods may be called from any
    thread, at any time, in any state,
    and return at once.
    """

    status = t.Enum(
        ("idle", "asking", "waiting", "live", "paused", "failed"), "idle", read_only=True
    )
    """What the stream does now."""

    remaining_s = t.Float(None, allow_none=True, read_only=True)
    """Seconds left of the time limit, told about once a second; `None` without a limit."""

    queue_position = t.Int(None, allow_none=True, read_only=True)
    """How many wait before this stream; `None` when it does not wait."""

    queue_wait_s = t.Float(None, allow_none=True, read_only=True)
    """About how many seconds until it is live, by the time limits of those before it, told about once a second; `None`
    when it does not wait, or when one of them has no limit.
    """

    error = t.Instance(ErrorReport, allow_none=True, read_only=True)
    """The newest error of the function (or why the camera failed, with `status` "failed"); `None` since
    the last start.
    """

    def __init__(self, captures: Mapping[object, Capture], plan: StreamPlan, clock: Clock) -> None:
        super().__init__()
        self.plan = plan
        self.__wrapped__ = plan.fn
        self.__name__ = plan.fn_name
        self.__doc__ = getattr(plan.fn, "__doc__", None)
        self._captures = captures
        self._running: set[Capture] = set()
        self._sound: SoundAccount | None = None
        self._kept_sound: dict[object, SoundStore] = {}
        self._clock = clock
        self._lock = threading.RLock()
        self._is_publishing = False
        self._has_news = False
        self._stats = Stats()
        self.log = FunctionPrints(plan.fn_name, MAX_LOG_LINES, MAX_LOG_LINE_CHARS)
        context = plan.context.copy()
        context.run(catch_prints, self.log.write)
        self._thread = CallThread(f"nbstream-{plan.fn_name}", context)
        self._status: Status = "idle"
        self._error: ErrorReport | None = None
        self._errors_in_a_row = 0
        self._warm_up_failed = False
        self._needs_camera = False
        self._closed = False
        self._countdown = Countdown(plan.time_limit_s)
        self._timer: Timer | None = None
        self._runner: Runner | None = None
        self._gate = gate_of(plan.concurrency_id, self, plan.concurrency_limit)
        self._publish()

    # --- for users ---------------------------------------------------------------------------

    def start(self) -> None:
        """Ask for the camera and a slot, with a full clock; a paused stream resumes, a running one goes on.

        Raises
        ------
        RuntimeError
            If the binding was closed.
        """
        if self._closed:
            raise RuntimeError("This stream is closed; call source.stream(...) to make another.")
        begins = {one: self._captures[one].sound_position() for one in self.plan.sounds}
        with self._lock:
            paused = self._status == "paused"
            if self._status in ("idle", "failed"):
                if self._runner is not None:
                    self._runner.stop_waiting()
                self._sound = _account(begins, self._kept_sound)
                self._countdown.refill()
                self._begin_asking()
        if paused:
            self.resume()
        else:
            self._changed()

    def stop(self) -> None:
        """End the stream; the camera goes off with the source's last stream.

        What a running call still returns is dropped. Of a stream that hears sound it is shown, and one more call gets
        the sound that is left.
        """
        self._end("idle", results_wanted=False, needs_camera=False)

    def pause(self) -> None:
        """Keep camera and preview on, freeze the clock, and give the slot back as soon as no call runs."""
        self._pause()

    def resume(self) -> None:
        """Queue at the end again, with the time that was left; nothing happens unless paused."""
        with self._lock:
            if self._status != "paused":
                return
            if self._countdown.remaining_s(self._clock.now_s()) == 0:
                self._countdown.refill()
            self._begin_asking()
        self._changed()

    def close(self) -> None:
        """Stop for good, and leave source and gate."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        self.stop()
        if not self._holds_slot():
            self._gate.unregister(self)
        for capture in self._captures.values():
            capture.binding_closed(self)
        self._thread.close()

    def __enter__(self) -> StreamBinding:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def stats(self) -> StatsContent:
        """How the stream is doing: frames per second, counters, milliseconds of each leg."""
        return self._stats.content(self._clock.now_s())

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function itself: what `@webcam.stream(...)` decorates stays a function that can be tested."""
        return self.plan.fn(*args, **kwargs)

    def __repr__(self) -> str:
        return f"StreamBinding({self.plan.fn_name}, status={self._status!r})"

    # --- for the source ----------------------------------------------------------------------

    @property
    def current_status(self) -> Status:
        """The status, before the trait has caught up with it."""
        return self._status

    @property
    def needs_camera(self) -> bool:
        """Whether the camera shall be on for this stream."""
        return self._needs_camera

    @property
    def is_in_call(self) -> bool:
        """Whether the function is called now."""
        runner = self._runner
        return runner is not None and runner.is_in_call

    @property
    def clock_running(self) -> bool:
        """Whether the time limit runs down now."""
        return self._countdown.running

    def remaining_now_s(self) -> float | None:
        """Seconds left of the time limit, this moment."""
        with self._lock:
            return self._countdown.remaining_s(self._clock.now_s())

    def place_in_queue(self) -> Place | None:
        """Where this stream stands in the queue, this moment; `None` when it does not wait."""
        return self._gate.place(self) if self._status == "waiting" else None

    def newest_error(self) -> ErrorReport | None:
        """The newest error, before the trait has caught up with it."""
        return self._error

    def note(self) -> str | None:
        """A sentence for the person, when something is out of the ordinary."""
        silent_s = self._silent_s()
        if silent_s is not None:
            return f"The function has not returned for {silent_s:.0f} s."
        if self._status == "paused" and not self._needs_camera:
            return "The page that captured went away; Resume goes on from this one."
        if self._status == "live" and self._sound is not None:
            return self._sound.note()
        if self._status == "paused" and self._warm_up_failed:
            return "Getting ready failed; Resume tries again."
        if self._status == "paused" and self._failed_too_often():
            count = self._errors_in_a_row
            errors = f"{count} errors in a row" if count > 1 else "an error"
            return f"Paused after {errors}; Resume tries again."
        if self._status != "waiting":
            return None
        if self.plan.warm_up is not None and (note := self.plan.warm_up.note()) is not None:
            return note
        if (note := self._gate.note()) is not None:
            return note
        place = self._gate.place(self)
        if place is not None and place.silent_s is not None:
            return f"Held by a call that has not returned for {place.silent_s:.0f} s."
        return None

    def camera_on(self, capture: Capture) -> None:
        """That camera or microphone runs: once all do, get ready and queue for a slot."""
        with self._lock:
            self._running.add(capture)
            if self._status != "asking" or len(self._running) < len(self._captures):
                return
            self._status = "waiting"
            free = self._runner is None  # else the queue is joined when the running call has ended
        if free and self.plan.warm_up is not None:
            self.plan.warm_up.prepare(self, self.plan.context, self.log.write, self._clock)
        elif free:
            self._gate.join(self)
        self._changed()

    def camera_missing(self) -> None:
        """The camera was asked for anew and is not there: give the slot or the place in the queue back until it is."""
        with self._lock:
            if self._status not in ("waiting", "live"):
                return
            self._running.clear()  # those that are on say so again
        self._end("asking", results_wanted=True, needs_camera=True)

    def camera_failed(self, error: BaseException) -> None:
        """The camera cannot be had, or was lost; Start asks again."""
        self._end("failed", results_wanted=False, needs_camera=False, error=error)

    def page_gone(self) -> None:
        """Nobody captures any more; going on takes a click."""
        with self._lock:
            if self._status not in ("asking", "waiting", "live") and not self._needs_camera:
                return
        self._end("paused", results_wanted=True, needs_camera=False)

    def offer(self, frame: Captured) -> bool:
        """Give a frame or chunk to the function, when it is live; False when it is not wanted."""
        if isinstance(frame, Frame):
            with self._lock:
                runner = self._runner if self._status == "live" else None
            # With our lock free: what it replaces is told to its source. A runner that has ended refuses.
            accepted = runner is not None and runner.offer(frame)
        else:
            with self._lock:
                # The last sound comes after Stop; whether it is still taken, the runner knows.
                runner = self._runner
                accepted = (runner is not None and runner.offer(frame)) or self._keep(frame)
        if not accepted:
            return False
        if isinstance(frame, Frame):
            self._stats.count("bytes_up", len(frame.data))
            self._stats.gauge("quality", frame.quality)
            self._stats.gauge("scale", frame.scale)
        else:
            self._stats.count("bytes_up", frame.samples.nbytes)
        self._begin_clock()
        return True

    def keep_sound(self, source: object, store: SoundStore) -> None:
        """Sound of that source is ours from now on: until the stream is live it waits in `store`."""
        with self._lock:
            self._kept_sound[source] = store

    def give_up_sound(self, source: object) -> SoundStore | None:
        """Let another stream have what waits; `None` = nothing does."""
        with self._lock:
            return self._kept_sound.pop(source, None)

    @property
    def keeps_sound(self) -> bool:
        """Whether sound is wanted, although the stream is not live yet."""
        return bool(self._kept_sound)

    def count(self, name: str, amount: int = 1) -> None:
        """Add to a counter of `stats`."""
        self._stats.count(name, amount)

    def tell_remaining(self) -> None:
        """Bring the traits up to date."""
        self._publish()

    def warmed_up(self, error: BaseException | None) -> None:
        """All is ready: queue for a slot. With an error: wait for a person."""
        with self._lock:
            if self._status != "waiting" or self._runner is not None:
                return
            self._warm_up_failed = error is not None
        if error is None:
            self._gate.join(self)
            self._changed()
        else:
            self._end("paused", results_wanted=True, needs_camera=True, error=error)

    # --- for the gate ------------------------------------------------------------------------

    def admitted(self) -> None:
        """A slot is ours: call the function from now on."""
        with self._lock:
            if self._runner is not None:
                return  # told late, of a slot that was given back and taken again meanwhile
            runner = None
            if self._status == "waiting":
                runner = self._new_runner()
                self._runner, self._status = runner, "live"
                self._set_timer(CLOCK_STARTS_AFTER_S, self._begin_clock)
        if runner is None:
            self._gate.leave(self)
            return
        runner.start()
        self._changed()

    def slot_lost(self) -> None:
        """Somebody else may have our slot: end with the running call, and queue again."""
        with self._lock:
            runner = self._runner if self._status == "live" else None
        if runner is not None:
            runner.end(results_wanted=True, cancel=False)

    def queue_moved(self) -> None:
        """Our place in the queue has changed."""
        self._changed()

    def turn(self) -> Turn:
        """How long those behind us wait for our slot."""
        silent_s = self._silent_s()
        with self._lock:
            takes_turn = self._status in ("waiting", "live")
            left_s = self._countdown.remaining_s(self._clock.now_s()) if takes_turn else 0.0
        # Nobody knows when a call ends that keeps the slot beyond its time.
        return Turn(None if left_s == 0 and silent_s is not None else left_s, silent_s)

    # --- for the runner ----------------------------------------------------------------------

    def frame_taken(self, frame: Frame) -> None:
        # Of parallel calls each frees room for another frame when it begins, not when it ends.
        self._captures[frame.source].frame_taken(frame, at_once=self.plan.max_parallel > 1)

    def frame_rejected(self, frame: Frame, reason: str) -> None:
        self._captures[frame.source].frame_rejected(frame, reason)

    def frame_skipped(self, frame: Frame) -> None:
        self._captures[frame.source].frame_skipped(frame)

    def carry(self) -> Mapping[str, CreditContent]:
        carried: dict[str, CreditContent] = {}
        for capture in self._captures.values():
            carried.update(capture.carry())
        return carried

    def call_ended(self, frame: Captured, call_ms: float, error: BaseException | None) -> None:
        # What the page times its frames by: how far apart calls end.
        between_ms = call_ms / self.plan.max_parallel
        try:
            if error is None:
                self._errors_in_a_row = 0
            else:
                self._note_error(error)
        finally:
            self._captures[frame.source].call_ended(self, frame, between_ms)

    def runner_ended(self, runner: Runner) -> None:
        with self._lock:
            if self._runner is not runner:
                return
            self._runner = None
            if self._status == "live":  # at the limit: the running call was still ours
                self._status = "waiting" if self.plan.on_limit == "rejoin" else "idle"
                self._needs_camera = self._status == "waiting"
                self._countdown.refill()
                self._cancel_timer()
        try:
            self._tell_sources()  # or the next one would be seen live beside us
        finally:
            self._gate.leave(self)
        with self._lock:
            # Only now: who resumed before the slot was given back could not join the queue.
            rejoin = self._status == "waiting"
        if self._closed:
            self._gate.unregister(self)
        elif rejoin:
            self._gate.join(self)
        self._changed()

    # --- inside ------------------------------------------------------------------------------

    def _begin_asking(self) -> None:
        self._status, self._needs_camera = "asking", True
        self._error, self._errors_in_a_row, self._warm_up_failed = None, 0, False
        self._running.clear()

    def _new_runner(self) -> Runner:
        plan = self.plan
        if self._sound is not None:
            from .sound_runner import SoundRunner

            return SoundRunner(plan, self, self._clock, self._stats, self._thread, self._sound)
        if plan.executor is None:
            return Runner(plan, self, self._clock, self._stats, self._thread)
        from .parallel import ParallelRunner  # most streams need none of it

        return ParallelRunner(plan, plan.executor, self, self._clock, self._stats, self._thread)

    def _keep(self, chunk: Chunk) -> bool:
        store = self._kept_sound.get(chunk.source)
        if store is None:
            return False
        store.put(chunk)
        self._stats.count("samples", chunk.sample_count)
        return True

    def _holds_slot(self) -> bool:
        return self._runner is not None

    def _silent_s(self) -> float | None:
        runner = self._runner
        busy_s = 0.0 if runner is None else runner.busy_for_s()
        return busy_s if busy_s >= NOT_RETURNED_AFTER_S else None

    def _pause(self, *, drain: bool = True) -> None:
        with self._lock:
            if self._status not in ("waiting", "live"):
                return
        self._end("paused", results_wanted=True, needs_camera=True, drain=drain)

    def _begin_clock(self) -> None:
        with self._lock:
            if self._status != "live" or self._countdown.running:
                return
            self._cancel_timer()
            now_s = self._clock.now_s()
            self._countdown.start(now_s)
            remaining_s = self._countdown.remaining_s(now_s)
            if remaining_s is None:
                return
            self._set_timer(remaining_s, self._at_limit)
        self._changed()

    def _at_limit(self) -> None:
        with self._lock:
            if self._status != "live" or self._runner is None:
                return
            runner = self._runner
            goes_on = self.plan.on_limit == "rejoin" and not self._gate.someone_waits()
            if goes_on:
                self._countdown.refill()
        if goes_on:
            self._begin_clock()
        else:
            # With our lock free: what is unread is told to its source.
            final = self.plan.on_limit == "stop"
            self._let_end(runner, results_wanted=True, final=final)

    def _end(
        self,
        status: Status,
        *,
        results_wanted: bool,
        needs_camera: bool,
        error: BaseException | None = None,
        drain: bool = True,
    ) -> None:
        final = status in ("idle", "failed")
        await_end = final and any(one.sends_last(self) for one in self._captures.values())
        with self._lock:
            self._status, self._needs_camera = status, needs_camera
            self._kept_sound.clear()
            self._countdown.freeze(self._clock.now_s())
            self._cancel_timer()
            if error is not None:
                self._error = report(error, None)
            runner = self._runner
        if self.plan.warm_up is not None:
            self.plan.warm_up.forget(self)
        if runner is not None and drain:
            self._let_end(runner, results_wanted=results_wanted, final=final, await_end=await_end)
        elif runner is not None:
            runner.end(results_wanted=results_wanted, cancel=False)
        else:
            self._gate.leave(self)
        self._changed()

    def _let_end(
        self, runner: Runner, *, results_wanted: bool, final: bool, await_end: bool = False
    ) -> None:
        """Let the running call be the last one, or those with the sound that is held."""
        if self._sound is None:
            runner.end(results_wanted=results_wanted, cancel=not results_wanted)
        elif self._closed or not runner.is_draining:
            # Who closes the stream leaves its source: nothing more will come.
            runner.drain(final=final, await_end=await_end and not self._closed)

    def _note_error(self, error: BaseException) -> None:
        with self._lock:
            self._error = report(error, self._error)
            self._errors_in_a_row += 1
            too_many = self._failed_too_often()
            repeated = self._error.count > 1
        if too_many:
            self._pause(drain=False)  # the function would fail once more
        else:
            self._changed(soon=repeated)

    def _failed_too_often(self) -> bool:
        limit = self.plan.max_errors
        return limit is not None and self._errors_in_a_row >= limit

    def _set_timer(self, delay_s: float, callback: Any) -> None:
        self._timer = self._clock.call_later(delay_s, callback)

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _changed(self, *, soon: bool = False) -> None:
        self._publish()
        self._tell_sources(soon=soon)

    def _tell_sources(self, *, soon: bool = False) -> None:
        for capture in self._captures.values():
            capture.binding_changed(self, soon=soon)

    def _publish(self) -> None:
        """Set the traits to the newest values; observers run with no lock held.

        One thread at a time does it. Whoever comes meanwhile leaves word that there is news, and the one at
        work sets the traits once more: the last values win, and no observer can make two threads wait for
        each other.
        """
        with self._lock:
            self._has_news = True
            if self._is_publishing:
                return
            self._is_publishing = True
        while self._take_news():
            for name, value in self._newest().items():
                try:
                    self.set_trait(name, value)
                except Exception:  # an observer of the user's failed; the stream must not
                    logger.exception("[nbstream] an observer of %s failed", name)

    def _take_news(self) -> bool:
        with self._lock:
            self._is_publishing, self._has_news = self._has_news, False
            return self._is_publishing

    def _newest(self) -> dict[str, Any]:
        place = self.place_in_queue()  # asks other streams, so our lock must be free
        with self._lock:
            return {
                "status": self._status,
                "remaining_s": self._countdown.remaining_s(self._clock.now_s()),
                "error": self._error,
                "queue_position": None if place is None else place.ahead,
                "queue_wait_s": None if place is None else place.wait_s,
            }


def _account(
    begins: Mapping[SoundSource, SoundPosition | None], kept: dict[object, SoundStore]
) -> SoundAccount | None:
    """What a stream that starts now keeps of its sound; `None` = it hears none."""
    if not begins:
        return None
    from .sound_account import SoundAccount

    return SoundAccount(begins, kept)
