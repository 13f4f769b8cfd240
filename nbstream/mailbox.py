"""Latest-wins hand-over between the comm thread and a worker.

The browser may send faster than the user's function runs. Pictures never queue: a new one replaces the
unread one, so that the latency stays at one call, not one queue.
"""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    """Room for one item. All fields are guarded by `_changed`.

    Parameters
    ----------
    changed
        On what the taker waits; `None` = on a condition that blocks its thread.
    """

    def __init__(self, changed: threading.Condition | None = None) -> None:
        self._changed = threading.Condition() if changed is None else changed
        self._item: T | None = None
        self._closed = False
        self._replaced_count = 0

    @property
    def replaced_count(self) -> int:
        """How many items were replaced before anybody took them."""
        with self._changed:
            return self._replaced_count

    def put(self, item: T) -> bool:
        """Leave `item` for the taker, in place of an unread one.

        Returns
        -------
        accepted
            False when the mailbox is closed; the item is dropped then.
        """
        with self._changed:
            if self._closed:
                return False
            self._replaced_count += self._item is not None
            self._item = item
            self._changed.notify()
            return True

    def take(self) -> T | None:
        """Wait for an item and return it; `None` once the mailbox is closed."""
        with self._changed:
            while self._item is None and not self._closed:
                self._changed.wait()
            if self._closed:
                return None
            item, self._item = self._item, None
            return item

    def poll(self) -> T | None:
        """Return the unread item, if there is one; `None` at once otherwise."""
        with self._changed:
            item, self._item = self._item, None
            return item

    @property
    def closed(self) -> bool:
        """Whether nothing comes any more."""
        with self._changed:
            return self._closed

    def close(self) -> None:
        """Drop what is unread and let the taker go."""
        with self._changed:
            self._closed, self._item = True, None
            self._changed.notify_all()
