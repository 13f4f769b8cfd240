"""The wire contract of `docs/protocol.md`: what the kernel says to the pages of a record button, built."""

from typing import Any

from .fields import PROTOCOL_VERSION


def clip_message(client: str, name: str, mime: str, byte_length: int) -> dict[str, Any]:
    """Build a `clip` message; its one buffer is the file, for the page that asked for it."""
    return {
        "nbstream": PROTOCOL_VERSION,
        "type": "clip",
        "client": client,
        "name": name,
        "mime": mime,
        "byte_length": byte_length,
    }
