"""Things that come in any thread, handled one after the other in a thread of their own."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

logger = logging.getLogger("nbstream")

MAX_WAITING = 16
# A new thread for each frame of a video costs more than one that waits for the next.
STAYS_S = 1.0

T = TypeVar("T")


class InTurn(Generic[T]):
    """Handles what is put, in that order; its thread ends when nothing has come for a second, or by `close`.

    `_changed` guards the fields.

    Parameters
    ----------
    name
        Of the thread.
    handle
        Called with each thing, with no lock held.
    """

    def __init__(self, name: str, handle: Callable[[T], None]) -> None:
        self._name = name
        self._handle = handle
        self._changed = threading.Condition()
        self._waiting: deque[T] = deque()
        self._thread: threading.Thread | None = None
        self._is_handling = False
        self._is_closed = False

    @property
    def is_busy(self) -> bool:
        """Whether something waits or is being handled."""
        with self._changed:
            return bool(self._waiting) or self._is_handling

    def put(self, item: T) -> bool:
        """Have it handled after all that was put before; False when too many wait, or it is closed."""
        with self._changed:
            if self._is_closed or len(self._waiting) >= MAX_WAITING:
                return False
            self._waiting.append(item)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
            self._changed.notify_all()
        return True

    def close(self) -> list[T]:
        """Handle nothing more, and return what waits."""
        with self._changed:
            self._is_closed = True
            left = list(self._waiting)
            self._waiting.clear()
            self._changed.notify_all()
        return left

    def _run(self) -> None:
        while (found := self._next()) is not None:
            try:
                self._handle(found[0])
            except Exception:
                logger.exception(
                    "[nbstream] %s failed at one of the things it is given", self._name
                )

    def _next(self) -> tuple[T] | None:
        with self._changed:
            self._is_handling = False
            self._changed.wait_for(lambda: self._waiting or self._is_closed, STAYS_S)
            if not self._waiting:
                self._thread = None
                return None
            self._is_handling = True
            return (self._waiting.popleft(),)
