"""A picture that is recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ...pictures.codecs import Channels, decode_image

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ...pictures.raw import RawPicture


class Shot(NamedTuple):
    """A picture, encoded or as an array, and when it was captured by its source's clock; `None` = by hand, now."""

    picture: bytes | RawPicture
    captured_at_ms: float | None

    @property
    def size_bytes(self) -> int:
        """What it takes of the memory."""
        return len(self.picture) if isinstance(self.picture, bytes) else self.picture.pixels.nbytes

    def array(self, channels: Channels) -> NDArray[np.uint8]:
        """As functions get it; raises `CorruptFrameError`."""
        if isinstance(self.picture, bytes):
            return decode_image(self.picture, channels)
        array: NDArray[np.uint8] = self.picture.array()
        return array
