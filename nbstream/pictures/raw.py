"""A picture that came as an array, and not as an encoded file."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np

from .codecs import Channels, encode, swap_red_blue

if TYPE_CHECKING:
    from numpy.typing import NDArray

# What is recorded, or sent to a worker, is to look the same.
QUALITY = 95


class RawPicture:
    """An array as functions get it, which nobody changes, and its JPEG for those who want bytes.

    `_lock` guards the JPEG, which is made once.

    Parameters
    ----------
    pixels
        uint8 of shape (height, width, 3) in the order of `color`, or (height, width).
    color
        What the array is.
    """

    def __init__(self, pixels: NDArray[np.uint8], color: Channels) -> None:
        self.pixels = pixels
        self.color = color
        self._lock = threading.Lock()
        self._encoded: bytes | None = None

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height."""
        height_px, width_px = self.pixels.shape[:2]
        return width_px, height_px

    def array(self) -> NDArray[np.uint8]:
        """An array of the caller's own: C-contiguous and writable."""
        return np.array(self.pixels, order="C")

    def encoded(self) -> bytes:
        """As a JPEG."""
        with self._lock:
            if self._encoded is None:
                pixels = self.pixels
                if self.color == "bgr" and pixels.ndim == 3:
                    pixels = swap_red_blue(pixels)
                self._encoded = encode(pixels, "jpeg", QUALITY)
            return self._encoded
