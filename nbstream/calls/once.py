"""Calls of a function in the thread that asks for them, whatever the function's kind."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from .caller import Caller, Emit
from .own_loop import OwnLoop

T = TypeVar("T")


class _LoopBeside(OwnLoop):
    """A loop for a thread that runs another one already, as a notebook's does: it runs in a helper thread."""

    def run_until_done(self, future: asyncio.Future[T]) -> T:
        helper = threading.Thread(
            target=_until_done, args=(super().run_until_done, future), name="nbstream-step-loop"
        )
        helper.start()
        helper.join()
        return future.result()


def _until_done(run: Callable[[asyncio.Future[Any]], Any], future: asyncio.Future[Any]) -> None:
    try:
        run(future)
    except BaseException as error:  # the future has it, and gives it to who waits
        if not future.done():
            future.set_exception(error)


class CallsHere:
    """Calls one function in the thread that makes this, with one event loop until `close`."""

    def __init__(self, fn: Callable[..., Any]) -> None:
        self._loop = _LoopBeside() if _is_loop_running() else OwnLoop()
        self._caller = Caller(fn, self._loop)

    def call(
        self,
        args: Sequence[Any],
        kwargs: dict[str, Any],
        emit: Emit = lambda _value: None,
    ) -> Any:
        """Call the function; each of its results goes to `emit` as it comes.

        Returns
        -------
        result
            What it returned, awaited if need be; of a generator the list of what it yielded.
        """
        results: list[Any] = []

        def keep(value: Any) -> None:
            results.append(value)
            emit(value)

        is_series = self._caller.call(args, kwargs, keep)
        return results if is_series else results[0]

    def close(self) -> None:
        """End the loop and what still runs on it."""
        self._loop.close()


def _is_loop_running() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
