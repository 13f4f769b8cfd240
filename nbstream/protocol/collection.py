"""The wire contract of `docs/protocol.md`: what a collector and its pages say to each other."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from .fields import PROTOCOL_VERSION, Fields

MAX_SHOWN = 24
"""Thumbnails of one class in a page."""


class Collect(NamedTuple):
    """A button of a collector is held, or was let go."""

    client: str
    class_index: int
    is_held: bool
    command_index: int


class Discard(NamedTuple):
    """A person deletes an example of a collector."""

    client: str
    example: int
    command_index: int


def read_collect(fields: Fields, client: str, _buffers: Sequence[Any]) -> Collect:
    """Read a `collect` message."""
    return Collect(
        client,
        class_index=fields.integer("class_index"),
        is_held=fields.boolean("is_held"),
        command_index=fields.integer("command_index", 1),
    )


def read_discard(fields: Fields, client: str, _buffers: Sequence[Any]) -> Discard:
    """Read a `discard` message."""
    return Discard(
        client, fields.integer("example", 1), command_index=fields.integer("command_index", 1)
    )


def collection_message(
    index: int, classes: Sequence[dict[str, Any]], held: int | None, note: str | None
) -> dict[str, Any]:
    """Build a `collection` message."""
    return {
        "nbstream": PROTOCOL_VERSION,
        "type": "collection",
        "index": index,
        "classes": list(classes),
        "held": held,
        "note": note,
    }


def example_message(example: int, byte_length: int) -> dict[str, Any]:
    """Build an `example` message; its one buffer is the thumbnail, a JPEG."""
    return {
        "nbstream": PROTOCOL_VERSION,
        "type": "example",
        "example": example,
        "byte_length": byte_length,
    }
