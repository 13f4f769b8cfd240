"""Hand-over from the threads that handle messages to a stream's worker: the newest picture, and all the sound.

Pictures never queue (see `Mailbox`). Sound is different, for a lost piece is audible: it waits in a store per source
and comes as one longer piece.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping

from ..sounds.chunk import Captured, Chunk
from ..sounds.store import Backlog, Ending
from .mailbox import Mailbox


class Inbox(Mailbox[Captured]):
    """Room for each source's newest picture, and for its sound. `_changed` guards all fields and the stores.

    Parameters
    ----------
    sounds
        By source: where its sound waits.
    changed
        On what the taker waits; `None` = on a condition that blocks its thread.
    left_unread
        Told of each picture that was replaced, or was still unread at the end; with no lock held.
    sound_taken
        Told of each piece of sound that was taken; with no lock held.
    """

    def __init__(
        self,
        sounds: Mapping[object, Backlog],
        changed: threading.Condition | None = None,
        left_unread: Callable[[Captured], None] = lambda _picture: None,
        sound_taken: Callable[[Chunk], None] = lambda _chunk: None,
    ) -> None:
        super().__init__(changed, left_unread, lambda item: item.source)
        self._sounds = sounds
        self._sound_taken = sound_taken
        self._gave_sound = False
        self._ending: Ending | None = None
        self._awaits_end = False

    def put(self, item: Captured) -> bool:
        """Leave a picture in place of an unread one, or keep a piece of sound; False when no more is taken."""
        if not isinstance(item, Chunk):
            return super().put(item)
        with self._changed:
            store = self._sounds.get(item.source)
            if store is None or self._closed or (self._ending is not None and not self._awaits_end):
                return False
            store.put(item)
            self._changed.notify()
            return True

    def take(self) -> Captured | None:
        """Wait for something and return it; `None` once the inbox is closed, or has ended and is empty."""
        with self._changed:
            taken = self._awaited()
        if isinstance(taken, Chunk):
            self._sound_taken(taken)
        return taken

    @property
    def has_ended(self) -> bool:
        """Whether what was held has been given out, or will be."""
        with self._changed:
            return self._ending is not None

    def end(self, *, final: bool, await_end: bool, last: Iterable[Chunk] = ()) -> None:
        """Take nothing new but give out the sound that is held; `take` returns `None` afterwards.

        Parameters
        ----------
        final
            Whether the last piece is marked as the last before Stop, and given out even if it is empty.
        await_end
            Whether sound is still kept until each source's last piece is here, or `stop_waiting` is called.
        last
            What comes with the end itself, so that nobody takes it as if more could follow.
        """
        with self._changed:
            if self._ending is None and not self._closed:
                for chunk in last:
                    self._sounds[chunk.source].put(chunk)
            if self._ending is None:
                self._ending, self._awaits_end = Ending(final), await_end
            self._awaits_end = self._awaits_end and await_end
            dropped = self._drop()
        self._tell(dropped)

    def stop_waiting(self) -> None:
        """The last piece is not coming; harmless when nobody waits for it."""
        with self._changed:
            self._awaits_end = False
            self._changed.notify_all()

    def _awaited(self) -> Captured | None:
        while not self._closed:
            taken = self._next()
            if taken is not None:
                return taken
            if self._ending is not None and not self._is_waiting():
                self._closed = True
            else:
                self._changed.wait()
        return None

    def _refuses(self) -> bool:
        return self._closed or self._ending is not None

    def _is_waiting(self) -> bool:
        return self._awaits_end and not all(one.has_ended for one in self._sounds.values())

    def _next(self) -> Captured | None:
        # By turns where both wait, so that neither starves the other behind a slow function.
        sound = None if self._gave_sound and self._unread else self._next_sound()
        self._gave_sound = sound is not None
        if sound is not None:
            return sound
        return self._pop()

    def _next_sound(self) -> Chunk | None:
        ending = None if self._is_waiting() else self._ending
        for store in self._sounds.values():
            if store.is_due(ending):
                return store.take(ending)
        return None
