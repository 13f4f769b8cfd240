"""The pictures of a film."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..errors import MediaError
from ..pictures.codecs import MAX_PIXELS, Channels
from ..pictures.raw import RawPicture
from ..pictures.reformatter import Reformatter
from .feed import FedPicture
from .media import Media, name_of, opened, told_of
from .video_track import PIXEL_FORMAT

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FPS_UNKNOWN = 25.0


class FilmFacts(NamedTuple):
    """What a film says of itself: seconds, pictures per second, width and height; `None` = it does not say."""

    duration_s: float | None
    fps: float | None
    size_px: tuple[int, int]


def facts_of(media: Media) -> FilmFacts:
    """Look into a film.

    Raises
    ------
    MediaError
        If it is none, or its pictures are too large.
    OSError
        If it cannot be opened.
    """
    container, stream = opened(media, "video")
    with container:
        width_px, height_px = stream.codec_context.width, stream.codec_context.height
        if width_px * height_px > MAX_PIXELS:
            raise MediaError(
                f"{name_of(media)} has pictures of {width_px} x {height_px}; expected at most {MAX_PIXELS} pixels."
            )
        duration_s = None if container.duration is None else container.duration / 1_000_000
        fps = None if not stream.average_rate else float(stream.average_rate)
        return FilmFacts(duration_s, fps, (width_px, height_px))


class FilmFeed:
    """Reads the pictures of a film in their order.

    Parameters
    ----------
    loop
        Whether it begins anew after the last one.
    begin_s
        Where it begins.
    """

    is_live = False

    def __init__(self, media: Media, color: Channels, *, loop: bool, begin_s: float = 0.0) -> None:
        self._media = media
        self._color = color
        self._loop = loop
        self._begin_s = begin_s
        self._container: Any = None
        self._stream: Any = None
        self._frames: Iterator[Any] = iter(())
        self._reformatter = Reformatter()
        self._skip_before_s = 0.0
        self._is_jump = False
        self._offset_s = 0.0
        self._count = 0
        self._end_s = 0.0

    def open(self) -> None:
        self._container, self._stream = opened(self._media, "video")
        self._stream.thread_type = "AUTO"
        self._offset_s, self._count, self._end_s = 0.0, 0, 0.0
        self._frames = self._container.decode(self._stream)
        if self._begin_s:
            self.seek(self._begin_s)

    def seek(self, at_s: float) -> None:
        """Go on with the picture that is shown `at_s` seconds after the beginning."""
        with told_of(self._media):
            at = int(at_s / self._stream.time_base) + (self._stream.start_time or 0)
            self._container.seek(max(0, at), stream=self._stream)
        self._frames = self._container.decode(self._stream)
        self._skip_before_s = at_s
        self._is_jump = True
        self._offset_s = 0.0

    def read(self) -> FedPicture | None:
        while True:
            with told_of(self._media):
                frame = next(self._frames, None)
            if frame is None:
                if not (self._loop and self._count):
                    return None
                self._begin_again()
                continue
            at_s = self._time_of(frame)
            self._count += 1
            self._end_s = at_s + self._period_s
            if self._end_s > self._skip_before_s + 1e-6:
                is_jump, self._is_jump = self._is_jump, False
                picture = RawPicture(self._pixels(frame), self._color)
                return FedPicture(self._offset_s + at_s, picture, is_jump=is_jump)

    def close(self) -> None:
        self._frames = iter(())
        if self._container is not None:
            self._container.close()
            self._container = None

    @property
    def _period_s(self) -> float:
        rate = self._stream.average_rate
        return 1 / float(rate) if rate else 1 / _FPS_UNKNOWN

    def _begin_again(self) -> None:
        offset_s = self._offset_s + self._end_s
        self.seek(0.0)
        self._offset_s, self._is_jump, self._count = offset_s, False, 0

    def _time_of(self, frame: Any) -> float:
        if frame.pts is None:
            return self._end_s
        return float((frame.pts - (self._stream.start_time or 0)) * self._stream.time_base)

    def _pixels(self, frame: Any) -> NDArray[np.uint8]:
        if frame.width * frame.height > MAX_PIXELS:
            raise MediaError(
                f"{name_of(self._media)} has a picture of {frame.width} x {frame.height}; expected at most "
                f"{MAX_PIXELS} pixels."
            )
        with told_of(self._media):
            wanted = self._reformatter.reformat(frame, PIXEL_FORMAT[self._color])
            pixels: NDArray[np.uint8] = wanted.to_ndarray()
        quarters = round(frame.rotation / 90) % 4  # of a phone that was held upright
        return np.ascontiguousarray(np.rot90(pixels, quarters)) if quarters else pixels
