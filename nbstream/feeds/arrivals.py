"""Frames that have come from a page become pictures: a JPEG at once, video in a thread of its own, all in order."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import NamedTuple, TypeVar

from ..errors import CorruptFrameError
from ..kernel.clock import Clock
from ..pictures.codecs import Channels, check_picture, mime_of
from ..pictures.headers import refuse_bytes
from ..pictures.raw import RawPicture
from ..protocol.from_page import FrameMessage
from .in_turn import InTurn
from .video_track import VideoTrack

# What takes so long for a frame does not come back. Its thread cannot be ended, so there is a bound on them.
HUNG_AFTER_S = 5.0
MOST_HUNG = 3

T = TypeVar("T")


class Arrival(NamedTuple):
    """A frame, and when it came by the kernel's clock."""

    message: FrameMessage
    came_at_s: float

    @property
    def is_video(self) -> bool:
        """Whether it builds on others."""
        return self.message.codec is not None


class Arrivals:
    """What comes of one source. `_in_order` keeps the order in which things are put, and guards the fields.

    Parameters
    ----------
    color
        Tells which channels functions want.
    take
        Called with each frame and its picture, a JPEG file or an array; in the thread that put it, or that decodes.
    refuse
        Called with each that is no picture, and why.
    clock
        Tells how long a frame is being decoded.
    """

    def __init__(
        self,
        color: Callable[[], Channels],
        take: Callable[[Arrival, bytes | RawPicture], None],
        refuse: Callable[[Arrival, str], None],
        clock: Clock,
    ) -> None:
        self._color = color
        self._take = take
        self._refuse = refuse
        self._in_order = threading.Lock()
        self._clock = clock
        self._hung_count = 0
        self._begin()

    def _begin(self) -> None:
        self._decoded: Arrival | None = None
        """What is being decoded, since `_since_s`."""
        self._since_s = 0.0
        self._video = video = VideoTrack()
        """Of the thread that decodes."""
        self._decoding = InTurn("nbstream-video", partial(self._open, video))

    @property
    def are_waiting(self) -> bool:
        """Whether some are not decoded yet."""
        return self._decoding.is_busy

    def put(self, arrival: Arrival) -> None:
        """Make a picture of it, after those that came before."""
        with self._in_order:
            left = self._give_up_what_hangs()
            waits = arrival.is_video or self._decoding.is_busy
            has_room = not waits or self._decoding.put(arrival)
        for one in left:
            self._refuse(one, "a frame that was not decoded for 5 s, or waited for one")
        if not has_room:
            self._refuse(arrival, "a frame that came before those before it could be decoded")
        elif not waits:
            self._open_jpeg(arrival)

    def close(self) -> None:
        """Decode nothing more."""
        self._decoding.close()

    def _give_up_what_hangs(self) -> list[Arrival]:
        """Begin anew with another thread where one hangs; returns what it had, and what waits for it."""
        hung = self._decoded
        if hung is None or self._clock.now_s() - self._since_s < HUNG_AFTER_S:
            return []
        if self._hung_count >= MOST_HUNG:
            return []  # Frames of video are refused for want of room from now on.
        self._hung_count += 1
        left = [hung, *self._decoding.close()]
        self._begin()
        return left

    def _open(self, video: VideoTrack, arrival: Arrival) -> None:
        if not arrival.is_video:
            self._open_jpeg(arrival)
            return
        with self._in_order:
            if video is not self._video:
                return
            self._decoded, self._since_s = arrival, self._clock.now_s()
        try:
            found = _made(partial(self._decode, video, arrival.message))
        finally:
            with self._in_order:
                is_wanted = video is self._video  # What was given up has been refused.
                if is_wanted:
                    self._decoded = None
        if is_wanted:
            self._settle(arrival, found)

    def _open_jpeg(self, arrival: Arrival) -> None:
        self._settle(arrival, _made(partial(jpeg_of, arrival.message)))

    def _settle(self, arrival: Arrival, found: bytes | RawPicture | CorruptFrameError) -> None:
        if isinstance(found, CorruptFrameError):
            self._refuse(arrival, str(found))
        else:
            self._take(arrival, found)

    def _decode(self, video: VideoTrack, message: FrameMessage) -> RawPicture:
        numbers = message.run, message.seq, message.after
        size_px = message.width_px, message.height_px
        codec = message.codec or "vp8"
        return video.picture_of(bytes(message.data), *numbers, size_px, self._color(), codec)


def _made(make: Callable[[], T]) -> T | CorruptFrameError:
    """Return a picture, or why there is none: a frame that nobody settles would stop the stream."""
    try:
        return make()
    except CorruptFrameError as error:
        return error
    except Exception as error:  # no memory, say
        return CorruptFrameError(f"a frame that could not be decoded ({error!r})")


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
