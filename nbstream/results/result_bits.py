"""How many bits a video of results may have: as many as its quality allows where the line carries them, else fewer.

In steps and seldom, for each change takes a new encoder, and so a key frame.
"""

from __future__ import annotations

import math

# So much of the line; the rest is for what else goes down, and for what it is not known to carry.
SHARE = 0.6
STAYS_S = 5.0
# More is taken where the line carries so much more than that, so that it is not taken back at once.
ROOM = 1.25
# A step is taken back after so long in which there was room for it, or in which nothing was known of the line.
TAKEN_BACK_AFTER_S = 30.0
# Each takes a square root of two away; a quarter of the bits is left.
MOST_STEPS = 4


class ResultBits:
    """The bound of one display. Not thread-safe: its owner holds a lock."""

    def __init__(self) -> None:
        self._steps = 0
        self._changed_at_s = -math.inf
        self._was_full_at_s = -math.inf

    def next(
        self, most: int, ms_per_byte: float | None, now_s: float, taken: float = math.inf
    ) -> int:
        """Return how many bits a second there may be now.

        Parameters
        ----------
        most
            Where the line carries them.
        ms_per_byte
            What the line takes; `None` = not known.
        now_s
            By a clock that is never set.
        taken
            How many the pictures of late take; where these fit there need not be fewer.
        """
        steps = self._wanted_steps(most, ms_per_byte)
        if steps >= self._steps:
            self._was_full_at_s = now_s
        is_more = steps < self._steps and now_s - self._was_full_at_s >= TAKEN_BACK_AFTER_S
        does_not_fit = taken * (ms_per_byte or 0) > SHARE * 8000
        is_less = steps > self._steps and does_not_fit and now_s - self._changed_at_s >= STAYS_S
        if is_more or is_less:
            self._steps, self._changed_at_s, self._was_full_at_s = steps, now_s, now_s
        return round(most * 2 ** (-self._steps / 2))

    def _wanted_steps(self, most: int, ms_per_byte: float | None) -> int:
        if ms_per_byte is None:
            return max(0, self._steps - 1)
        carried = SHARE * 8000 / ms_per_byte if ms_per_byte > 0 else math.inf
        steps = _steps_below(most, carried)
        return (
            steps if steps >= self._steps else min(self._steps, _steps_below(most, carried / ROOM))
        )


def _steps_below(most: int, carried: float) -> int:
    if carried >= most:
        return 0
    return min(MOST_STEPS, math.ceil(2 * math.log2(most / carried)))
