"""How many results may be on the way to the quickest page: as many as the line carries at once.

With too few the line is idle while an acknowledgement travels; with too many each is as much older.
What a page received later than its quickest result has stood in a queue: then there are fewer at
once. While nothing stands in a queue and a result has to wait all the same, there is one more.
"""

from __future__ import annotations

from collections import deque

FEWEST = 2
MOST = 16
MOST_BYTES = 1_000_000
"""Beyond the fewest: a server's memory is not filled for one page."""
# A busy kernel and a delayed acknowledgement hold up a third; a slow line must not be given it.
FEWEST_WHILE_YOUNG = 3
YOUNG_S = 0.15
# The least of five results counts: on a loaded machine single ones are late on a quick line.
QUEUED_MS = 40.0
JUDGED_RESULTS = 5
# After too many it takes so long until one more is tried.
TRIED_AGAIN_AFTER_S = 1.0


class ResultWindow:
    """The window of one display. Not thread-safe: its owner holds a lock."""

    def __init__(self) -> None:
        self.results = FEWEST
        """How many may be on the way, however old they are."""
        self._sent_through = 0
        self._painted_through = 0
        self._changed_at = 0
        self._queued_ms: deque[float] = deque(maxlen=JUDGED_RESULTS)
        self._is_too_small = False
        self._not_more_before_s = 0.0

    def has_room(self, on_the_way: int, byte_count: int, oldest_s: float) -> bool:
        """Whether one more may leave; noted where not.

        Parameters
        ----------
        on_the_way
            How many results are not painted yet.
        byte_count
            All their bytes.
        oldest_s
            How long ago the oldest of them was sent.
        """
        fewest = FEWEST_WHILE_YOUNG if oldest_s < YOUNG_S else FEWEST
        most = self.results if byte_count < MOST_BYTES else FEWEST
        if on_the_way < max(fewest, most):
            return True
        self._is_too_small = True
        return False

    def sent(self, seq: int) -> None:
        """Note that a result has left."""
        self._sent_through = seq

    def painted(self, seq: int, loop_s: float, late_ms: float, now_s: float) -> None:
        """Note that a page has painted a result; of several pages the first one counts.

        Parameters
        ----------
        seq
            Its number.
        loop_s
            How long ago it was sent.
        late_ms
            How much later than the page's quickest result it was received.
        now_s
            By the kernel's clock.
        """
        if seq <= self._painted_through:
            return
        self._painted_through = seq
        self._queued_ms.append(late_ms)
        if seq <= self._changed_at:
            return  # It left before the last change and says nothing about it.
        queued_ms = min(self._queued_ms)
        if len(self._queued_ms) == JUDGED_RESULTS and queued_ms > QUEUED_MS:
            not_queued = max(0.0, 1 - queued_ms / max(loop_s * 1000, 1.0))
            self._set(max(FEWEST, round(self.results * not_queued)))
            self._not_more_before_s = now_s + TRIED_AGAIN_AFTER_S
        elif self._may_try_more(queued_ms, now_s):
            self._set(self.results + 1)

    def _may_try_more(self, queued_ms: float, now_s: float) -> bool:
        is_free = queued_ms < QUEUED_MS / 2 and now_s >= self._not_more_before_s
        return self._is_too_small and is_free and self.results < MOST

    def _set(self, results: int) -> None:
        self.results = results
        self._is_too_small = False
        self._queued_ms.clear()
        self._changed_at = self._sent_through
