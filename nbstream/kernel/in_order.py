"""Calls that are decided under a lock and made without it, in the order of the decisions."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable

logger = logging.getLogger("nbstream")


class InOrder:
    """One thread at a time makes the calls; who comes meanwhile leaves its own for that thread.

    So what was decided later is done later, though neither holds the lock while it is done. `_lock` guards the
    fields; it may be taken with the lock of the decisions held.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: deque[Callable[[], object]] = deque()
        self._at_work = False

    def add(self, call: Callable[[], object]) -> None:
        """Note a call, with the lock held under which it was decided."""
        with self._lock:
            self._calls.append(call)

    def carry_out(self) -> None:
        """Make the calls that were noted, with no lock held; a call that fails keeps no other from being made."""
        with self._lock:
            if self._at_work:
                return
            self._at_work = True
        while (call := self._next()) is not None:
            try:
                call()
            except BaseException:
                logger.exception("[nbstream] a step in the life of a stream failed")

    def _next(self) -> Callable[[], object] | None:
        with self._lock:
            if self._calls:
                return self._calls.popleft()
            self._at_work = False
            return None
