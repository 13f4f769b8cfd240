"""The wire contract of `docs/protocol.md`: what the kernel says to a collector's pages, built."""

from collections.abc import Sequence
from typing import Any

from .fields import PROTOCOL_VERSION

MAX_SHOWN = 24
"""Thumbnails of one class in a page."""


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
