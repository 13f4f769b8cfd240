"""Finds what was streamed in what was written: bytes of pictures and sound, as they are or in base64."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from pathlib import Path

PIECE_BYTES = 48
"""Of the middle of a picture or a piece of sound: enough to be there by no chance."""


def needles(data: bytes) -> list[bytes]:
    """How the middle of `data` may stand in a file: as it is, in hexadecimal, in base64 wherever that began."""
    middle = data[len(data) // 2 :][:PIECE_BYTES]
    found = [middle, middle.hex().encode()]
    for shift in range(3):
        # The first and last characters depend on the bytes around.
        text = base64.b64encode(bytes(shift) + middle)
        found.append(text[4 : len(text) // 4 * 4 - 8])
    return found


def places(searched: Iterable[bytes], texts: dict[str, bytes]) -> list[str]:
    """The names of those texts in which any of the needles stands."""
    wanted = list(searched)
    return [name for name, text in texts.items() if any(one in text for one in wanted)]


def files_under(folder: Path) -> dict[str, bytes]:
    """Every file there, by its path."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
