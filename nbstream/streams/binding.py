"""`StreamBinding`: one stream, from Start to Stop; what each event makes of each state is in `lifecycle`.

A binding asks its source for the capture, its gate for a slot, and a `Runner` for the calls. Events come from any
thread. Fields are changed under `_lock`; the state by `_lead_on` alone, which looks it up and writes it at once.
Gate, warm-up and the end of a run are called afterwards, in the order in which it was decided (`InOrder`). Traits are
set afterwards, too, in `_publish`, and their observers run in a thread of their own.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol

import traitlets as t

from ..calls.call_thread import CallThread
from ..calls.tracebacks import ErrorReport, report
from ..gates.local import QueuePlace, Turn, gate_of
from ..kernel.clock import Clock, Timer
from ..kernel.news import News, tell_observers
from ..kernel.print_tap import catch_prints
from ..kernel.prints import FunctionPrints
from ..pictures.frame import Frame
from ..protocol.from_page import MAX_LOG_LINE_CHARS, MAX_LOG_LINES, Status
from ..protocol.to_page import CreditContent
from ..runs.plan import StreamPlan
from ..runs.runner import Runner
from ..runs.stats import Stats, StatsContent
from .countdown import Countdown
from .in_order import InOrder
from .lifecycle import Event, LifeState, next_state, status_of, wants_camera

if TYPE_CHECKING:
    from ..sounds.account import SoundAccount, SoundSource
    from ..sounds.chunk import Captured, Chunk
    from ..sounds.store import SoundPosition, SoundStore

# A muted camera holds no slot for ever: the clock starts by itself this long after admission.
CLOCK_STARTS_AFTER_S = 2.0
NOT_RETURNED_AFTER_S = 3.0


class Capture(Protocol):
    """What a stream asks of its source."""

    @property
    def bindings(self) -> list[StreamBinding]:
        """The streams of the source, oldest first (a copy)."""

    def check_open(self) -> None:
        """Raise RuntimeError if the source is closed."""

    def take_on(self, binding: StreamBinding, old: Sequence[StreamBinding]) -> bool:
        """Take a stream on; True when it shall start: the camera is on, or one that it replaces was not idle."""

    def show_results_of(self, binding: StreamBinding) -> None:
        """A stream of other sources shows its results here."""

    def refresh(self) -> None:
        """Tell the pages what is new."""

    def binding_changed(self, binding: StreamBinding, *, soon: bool = False) -> None:
        """Something that the source or a page must know has changed; `soon`: it may wait to be told."""

    def binding_closed(self, binding: StreamBinding) -> None: ...

    def sound_position(self) -> SoundPosition | None:
        """Where the sound of a stream that starts now begins; `None` = with whatever comes."""

    def newest(self) -> Frame | None:
        """The newest picture; `None` before the first, and of what captures sound."""

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

    Use it as a context manager to close it at the end of a block. All methods may be called from
    any thread, at any time, in any state, and return at once.
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
        self._news = News(plan.fn_name)
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
        self._state: LifeState = "idle"
        self._in_order = InOrder()
        self._error: ErrorReport | None = None
        self._errors_in_a_row = 0
        self._newest_piece: Chunk | None = None
        self._why_paused: str | None = None
        self._countdown = Countdown(plan.options["time_limit"])
        self._timer: Timer | None = None
        self._runner: Runner | None = None
        self._gate = gate_of(plan.concurrency_id, self, plan.options["concurrency_limit"])
        self._publish()

    # --- for users ---------------------------------------------------------------------------

    def start(self) -> None:
        """Ask for the camera and a slot, with a full clock; a paused stream resumes, a running one goes on.

        Raises
        ------
        RuntimeError
            If the binding was closed.
        """
        begins = {one: self._captures[one].sound_position() for one in self.plan.sounds}
        with self._lock:
            if self._state == "closed":
                raise RuntimeError(
                    "This stream is closed; call source.stream(...) to make another."
                )
            paused = status_of(self._state) == "paused"
            if self._lead_on("start"):
                if paused:
                    self._wind_up()
                else:
                    if self._runner is not None:
                        self._runner.stop_waiting()
                    self._sound = _account(begins, self._kept_sound)
                    self._countdown.refill()
                self._begin_asking()
        self._changed()

    def stop(self) -> None:
        """End the stream; the camera goes off with the source's last stream.

        What a running call still returns is dropped. Of a stream that hears sound it is shown, and one more call gets
        the sound that is left.
        """
        self._end("idle", event="stop")

    def pause(self) -> None:
        """Keep camera and preview on, freeze the clock, and give the slot back as soon as no call runs."""
        self._end("paused", event="pause")

    def resume(self) -> None:
        """Queue at the end again, with the time that was left; nothing happens unless paused."""
        with self._lock:
            if not self._lead_on("resume"):
                return
            self._wind_up()
            self._begin_asking()
        self._changed()

    def close(self) -> None:
        """Stop for good, and leave source and gate."""
        if self._end("idle", event="close"):
            for capture in self._captures.values():
                capture.binding_closed(self)
            self._thread.close()

    def step(self) -> Any:
        """Call the function once with the newest picture or piece of sound, in the thread that calls this.

        So `breakpoint()` in the function and `%debug` after it work. A live stream is paused first, and its running
        call waited for; Resume goes on. The result is shown as ever. A call needs neither slot nor time limit.

        Returns
        -------
        result
            What the function returned, awaited if need be; of a generator the list of what it yielded.

        Raises
        ------
        RuntimeError
            If nothing has come yet, the stream is closed, or its running call does not return within 10 s.
        Exception
            What the function raises.
        """
        if self.is_closed:
            raise RuntimeError("This stream is closed; call source.stream(...) to make another.")
        from .stepping import step

        self.pause()
        index = 0 if self._sound is None else self._sound.index
        came = [self._newest_piece, *(one.newest() for one in self._captures.values())]
        return step(self.plan, [one for one in came if one is not None], self._thread, index)

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
        return f"StreamBinding({self.plan.fn_name}, status={self.current_status!r})"

    # --- for the source ----------------------------------------------------------------------

    @property
    def current_status(self) -> Status:
        """The status, before the trait has caught up with it."""
        return status_of(self._state)

    @property
    def needs_camera(self) -> bool:
        """Whether the camera shall be on for this stream."""
        return wants_camera(self._state)

    @property
    def is_closed(self) -> bool:
        """Whether it has ended for good."""
        return self._state == "closed"

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

    def place_in_queue(self) -> QueuePlace | None:
        """Where this stream stands in the queue, this moment; `None` when it does not wait."""
        return self._gate.place(self) if self._state == "waiting" else None

    def newest_error(self) -> ErrorReport | None:
        """The newest error, before the trait has caught up with it."""
        return self._error

    def note(self) -> str | None:
        """A sentence for the person, when something is out of the ordinary."""
        silent_s = self._silent_s()
        if silent_s is not None:
            return f"The function has not returned for {silent_s:.0f} s."
        if self._state == "away":
            return "The page that captured went away; Resume goes on from this one."
        if self._state == "live" and self._sound is not None:
            return self._sound.note()
        if self._state == "paused":
            return self._why_paused
        if self._state != "waiting":
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
            if len(self._running) < len(self._captures) or not self._lead_on("camera_on"):
                return
            if self._runner is not None:
                pass  # the queue is joined when the running call has ended
            elif (warm_up := self.plan.warm_up) is not None:
                context, printed = self.plan.context, self.log.write
                self._in_order.add(partial(warm_up.prepare, self, context, printed, self._clock))
            else:
                self._in_order.add(partial(self._gate.join, self))
        self._in_order.carry_out()
        self._changed()

    def camera_missing(self) -> None:
        """The camera was asked for anew and is not there: give the slot or the place in the queue back until it is."""
        self._end("asking", event="camera_missing")

    def camera_failed(self, error: BaseException) -> None:
        """The camera cannot be had, or was lost; Start asks again."""
        self._end("failed", event="camera_failed", error=error)

    def page_gone(self) -> None:
        """Nobody captures any more; going on takes a click."""
        self._end("paused", event="page_gone")

    def offer(self, frame: Captured) -> bool:
        """Give a frame or chunk to the function, when it is live; False when it is not wanted."""
        if isinstance(frame, Frame):
            with self._lock:
                runner = self._runner if self._state == "live" else None
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
        if error is not None:
            note = "Getting ready failed; Resume tries again."
            self._end("paused", event="warm_up_failed", error=error, note=note)
            return
        with self._lock:
            if self._state != "waiting" or self._runner is not None:
                return
            self._in_order.add(partial(self._gate.join, self))
        self._in_order.carry_out()
        self._changed()

    # --- for the gate ------------------------------------------------------------------------

    def admitted(self) -> None:
        """A slot is ours: call the function from now on."""
        failed: Exception | None = None
        with self._lock:
            if self._runner is not None:
                return  # told late, of a slot that was given back and taken again meanwhile
            if self._lead_on("admitted"):
                failed = self._start_runner()
            else:
                self._in_order.add(partial(self._gate.leave, self))
        self._in_order.carry_out()
        if failed is not None:
            self.run_failed(failed)
        else:
            self._changed()

    def slot_lost(self) -> None:
        """Somebody else may have our slot: end with the running call, and queue again."""
        with self._lock:
            runner = self._runner if self._state == "live" else None
        if runner is not None:
            runner.end(results_wanted=True, cancel=False)

    def queue_moved(self) -> None:
        """Our place in the queue has changed."""
        self._changed()

    def turn(self) -> Turn:
        """How long those behind us wait for our slot."""
        silent_s = self._silent_s()
        with self._lock:
            takes_turn = self._state in ("waiting", "live")
            left_s = self._countdown.remaining_s(self._clock.now_s()) if takes_turn else 0.0
        # Nobody knows when a call ends that keeps the slot beyond its time.
        return Turn(None if left_s == 0 and silent_s is not None else left_s, silent_s)

    # --- for the runner ----------------------------------------------------------------------

    def frame_taken(self, frame: Frame) -> None:
        # Of parallel calls each frees room for another frame when it begins, not when it ends.
        self._captures[frame.source].frame_taken(
            frame, at_once=self.plan.options["max_parallel"] > 1
        )

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
        between_ms = call_ms / self.plan.options["max_parallel"]
        if not isinstance(frame, Frame):
            self._newest_piece = frame
        try:
            if error is None:
                self._errors_in_a_row = 0
            else:
                self._note_error(error)
        finally:
            self._captures[frame.source].call_ended(self, frame, between_ms)

    def run_failed(self, error: BaseException) -> None:
        """Not a call, but something round the calls has failed: wait for a person."""
        self._stats.count("errors")
        note = "Paused after an error; Resume tries again."
        self._end("paused", event="errors", error=error, note=note, drain=False)

    def runner_ended(self, runner: Runner) -> None:
        with self._lock:
            if self._runner is not runner:
                return
            self._runner = None
            rejoins = self.plan.options["on_limit"] == "rejoin"
            if self._lead_on("rejoin_at_limit" if rejoins else "stop_at_limit"):
                # The running call was still ours.
                self._countdown.refill()
                self._cancel_timer()
            # First of all, or the next one would be seen live beside us.
            self._in_order.add(self._tell_sources)
            self._in_order.add(self._leave_gate)
            # Only behind that: who resumed before the slot was given back could not join the queue.
            if self._state == "waiting":
                self._in_order.add(partial(self._gate.join, self))
        self._in_order.carry_out()
        self._changed()

    # --- inside ------------------------------------------------------------------------------

    def _lead_on(self, event: Event) -> bool:
        """Change the state as `event` does, with the lock held; False where it means nothing to the state."""
        before, self._state = self._state, next_state(self._state, event)
        return self._state != before

    def _begin_asking(self) -> None:
        self._error, self._errors_in_a_row, self._why_paused = None, 0, None
        self._running.clear()

    def _wind_up(self) -> None:
        """Of a clock that has run down, give the whole time again."""
        if self._countdown.remaining_s(self._clock.now_s()) == 0:
            self._countdown.refill()

    def _start_runner(self) -> Exception | None:
        """Begin to call the function, with the lock held; returns why that cannot be."""
        runner: Runner | None = None
        try:
            runner = self._new_runner()
            runner.start()
        except Exception as error:  # no more threads, or a package that is not there
            if runner is not None:
                runner.end(results_wanted=False, cancel=True)
            return error
        self._runner = runner
        self._set_timer(CLOCK_STARTS_AFTER_S, self._begin_clock)
        return None

    def _leave_gate(self) -> None:
        if self.is_closed:
            self._gate.unregister(self)
        else:
            self._gate.leave(self)

    def _new_runner(self) -> Runner:
        plan = self.plan
        if self._sound is not None:
            from ..runs.sound_runner import SoundRunner

            return SoundRunner(plan, self, self._clock, self._stats, self._thread, self._sound)
        if plan.options["executor"] is None:
            return Runner(plan, self, self._clock, self._stats, self._thread)
        from ..runs.parallel_runner import ParallelRunner  # most streams need none of it

        return ParallelRunner(
            plan, plan.options["executor"], self, self._clock, self._stats, self._thread
        )

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

    def _begin_clock(self) -> None:
        with self._lock:
            if self._state != "live" or self._countdown.running:
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
            if self._state != "live" or self._runner is None:
                return
            runner = self._runner
            goes_on = self.plan.options["on_limit"] == "rejoin" and not self._gate.someone_waits()
            if goes_on:
                self._countdown.refill()
            else:
                # With our lock free: what is unread is told to its source.
                self._in_order.add(partial(self._end_at_limit, runner))
        if goes_on:
            self._begin_clock()
        else:
            self._in_order.carry_out()

    def _end_at_limit(self, runner: Runner) -> None:
        if self._sound is None:
            runner.end(results_wanted=True, cancel=False)
        elif not runner.is_draining:
            runner.drain(final=self.plan.options["on_limit"] == "stop", await_end=False)

    def _end(
        self,
        status: Status,
        *,
        event: Event,
        error: BaseException | None = None,
        note: str | None = None,
        drain: bool = True,
    ) -> bool:
        """Give slot and place in the queue back, if `event` means anything to the state; returns whether it did.

        Parameters
        ----------
        status
            What the stream is said to be from then on.
        note
            Why it is paused, for the person.
        drain
            Whether sound that is held is still given to the function.
        """
        final = status in ("idle", "failed")
        # Who closes the stream leaves its source: nothing more will come.
        await_end = (
            final
            and event != "close"
            and any(one.sends_last(self) for one in self._captures.values())
        )
        told = None if error is None else report(error, None)
        with self._lock:
            if not self._lead_on(event):
                return False
            self._why_paused = note
            self._kept_sound.clear()
            self._countdown.freeze(self._clock.now_s())
            self._cancel_timer()
            if event == "camera_missing":
                self._running.clear()  # those that are on say so again
            if told is not None:
                self._error = told
            if self.plan.warm_up is not None:
                self._in_order.add(partial(self.plan.warm_up.forget, self))
            if self._runner is None:
                self._in_order.add(self._leave_gate)
            else:
                # With our lock free: what is unread is told to its source.
                self._in_order.add(partial(self._let_end, self._runner, final, await_end, drain))
        self._in_order.carry_out()
        self._changed()
        return True

    def _let_end(self, runner: Runner, final: bool, await_end: bool, drain: bool) -> None:
        """Let the running call be the last one, whose result `final` drops, or those with the sound that is held."""
        if self._sound is None or not drain:
            runner.end(results_wanted=not final, cancel=final and drain)
        elif self.is_closed or not runner.is_draining:
            runner.drain(final=final, await_end=await_end)

    def _note_error(self, error: BaseException) -> None:
        before = self._error
        told = report(error, before)
        with self._lock:
            # Who resumed meanwhile has begun to count anew.
            self._error = told if self._error is before else replace(told, count=1)
            self._errors_in_a_row += 1
            count = self._errors_in_a_row
            too_many = self._failed_too_often()
            repeated = self._error.count > 1
        if too_many:
            errors = f"{count} errors in a row" if count > 1 else "an error"
            note = f"Paused after {errors}; Resume tries again."
            # The function would fail once more with the sound that is held.
            too_many = self._end("paused", event="errors", note=note, drain=False)
        if not too_many:
            self._changed(soon=repeated)

    def _failed_too_often(self) -> bool:
        limit = self.plan.options["max_errors"]
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
        """Set the traits to the newest values.

        One thread at a time does it. Whoever comes meanwhile leaves word that there is news, and the one at
        work sets the traits once more: the last values win.
        """
        with self._lock:
            self._has_news = True
            if self._is_publishing:
                return
            self._is_publishing = True
        while self._take_news():
            for name, value in self._newest().items():
                self.set_trait(name, value)

    def notify_change(self, change: Any) -> None:
        """Tell the observers of a trait, in a thread of this stream's: a slow one holds up nothing else."""
        tell_observers(self._news, self, change)

    def _take_news(self) -> bool:
        with self._lock:
            self._is_publishing, self._has_news = self._has_news, False
            return self._is_publishing

    def _newest(self) -> dict[str, Any]:
        place = self.place_in_queue()  # asks other streams, so our lock must be free
        with self._lock:
            return {
                "status": status_of(self._state),
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
    from ..sounds.account import SoundAccount

    return SoundAccount(begins, kept)
