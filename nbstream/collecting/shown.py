"""What the pages of a collector know: who is here, and which thumbnails they have."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from ..kernel.clock import Clock
from ..pages.pages import MAX_PAGES
from ..pages.rising import RisingIndex
from ..pictures.codecs import encode, image_size
from ..protocol.collection import MAX_SHOWN, collection_message, example_message
from .collection import Collection, scaled

THUMBNAIL_PX = 64
Message = tuple[dict[str, Any], list[bytes]]


class Shown:
    """Messages to the pages of a collector. `_lock` guards the fields."""

    def __init__(self, collection: Collection, clock: Clock) -> None:
        self._collection = collection
        self._clock = clock
        self._lock = threading.Lock()
        self._newest_commands: dict[str, RisingIndex] = {}
        """By page."""
        self._told: set[int] = set()
        self._index = 0

    def hello(self, client: str) -> None:
        """A page is there; what the others were told is told again."""
        with self._lock:
            if len(self._newest_commands) < MAX_PAGES:
                self._newest_commands.setdefault(client, RisingIndex())
            self._told.clear()

    def bye(self, client: str) -> None:
        """A page has gone."""
        with self._lock:
            self._newest_commands.pop(client, None)

    def accept_command(self, client: str, command_index: int) -> bool:
        """Whether a command is news; False for one that came before."""
        with self._lock:
            newest = self._newest_commands.get(client, RisingIndex())
            if len(self._newest_commands) < MAX_PAGES:
                self._newest_commands.setdefault(client, newest)
            return newest.accept(command_index, self._clock.now_s())

    def messages(self, held: int | None, note: str | None) -> list[Message]:
        """What the pages are to be told now: the state, and the thumbnails that they lack."""
        shown: dict[int, bytes] = {}
        rows = []
        with self._lock:
            self._index += 1
            for index, name in enumerate(self._collection.classes):
                examples = self._collection.of(index)
                newest = {one.number: one.data for one in examples[-MAX_SHOWN:]}
                shown.update(newest)
                rows.append({"name": name, "count": len(examples), "examples": list(newest)})
            new = shown.keys() - self._told if self._newest_commands else set()
            self._told = (self._told | new) & shown.keys()
            state = collection_message(self._index, rows, held, note)
        return [(state, []), *_thumbnails({number: shown[number] for number in sorted(new)})]


def _thumbnails(pictures: Mapping[int, bytes]) -> list[Message]:
    messages: list[Message] = []
    for number, data in pictures.items():
        width, height = image_size(data)
        scale = min(1.0, THUMBNAIL_PX / max(width, height))
        size = max(1, round(width * scale)), max(1, round(height * scale))
        small = encode(scaled(data, size, "rgb"), "jpeg", 70)
        messages.append((example_message(number, len(small)), [small]))
    return messages
