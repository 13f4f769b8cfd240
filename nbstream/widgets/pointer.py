"""`Pointer`: what a person points at in a picture: clicks, moves, drags, and a zone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ..kernel.wiring import check_open
from ..pages.pointing import DrawsZone
from ..pictures.codecs import image_size
from ..pictures.frame import Frame
from ..protocol.from_page import MAX_ZONE_CORNERS, PointerMessage
from ..runs.plan import InputPort
from .image_view import ImageView
from .webcam import Webcam

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..sounds.chunk import Captured


@dataclass(frozen=True)
class PointerEvent:
    """What a person did, in pixels of the picture that the function gets.

    Parameters
    ----------
    kind
        "click", "move" or "drag".
    x, y
        Where the pointer is, from the outer corner of the first pixel.
    box
        Of a drag (left, top, right, bottom) between where it began and where it is; else `None`.
    is_done
        Whether it has ended: `False` while a drag goes on.
    button
        0 = none, 1 = left, a finger, a pen or Enter, 2 = right, 3 = middle.
    modifiers
        Keys that were held: of "Shift", "Control", "Alt" and "Meta".
    index
        Counts the events of this pointer, from 1.
    at_s
        When it came, in seconds since 1970.
    size_px
        Width and height of the picture.
    """

    kind: Literal["click", "move", "drag"]
    x: float
    y: float
    box: tuple[float, float, float, float] | None
    is_done: bool
    button: int
    modifiers: tuple[str, ...]
    index: int
    at_s: float
    size_px: tuple[int, int]

    @property
    def column(self) -> int:
        """The pixel under the pointer, so that ``frame[event.row, event.column]`` is its colour."""
        return min(int(self.x), self.size_px[0] - 1)

    @property
    def row(self) -> int:
        """See `column`."""
        return min(int(self.y), self.size_px[1] - 1)


@dataclass(frozen=True, eq=False)
class Zone:
    """A part of the picture.

    Parameters
    ----------
    shares
        Its corners, float64 of shape (n, 2), as shares of width and height.
    size_px
        Width and height of the picture.
    """

    shares: NDArray[np.float64]
    size_px: tuple[int, int]

    @property
    def pixels(self) -> NDArray[np.float64]:
        """Its corners in pixels of the picture, float64 of shape (n, 2): a `nbs.Polygon` takes them."""
        corners: NDArray[np.float64] = self.shares * self.size_px
        return corners

    @property
    def box(self) -> tuple[float, float, float, float]:
        """(left, top, right, bottom) around it, in pixels."""
        left, top = self.pixels.min(axis=0).tolist()
        right, bottom = self.pixels.max(axis=0).tolist()
        return left, top, right, bottom

    def contains(self, x: float, y: float) -> bool:
        """Whether a point, in pixels, lies in it."""
        inside = False
        corners = self.pixels
        for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            # How often a ray to the right crosses the outline.
            if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
                inside = not inside
        return bool(inside)


OnEvent = Callable[[PointerEvent], Any]


class Pointer:
    """What a person points at in a picture, by mouse, finger, pen or keys; an input of a stream.

    A function that has it among its inputs gets the last event (`PointerEvent`), or `None` before the first. Keep it
    in a variable: what nobody refers to is forgotten. In the picture arrow keys move the pointer (with Shift further)
    and Enter clicks.

    Parameters
    ----------
    target
        The `Webcam` or `ImageView` in whose picture is pointed.
    draws_zone
        Whether a drag draws a zone (see `zone`), and in it moves it; Delete takes it away. It is no "drag" then. With
        "polygon" clicks (and Enter) are its corners, one on the first corner closes it; they are no "click" then.

    Raises
    ------
    TypeError
        If `target` is neither.
    ValueError
        If `draws_zone` is anything else.
    RuntimeError
        If it is closed.
    """

    def __init__(self, target: Webcam | ImageView, *, draws_zone: DrawsZone = False) -> None:
        if not isinstance(target, (Webcam, ImageView)):
            raise TypeError(
                f"Pointer() was given {type(target).__name__} {target!r:.80}; expected a Webcam or an ImageView."
            )
        if draws_zone not in (False, True, "polygon"):
            raise ValueError(
                f'draws_zone is {draws_zone!r:.80}; expected True, False or "polygon".'
            )
        check_open(target)
        self.target = target
        self.draws_zone = draws_zone
        self._lock = threading.Lock()
        self._last: tuple[PointerMessage, int, float] | None = None
        self._count = 0
        self._on_click: list[OnEvent] = []
        self._on_drag: list[OnEvent] = []
        target._pointing_hub.join(self)

    @property
    def value(self) -> PointerEvent | None:
        """The last event, in pixels of the target's newest picture; `None` before the first, or without a picture."""
        return self._event(self._newest_size_px())

    @property
    def zone(self) -> Zone | None:
        """The zone in the target's newest picture; `None` = there is none, or no picture yet.

        Set it to corners as shares of width and height, of shape (n, 2), or to `None`.
        """
        return self._zone(self._newest_size_px())

    @zone.setter
    def zone(self, corners: Any) -> None:
        shares = [] if corners is None else _checked_shares(corners)
        self.target._pointing_hub.set_zone(shares, draws_zone=self.draws_zone)

    def on_click(self, fn: OnEvent) -> OnEvent:
        """Call `fn` with the event of each click, in a thread of the target's; also a decorator."""
        self._on_click.append(fn)
        return fn

    def on_drag(self, fn: OnEvent) -> OnEvent:
        """Call `fn` with the event of each drag when it has ended; also a decorator."""
        self._on_drag.append(fn)
        return fn

    def nbstream_input(self) -> InputPort:
        """How a stream reads this: the last event."""
        return _PointerPort(self)

    # --- for the target ----------------------------------------------------------------------

    def pointed(self, message: PointerMessage) -> None:
        """Take what a page says; from the thread that handles the message."""
        size_px = self._newest_size_px()
        if message.gesture == "zone" or size_px is None:
            return
        with self._lock:
            self._count += 1
            self._last = (message, self._count, time.time())
            event = self._event_of(self._last, size_px)
        told = {"click": self._on_click, "drag": self._on_drag}.get(message.gesture, [])
        for fn in list(told) if message.is_done else []:
            self.target._news.tell(message.gesture, partial(fn, event))

    # --- inside ------------------------------------------------------------------------------

    def _newest_size_px(self) -> tuple[int, int] | None:
        return None if self.target.frame is None else image_size(self.target.frame)

    def _event(self, size_px: tuple[int, int] | None) -> PointerEvent | None:
        with self._lock:
            last = self._last
        return None if last is None or size_px is None else self._event_of(last, size_px)

    @staticmethod
    def _event_of(
        last: tuple[PointerMessage, int, float], size_px: tuple[int, int]
    ) -> PointerEvent:
        message, index, at_s = last
        width_px, height_px = size_px
        box = None
        if message.gesture == "drag":
            (x1, y1, x2, y2) = message.points
            left, right = sorted((x1 * width_px, x2 * width_px))
            top, bottom = sorted((y1 * height_px, y2 * height_px))
            box = left, top, right, bottom
        assert message.gesture != "zone"
        return PointerEvent(
            kind=message.gesture,
            x=message.x * width_px,
            y=message.y * height_px,
            box=box,
            is_done=message.is_done,
            button=message.button,
            modifiers=message.modifiers,
            index=index,
            at_s=at_s,
            size_px=size_px,
        )

    def _zone(self, size_px: tuple[int, int] | None) -> Zone | None:
        corners = self.target._pointing_hub.zone
        if not corners or size_px is None:
            return None
        return Zone(np.reshape(np.asarray(corners, np.float64), (-1, 2)), size_px)


class _PointerPort:
    """A `Pointer` as input of a stream."""

    def __init__(self, pointer: Pointer) -> None:
        self._pointer = pointer
        self.name = "Pointer"

    def attach(self) -> None:
        check_open(self._pointer.target)

    def detach(self) -> None: ...

    def read(self, frame: Captured) -> PointerEvent | None:
        """The last event, in pixels of the picture that causes the call where it is the target's."""
        pointer = self._pointer
        if isinstance(frame, Frame) and frame.source is pointer.target:
            return pointer._event((frame.width_px, frame.height_px))
        return pointer.value


def _checked_shares(corners: Any) -> Sequence[float]:
    try:
        shares = np.asarray(corners, np.float64)
    except (TypeError, ValueError):
        shares = np.empty(0)
    fits = shares.ndim == 2 and shares.shape[1] == 2 and 3 <= len(shares) <= MAX_ZONE_CORNERS
    if not fits or not ((shares >= 0) & (shares <= 1)).all():
        raise ValueError(
            f"zone is {corners!r:.80}; expected 3 to {MAX_ZONE_CORNERS} corners as shares of width and height, 0..1, "
            "of shape (n, 2), or None. Divide pixels by the picture's size."
        )
    flat: list[float] = shares.ravel().tolist()
    return flat
