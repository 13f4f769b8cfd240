"""Latest-wins hand-over between the comm thread and a worker.

The browser may send faster than the user's function runs. Pictures never queue: a new one replaces the
unread one of the same source, so that the latency stays at one call, not one queue.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    """One room for each source. All fields are guarded by `_changed`.

    What was accepted is either taken, or leaves unread and is told of: nothing goes in silence.

    Parameters
    ----------
    changed
        On what the taker waits; `None` = on a condition that blocks its thread.
    left_unread
        Told of each item that was replaced, or was still unread at the end; with no lock held.
    room_of
        The source of an item. An item replaces those of its own source alone.
    """

    def __init__(
        self,
        changed: threading.Condition | None = None,
        left_unread: Callable[[T], None] = lambda _item: None,
        room_of: Callable[[T], Hashable] = lambda _item: None,
    ) -> None:
        self._changed = threading.Condition() if changed is None else changed
        self._left_unread = left_unread
        self._room_of = room_of
        self._unread: dict[Hashable, T] = {}
        self._closed = False

    def put(self, item: T) -> bool:
        """Leave `item` for the taker, in place of an unread one of its source.

        Returns
        -------
        accepted
            False when nothing is taken any more; the item stays the caller's then.
        """
        with self._changed:
            if self._refuses():
                return False
            room = self._room_of(item)
            is_replacing = room in self._unread
            # A replaced item hands its turn on, so that no source waits for ever behind a quicker one.
            replaced = self._unread.get(room, item)
            self._unread[room] = item
            self._changed.notify()
        if is_replacing:
            self._left_unread(replaced)
        return True

    def take(self) -> T | None:
        """Wait for an item and return it; `None` once the mailbox is closed."""
        with self._changed:
            while not self._unread and not self._closed:
                self._changed.wait()
            return self._pop()

    def poll(self) -> T | None:
        """Return an unread item, if there is one; `None` at once otherwise."""
        with self._changed:
            return self._pop()

    @property
    def closed(self) -> bool:
        """Whether nothing comes any more."""
        with self._changed:
            return self._closed

    @property
    def has_room(self) -> bool:
        """Whether nothing is unread."""
        with self._changed:
            return not self._unread

    def note(self) -> str | None:
        """What a person should know of what waits; `None` = all is well."""
        return None

    def close(self) -> None:
        """Drop what is unread and let the taker go."""
        with self._changed:
            self._closed = True
            dropped = self._drop()
        self._tell(dropped)

    def _refuses(self) -> bool:
        return self._closed

    def _pop(self) -> T | None:
        """The item that has waited for its turn longest."""
        return self._unread.pop(next(iter(self._unread))) if self._unread else None

    def _drop(self) -> list[T]:
        dropped = list(self._unread.values())
        self._unread.clear()
        self._changed.notify_all()
        return dropped

    def _tell(self, dropped: list[T]) -> None:
        for item in dropped:
            self._left_unread(item)
