"""One picture file as a feed."""

from __future__ import annotations

from ..errors import MediaError
from ..pictures.codecs import Channels, check_picture, decode_image
from ..pictures.raw import RawPicture
from .feed import FedPicture

REPEATED_EVERY_S = 0.1


class StillFeed:
    """Gives one picture, turned upright; once, or over and over.

    Parameters
    ----------
    data
        The file.
    loop
        Whether it comes ten times per second, until the source is stopped.
    """

    is_live = False

    def __init__(self, data: bytes, color: Channels, *, loop: bool) -> None:
        self._data = data
        self._color = color
        self._loop = loop
        self._picture: RawPicture | None = None
        self._count = 0

    def open(self) -> None:
        check_picture(self._data)
        self._picture = RawPicture(decode_image(self._data, self._color), self._color)
        self._count = 0

    def seek(self, at_s: float) -> None:
        """Nothing: one picture has one place."""

    def read(self) -> FedPicture | None:
        if self._count and not self._loop:
            return None
        at_s = self._count * REPEATED_EVERY_S
        self._count += 1
        return FedPicture(at_s, self._picture)

    def close(self) -> None:
        self._picture = None


class NoFile:
    """What a source reads that has no file yet."""

    is_live = False

    def open(self) -> None:
        raise MediaError("There is no file yet: choose one, or drop it on the widget.")

    def read(self) -> None: ...

    def close(self) -> None: ...
