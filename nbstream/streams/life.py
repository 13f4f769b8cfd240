"""The life of one stream: what happens to it leads from state to state, as the table in `lifecycle` says.

Events come from any thread: of the person, the sources, the gate, the runner and the clock. The state is changed by
`_lead_on` alone, which looks it up and writes it under `lock`. What follows outside of it (gate, warm-up, the end of a
run) is called afterwards with no lock held, in the order in which it was decided (`InOrder`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from ..calls.call_thread import CallThread
from ..calls.error_tally import ErrorTally
from ..calls.tracebacks import report
from ..kernel.clock import Clock
from ..kernel.countdown import TimeLimit
from ..kernel.in_order import InOrder
from ..kernel.prints import FunctionPrints
from ..runs.kinds.runner_of import runner_of
from ..runs.plan import CallWatcher, StreamPlan
from ..runs.runner import Runner
from ..runs.stats import Stats
from .captures import AnyCapture, Captures
from .lifecycle import ENDINGS, Event, LifeState, next_state, status_of, wants_camera
from .run_reports import RunReports
from .slot import Slot

if TYPE_CHECKING:
    from ..sounds.account import SoundAccount
    from ..sounds.chunk import Captured
    from ..sounds.store import SoundStore

# A muted camera holds no slot for ever: the clock starts by itself this long after admission.
CLOCK_STARTS_AFTER_S = 2.0
NOT_RETURNED_AFTER_S = 3.0


class Life:
    """The state of one stream and what goes with it; `lock` guards the fields.

    Parameters
    ----------
    publish
        Tells observers what is new; called with no lock held.
    """

    def __init__(
        self,
        plan: StreamPlan,
        captures: Captures,
        clock: Clock,
        stats: Stats,
        prints: FunctionPrints,
        thread: CallThread,
        publish: Callable[[], None],
    ) -> None:
        self.plan = plan
        self.publish = publish
        self.lock = threading.RLock()
        self.state: LifeState = "idle"
        self.runner: Runner | None = None
        self.sound: SoundAccount | None = None
        self.kept_sound: dict[object, SoundStore] = {}
        """Sound that waits for the first admission, by source."""
        self.why_paused: str | None = None
        self.watcher: CallWatcher | None = None
        self.errors = ErrorTally(plan.options["max_errors"])
        self.limit = TimeLimit(plan.options["time_limit"], clock)
        self._captures = captures
        self._on: set[AnyCapture] = set()
        self._clock = clock
        self._stats = stats
        self._prints = prints
        self._thread = thread
        self._in_order = InOrder()
        self._reports = RunReports(self, captures, plan.options["max_parallel"])
        self.slot = Slot(plan, self)

    @property
    def needs_camera(self) -> bool:
        """Whether the camera shall be on for this stream."""
        return wants_camera(self.state)

    @property
    def is_in_call(self) -> bool:
        """Whether the function is called now."""
        runner = self.runner
        return runner is not None and runner.is_in_call

    def silent_s(self) -> float | None:
        """For how long the running call has not returned; `None` = nothing is out of the ordinary."""
        runner = self.runner
        busy_s = 0.0 if runner is None else runner.busy_for_s()
        return busy_s if busy_s >= NOT_RETURNED_AFTER_S else None

    def changed(self, *, soon: bool = False) -> None:
        """Tell observers and sources that something is new; `soon`: it may wait."""
        self.publish()
        self._captures.refresh(soon=soon)

    def newest_captured(self) -> list[Captured]:
        """The newest of each source that has given something."""
        pictures = [one.newest() for one in self._captures.pictures.values()]
        return [one for one in (self._reports.newest_piece, *pictures) if one is not None]

    # --- events of the person ----------------------------------------------------------------

    def start(self) -> None:
        """Ask for the camera and a slot; see `StreamBinding.start`."""
        begins = {one: self._captures.sounds[one].sound_position() for one in self.plan.sounds}
        with self.lock:
            if self.state == "closed":
                raise RuntimeError(
                    "This stream is closed; call source.stream(...) to make another."
                )
            was_paused = status_of(self.state) == "paused"
            if self._lead_on("start"):
                if was_paused:
                    self.limit.wind_up()
                else:
                    if self.runner is not None:
                        self.runner.stop_waiting()
                    self.sound = None
                    if begins:
                        from ..sounds.account import SoundAccount

                        self.sound = SoundAccount(begins, self.kept_sound)
                    self.limit.refill()
                self._begin_asking()
        self.changed()

    def resume(self) -> None:
        """Queue at the end again, with the time that was left; nothing happens unless paused."""
        with self.lock:
            if not self._lead_on("resume"):
                return
            self.limit.wind_up()
            self._begin_asking()
        self.changed()

    def end(
        self,
        event: Event,
        *,
        error: BaseException | None = None,
        note: str | None = None,
        drain: bool = True,
    ) -> bool:
        """Give slot and place in the queue back, if `event` means anything to the state; returns whether it did.

        Parameters
        ----------
        note
            Why it is paused, for the person.
        drain
            Whether sound that is held is still given to the function.
        """
        final = event in ENDINGS
        # Who closes the stream leaves its source: nothing more will come.
        await_end = (
            final
            and event != "close"
            and any(one.sends_last(self) for one in self._captures.sounds.values())
        )
        told = None if error is None else report(error, None)
        with self.lock:
            if not self._lead_on(event):
                return False
            self.why_paused = note
            self.kept_sound.clear()
            self.limit.freeze()
            if event == "camera_missing":
                self._on.clear()  # those that are on say so again
            if told is not None:
                self.errors.newest = told
            if self.plan.warm_up is not None:
                self._in_order.add(partial(self.plan.warm_up.forget, self))
            if self.runner is None:
                self._in_order.add(self.slot.leave)
            else:
                # With our lock free: what is unread is told to its source.
                self._in_order.add(partial(self._let_end, self.runner, final, await_end, drain))
        self._in_order.carry_out()
        self.changed()
        return True

    # --- events of the sources, of the warm-up and of the gate -------------------------------

    def camera_on(self, capture: AnyCapture) -> None:
        """That camera or microphone runs: once all do, get ready and queue for a slot."""
        with self.lock:
            self._on.add(capture)
            if len(self._on) < len(self._captures.any) or not self._lead_on("camera_on"):
                return
            if self.runner is not None:
                pass  # the queue is joined when the running call has ended
            elif (warm_up := self.plan.warm_up) is not None:
                context, printed = self.plan.context, self._prints.write
                self._in_order.add(partial(warm_up.prepare, self, context, printed, self._clock))
            else:
                self._in_order.add(self.slot.join)
        self._in_order.carry_out()
        self.changed()

    def warmed_up(self, error: BaseException | None) -> None:
        """All is ready: queue for a slot. With an error: wait for a person."""
        if error is not None:
            note = "Getting ready failed; Resume tries again."
            self.end("warm_up_failed", error=error, note=note)
            return
        with self.lock:
            if self.state != "waiting" or self.runner is not None:
                return
            self._in_order.add(self.slot.join)
        self._in_order.carry_out()
        self.changed()

    def admitted(self) -> None:
        """A slot is ours: call the function from now on."""
        failed: Exception | None = None
        with self.lock:
            if self.runner is not None:
                return  # told late, of a slot that was given back and taken again meanwhile
            if self._lead_on("admitted"):
                failed = self._start_runner()
            else:
                self._in_order.add(self.slot.leave)
        self._in_order.carry_out()
        if failed is not None:
            self.run_failed(failed)
        else:
            self.changed()

    # --- events of the runner ----------------------------------------------------------------

    def call_succeeded(self) -> None:
        """A call has returned."""
        self.errors.in_a_row = 0

    def call_failed(self, error: BaseException) -> None:
        """A call has raised; after too many in a row the stream waits for a person."""
        before = self.errors.newest
        told = report(error, before)
        with self.lock:
            self.errors.add(told, before)
            count, too_many = self.errors.in_a_row, self.errors.is_too_many
            is_repeated = self.errors.newest is not None and self.errors.newest.count > 1
        if too_many:
            errors = f"{count} errors in a row" if count > 1 else "an error"
            note = f"Paused after {errors}; Resume tries again."
            # The function would fail once more with the sound that is held.
            too_many = self.end("errors", note=note, drain=False)
        if not too_many:
            self.changed(soon=is_repeated)

    def run_failed(self, error: BaseException) -> None:
        """Not a call, but something round the calls has failed: wait for a person."""
        self._stats.count("errors")
        note = "Paused after an error; Resume tries again."
        self.end("errors", error=error, note=note, drain=False)

    def runner_ended(self, runner: Runner) -> None:
        """The last call of the run has returned: give the slot back."""
        with self.lock:
            if self.runner is not runner:
                return
            self.runner = None
            rejoins = self.plan.options["on_limit"] == "rejoin"
            if self._lead_on("rejoin_at_limit" if rejoins else "stop_at_limit"):
                # The running call was still ours.
                self.limit.refill()
                self.limit.cancel_timer()
            # First of all, or the next one would be seen live beside us.
            self._in_order.add(self._captures.refresh)
            self._in_order.add(self.slot.leave)
            # Only behind that: who resumed before the slot was given back could not join the queue.
            if self.state == "waiting":
                self._in_order.add(self.slot.join)
        self._in_order.carry_out()
        self.changed()

    # --- events of the clock -----------------------------------------------------------------

    def begin_clock(self) -> None:
        """Let the time limit run down from now on, if the stream is live; harmless when it does."""
        with self.lock:
            if self.state != "live" or self.limit.running:
                return
            if not self.limit.start(self._at_limit):
                return
        self.changed()

    def _at_limit(self) -> None:
        with self.lock:
            if self.state != "live" or self.runner is None:
                return
            goes_on = self.plan.options["on_limit"] == "rejoin" and not self.slot.someone_waits()
            if goes_on:
                self.limit.refill()
            else:
                # With our lock free: what is unread is told to its source.
                self._in_order.add(partial(self._end_at_limit, self.runner))
        if goes_on:
            self.begin_clock()
        else:
            self._in_order.carry_out()

    # --- inside ------------------------------------------------------------------------------

    def _lead_on(self, event: Event) -> bool:
        """Change the state as `event` does, with the lock held; False where it means nothing to the state."""
        before, self.state = self.state, next_state(self.state, event)
        return self.state != before

    def _begin_asking(self) -> None:
        self.errors.begin()
        self.why_paused = None
        self._on.clear()

    def _start_runner(self) -> Exception | None:
        """Begin to call the function, with the lock held; returns why that cannot be."""
        runner: Runner | None = None
        try:
            parts = self.plan, self._reports, self._clock, self._stats, self._thread
            runner = runner_of(*parts, self.sound, self.changed)
            runner.start()
        except Exception as error:  # no more threads, or a package that is not there
            if runner is not None:
                runner.end(results_wanted=False, cancel=True)
            return error
        self.runner = runner
        self.limit.expect_start(CLOCK_STARTS_AFTER_S, self.begin_clock)
        return None

    def _end_at_limit(self, runner: Runner) -> None:
        if self.sound is None:
            runner.end(results_wanted=True, cancel=False)
        elif not runner.is_draining:
            runner.drain(final=self.plan.options["on_limit"] == "stop", await_end=False)

    def _let_end(self, runner: Runner, final: bool, await_end: bool, drain: bool) -> None:
        """Let the running call be the last one, whose result `final` drops, or those with the sound that is held."""
        if self.sound is None or not drain:
            runner.end(results_wanted=not final, cancel=final and drain)
        elif self.state == "closed" or not runner.is_draining:
            runner.drain(final=final, await_end=await_end)
