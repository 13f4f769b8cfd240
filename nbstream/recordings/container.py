"""The file of a recording: a plain tar archive, in which each member stands for itself.

It is written from the front to the back and never changed: whatever ends the kernel, all whole members can be read,
and any tar program opens it. A reader looks at headers alone; nothing is unpacked to the disk, nothing decompressed.
"""

from __future__ import annotations

import io
import tarfile
from pathlib import Path
from typing import BinaryIO, NamedTuple

from ..errors import RecordingError

BLOCK = tarfile.BLOCKSIZE
MAX_MEMBER_BYTES = 256 * 1024 * 1024


def member_bytes(name: str, data: bytes) -> bytes:
    """One member as it stands in the file; `name` has at most 100 ASCII characters."""
    info = tarfile.TarInfo(name)
    info.size = len(data)
    return info.tobuf(tarfile.USTAR_FORMAT) + data + bytes(-len(data) % BLOCK)


END = bytes(2 * BLOCK)
"""What ends a file that was written to its end."""


class Member(NamedTuple):
    """Where the data of a member is, in bytes."""

    offset: int
    size: int


class Container:
    """The members of a file by name.

    Attributes
    ----------
    is_whole
        Whether the file was written to its end; else it has what was written before the kernel ended.

    Raises
    ------
    RecordingError
        If the file is no tar archive, or has anything in it but plain members.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.members: dict[str, Member] = {}
        with path.open("rb") as file:
            self.is_whole = self._scan(file)

    def read(self, name: str) -> bytes:
        """The data of a member.

        Raises
        ------
        RecordingError
            If there is none of that name.
        """
        if name not in self.members:
            raise RecordingError(f"{self._path} is damaged: it has no {name!r:.80}.")
        member = self.members[name]
        with self._path.open("rb") as file:
            file.seek(member.offset)
            return file.read(member.size)

    def _scan(self, file: BinaryIO) -> bool:
        size = file.seek(0, io.SEEK_END)
        at = 0
        while at + BLOCK <= size:
            file.seek(at)
            header = file.read(BLOCK)
            if not header.strip(b"\0"):
                return True
            info = self._header(header, at)
            member = Member(at + BLOCK, info.size)
            if member.offset + member.size > size:
                return False
            self.members[info.name] = member
            at = member.offset + member.size + -member.size % BLOCK
        if not self.members:
            raise RecordingError(f"{self._path} is no recording of nbstream: it is no tar archive.")
        return False

    def _header(self, header: bytes, at: int) -> tarfile.TarInfo:
        try:
            info = tarfile.TarInfo.frombuf(header, "ascii", "strict")
        except (tarfile.HeaderError, ValueError) as error:
            what = "damaged" if at else "no recording of nbstream"
            raise RecordingError(f"{self._path} is {what}: {error} at byte {at}.") from None
        if not info.isreg() or not 0 <= info.size <= MAX_MEMBER_BYTES:
            raise RecordingError(
                f"{self._path} is no recording of nbstream: at byte {at} is something else than a file of at most "
                f"{MAX_MEMBER_BYTES >> 20} MB."
            )
        return info
