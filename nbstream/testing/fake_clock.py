"""A clock that stands still until it is told to move."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable

from nbstream.kernel.clock import Timer


class _FakeTimer:
    def __init__(
        self, clock: FakeClock, due_s: float, order: int, callback: Callable[[], None]
    ) -> None:
        self._clock = clock
        self.due_s, self.order, self.callback = due_s, order, callback

    def cancel(self) -> None:
        self._clock._cancel(self)


class FakeClock:
    """Time for tests: `advance` moves it and runs what falls due, in order, in the calling thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now_s = 1000.0
        self._order = itertools.count()
        self._timers: list[_FakeTimer] = []

    def now_s(self) -> float:
        return self._now_s

    def call_later(self, delay_s: float, callback: Callable[[], None]) -> Timer:
        with self._lock:
            timer = _FakeTimer(self, self._now_s + delay_s, next(self._order), callback)
            self._timers.append(timer)
        return timer

    @property
    def timer_count(self) -> int:
        """How many timers are pending."""
        with self._lock:
            return len(self._timers)

    def advance(self, seconds: float) -> None:
        """Let time pass; timers that are set meanwhile run as well when they fall due."""
        until_s = self._now_s + seconds
        while (timer := self._pop_due(until_s)) is not None:
            self._now_s = max(self._now_s, timer.due_s)
            timer.callback()

    def stand_still(self, seconds: float) -> None:
        """Let time pass in which nothing runs, as in a process that is stopped; what fell due runs late, at the end."""
        with self._lock:
            self._now_s += seconds
        self.advance(0)

    def _cancel(self, timer: _FakeTimer) -> None:
        with self._lock:
            self._timers = [one for one in self._timers if one is not timer]

    def _pop_due(self, until_s: float) -> _FakeTimer | None:
        """Take the next one that falls due by `until_s`; when none does, it is `until_s`."""
        with self._lock:
            due = [timer for timer in self._timers if timer.due_s <= until_s]
            if not due:
                # Under the lock: a timer that another thread sets counts from before this or from after it.
                self._now_s = until_s
                return None
            first = min(due, key=lambda timer: (timer.due_s, timer.order))
            self._timers.remove(first)
            return first
