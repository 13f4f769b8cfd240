"""Which worker a stream needs; the modules of those that most streams do without are imported late."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ...calls.call_thread import CallThread
from ...errors import NbstreamError
from ...kernel.clock import Clock
from ..plan import StreamPlan
from ..runner import RunEvents, Runner
from ..stats import Stats
from .call_loop import CallLoop

if TYPE_CHECKING:
    from ...sounds.account import SoundAccount


def runner_of(
    plan: StreamPlan,
    events: RunEvents,
    clock: Clock,
    stats: Stats,
    thread: CallThread,
    sound: SoundAccount | None,
    changed: Callable[[], None],
) -> Runner:
    """Make the worker of one admission.

    Parameters
    ----------
    sound
        What the stream has heard; `None` = it hears none.
    changed
        Called when pages shall look again.

    Raises
    ------
    Exception
        Whatever the stream's executor, or a package that is not there, raises.
    """
    if isinstance(thread, CallLoop):
        return _without_threads(plan, events, clock, stats, thread, sound)
    if sound is not None:
        from ..sound_runner import SoundRunner

        return SoundRunner(plan, events, clock, stats, thread, sound)
    if plan.options["on"] == "capture":
        from .capture_runner import CaptureRunner

        return CaptureRunner(plan, events, clock, stats, thread, changed)
    if plan.options["pictures"] == "all":
        from ..every.every_runner import EveryRunner

        return EveryRunner(plan, events, clock, stats, thread)
    executor = plan.options["executor"]
    if executor is None:
        return Runner(plan, events, clock, stats, thread)
    from ..parallel_runner import ParallelRunner

    return ParallelRunner(plan, executor, events, clock, stats, thread)


def _without_threads(
    plan: StreamPlan,
    events: RunEvents,
    clock: Clock,
    stats: Stats,
    thread: CallLoop,
    sound: SoundAccount | None,
) -> Runner:
    from .loop_runner import LoopRunner

    wanted = {
        "A microphone": sound is not None,
        'on="capture"': plan.options["on"] == "capture",
        'pictures="all"': plan.options["pictures"] == "all",
        "executor=": plan.options["executor"] is not None,
    }
    for name, is_wanted in wanted.items():
        if is_wanted:
            raise NbstreamError(
                f"{name} needs threads, which this Python, such as one that runs in a browser, does not have. A camera "
                "with a function that is called with each picture works; for the rest use a kernel on a machine."
            )
    return LoopRunner(plan, events, clock, stats, thread)
