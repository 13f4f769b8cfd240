"""Notices that a camera stands still for no reason: should its account be wrong in a way that nobody thought of."""

from __future__ import annotations

# Five seconds after the last picture, since a page beats once a second.
STUCK_AFTER_S = 4.0


class StuckWatch:
    """Looks at each beat of the page that captures. Not thread-safe: its owner holds a lock."""

    def __init__(self) -> None:
        self._settled_through = 0
        self._since_s: float | None = None

    def look(self, settled_through: int, *, is_due: bool, now_s: float) -> bool:
        """Whether nothing has become of what the page sent for `STUCK_AFTER_S`.

        Parameters
        ----------
        settled_through
            Up to which frame it is known what became of each.
        is_due
            Whether something should become of what the page sent.
        now_s
            By the kernel's clock.
        """
        if not is_due:
            self._since_s = None
            return False
        if self._since_s is None or self._settled_through != settled_through:
            self._settled_through, self._since_s = settled_through, now_s
        return now_s - self._since_s >= STUCK_AFTER_S
