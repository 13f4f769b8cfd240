"""Pictures as they travel to a worker and back: encoded, with what it takes to decode or encode them there.

A 640x480 picture is some 28 kB as a JPEG and 921 kB as an array. It has to be decoded and encoded once in any case;
in the worker it costs the kernel nothing.
"""

from typing import Any, NamedTuple

from .codecs import ChannelOrder, Color, Format, ReduceBy, decode_image
from .pixels import encode_result


class Picture(NamedTuple):
    """An encoded picture, and what a function wants of it."""

    data: bytes
    color: Color = "rgb"
    reduce_by: ReduceBy = 1

    def decode(self) -> Any:
        """Make the array that the function gets; raises `CorruptFrameError`."""
        return decode_image(self.data, self.color, reduce_by=self.reduce_by)


class Encoding(NamedTuple):
    """How a display wants its pictures encoded."""

    format: Format = "jpeg"
    quality: int = 80
    color: ChannelOrder = "rgb"

    def encode(self, value: object) -> tuple[bytes, str]:
        """Make encoded bytes of a result, and their mime type; raises `ResultError`."""
        return encode_result(value, format=self.format, quality=self.quality, color=self.color)
