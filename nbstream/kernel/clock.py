"""Time and timers, behind a protocol so that tests move time by hand.

`SystemClock` runs its timers on one daemon thread that exists only while a timer is pending: an idle
library leaves no thread behind. Callbacks run on that thread without any lock held.
"""

from __future__ import annotations

import functools
import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

from .host import can_start_threads

logger = logging.getLogger("nbstream")


class Timer(Protocol):
    """A callback that is due at some time."""

    def cancel(self) -> None:
        """Make sure that the callback does not start from now on; harmless when it ran already."""


class Clock(Protocol):
    """What the library asks of time."""

    def now_s(self) -> float:
        """Seconds on a clock that never goes backwards."""

    def call_later(self, delay_s: float, callback: Callable[[], None]) -> Timer:
        """Call `callback` once, `delay_s` seconds from now, on a thread of the clock's."""


class _SystemTimer:
    def __init__(self, clock: SystemClock, callback: Callable[[], None]) -> None:
        self._clock = clock
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        self._clock._cancel(self)


class SystemClock:
    """The machine's monotonic clock.

    All fields are guarded by `_changed`; the thread ends when no timer is left.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._order = itertools.count()
        self._timers: list[tuple[float, int, _SystemTimer]] = []
        self._thread: threading.Thread | None = None

    def now_s(self) -> float:
        return time.monotonic()

    def call_later(self, delay_s: float, callback: Callable[[], None]) -> Timer:
        timer = _SystemTimer(self, callback)
        with self._changed:
            heapq.heappush(self._timers, (self.now_s() + delay_s, next(self._order), timer))
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="nbstream-clock", daemon=True
                )
                self._thread.start()
            self._changed.notify()
        return timer

    def _cancel(self, timer: _SystemTimer) -> None:
        with self._changed:
            timer.callback = None
            self._timers = [entry for entry in self._timers if entry[2] is not timer]
            heapq.heapify(self._timers)
            self._changed.notify()

    def _run(self) -> None:
        while (callback := self._next_due()) is not None:
            try:
                callback()
            except BaseException:  # a SystemExit would be the end of all timers
                logger.exception("[nbstream] a timer failed")
            del callback  # or it is kept, and what it belongs to, until the next one is due

    def _next_due(self) -> Callable[[], None] | None:
        with self._changed:
            while self._timers:
                wait_s = self._timers[0][0] - self.now_s()
                if wait_s <= 0:
                    callback = heapq.heappop(self._timers)[2].callback
                    if callback is not None:
                        return callback
                else:
                    self._changed.wait(wait_s)
            self._thread = None
            return None


class LoopClock:
    """The same for a Python without threads: timers run on the event loop in which they were set, between messages."""

    def now_s(self) -> float:
        return time.monotonic()

    def call_later(self, delay_s: float, callback: Callable[[], None]) -> Timer:
        from asyncio import get_running_loop  # most have threads, and need not import it

        return get_running_loop().call_later(delay_s, _call, callback)


def _call(callback: Callable[[], None]) -> None:
    try:
        callback()
    except Exception:
        logger.exception("[nbstream] a timer failed")


@functools.cache
def _machine_clock() -> Clock:
    return SystemClock() if can_start_threads() else LoopClock()


_current: Clock | None = None


def current_clock() -> Clock:
    """Return the clock that widgets made from now on use."""
    return _machine_clock() if _current is None else _current


def set_clock(clock: Clock) -> Clock:
    """Let widgets made from now on use `clock`; returns the one before. For tests."""
    global _current
    before, _current = current_clock(), clock
    return before
