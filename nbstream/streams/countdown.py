"""The time limit of a stream: it runs only while the stream is live, and can be frozen."""

from __future__ import annotations


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
