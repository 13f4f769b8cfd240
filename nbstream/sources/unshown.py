"""Says once that a source was started which no page shows: nobody can allow its device."""

from __future__ import annotations

import logging

UNSHOWN_AFTER_S = 5.0

logger = logging.getLogger("nbstream")


class UnshownWatch:
    """Looks each second. Not thread-safe: its owner holds a lock."""

    def __init__(self) -> None:
        self._since_s: float | None = None
        self._was_told = False

    def look(self, is_unshown: bool, device: str, now_s: float) -> None:
        """Tell where the source has waited for a page for `UNSHOWN_AFTER_S`; `device` is what it is called."""
        if not is_unshown:
            self._since_s = None
            return
        self._since_s = now_s if self._since_s is None else self._since_s
        if self._was_told or now_s - self._since_s < UNSHOWN_AFTER_S:
            return
        self._was_told = True
        logger.warning(
            "The %s was started and is shown nowhere, so it waits. A browser opens it only where its widget is "
            "seen: write the widget's name on the last line of a cell and run that.",
            device,
        )
