"""The line between a browser and JupyterLab's server, which a test can cut, mend and make slow."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from .lab import LabServer

PIECE_BYTES = 8192
# What a socket holds back would reach the server although the line is slow, so it holds little.
BUFFER_BYTES = 32_768
RESET_AT_CLOSE = struct.pack("ii", 1, 0)


@dataclass
class _Way:
    """One direction: at most so much, and when it is free again for the next piece."""

    bytes_per_s: float | None = None
    free_at_s: float = 0.0


class Link:
    """A server that passes everything on to `lab`; in place of a `LabServer` for a `NotebookPage`.

    One thread accepts, two for each connection copy; all end with `close()`. `_lock` guards the fields.
    """

    def __init__(self, lab: LabServer) -> None:
        self._lab = lab
        self._target = urlsplit(lab.url).hostname, urlsplit(lab.url).port
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self._is_cut = False
        self._closing = threading.Event()
        self._up, self._down = _Way(), _Way()
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(64)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def notebooks(self) -> Path:
        """The server's folder."""
        return self._lab.notebooks

    def log(self) -> str:
        """What the server has written so far."""
        return self._lab.log()

    def cut(self) -> None:
        """Break all connections and let no new one come about."""
        with self._lock:
            self._is_cut = True
            broken, self._sockets = self._sockets, set()
        for one in broken:
            _reset(one)

    def cut_for(self, seconds: float) -> None:
        """Cut, wait, and mend."""
        self.cut()
        self._closing.wait(seconds)
        self.mend()

    def mend(self) -> None:
        """Let connections come about again."""
        with self._lock:
            self._is_cut = False

    def limit_upload(self, bytes_per_s: float | None) -> None:
        """Let the browser send at most so much; `None` = as much as it can."""
        with self._lock:
            self._up.bytes_per_s = bytes_per_s

    def limit_download(self, bytes_per_s: float | None) -> None:
        """Let the browser get at most so much; `None` = as much as it can."""
        with self._lock:
            self._down.bytes_per_s = bytes_per_s

    def close(self) -> None:
        """End everything."""
        self._closing.set()
        self.cut()
        # A connection of our own wakes the thread that accepts.
        with contextlib.suppress(OSError):
            socket.create_connection(self._listener.getsockname(), timeout=1).close()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self._closing.is_set():
                near.close()
                return
            if self._is_cut:
                _reset(near)
            else:
                self._join(near)

    def _join(self, near: socket.socket) -> None:
        try:
            far = socket.socket()
            far.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
            far.connect(self._target)
        except OSError:
            _reset(near)
            return
        for one in (near, far):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            self._sockets |= {near, far}
        for source, sink, way in ((near, far, self._up), (far, near, self._down)):
            copying = threading.Thread(target=self._copy, args=(source, sink, way), daemon=True)
            copying.start()

    def _copy(self, source: socket.socket, sink: socket.socket, way: _Way) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(PIECE_BYTES):
                self._wait_for_the_line(way, len(piece))
                sink.sendall(piece)
        with self._lock:
            self._sockets -= {source, sink}
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _wait_for_the_line(self, way: _Way, byte_count: int) -> None:
        """All connections share one line: each piece takes its time on it."""
        with self._lock:
            if way.bytes_per_s is None:
                return
            now_s = time.monotonic()
            way.free_at_s = max(now_s, way.free_at_s) + byte_count / way.bytes_per_s
            wait_s = way.free_at_s - now_s
        self._closing.wait(wait_s)


def _reset(one: socket.socket) -> None:
    """Break a connection without a goodbye, as a line that is cut does."""
    with contextlib.suppress(OSError):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_CLOSE)
        one.shutdown(socket.SHUT_RDWR)
        one.close()
