"""The wire contract of parts: code that a page asks for when somebody first uses it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from .fields import PROTOCOL_VERSION, Fields

PARTS = ("panels", "synthetic", "compare", "video")


class PartWanted(NamedTuple):
    """Somebody uses what the page has no code for yet."""

    client: str
    part: str


def read_part(fields: Fields, client: str, _buffers: Sequence[Any]) -> PartWanted:
    """Read the fields that a `part` has besides those of every message."""
    return PartWanted(client, fields.one_of("part", PARTS))


def part_message(part: str, byte_length: int) -> dict[str, Any]:
    """Build a `part` message; its one buffer is the text of a module."""
    content = {"nbstream": PROTOCOL_VERSION, "type": "part", "part": part}
    return {**content, "byte_length": byte_length}
