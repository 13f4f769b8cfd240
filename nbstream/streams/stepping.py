"""`StreamBinding.step`: one call of a stream's function, in the thread that asks for it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import Any

from ..calls.call_thread import CallThread
from ..calls.metadata import FrameMeta, SoundMeta, frame_meta, sound_meta
from ..calls.once import CallsHere
from ..pictures.encoding import sizes_px
from ..pictures.figures import own_figures
from ..pictures.frame import Frame
from ..results.outgoing import carry_nothing
from ..runs.plan import InputPort, Origin, OutputPort, PictureInput, StreamPlan, deal_out
from ..sounds.chunk import Captured
from .life import Life

CALL_ENDS_WITHIN_S = 10.0


class Freeze:
    """A stream that holds its newest picture while it is paused.

    The fields are single values; whoever sees an old one calls the function once too often, or not for a change that
    came with the end of the pause.

    Parameters
    ----------
    call
        Calls the function with the picture that is held.
    """

    def __init__(self, life: Life, call: Callable[[], None]) -> None:
        self._life = life
        self._call = call
        self._begun_count: int | None = None
        self._watches = False

    @property
    def is_on(self) -> bool:
        """Whether the stream has been paused ever since `begin`."""
        return self._life.state == "paused" and self._begun_count == self._life.errors.begun_count

    def begin(self) -> bool:
        """Hold the picture from now on; True the first time, when the inputs are still to be watched."""
        self._begun_count = self._life.errors.begun_count
        self._call()
        is_first, self._watches = not self._watches, True
        return is_first

    def changed(self) -> None:
        """An input has changed."""
        if self.is_on:
            self._call()


def check_outside_call(plan: StreamPlan, thread: CallThread) -> None:
    """Raise a RuntimeError if it is the stream's running call that asks for a step."""
    if thread.is_mine():
        raise RuntimeError(
            f"step() of {plan.fn_name} was called by {plan.fn_name} itself, and calls never overlap. Call step() in a "
            "cell; within the function call other functions."
        )


def step(plan: StreamPlan, came: Sequence[Captured], thread: CallThread, index: int) -> Any:
    """Call the function with the newest of what came, show the result and return it.

    Parameters
    ----------
    came
        The newest of each source.
    thread
        In which the stream calls its function; it does not meanwhile.
    index
        Number of the newest piece of sound.

    Raises
    ------
    RuntimeError
        If nothing came yet, or the stream's running call does not end.
    """
    if not came:
        raise RuntimeError(
            f"step() of {plan.fn_name} has nothing to call it with: nothing has come yet. Press Start and wait for "
            "a picture or sound, or set webcam.frame."
        )
    newest = max(came, key=lambda one: one.received_at_s)
    with contextlib.ExitStack() as at_end:
        try:
            at_end.enter_context(thread.lend_turn(CALL_ENDS_WITHIN_S))
        except TimeoutError:
            raise RuntimeError(
                f"step() cannot call {plan.fn_name}: its running call has not returned for {CALL_ENDS_WITHIN_S:g} s, "
                "and calls never overlap. Wait for it, or make the stream anew."
            ) from None
        ports: list[InputPort | OutputPort] = [*plan.inputs, *plan.outputs]
        for port in ports:
            port.attach()
            at_end.callback(port.detach)
        at_end.enter_context(own_figures())
        return _call(plan, newest, index)


def _call(plan: StreamPlan, newest: Captured, index: int) -> Any:
    values = [port.read(newest) for port in plan.inputs]
    if plan.options["batch"] is not None:
        # As the stream calls it: of one picture a list of one.
        source = newest.source
        is_own = [getattr(port, "source", None) is source for port in plan.inputs]
        values = [[one] if own else one for one, own in zip(values, is_own, strict=True)]
    is_picture = [isinstance(port, PictureInput) for port in plan.inputs]
    pictures_px = sizes_px(zip(values, is_picture, strict=True))
    origin = Origin(newest, carry_nothing, pictures_px=pictures_px)
    meta = {"meta": _meta(plan, newest, index)} if plan.options["metadata"] else {}
    calls = CallsHere(plan.fn)
    try:
        return calls.call(values, meta, lambda value: deal_out(value, plan, origin))
    finally:
        calls.close()


def _meta(
    plan: StreamPlan, newest: Captured, index: int
) -> FrameMeta | SoundMeta | list[FrameMeta]:
    if not isinstance(newest, Frame):
        return sound_meta(newest, index)
    meta = frame_meta(newest)
    return meta if plan.options["batch"] is None else [meta]
