"""Pictures as they travel to a worker and back: encoded, with what it takes to decode or encode them there.

A 640x480 picture is some 28 kB as a JPEG and 921 kB as an array. It has to be decoded and encoded once in any case;
in the worker it costs the kernel nothing.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from ..errors import CorruptFrameError
from .codecs import ChannelOrder, Channels, Format, ReduceBy, decode_image, image_size, mime_of
from .result_pixels import encode_result


class Picture(NamedTuple):
    """An encoded picture, and what a function wants of it."""

    data: bytes
    color: Channels = "rgb"
    reduce_by: ReduceBy = 1

    def decode(self) -> Any:
        """Make the array that the function gets; raises `CorruptFrameError`."""
        return decode_image(self.data, self.color, reduce_by=self.reduce_by)

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of that array, by the header alone."""
        width_px, height_px = image_size(self.data)
        return -(-width_px // self.reduce_by), -(-height_px // self.reduce_by)


def sizes_px(values: Iterable[tuple[Any, bool]]) -> frozenset[tuple[int, int]]:
    """Widths and heights of the pictures among the inputs of a call.

    Parameters
    ----------
    values
        Each with whether it came from a port of pictures: an array is taken for a picture only then.
    """
    found = (_size_px(value, is_picture) for value, is_picture in values)
    return frozenset(size for size in found if size is not None)


def _size_px(value: Any, is_picture: bool) -> tuple[int, int] | None:
    if isinstance(value, Picture):
        return value.size_px
    if isinstance(value, (bytes, memoryview)):  # of an ipywidgets.Image, or (view, "frame")
        try:
            return image_size(value) if mime_of(value) else None
        except CorruptFrameError:
            return None
    if is_picture and isinstance(value, list):  # pictures that come at once
        value = value[-1] if value else None
    if not is_picture or value is None:
        return None
    height_px, width_px = value.shape[:2]
    return width_px, height_px


class Encoding(NamedTuple):
    """How a display wants its pictures encoded."""

    format: Format = "jpeg"
    quality: int = 80
    color: ChannelOrder = "rgb"

    def encode(self, value: object) -> tuple[bytes, str]:
        """Make encoded bytes of a result, and their mime type; raises `ResultError`."""
        return encode_result(value, format=self.format, quality=self.quality, color=self.color)
