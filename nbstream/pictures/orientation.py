"""How a picture file says that it lies on its side: the EXIF orientation of JPEG, PNG and WebP.

Only headers are looked at, and never more than `MAX_PARTS` of them. Browsers turn what they show by it, and so do we
(Chromium leaves a WebP as it is: `pixels` turns it before it goes to a page).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_PARTS = 1000
UPRIGHT = 1
TAG = 0x0112
_START_OF_SCAN, _EXIF = 0xDA, 0xE1
# SOF0 and SOF1: what is in the file once, from top to bottom.
_SEQUENTIAL = (0xC0, 0xC1)


class JpegHeader(NamedTuple):
    """`orientation`: 1..8 as EXIF has it, 1 = upright. `has_one_scan`: whether that is certain.

    `size_px`: width and height as they lie in the file, 0 where they were not found.
    """

    orientation: int = UPRIGHT
    has_one_scan: bool = False
    size_px: tuple[int, int] = (0, 0)


def read_jpeg_header(data: memoryview) -> JpegHeader:
    """Read what comes before the picture itself; of a damaged header what was read until there."""
    orientation, component_count, is_sequential = None, 0, False
    size_px = (0, 0)
    for marker, start, end in _segments(data):
        if (
            marker == _EXIF
            and orientation is None
            and bytes(data[start : start + 6]) == b"Exif\0\0"
        ):
            orientation = _of_tiff(bytes(data[start + 6 : end]))
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC) and end - start > 5:
            component_count, is_sequential = data[start + 5], marker in _SEQUENTIAL
            height, width = data[start + 1 : start + 3], data[start + 3 : start + 5]
            size_px = int.from_bytes(width, "big"), int.from_bytes(height, "big")
        elif marker == _START_OF_SCAN and end > start:
            has_all = is_sequential and data[start] == component_count
            return JpegHeader(orientation or UPRIGHT, has_all, size_px)
    return JpegHeader(orientation or UPRIGHT, size_px=size_px)


def png_orientation(data: memoryview) -> int:
    """The orientation of a PNG whose EXIF comes before its pixels."""
    at = 8
    for _ in range(MAX_PARTS):
        kind, length = bytes(data[at + 4 : at + 8]), int.from_bytes(data[at : at + 4], "big")
        if kind == b"eXIf":
            return _of_tiff(bytes(data[at + 8 : at + 8 + length]))
        if len(kind) < 4 or kind == b"IDAT":
            break
        at += length + 12
    return UPRIGHT


def webp_orientation(data: memoryview) -> int:
    """The orientation of a WebP file."""
    has_exif = bytes(data[12:16]) == b"VP8X" and len(data) > 20 and data[20] & 0x08
    at = 12
    for _ in range(MAX_PARTS if has_exif else 0):
        kind, length = bytes(data[at : at + 4]), int.from_bytes(data[at + 4 : at + 8], "little")
        if kind == b"EXIF":
            return _of_tiff(bytes(data[at + 8 : at + 8 + length]).removeprefix(b"Exif\0\0"))
        if len(kind) < 4:
            break
        at += 8 + length + length % 2
    return UPRIGHT


def is_on_its_side(orientation: int) -> bool:
    """Whether width and height change places."""
    return orientation >= 5


def upright(pixels: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Turn and mirror pixels, (height, width) or (height, width, channels), the way they are shown."""
    if orientation == UPRIGHT:
        return pixels
    if is_on_its_side(orientation):
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)


def _segments(data: memoryview) -> Iterator[tuple[int, int, int]]:
    """Marker, start and end of each part of a JPEG's header."""
    at = 2
    for _ in range(MAX_PARTS):
        if at + 4 > len(data) or data[at] != 0xFF:
            return
        marker, end = data[at + 1], at + 2 + (data[at + 2] << 8 | data[at + 3])
        if marker == 0xFF:  # fills
            at += 1
        else:
            yield marker, at + 4, min(end, len(data))
            at = end


def _of_tiff(exif: bytes) -> int:
    order: Literal["little", "big"] = "little" if exif[:2] == b"II" else "big"

    def number(start: int, size: int) -> int:
        return int.from_bytes(exif[start : start + size], order)

    directory = number(4, 4)
    for index in range(min(number(directory, 2), MAX_PARTS)):
        entry = directory + 2 + 12 * index
        if number(entry, 2) == TAG:
            value = number(entry + 8, 2)
            return value if 1 <= value <= 8 else UPRIGHT
    return UPRIGHT
