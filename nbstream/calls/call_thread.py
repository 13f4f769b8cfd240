"""The one thread in which a stream's function is called, from its first run until the stream is closed.

What is bound to a thread or to an event loop, such as a database connection, a lock or a client, is as good in the
next run as in this one, and background tasks of the function's go on between calls and between runs.
"""

from __future__ import annotations

import contextlib
import contextvars
import functools
import logging
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterator

from ..kernel.print_tap import tap
from .own_loop import LoopCondition, OwnLoop

logger = logging.getLogger("nbstream")

Job = Callable[[], None]


class CallThread:
    """Runs jobs one after the other in one thread, which is made with the first.

    The thread ends in `close`, or when nobody refers to this object any more, after the jobs that are left. It is a
    daemon, so it never holds up the end of the interpreter.

    Parameters
    ----------
    context
        Each job runs in a copy of it.
    """

    def __init__(self, name: str, context: contextvars.Context) -> None:
        self._name = name
        self._context = context
        self._jobs = _Jobs()
        # The thread knows the jobs and not us, or nothing would ever let it go.
        weakref.finalize(self, self._jobs.close).atexit = False

    @property
    def loop(self) -> OwnLoop:
        """The thread's event loop."""
        return self._jobs.loop

    def condition(self) -> LoopCondition:
        """A condition on which a job may wait while the loop's tasks go on."""
        return LoopCondition(self._jobs.loop)

    def run(self, job: Job) -> None:
        """Have `job` run when those before it have ended; from any thread. It runs even after `close`."""
        self._jobs.put(functools.partial(self._context.copy().run, job), self._start)

    @contextlib.contextmanager
    def lend_turn(self, within_s: float) -> Iterator[None]:
        """Let another thread do what jobs do: none runs meanwhile, and the next one waits.

        Raises
        ------
        TimeoutError
            If a job has not ended after `within_s` seconds.
        """
        with self._jobs.turn.taken(within_s):
            yield

    def is_mine(self) -> bool:
        """Whether it is the calling thread that does a job now, so that waiting for its end would never end."""
        return self._jobs.turn.holder == threading.get_ident()

    def close(self) -> None:
        """Let the thread end after its last job, and the loop with it; from any thread, does not wait."""
        self._jobs.close()

    def _start(self) -> None:
        threading.Thread(target=_serve, args=(self._jobs,), name=self._name, daemon=True).start()


class _Turn:
    """Held by the one thread that does a job now. Only the thread that has the lock writes `holder`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.holder: int | None = None

    @contextlib.contextmanager
    def taken(self, within_s: float = -1) -> Iterator[None]:
        if not self._lock.acquire(timeout=within_s):
            raise TimeoutError(f"a job has not ended within {within_s:g} s")
        self.holder = threading.get_ident()
        try:
            yield
        finally:
            self.holder = None
            self._lock.release()


class _Jobs:
    """What a thread has to do. `_changed` guards the fields; the loop belongs to the thread."""

    def __init__(self) -> None:
        self.loop = OwnLoop()
        self.turn = _Turn()
        self._changed = LoopCondition(self.loop)
        self._waiting: deque[Job] = deque()
        self._is_served = False
        self._closed = False

    def put(self, job: Job, start_thread: Callable[[], None]) -> None:
        with self._changed:
            if not self._is_served:
                start_thread()
                self._is_served = True
            self._waiting.append(job)
            self._changed.notify()

    def take(self) -> Job | None:
        """Wait for the next job; `None` when there is none and none is awaited."""
        with self._changed:
            while not self._waiting and not self._closed:
                self._changed.wait()
            return self._waiting.popleft() if self._waiting else None

    def leave(self) -> bool:
        """End serving; False when one more job has come."""
        with self._changed:
            self._is_served = bool(self._waiting)
            return not self._is_served

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()


def _serve(jobs: _Jobs) -> None:
    tap.open()
    try:
        while True:
            while (job := jobs.take()) is not None:
                try:
                    with jobs.turn.taken():
                        job()
                except BaseException:
                    logger.exception("[nbstream] a run of a stream failed")
                # While it waits for the next one, the thread keeps nothing of the last one alive.
                del job
            jobs.loop.close()
            if jobs.leave():
                return
    finally:
        tap.close()
