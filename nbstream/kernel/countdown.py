"""The time limit of a stream: it runs only while the stream is live, and can be frozen."""

from __future__ import annotations

from collections.abc import Callable

from .clock import Clock, Timer


class Countdown:
    """Seconds left of a limit; all times are passed in, so it owns no clock.

    Parameters
    ----------
    limit_s
        Length of a full clock in seconds; `None` = no limit.
    """

    def __init__(self, limit_s: float | None) -> None:
        self.limit_s = limit_s
        self._left_s = limit_s
        self._running_since_s: float | None = None

    @property
    def running(self) -> bool:
        return self._running_since_s is not None

    def start(self, now_s: float) -> None:
        """Let the clock run from now on; harmless when it runs already."""
        if self.limit_s is not None and self._running_since_s is None:
            self._running_since_s = now_s

    def freeze(self, now_s: float) -> None:
        """Stop the clock and keep what is left."""
        self._left_s = self.remaining_s(now_s)
        self._running_since_s = None

    def refill(self) -> None:
        """Stop the clock and make it full."""
        self._left_s, self._running_since_s = self.limit_s, None

    def remaining_s(self, now_s: float) -> float | None:
        """Seconds left, never below 0; `None` without a limit."""
        if self._left_s is None or self._running_since_s is None:
            return self._left_s
        return max(0.0, self._left_s - (now_s - self._running_since_s))


class TimeLimit:
    """A countdown by the clock, and the one timer that goes with it. Not thread-safe: its owner holds a lock."""

    def __init__(self, limit_s: float | None, clock: Clock) -> None:
        self._countdown = Countdown(limit_s)
        self._clock = clock
        self._timer: Timer | None = None

    @property
    def running(self) -> bool:
        """Whether it runs down now."""
        return self._countdown.running

    def remaining_s(self) -> float | None:
        """Seconds left, this moment; `None` without a limit."""
        return self._countdown.remaining_s(self._clock.now_s())

    def expect_start(self, within_s: float, start: Callable[[], None]) -> None:
        """Have `start` called after that time, unless the clock runs by then."""
        self._set_timer(within_s, start)

    def start(self, at_limit: Callable[[], None]) -> bool:
        """Run from now on, and have `at_limit` called when the time is up; False without a limit."""
        self.cancel_timer()
        self._countdown.start(self._clock.now_s())
        remaining_s = self.remaining_s()
        if remaining_s is None:
            return False
        self._set_timer(remaining_s, at_limit)
        return True

    def freeze(self) -> None:
        """Stop, and keep what is left."""
        self._countdown.freeze(self._clock.now_s())
        self.cancel_timer()

    def refill(self) -> None:
        """Stop, with the whole time."""
        self._countdown.refill()

    def wind_up(self) -> None:
        """Give the whole time again, if all of it has run down."""
        if self.remaining_s() == 0:
            self._countdown.refill()

    def cancel_timer(self) -> None:
        """Have nothing called any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _set_timer(self, delay_s: float, call: Callable[[], None]) -> None:
        self._timer = self._clock.call_later(delay_s, call)
