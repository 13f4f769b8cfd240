"""One runner's rules, two ways to run: with threads, and without, as in a browser's Python, on the host's event loop.

Each kind of function is streamed in both.

Where there are none, whatever starts a thread gets the error that Pyodide gives. The page is a fake one, and time is
real.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
import pytest

import nbstream as nbs
from nbstream.kernel import clock
from nbstream.testing import FakePage, MockKernel, mock_kernel

from .streaming import grey, level_of

PATIENCE_S = 30.0
WITH_THREADS, WITHOUT = "threads", "no threads"


def no_thread(_thread: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")


@pytest.fixture(params=[WITH_THREADS, WITHOUT])
def run(request, monkeypatch: pytest.MonkeyPatch):
    """Run a coroutine as a cell of a host; without threads simplejpeg is not there either."""

    def run_it(cell: Callable[[MockKernel], Coroutine[Any, Any, None]]) -> None:
        async def host() -> None:
            with monkeypatch.context() as patch, mock_kernel() as kernel:
                if request.param == WITHOUT:
                    patch.setattr(threading.Thread, "start", no_thread)
                    patch.setitem(sys.modules, "simplejpeg", None)
                clock._machine_clock.cache_clear()
                clock.set_clock(clock._machine_clock())
                await cell(kernel)

        try:
            # In a thread that is there already: other tests leave a loop in the main one.
            with ThreadPoolExecutor(1) as executor:
                executor.submit(asyncio.run, host()).result()
        finally:
            clock._machine_clock.cache_clear()

    return run_it


async def until(condition: Callable[[], object]) -> None:
    """Let the host's loop run until it is so."""
    until_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < until_s, "it did not become so"
        await asyncio.sleep(0.01)


class Scene:
    """A camera's stream into a view, and a page with both."""

    def __init__(self, kernel: MockKernel, fn: Callable[..., Any], **options: Any) -> None:
        self.webcam, self.view = nbs.Webcam(), nbs.ImageView()
        self.binding = self.webcam.stream(
            fn, **{"outputs": self.view, "stream_every": 0, **options}
        )
        self.page = FakePage(kernel, self.webcam, self.view)

    async def go_live(self) -> Scene:
        self.page.start()
        await until(lambda: self.binding.status == "live")
        return self

    async def results_of(self, level: int, count: int) -> list[int]:
        """The grey levels of the next `count` results: what becomes of a picture of that level."""
        before = len(self.page.results(self.view))
        self.page.send_frame(grey(level))
        await until(lambda: len(self.page.results(self.view)) >= before + count)
        return [level_of(one) for one in self.page.results(self.view)[before:]]

    async def result_of(self, level: int) -> int:
        return (await self.results_of(level, 1))[0]

    async def stop(self) -> None:
        self.page.stop()
        await until(lambda: self.binding.life.runner is None)


def plain(frame):
    return 255 - frame


async def awaited(frame):
    await asyncio.sleep(0)
    return 255 - frame


def series(frame):
    yield frame
    yield 255 - frame


async def async_series(frame):
    yield frame
    await asyncio.sleep(0)
    yield 255 - frame


class Inverter:
    def __call__(self, frame):
        return 255 - frame


@pytest.mark.parametrize(
    ("fn", "levels"),
    [
        (plain, [60]),
        (awaited, [60]),
        (series, [200, 60]),
        (async_series, [200, 60]),
        (partial(np.subtract, 255), [60]),
        (Inverter(), [60]),
        (np.invert, [60]),
    ],
    ids=["plain", "async", "generator", "async generator", "partial", "object", "ufunc"],
)
def test_every_kind_of_function_streams_and_can_be_stopped_and_started_again(run, fn, levels):
    async def cell(kernel: MockKernel) -> None:
        scene = Scene(kernel, fn)
        for _ in range(2):
            await scene.go_live()
            for _ in range(3):
                assert await scene.results_of(200, len(levels)) == levels
            await scene.stop()
            assert scene.binding.status == "idle"
        assert scene.binding.error is None
        await scene.go_live()
        await until(lambda: scene.binding.life.runner is not None)
        scene.webcam.close()
        await until(lambda: scene.binding.life.runner is None)

    run(cell)


def test_an_error_in_the_middle_of_a_generator_is_shown_and_what_came_before_too(run):
    def breaks(frame):
        yield frame
        raise ValueError("a fault")

    async def cell(kernel: MockKernel) -> None:
        scene = await Scene(kernel, breaks).go_live()
        assert await scene.result_of(70) == 70
        await until(lambda: scene.binding.error)
        assert scene.binding.status == "live"
        await scene.stop()

    run(cell)


def test_a_bar_is_taken_away_when_its_call_ends(run):
    async def counts(frame):
        nbs.progress(0.25, "A quarter")
        await asyncio.sleep(0)
        return frame

    async def cell(kernel: MockKernel) -> None:
        scene = await Scene(kernel, counts).go_live()
        await scene.result_of(70)
        await until(lambda: scene.binding.notices.share is None)
        await scene.stop()

    run(cell)


@pytest.mark.parametrize("kind", [ValueError, SystemExit, asyncio.CancelledError])
def test_an_async_function_may_fail_in_any_way(run, kind):
    faults = iter([kind("a fault"), None])

    async def fails(frame):
        if (fault := next(faults)) is not None:
            raise fault
        return frame

    async def cell(kernel: MockKernel) -> None:
        scene = await Scene(kernel, fails).go_live()
        scene.page.send_frame(grey(10))
        await until(lambda: scene.binding.error)
        assert await scene.result_of(70) == 70
        await scene.stop()

    run(cell)


def test_an_error_of_the_function_is_shown_and_the_stream_goes_on(run):
    def refuse_dark(frame):
        if frame.mean() < 50:
            raise ValueError("too dark")
        return frame

    async def cell(kernel: MockKernel) -> None:
        scene = await Scene(kernel, refuse_dark).go_live()
        scene.page.send_frame(grey(10))
        await until(lambda: scene.page.state["error"] is not None)
        assert "too dark" in scene.page.state["error"]["text"]
        assert await scene.result_of(100) == 100
        await scene.stop()

    run(cell)


def test_the_time_limit_ends_it_and_observers_are_told(run):
    async def cell(kernel: MockKernel) -> None:
        told: list[str] = []
        scene = Scene(kernel, plain, time_limit=0.5, on_limit="stop")
        scene.binding.observe(lambda change: told.append(change["new"]), "status")
        await scene.go_live()
        await scene.result_of(100)
        await until(lambda: told[-1:] == ["idle"])
        assert "live" in told

    run(cell)


def test_stop_cancels_what_the_function_awaits(run):
    async def cell(kernel: MockKernel) -> None:
        begun: list[bool] = []
        cancelled: list[bool] = []

        async def forever(frame):
            begun.append(True)
            try:
                await asyncio.sleep(1000)
            except asyncio.CancelledError:
                cancelled.append(True)
                raise

        scene = await Scene(kernel, forever).go_live()
        scene.page.send_frame(grey(1))
        await until(lambda: begun)
        await scene.stop()
        assert cancelled == [True]
        assert scene.binding.error is None

    run(cell)


def test_two_streams_share_the_one_thread(run):
    async def cell(kernel: MockKernel) -> None:
        first = await Scene(kernel, awaited).go_live()
        second = await Scene(kernel, plain, add=False).go_live()
        for _ in range(3):
            assert await second.result_of(100) == 160
            await first.result_of(100)
        await first.stop()
        await second.stop()

    run(cell)


@pytest.mark.parametrize("run", [WITHOUT], indirect=True)
def test_what_needs_threads_says_so(run):
    async def cell(kernel: MockKernel) -> None:
        scene = Scene(kernel, plain, on="capture")
        scene.page.start()
        await until(lambda: scene.page.state["error"] is not None)
        assert "needs threads" in scene.page.state["error"]["text"]
        assert scene.binding.status == "paused"
        scene.binding.stop()

    run(cell)


def test_pictures_are_decoded_and_encoded_without_simplejpeg(run):
    async def cell(kernel: MockKernel) -> None:
        shapes: list[tuple[int, ...]] = []

        def note(frame):
            shapes.append(frame.shape)
            return np.full_like(frame, 77)

        scene = await Scene(kernel, note).go_live()
        assert await scene.result_of(100) == 80
        assert shapes == [(48, 64, 3)]
        await scene.stop()

    run(cell)
