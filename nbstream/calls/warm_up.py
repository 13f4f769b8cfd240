"""What is called once before the first stream of a function is let in, such as loading a model.

All streams of this kernel that were given the same callable share one call: it runs in a thread of its own, and they
queue for a slot when it is done, in the order in which they came.
"""

from __future__ import annotations

import contextlib
import contextvars
import inspect
import threading
import weakref
from collections.abc import Callable
from typing import Any, Protocol

from ..errors import SignatureError
from ..kernel.clock import Clock
from ..kernel.print_tap import Sink, catch_prints, tap
from ..pictures.figures import own_figures
from ..protocol.page_text import brief
from .caller import Caller, name_of
from .identity import Identity

SAID_AFTER_S = 3.0


class Waiter(Protocol):
    """A stream that goes on when all is ready."""

    def warmed_up(self, error: BaseException | None) -> None:
        """The call has ended, with this error; `None` = well. From its thread, or at once from `prepare`."""


class WarmUp:
    """One callable that is called once; again only after an error, when somebody asks again.

    `_lock` guards the fields.
    """

    def __init__(self, fn: Callable[[], Any]) -> None:
        self._fn = fn
        self._lock = threading.Lock()
        self._done = False
        self._waiters: list[Waiter] = []
        self._clock: Clock | None = None
        self._began_s: float | None = None

    def prepare(
        self, waiter: Waiter, context: contextvars.Context, printed: Sink, clock: Clock
    ) -> None:
        """Tell `waiter` when the call has ended; the first who asks has it made.

        Parameters
        ----------
        context
            The call runs in a copy of it, so that prints land in the cell.
        printed
            Gets what the call prints as well.
        clock
            Says how long the call takes.
        """
        with self._lock:
            done, is_running = self._done, self._began_s is not None
            if not done:
                self._waiters.append(waiter)
            if not done and not is_running:
                self._clock, self._began_s = clock, clock.now_s()
        if done:
            waiter.warmed_up(None)
        elif not is_running:
            name = f"nbstream-{name_of(self._fn)}"
            run = context.copy().run
            threading.Thread(target=run, args=(self._run, printed), name=name, daemon=True).start()

    def forget(self, waiter: Waiter) -> None:
        """Do not tell `waiter`; the call goes on for the next one."""
        with self._lock:
            self._waiters = [one for one in self._waiters if one is not waiter]

    def note(self) -> str | None:
        """A sentence for those who wait; `None` = the call does not run."""
        with self._lock:
            if self._clock is None or self._began_s is None:
                return None
            taken_s = self._clock.now_s() - self._began_s
        if taken_s < SAID_AFTER_S:
            return "Getting ready."
        return f"Getting ready: {name_of(self._fn)}() has run for {taken_s:.0f} s."

    def _run(self, printed: Sink) -> None:
        error: BaseException | None = None
        try:
            with contextlib.ExitStack() as at_end:
                caller = Caller(self._fn)
                tap.open()
                at_end.callback(tap.close)
                at_end.callback(caller.close)
                at_end.enter_context(own_figures())
                catch_prints(printed)
                caller.call((), {}, lambda _result: None)
        except (
            BaseException
        ) as raised:  # SystemExit too: it is shown, and the streams wait for a person
            error = raised
        for waiter in self._failed() if error is not None else ():
            waiter.warmed_up(error)
        while error is None and (one := self._next()) is not None:
            one.warmed_up(None)

    def _failed(self) -> list[Waiter]:
        # At once and together: who asks again, as the answer to the error, has a new call made.
        with self._lock:
            waiters, self._waiters, self._began_s = self._waiters, [], None
            return waiters

    def _next(self) -> Waiter | None:
        # One by one: who comes meanwhile must not overtake those who are still to be told.
        with self._lock:
            if self._waiters:
                return self._waiters.pop(0)
            self._done, self._began_s = True, None
            return None


_warm_ups: weakref.WeakValueDictionary[Identity, WarmUp] = weakref.WeakValueDictionary()
_warm_ups_lock = threading.Lock()


def warm_up_of(fn: Callable[[], Any]) -> WarmUp:
    """Return what all streams that were given `fn` share; it is forgotten with the last of them.

    Raises
    ------
    SignatureError
        A `TypeError`, if `fn` cannot be called without arguments.
    """
    _check(fn)
    with _warm_ups_lock:
        return _warm_ups.setdefault(Identity(fn), WarmUp(fn))


def _check(fn: Any) -> None:
    if not callable(fn):
        raise SignatureError(
            f"warm_up is {type(fn).__name__} {brief(fn)}; expected something that can be called without arguments."
        )
    try:
        signature = inspect.signature(fn)
    except Exception:
        return  # some builtins tell nothing of their arguments, and some objects fail when they are asked
    try:
        signature.bind()
    except TypeError as error:
        name = name_of(fn)
        raise SignatureError(
            f"warm_up is {name}{signature}, which cannot be called without arguments: {error}. "
            f"Give it functools.partial({name}, ...)."
        ) from None
