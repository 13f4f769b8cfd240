"""Frames that have come from a page become pictures: a JPEG at once, video in a thread of its own, all in order."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import NamedTuple

from ..errors import CorruptFrameError
from ..pictures.codecs import Channels, check_picture, mime_of
from ..pictures.headers import refuse_bytes
from ..pictures.raw import RawPicture
from ..protocol.from_page import FrameMessage
from .in_turn import InTurn
from .video_track import VideoTrack


class Arrival(NamedTuple):
    """A frame, and when it came by the kernel's clock."""

    message: FrameMessage
    came_at_s: float

    @property
    def is_video(self) -> bool:
        """Whether it builds on others."""
        return self.message.codec is not None

    @property
    def video_run(self) -> int | None:
        """The run of a frame of video; `None` of a JPEG, which needs no other."""
        return self.message.run if self.is_video else None


class Arrivals:
    """What comes of one source. `_in_order` keeps the order in which things are put.

    Parameters
    ----------
    color
        Tells which channels functions want.
    take
        Called with each frame and its picture, a JPEG file or an array; in the thread that put it, or that decodes.
    refuse
        Called with each that is no picture, and why.
    """

    def __init__(
        self,
        color: Callable[[], Channels],
        take: Callable[[Arrival, bytes | RawPicture], None],
        refuse: Callable[[Arrival, str], None],
    ) -> None:
        self._color = color
        self._take = take
        self._refuse = refuse
        self._in_order = threading.Lock()
        self._decoding = InTurn("nbstream-video", self._open)
        self._video = VideoTrack()
        """Of the thread that decodes."""

    @property
    def are_waiting(self) -> bool:
        """Whether some are not decoded yet."""
        return self._decoding.is_busy

    def put(self, arrival: Arrival) -> None:
        """Make a picture of it, after those that came before."""
        with self._in_order:
            waits = arrival.is_video or self._decoding.is_busy
            has_room = not waits or self._decoding.put(arrival)
        if not has_room:
            self._refuse(arrival, "a frame that came before those before it could be decoded")
        elif not waits:
            self._open(arrival)

    def close(self) -> None:
        """Decode nothing more."""
        self._decoding.close()

    def _open(self, arrival: Arrival) -> None:
        try:
            picture = (
                self._decode(arrival.message) if arrival.is_video else jpeg_of(arrival.message)
            )
        except CorruptFrameError as error:
            self._refuse(arrival, str(error))
        else:
            self._take(arrival, picture)

    def _decode(self, message: FrameMessage) -> RawPicture:
        numbers = message.run, message.seq, message.after
        size_px = message.width_px, message.height_px
        codec = message.codec or "vp8"
        return self._video.picture_of(bytes(message.data), *numbers, size_px, self._color(), codec)


def jpeg_of(message: FrameMessage) -> bytes:
    """Copy the JPEG of a message whose picture is what it says, by its header alone.

    Raises
    ------
    CorruptFrameError
        If the picture is no JPEG, too large, or of another size than stated.
    """
    data = bytes(message.data)
    if mime_of(data) != "image/jpeg":
        refuse_bytes(memoryview(data), "JPEG")
    size = check_picture(data)
    if size != (message.width_px, message.height_px):
        stated = f"{message.width_px}x{message.height_px}"
        raise CorruptFrameError(f"a picture of {size[0]}x{size[1]} pixels stated as {stated}")
    return data
