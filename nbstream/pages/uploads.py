"""Files that pages send in parts: the newest one, put together."""

from __future__ import annotations

from typing import Any

from ..protocol.upload import FilePart


class Uploads:
    """One file at a time, the one that was begun last. Whoever calls it holds a lock.

    Parameters
    ----------
    max_bytes
        Of a file; a larger one is refused.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._begun: FilePart | None = None
        self._data = bytearray()

    def add(self, part: FilePart) -> dict[str, Any] | None:
        """Take a part; returns what pages are told, `None` = it belongs to no file that comes."""
        if part.at == 0:
            self._begun, self._data = part._replace(data=memoryview(b"")), bytearray()
            if part.size > self._max_bytes:
                self._begun = None
                return told(part, 0, refusal(part.name, part.size, self._max_bytes))
        begun = self._begun
        if begun is None or begun._replace(at=part.at, data=part.data) != part:
            return None
        if part.at != len(self._data) or part.at + len(part.data) > part.size:
            return None
        self._data += part.data
        return told(part, len(self._data))

    def whole(self) -> bytes | None:
        """Take the file out, if all of it is here."""
        if self._begun is None or len(self._data) < self._begun.size:
            return None
        data, self._begun, self._data = bytes(self._data), None, bytearray()
        return data

    def forget(self, client: str) -> str | None:
        """That page sends no more; returns the name of the file that is lost, if one is."""
        if self._begun is None or self._begun.client != client:
            return None
        name, self._begun, self._data = self._begun.name, None, bytearray()
        return name


def told(part: FilePart, received: int, note: str | None = None) -> dict[str, Any]:
    """What pages are told of a file: whose it is, how much of it is here, and why it is refused."""
    return {
        "client": part.client,
        "command_index": part.command_index,
        "name": part.name,
        "size": part.size,
        "received": received,
        "is_taken": False,
        "note": note,
    }


def refusal(name: str, size: int, most: int) -> str:
    """Why a file is too large, in words."""
    return f"{name} has {_mb(size)} MB; at most {_mb(most)} MB are taken."


def _mb(size: int) -> str:
    return f"{size / 1e6:.1f}".removesuffix(".0")
