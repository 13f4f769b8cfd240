"""Every kind of function, through a whole stream."""

from __future__ import annotations

import asyncio
import functools
import threading

import numpy as np
import pytest

from nbstream.testing import wait_for

from .streaming import Stream, grey, level_of


async def asynchronous(frame):
    await asyncio.sleep(0)
    return 255 - frame


def generator(frame):
    yield frame
    yield 255 - frame


async def async_generator(frame):
    yield frame
    await asyncio.sleep(0)
    yield 255 - frame


class Inverter:
    def __call__(self, frame):
        return 255 - frame


@pytest.mark.parametrize(
    ("fn", "levels"),
    [
        (asynchronous, [60]),
        (generator, [200, 60]),
        (async_generator, [200, 60]),
        (functools.partial(np.subtract, 255), [60]),
        (Inverter(), [60]),
        (np.invert, [60]),
    ],
    ids=["async", "generator", "async generator", "partial", "object", "ufunc"],
)
def test_every_kind_of_function_streams_and_can_be_stopped_and_started_again(kernel, fn, levels):
    stream = Stream(kernel, fn)
    for runs in (1, 2):
        stream.go_live()
        stream.page.send_frame(grey(200))
        stream.page.wait_for_result(stream.view, runs * len(levels))
        shown = [level_of(one) for one in stream.page.results(stream.view)]
        assert shown == levels * runs
        stream.page.stop()
        wait_for(lambda: stream.binding.life.runner is None)
    assert stream.binding.error is None


def test_stop_ends_an_awaited_call_at_once(kernel):
    entered = threading.Event()

    async def waits_for_ever(frame):
        entered.set()
        await asyncio.Event().wait()

    stream = Stream(kernel, waits_for_ever).go_live()
    stream.page.send_frame()
    assert entered.wait(10)
    stream.page.stop()
    wait_for(lambda: stream.binding.life.runner is None)
    assert stream.binding.error is None


def test_an_error_in_the_middle_of_a_generator_is_shown_and_what_came_before_too(kernel):
    def breaks(frame):
        yield frame
        raise ValueError("a fault")

    stream = Stream(kernel, breaks).go_live()
    assert stream.one_result(70) == 70
    wait_for(lambda: stream.binding.error)
    assert stream.binding.status == "live"


@pytest.mark.parametrize("kind", [ValueError, SystemExit, asyncio.CancelledError])
def test_an_async_function_may_fail_in_any_way(kernel, kind):
    faults = iter([kind("a fault"), None])

    async def fails(frame):
        if (fault := next(faults)) is not None:
            raise fault
        return frame

    stream = Stream(kernel, fails).go_live()
    stream.page.send_frame()
    wait_for(lambda: stream.binding.error)
    assert stream.one_result(70) == 70
