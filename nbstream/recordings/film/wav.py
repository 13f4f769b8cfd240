"""A wav file that is written as it comes."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from ...sounds.format import mixed, typed

if TYPE_CHECKING:
    from numpy.typing import NDArray

HEADER_BYTES = 44
MAX_BYTES = (1 << 32) - HEADER_BYTES


class WavWriter:
    """Writes int16 samples; the header is true after each piece, whatever follows. One thread at a time.

    Parameters
    ----------
    rate, channels
        Of the first piece; what comes later in another form begins no new file, and is refused.
    """

    def __init__(self, file: BinaryIO, rate: int, channels: int) -> None:
        self._file = file
        self._rate = rate
        self._channels = channels
        self._size = 0
        self._put_header()

    def add(self, samples: NDArray[Any], rate: int) -> None:
        """Add int16 or float32 samples of shape (n, channels)."""
        if rate != self._rate:
            raise ValueError(
                f"the sound changed from {self._rate} to {rate} Hz; a wav file has one rate"
            )
        data, _clipped = typed(mixed(samples, self._channels), "int16")
        raw = np.ascontiguousarray(data, "<i2").tobytes()
        self._file.seek(HEADER_BYTES + self._size)
        self._file.write(raw)
        self._size += len(raw)
        self._put_header()

    def _put_header(self) -> None:
        block = 2 * self._channels
        fmt = struct.pack("<HHIIHH", 1, self._channels, self._rate, self._rate * block, block, 16)
        header = b"RIFF" + struct.pack("<I", 36 + self._size) + b"WAVEfmt " + struct.pack("<I", 16)
        self._file.seek(0)
        self._file.write(header + fmt + b"data" + struct.pack("<I", self._size))
        self._file.flush()
