"""The worker of one admission in a Python without threads: the rules of `Runner`, a call at a time on the host's loop.

While an awaited function waits, the page is heard and other streams go on. A plain function holds up both.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

from ...calls.call_thread import CallThread
from ...calls.caller import Caller, Emit, end_progress
from ...kernel.clock import Clock
from ...kernel.print_tap import tap
from ...pictures.figures import own_figures
from ...pictures.frame import Frame
from ..accounts import note_legs
from ..plan import StreamPlan
from ..runner import RunEvents, Runner
from ..stats import Stats

if TYPE_CHECKING:
    from ...sounds.chunk import Captured


class LoopCaller(Caller):
    """Calls a function on the running loop; all methods are called in its thread."""

    async def call_soon(self, args: Sequence[Any], kwargs: dict[str, Any], emit: Emit) -> bool:
        """Do what `call` does, and let the loop run where the function lets it."""
        self._abandoned = False
        try:
            return await self._call_soon(args, kwargs, emit)
        finally:
            end_progress()

    def interrupt(self, *, cancel: bool) -> None:
        """Let a generator end at its next yield and, with `cancel`, an awaited call at once."""
        super().interrupt(cancel=cancel)
        if cancel and self._task is not None:
            self._task.cancel()

    async def _call_soon(self, args: Sequence[Any], kwargs: dict[str, Any], emit: Emit) -> bool:
        outcome = self._fn(*args, **kwargs)
        if inspect.isawaitable(outcome):
            await self._until_done(self._await(outcome, emit))
        elif inspect.isasyncgen(outcome):
            await self._until_done(self._iterate(outcome, emit))
            return True
        elif inspect.isgenerator(outcome):
            await self._until_done(self._step_through(outcome, emit))
            return True
        else:
            emit(outcome)
        return False

    async def _until_done(self, coroutine: Any) -> None:
        self._task = asyncio.get_running_loop().create_task(_exit_of(coroutine))
        if self._cancelled:
            self._task.cancel()
        try:
            exit_error = await self._task
        except asyncio.CancelledError:
            if not self._cancelled:
                raise
        else:
            if exit_error is not None:
                raise exit_error
        finally:
            self._task = None

    async def _step_through(self, generator: Generator[Any, Any, Any], emit: Emit) -> None:
        with contextlib.closing(generator):
            for value in generator:
                if not self._hand_on(value, emit):
                    return
                await asyncio.sleep(0)  # the pages are heard between two results


async def _exit_of(coroutine: Any) -> BaseException | None:
    """What asyncio would end the host's loop by, out of a task: the function's `exit()` is an error as any other."""
    try:
        await coroutine
    except (SystemExit, KeyboardInterrupt) as error:
        return error
    return None


class LoopRunner(Runner):
    """Mailbox and caller of one admission. There is one thread, so no field needs a lock."""

    def __init__(
        self,
        plan: StreamPlan,
        events: RunEvents,
        clock: Clock,
        stats: Stats,
        thread: CallThread,
    ) -> None:
        super().__init__(plan, events, clock, stats, thread)
        self._caller: LoopCaller = LoopCaller(plan.fn, thread.loop)
        self._at_end = contextlib.ExitStack()
        self._turn_is_due = False
        self._turn: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to take frames."""
        self._thread.run(self._begin)

    def offer(self, frame: Captured) -> bool:
        """Leave a frame for the next call; False when it came too early or the runner ends."""
        return super().offer(frame) and self._go_on()

    def call_again(self, frame: Frame) -> bool:
        """Have one more call made with a picture that came before; False when the runner ends."""
        return super().call_again(frame) and self._go_on()

    def end(self, *, results_wanted: bool, cancel: bool) -> None:
        """Take no frame any more and end with the running call."""
        super().end(results_wanted=results_wanted, cancel=cancel)
        self._go_on()

    def _begin(self) -> None:
        tap.open()
        self._at_end.callback(tap.close)
        try:
            self._attach(self._at_end)
        except BaseException as error:
            self._fail(error)
            self.mailbox.close()
        self._go_on()

    def _go_on(self) -> bool:
        """Look soon whether there is something to do; one call at a time."""
        if not self._turn_is_due and self._turn is None:
            self._turn_is_due = True
            self._thread.run(self._take_turn)
        return True

    def _take_turn(self) -> None:
        self._turn_is_due = False
        frame = self.mailbox.poll()
        if frame is not None:
            self._turn = asyncio.get_running_loop().create_task(self._work_on_soon(frame))
        elif self.mailbox.closed:
            self._finish()

    async def _work_on_soon(self, frame: Captured) -> None:
        try:
            if self._takes(frame):
                await self._call_soon(frame)
        except BaseException as error:
            self._fail(error)
            self.mailbox.close()
        finally:
            self._turn = None
            self._go_on()

    async def _call_soon(self, frame: Captured) -> None:
        with self._accounted(frame) as account:
            begun = self._begin_call(frame, account)
            if begun is None:
                return
            with own_figures():
                call = self._caller.call_soon(begun.values, begun.keywords, begun.show)
                self._was_series = await call
            note_legs(self._stats, begun, self._clock.now_s(), self._write_ms)

    def _finish(self) -> None:
        # Once: what ends may be told to end again.
        at_end = self._at_end.pop_all()
        try:
            at_end.close()
        except BaseException as error:
            self._fail(error)
        finally:
            if not self._is_over:
                self._is_over = True
                self._events.runner_ended(self)

    _is_over = False
