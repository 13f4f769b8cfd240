"""Calling the user's function, whatever its kind: plain, async, generator, async generator.

What comes back decides: an awaitable is awaited, a generator is iterated, anything else is the one result.
Async code runs on an event loop of the calling thread, never on the kernel's, which stands still while a cell
runs. The function itself is called outside of the loop, so that a plain one may run a loop of its own.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import SignatureError
from ..kernel.functions import told
from ..pages.notices import teller_now
from ..protocol.page_text import brief, page_text
from .own_loop import OwnLoop

if TYPE_CHECKING:
    # A fifth of what nbstream takes to import: it is imported where an async function is called.
    import asyncio

Emit = Callable[[Any], None]

MAX_NAME_CHARS = 100
MAX_PARTIALS = 8


def name_of(fn: Callable[..., Any]) -> str:
    """How messages name the function: what a partial is made of by its own name, and what has none by its type's."""
    inner: Any = fn
    for _ in range(MAX_PARTIALS):
        name = told(inner, "__qualname__") or told(inner, "__name__")
        if isinstance(name, str):
            return page_text(name.rpartition("<locals>.")[2][:MAX_NAME_CHARS])
        inner = told(inner, "func")
    return type(fn).__name__[:MAX_NAME_CHARS]


def check_signature(fn: Callable[..., Any], given: Sequence[str], *, metadata: bool) -> None:
    """Make sure that `fn` can take the inputs that the stream gives it.

    Parameters
    ----------
    given
        A word for each positional argument, for the message.
    metadata
        Whether the keyword argument `meta` is given as well.

    Raises
    ------
    SignatureError
        A `TypeError` that names the function, what it takes and what it would be given.
    """
    if not callable(fn):
        raise SignatureError(
            f"stream() was given {type(fn).__name__} {brief(fn)} as its function; give it something callable."
        )
    try:
        signature = inspect.signature(fn)
    except Exception:
        return  # some builtins tell nothing of their arguments, and some objects fail when they are asked
    try:
        signature.bind(*given, **({"meta": None} if metadata else {}))
    except TypeError as error:
        meta = " and the keyword argument meta" if metadata else ""
        count = f"{len(given)} argument{'' if len(given) == 1 else 's'}"
        raise SignatureError(
            f"{name_of(fn)}{signature} cannot be called with what the stream gives it: {count} "
            f"({', '.join(given)}){meta}: {error}. Change the function or inputs=."
        ) from None


def end_progress() -> None:
    """Take away the bar that the call has shown; at its end, in its context."""
    if (teller := teller_now.get()) is not None:
        teller.end_progress()


class Caller:
    """Calls one function in one thread, many times.

    Only `interrupt` and `abandon` may be called from another thread.

    Parameters
    ----------
    loop
        The thread's loop, which somebody else closes; `None` = one of its own, until `close()`.
    """

    def __init__(self, fn: Callable[..., Any], loop: OwnLoop | None = None) -> None:
        self._fn = fn
        self._loop = loop or OwnLoop()
        self._owns_loop = loop is None
        self._task: asyncio.Task[Any] | None = None
        self._interrupted = False
        self._cancelled = False
        self._abandoned = False
        self._handing_on = threading.Lock()

    def call(self, args: Sequence[Any], kwargs: dict[str, Any], emit: Emit) -> bool:
        """Call the function once and hand each of its results to `emit`.

        A generator is closed at its next yield after `interrupt`; what it yielded there is still handed on.

        Returns
        -------
        is_series
            Whether it was a generator, which has any number of results.
        """
        self._abandoned = False
        try:
            return self._call(args, kwargs, emit)
        finally:
            end_progress()

    def _call(self, args: Sequence[Any], kwargs: dict[str, Any], emit: Emit) -> bool:
        outcome = self._fn(*args, **kwargs)
        if inspect.isawaitable(outcome):
            try:
                self._run(self._await(outcome, emit))
            finally:
                if inspect.iscoroutine(outcome):
                    outcome.close()  # one that was cancelled before it began was never awaited
        elif inspect.isasyncgen(outcome):
            self._run(self._iterate(outcome, emit))
            return True
        elif inspect.isgenerator(outcome):
            self._exhaust(outcome, emit)
            return True
        else:
            emit(outcome)
        return False

    def interrupt(self, *, cancel: bool) -> None:
        """Let a generator end at its next yield and, with `cancel`, an awaited call at once; from any thread."""
        self._interrupted = True
        self._cancelled = self._cancelled or cancel
        task = self._task
        if cancel and task is not None:
            self._loop.call_soon(task.cancel)

    def abandon(self) -> None:
        """Hand on nothing more of what the running generator yields, and end it there; from any thread.

        Waits until what is being handed on now has been.
        """
        with self._handing_on:
            self._abandoned = True

    def close(self) -> None:
        """End the event loop, if it is the caller's own, and what still runs on it; in the calling thread."""
        if self._owns_loop:
            self._loop.close()

    def _exhaust(self, generator: Generator[Any, Any, Any], emit: Emit) -> None:
        try:
            for value in generator:
                if not self._hand_on(value, emit):
                    return
        finally:
            generator.close()

    def _hand_on(self, value: Any, emit: Emit) -> bool:
        """Emit what a generator has yielded; False when it shall yield no more."""
        with self._handing_on:
            if self._abandoned:
                return False
            emit(value)
        return not self._interrupted

    async def _await(self, awaitable: Awaitable[Any], emit: Emit) -> None:
        emit(await awaitable)

    async def _iterate(self, generator: AsyncGenerator[Any, Any], emit: Emit) -> None:
        try:
            async for value in generator:
                if not self._hand_on(value, emit):
                    return
        finally:
            await generator.aclose()

    def _run(self, coroutine: Any) -> None:
        import asyncio

        self._task = self._loop.create_task(coroutine)
        if self._cancelled:
            self._task.cancel()
        try:
            self._loop.run_until_done(self._task)
        except asyncio.CancelledError:
            if not self._cancelled:
                raise
        finally:
            self._task = None
