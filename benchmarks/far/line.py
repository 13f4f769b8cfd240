"""A line between a browser and a server, with a rate and a delay each way; TCP only.

usage: line.py TARGET_PORT UP_MBIT DOWN_MBIT DELAY_MS UNSTEADY

Prints the port on which it listens. For each line on standard input it prints how many bytes it has carried up and
down; it ends with standard input. All connections share the line. Each way is a queue that a router would have: what
comes leaves at the line's rate and arrives `DELAY_MS` later; who sends more than the queue holds has to wait, as TCP
lets it.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import sys
import time
from dataclasses import dataclass

PIECE_BYTES = 4096
QUEUE_S = 0.1
# What a socket holds back would be carried although the line is slow, so it holds little.
BUFFER_BYTES = 65_536
BYTES_PER_MBIT = 125_000
# A wireless line: so often is it slow by so much, for so long.
SLOW_SHARE, SLOW_FACTOR, SLOW_FOR_S = 0.01, 0.1, 0.1


@dataclass
class Way:
    """One direction of the line, which all connections share."""

    bytes_per_s: float
    delay_s: float
    unsteady: bool = False
    free_at_s: float = 0.0
    carried_bytes: int = 0

    def carry(self, size_bytes: int, now_s: float) -> float:
        """Take a piece; return when it has left."""
        self.carried_bytes += size_bytes
        rate = self.bytes_per_s * (SLOW_FACTOR if self._is_slow(now_s) else 1)
        self.free_at_s = max(now_s, self.free_at_s) + size_bytes / rate
        return self.free_at_s

    def _is_slow(self, now_s: float) -> bool:
        # The same moments in every run, counted from when the machine was started.
        return self.unsteady and random.Random(int(now_s / SLOW_FOR_S)).random() < SLOW_SHARE


@dataclass
class Line:
    """The line to one server; its connections end with the process."""

    target: tuple[str, int]
    up: Way
    down: Way

    async def join(self, near: asyncio.StreamReader, to_near: asyncio.StreamWriter) -> None:
        """Pass a connection of the browser on, both ways."""
        with contextlib.suppress(OSError):
            far, to_far = await _open(self.target)
            for writer in (to_near, to_far):
                one = writer.get_extra_info("socket")
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            ways = _pass_on(near, to_far, self.up), _pass_on(far, to_near, self.down)
            await asyncio.gather(*ways)
        to_near.close()


async def _open(target: tuple[str, int]) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
    one.setblocking(False)
    await asyncio.get_running_loop().sock_connect(one, target)
    return await asyncio.open_connection(sock=one, limit=PIECE_BYTES * 4)


async def _pass_on(source: asyncio.StreamReader, sink: asyncio.StreamWriter, way: Way) -> None:
    under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
    arriving = asyncio.create_task(_arrive(under_way, sink, way.delay_s))
    try:
        while piece := await source.read(PIECE_BYTES):
            left_at_s = way.carry(len(piece), time.monotonic())
            under_way.put_nowait((left_at_s, piece))
            await asyncio.sleep(left_at_s - QUEUE_S - time.monotonic())
    except OSError:
        pass
    under_way.put_nowait((time.monotonic(), b""))
    await arriving


async def _arrive(
    under_way: asyncio.Queue[tuple[float, bytes]], sink: asyncio.StreamWriter, delay_s: float
) -> None:
    with contextlib.suppress(OSError):
        while True:
            left_at_s, piece = await under_way.get()
            if (wait_s := left_at_s + delay_s - time.monotonic()) > 0:
                await asyncio.sleep(wait_s)
            if not piece:
                break
            sink.write(piece)
            await sink.drain()
    sink.close()


async def main() -> None:
    """Listen, and tell on each line of standard input what was carried."""
    target_port, up_mbit, down_mbit, delay_ms, unsteady = map(float, sys.argv[1:])
    up, down = (
        Way(mbit * BYTES_PER_MBIT, delay_ms / 1000, bool(unsteady)) for mbit in (up_mbit, down_mbit)
    )
    line = Line(("127.0.0.1", int(target_port)), up, down)
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
    listener.bind(("127.0.0.1", 0))
    await asyncio.start_server(line.join, sock=listener, limit=PIECE_BYTES * 4)
    print(listener.getsockname()[1], flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        print(up.carried_bytes, down.carried_bytes, flush=True)


if __name__ == "__main__":
    asyncio.run(main())
