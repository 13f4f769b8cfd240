"""Reach a server over a line, as its pages do."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit


class LineSpec(NamedTuple):
    """What a line can: Mbit/s up and down, milliseconds each way, and whether its rate falls at times."""

    up_mbit: float
    down_mbit: float
    delay_ms: float
    unsteady: bool = False

    def __str__(self) -> str:
        words = f"{self.up_mbit:g}/{self.down_mbit:g} Mbit/s, {self.delay_ms:g} ms"
        return f"{words}, unsteady" if self.unsteady else words


class RunningLine(NamedTuple):
    """A line that carries: the server's address at its near end."""

    url: str
    process: subprocess.Popen[str]

    def carried_bytes(self) -> tuple[int, int]:
        """How much it has carried so far, up and down."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(file=self.process.stdin, flush=True)
        up, down = self.process.stdout.readline().split()
        return int(up), int(down)


@contextmanager
def reached(url: str, spec: LineSpec) -> Iterator[RunningLine]:
    """Put the line before the server of that address, until the block ends."""
    line = Path(__file__).with_name("line.py")
    numbers = [urlsplit(url).port, spec.up_mbit, spec.down_mbit, spec.delay_ms, int(spec.unsteady)]
    command = [sys.executable, str(line), *map(str, numbers)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        try:
            assert process.stdout is not None
            port = int(process.stdout.readline())
            yield RunningLine(f"http://127.0.0.1:{port}", process)
        finally:
            process.kill()
