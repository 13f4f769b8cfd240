"""Who else wants to know of what comes, beside the streams."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Taps(Generic[T]):
    """Listeners of one source or display. `_lock` guards the tuple, which is replaced as a whole."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: tuple[Callable[[T], None], ...] = ()

    def add(self, listener: Callable[[T], None]) -> Callable[[], None]:
        """Have it called with each thing, in the thread that brings it, so it must not wait; returns what ends that."""
        with self._lock:
            self._listeners = (*self._listeners, listener)

        def remove() -> None:
            with self._lock:
                self._listeners = tuple(one for one in self._listeners if one is not listener)

        return remove

    @property
    def are_open(self) -> bool:
        """Whether anybody listens."""
        return bool(self._listeners)

    def tell(self, thing: T) -> None:
        """Call all of them."""
        for listener in self._listeners:
            listener(thing)
