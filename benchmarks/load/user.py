"""What all simulated users have in common: a schedule, the same pictures, and how old each result is."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol

import numpy as np

from benchmarks.observe import quantile
from nbstream.pictures.codecs import encode

EVERY_S = 0.1
WIDTH_PX, HEIGHT_PX = 640, 480
GRAIN = 3.0


def pictures(count: int = 8) -> list[bytes]:
    """JPEGs of 640x480 that move and are grainy, of about the size that a camera's have at quality 80."""
    random = np.random.default_rng(0)
    x, y = np.meshgrid(np.arange(WIDTH_PX), np.arange(HEIGHT_PX))
    made = []
    for number in range(count):
        scene = 128 + 90 * np.sin((x + 20 * number) / 60) * np.cos(y / 45)
        grain = random.normal(0, GRAIN, (HEIGHT_PX, WIDTH_PX))
        pixels = np.repeat((scene + grain).clip(0, 255)[:, :, np.newaxis], 3, axis=2)
        made.append(encode(pixels.astype(np.uint8)))
    return made


class User(Protocol):
    """One person who streams."""

    @property
    def ages_ms(self) -> list[float]:
        """How old each result was when it came, from the due time of its picture on."""

    async def stream(self, until_s: float) -> None:
        """Send a picture every `EVERY_S`, as the page of the system does, until that time."""

    async def close(self) -> None:
        """Go away."""


class Schedule:
    """When pictures are due; one that cannot be sent in time moves the schedule on, as in a page."""

    def __init__(self) -> None:
        self._due_s = time.monotonic()

    async def next(self) -> float:
        """Wait until a picture is due; returns when that was, in seconds."""
        self._due_s = max(self._due_s + EVERY_S, time.monotonic() - EVERY_S)
        await asyncio.sleep(max(0.0, self._due_s - time.monotonic()))
        return self._due_s


def percentile(ages_ms: list[float], share: float) -> float | None:
    """The age below which that share of the results lies; `None` without results."""
    return quantile(sorted(ages_ms), share)
