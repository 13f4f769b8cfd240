"""The wire contract of `docs/protocol.md`: a file that a page sends in parts."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from .fields import Fields, whole_buffer

MAX_PART_BYTES = 1_000_000
"""Jupyter's server ends the connection at a message of 10 MB."""
MAX_NAME_CHARS = 255


class FilePart(NamedTuple):
    """A part of a file; `data` lives only as long as the message."""

    client: str
    command_index: int
    name: str
    size: int
    """Of the whole file, in bytes."""
    at: int
    """Where in it the part begins."""
    data: memoryview


def read_file_part(fields: Fields, client: str, buffers: Sequence[Any]) -> FilePart:
    """Read a `file_part` message."""
    byte_length = fields.integer("byte_length", 1, MAX_PART_BYTES)
    return FilePart(
        client,
        command_index=fields.integer("command_index", 1),
        name=fields.text("name", MAX_NAME_CHARS),
        size=fields.integer("size", 1),
        at=fields.integer("at"),
        data=whole_buffer(buffers, byte_length),
    )
