"""What persons point at in the picture of one widget, and who wants to know of it."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Sequence
from typing import Literal, Protocol, TypedDict

from ..kernel.clock import Clock
from ..protocol.from_page import PointerMessage
from .rising import RisingIndex

MAX_CLIENTS = 64
"""Pages of which the newest gesture is remembered."""


DrawsZone = bool | Literal["polygon"]
"""Whether persons draw the zone: no, as a rectangle by a drag, or as a polygon by its corners."""


class PointingContent(TypedDict):
    """The trait `_pointing`; every field is in docs/protocol.md, "pointer"."""

    zone: list[float] | None
    draws_zone: bool
    by_corners: bool


class Listener(Protocol):
    """Whoever wants to know what is pointed at."""

    draws_zone: DrawsZone

    def pointed(self, message: PointerMessage) -> None:
        """A person pointed; from the thread that handles the message."""


class Pointing:
    """The listeners of one widget, for as long as anything else refers to them. `_lock` guards the fields.

    Parameters
    ----------
    publish
        Called with the new value of the trait `_pointing`, whenever it changes.
    clock
        For which number a page can have come to.
    """

    def __init__(self, publish: Callable[[PointingContent], None], clock: Clock) -> None:
        self._publish = publish
        self._clock = clock
        self._lock = threading.Lock()
        self._listeners: weakref.WeakSet[Listener] = weakref.WeakSet()
        self._newest: dict[str, RisingIndex] = {}
        self._zone: tuple[float, ...] = ()

    @property
    def zone(self) -> tuple[float, ...]:
        """Corners of the zone as shares of the picture, x and y in turn; empty = there is none."""
        with self._lock:
            return self._zone

    def join(self, listener: Listener) -> None:
        """Tell a listener from now on; the newest one says whether drags draw the zone."""
        with self._lock:
            self._listeners.add(listener)
        self._tell_pages(draws_zone=listener.draws_zone)

    def set_zone(self, corners: Sequence[float], *, draws_zone: DrawsZone) -> None:
        """Set the zone, and show it in all pages."""
        with self._lock:
            self._zone = tuple(corners)
        self._tell_pages(draws_zone=draws_zone)

    def came(self, message: PointerMessage) -> None:
        """Take a message of a page; one that came before is ignored."""
        with self._lock:
            newest = self._newest.pop(message.client, None) or RisingIndex()
            self._newest[message.client] = newest
            is_news = newest.accept(message.pointer_index, self._clock.now_s())
            if len(self._newest) > MAX_CLIENTS:
                del self._newest[next(iter(self._newest))]
            if not is_news:
                return
            listeners = list(self._listeners)
            drawn = [one.draws_zone for one in listeners if one.draws_zone]
        if message.gesture == "zone" and message.is_done and drawn:
            self.set_zone(message.points, draws_zone=drawn[0])
        for listener in listeners:
            listener.pointed(message)

    def _tell_pages(self, *, draws_zone: DrawsZone) -> None:
        zone = list(self.zone) or None
        self._publish(
            {
                "zone": zone,
                "draws_zone": bool(draws_zone),
                "by_corners": draws_zone == "polygon",
            }
        )
