"""An event loop that belongs to one thread, and a condition on which that thread waits while the loop runs."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    # A fifth of what nbstream takes to import: it is imported where an async function is called.
    import asyncio

T = TypeVar("T")

CANCELLED_WITHIN_S = 2.0


class OwnLoop:
    """The event loop of one thread: made when it is first asked to run something, the same one until `close`.

    All methods but `call_soon` are called in that thread.
    """

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def is_made(self) -> bool:
        """Whether there is a loop whose tasks want to go on."""
        return self._loop is not None and not self._loop.is_closed()

    def create_task(self, coroutine: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Put a coroutine on the loop; it runs in `run_until_done`, and whenever the thread waits."""
        return self._made().create_task(coroutine)

    def create_future(self) -> asyncio.Future[None]:
        """Something to be waited for with `run_until_done`."""
        return self._made().create_future()

    def run_until_done(self, future: asyncio.Future[T]) -> T:
        """Run the loop until `future` is done, and return its result or raise its error.

        What other tasks of the loop raise, SystemExit too, or their `loop.stop()`, does not end it.
        """
        loop = self._made()
        while not future.done():
            try:
                loop.run_until_complete(future)
            except BaseException:
                if loop.is_closed():
                    raise
        return future.result()

    def call_soon(self, callback: Any, *args: Any) -> None:
        """Have the loop call something; from any thread. Nothing happens when it is closed."""
        loop = self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # closed
                loop.call_soon_threadsafe(callback, *args)

    def close(self) -> None:
        """Cancel what still runs on the loop and end it; what does not end within 2 s is left."""
        if not self.is_made:
            return
        import asyncio

        loop = self._made()
        pending = asyncio.all_tasks(loop)
        for task in pending:
            task.cancel()
        if pending:
            self.run_until_done(loop.create_task(asyncio.wait(pending, timeout=CANCELLED_WITHIN_S)))
        self.run_until_done(loop.create_task(loop.shutdown_asyncgens()))
        loop.close()
        self._loop = None

    def _made(self) -> asyncio.AbstractEventLoop:
        import asyncio

        if self._loop is None or self._loop.is_closed():
            self._loop = asyncio.new_event_loop()
        return self._loop


class LoopCondition(threading.Condition):
    """A condition on which the thread of an `OwnLoop` waits, and the loop's tasks go on meanwhile.

    Without a loop it is a condition like any other. Only the loop's thread may wait; any thread may notify.
    """

    def __init__(self, loop: OwnLoop) -> None:
        super().__init__()
        self._own_loop = loop
        self._awaited: asyncio.Future[None] | None = None

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until notified, or for no reason at all."""
        if timeout is not None or not self._own_loop.is_made:
            return super().wait(timeout)
        self._awaited = self._own_loop.create_future()
        self.release()
        try:
            self._own_loop.run_until_done(self._awaited)
        finally:
            self.acquire()
            self._awaited = None
        return True

    def notify(self, n: int = 1) -> None:
        """Wake who waits."""
        super().notify(n)
        if self._awaited is not None:
            self._own_loop.call_soon(_finish, self._awaited)


def _finish(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
