"""What pages say of results that come as video."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from .fields import Fields


class VideoMessage(NamedTuple):
    """A page shows video, and wants a key frame after that result; 0 = the first one, `None` = it shows none."""

    client: str
    key_after: int | None


def read_video(fields: Fields, client: str, _buffers: Sequence[Any]) -> VideoMessage:
    """Read the fields of a `video` message; raises `BadMessageError`."""
    return VideoMessage(client, fields.optional_integer("key_after"))
