"""More and more users, until the machine does not keep up."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from benchmarks.observe import cpu_s

from .user import EVERY_S, User, percentile

SETTLE_S = 3.0
HELD_P95_MS = 200.0
HELD_SHARE = 0.95


@dataclass(frozen=True)
class Found:
    """What was found with that many users; ages `None` where nothing came."""

    user_count: int
    fps_per_user: float
    worst_fps: float
    p50_ms: float | None
    p95_ms: float | None
    server_cpu: float
    """Processors that server and kernels took."""
    generator_cpu: float

    @property
    def is_held(self) -> bool:
        """Whether the machine keeps up."""
        enough = HELD_SHARE / EVERY_S
        return self.p95_ms is not None and self.p95_ms < HELD_P95_MS and self.worst_fps >= enough

    @property
    def cpu_ms_per_picture(self) -> float:
        """Processor time of server and kernels for each result."""
        return 1000 * self.server_cpu / max(self.fps_per_user * self.user_count, 1e-9)


@dataclass(frozen=True)
class Crowd:
    """Who makes the load: how one user comes, and the process whose processor time counts (with its children)."""

    come: Callable[[], Awaitable[User]]
    server_pid: int


async def measure(name: str, crowd: Crowd, sizes: list[int], seconds: float) -> list[Found]:
    """Watch one number of users after the other, until two in a row are not held."""
    users: list[User] = []
    results: list[Found] = []
    try:
        for size in sizes:
            while len(users) < size:
                users.append(await crowd.come())
            found = await _watch(users, crowd.server_pid, seconds)
            print(f"{name}: {found}", flush=True)
            results.append(found)
            if len(results) > 1 and not any(one.is_held for one in results[-2:]):
                break
    finally:
        for user in users:
            await user.close()
    return results


async def _watch(users: list[User], server_pid: int, seconds: float) -> Found:
    ends_s = time.monotonic() + SETTLE_S + seconds
    streaming = [asyncio.create_task(user.stream(ends_s)) for user in users]
    await asyncio.sleep(SETTLE_S)
    already = [len(user.ages_ms) for user in users]
    server_s, generator_s, began_s = cpu_s(server_pid), time.process_time(), time.monotonic()
    await asyncio.sleep(seconds)
    elapsed_s = time.monotonic() - began_s
    ages_ms = [user.ages_ms[before:] for user, before in zip(users, already, strict=True)]
    server_cpu = (cpu_s(server_pid) - server_s) / elapsed_s
    generator_cpu = (time.process_time() - generator_s) / elapsed_s
    for one in streaming:
        one.cancel()
    await asyncio.gather(*streaming, return_exceptions=True)
    rates = [len(one) / elapsed_s for one in ages_ms]
    together = [age for one in ages_ms for age in one]
    return Found(
        len(users),
        sum(rates) / len(rates),
        min(rates),
        percentile(together, 0.5),
        percentile(together, 0.95),
        server_cpu,
        generator_cpu,
    )
