"""Files for functions that want the name of one, the newest of which are kept."""

from __future__ import annotations

import tempfile
import threading
from collections import deque
from pathlib import Path

MAX_FILES = 8


class KeptFiles:
    """The newest files of one component, in a temporary folder. `_lock` guards the fields."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._names: deque[Path] = deque()
        self._count = 0

    def keep(self, data: bytes, suffix: str) -> str:
        """Write a file and return its name; the oldest of nine goes."""
        with self._lock:
            if self._folder is None:
                self._folder = tempfile.TemporaryDirectory(prefix="nbstream-")
            self._count += 1
            path = Path(self._folder.name) / f"{self._count}.{suffix}"
            path.write_bytes(data)
            self._names.append(path)
            while len(self._names) > MAX_FILES:
                self._names.popleft().unlink(missing_ok=True)
        return str(path)

    def close(self) -> None:
        """Remove them all."""
        with self._lock:
            self._names.clear()
            if self._folder is not None:
                self._folder.cleanup()
                self._folder = None
