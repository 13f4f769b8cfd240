"""Everything at once: buttons, frames, limits and pages from several threads leave no stream stuck."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from functools import partial

import pytest

from nbstream.gates.local import LocalGate
from nbstream.testing import MockKernel, wait_for

from .streaming import Stream

ACTIONS_PER_THREAD = 80


class Watched:
    """A function that notices when its calls overlap."""

    def __init__(self) -> None:
        self.overlapped = False
        self._busy = threading.Lock()

    def __call__(self, frame):
        if not self._busy.acquire(blocking=False):
            self.overlapped = True
            return frame
        try:
            return 255 - frame
        finally:
            self._busy.release()


def press_anything(stream: Stream, kernel: MockKernel, seed: int) -> None:
    binding, page = stream.binding, stream.page
    actions: list[Callable[[], object]] = [
        binding.start,
        binding.stop,
        binding.pause,
        binding.resume,
        page.camera_on,
        page.beat,
        page.send_frame,
        page.send_frame,
        partial(page.camera, "failed", reason="other", message="gone"),
        partial(kernel.clock.advance, 0.7),
    ]
    choose = random.Random(seed)
    for _ in range(ACTIONS_PER_THREAD):
        choose.choice(actions)()


def run_together(jobs: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=job, daemon=True) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads), "a deadlock"


@pytest.mark.parametrize("seed", range(4))
def test_any_mix_of_events_from_several_threads_ends_in_order(kernel, seed):
    functions = [Watched(), Watched()]
    streams = [
        Stream(
            kernel,
            function,
            client=f"page of {number}",
            concurrency_limit=1,
            concurrency_id=f"stress {seed}",
            time_limit=2,
        )
        for number, function in enumerate(functions)
    ]
    jobs: list[Callable[[], None]] = [
        partial(press_anything, streams[number % 2], kernel, seed * 10 + number)
        for number in range(4)
    ]
    run_together(jobs)
    assert not any(function.overlapped for function in functions)

    for stream in streams:
        stream.binding.stop()
    gate = streams[0].binding.life.slot._gate
    assert isinstance(gate, LocalGate)
    wait_for(lambda: not gate._live)
    assert gate._waiting == []
    for stream in streams:
        stream.go_live()
        stream.one_result()
        stream.page.stop()
        wait_for(lambda: not gate._live)
