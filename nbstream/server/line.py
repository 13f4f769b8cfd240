"""Pictures that a browser's line does not take: the newest one waits, the older ones are left out.

The kernel's messages go to every page. Behind a thin line they would pile up in the server, or would have to be fewer
for all pages.
"""

from __future__ import annotations

import json
import time
from asyncio import Future
from collections import deque
from collections.abc import Callable
from typing import Any, TypeAlias

STANDS_AFTER_S = 0.02
"""A message that the socket did not take for so long stands; less is a busy event loop's hiccup."""
CONTENT = 3
"""Where a message's parts have its content; before it stand header, parent and metadata, after it the buffers."""

Parts: TypeAlias = list[bytes]
Place: TypeAlias = tuple[str, str]
"""A widget's comm, and which of its pictures: "" is the result, else the overlay's name."""


def place_of(parts: Parts) -> tuple[str | None, Place | None]:
    """The comm that a message is for, and the place of the picture that it replaces there; `None` where it has none."""
    try:
        content = json.loads(bytes(parts[CONTENT]))
        comm = content["comm_id"]
    except (ValueError, KeyError, IndexError, TypeError):
        return None, None
    if not isinstance(comm, str):
        return None, None
    try:
        said = content["data"]["content"]
        kind = said["type"] if "nbstream" in said else None
    except (KeyError, TypeError):
        return comm, None
    if kind == "overlay":
        return comm, (comm, f"overlay {said.get('overlay')}")
    # A picture of a video needs those before it.
    is_whole = kind == "result" and not str(said.get("mime")).startswith("video/")
    return comm, (comm, "") if is_whole else None


class Line:
    """The line to one browser. Used by the server's event loop alone.

    Parameters
    ----------
    send
        Writes what had to wait: `send(stream, parts)`.
    now_s
        A monotonic clock, in seconds.
    """

    def __init__(
        self, send: Callable[[Any, Parts], None], now_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._send = send
        self._now_s = now_s
        self._unsent_since_s: deque[float] = deque()
        self._waiting: dict[Place, tuple[Any, Parts]] = {}

    def wrote(self, sent: Future[None]) -> None:
        """Note a message that was written; `sent` is done when the socket has taken all of it."""
        self._unsent_since_s.append(self._now_s())
        sent.add_done_callback(self._taken)

    def takes(self, stream: Any, parts: Parts) -> bool:
        """Whether a message goes now; a picture that does not waits here, in the place of an older one."""
        if not self._waiting and not self._stands:
            return True
        comm, place = place_of(parts)
        if place is not None and self._stands:
            self._waiting.pop(place, None)
            self._waiting[place] = (stream, parts)
            return False
        # What was said after a picture does not come before it.
        self._send_waiting(comm)
        return True

    def close(self) -> None:
        """Forget what waits; the connection is at its end."""
        self._waiting.clear()

    @property
    def _stands(self) -> bool:
        unsent = self._unsent_since_s
        return bool(unsent) and self._now_s() - unsent[0] > STANDS_AFTER_S

    def _taken(self, sent: Future[None]) -> None:
        if not sent.cancelled():
            sent.exception()  # Looked at, or Python complains; others see to a connection's end.
        self._unsent_since_s.popleft()
        if not self._stands:
            for comm in {comm for comm, _ in self._waiting}:
                self._send_waiting(comm)

    def _send_waiting(self, comm: str | None) -> None:
        for place in [place for place in self._waiting if place[0] == comm]:
            self._send(*self._waiting.pop(place))
