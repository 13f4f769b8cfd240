"""A binding as a function, and what it tells of its calls."""

from __future__ import annotations

import asyncio
import sqlite3
import threading

import numpy as np
import pytest

import nbstream as nbs
from nbstream.pictures.codecs import encode
from nbstream.testing import wait_for

from .streaming import Stream, grey


def test_without_a_function_stream_is_a_decorator(kernel):
    webcam, view = nbs.Webcam(), nbs.ImageView()

    @webcam.stream(outputs=view)
    def invert(frame):
        """Invert."""
        return 255 - frame

    assert webcam.bindings == [invert]
    assert invert.__name__ == "invert"
    assert invert.__doc__ == "Invert."
    assert np.array_equal(invert(grey(200)), grey(55))
    assert "invert" in repr(invert)


def test_prints_are_shown_in_the_page(kernel):
    def talks(frame):
        print("one\ntwo")  # noqa: T201
        return frame

    stream = Stream(kernel, talks).go_live()
    stream.one_result()
    kernel.clock.advance(1)
    assert stream.page.state["log"] == ["one", "two"]


def test_the_function_runs_in_the_context_in_which_the_stream_was_made(kernel):
    import contextvars

    place = contextvars.ContextVar("place", default="elsewhere")
    seen: list[str] = []

    def look(frame):
        seen.append(place.get())
        place.set("changed in the worker")
        return frame

    token = place.set("the cell")
    stream = Stream(kernel, look)
    place.reset(token)
    stream.go_live()
    stream.one_result()
    stream.page.stop()
    stream.go_live()
    stream.one_result()
    assert seen == ["the cell", "the cell"]


def restart(stream: Stream, way: str) -> None:
    """End the run of a live stream, and begin the next one."""
    if way == "Stop and Start":
        stream.page.stop()
        stream.go_live()
    else:
        stream.binding.pause()
        wait_for(lambda: stream.binding.life.runner is None)
        stream.binding.resume()
        stream.page.camera_on()
        stream.page.wait_for_status("live")


@pytest.mark.parametrize("way", ["Stop and Start", "pause and resume", "the limit"])
def test_what_is_bound_to_a_thread_is_as_good_in_the_next_run(kernel, way):
    kept: list[sqlite3.Connection] = []
    local = threading.local()

    def count(frame):
        if not kept:
            kept.append(sqlite3.connect(":memory:"))
            local.calls = 0
        kept[0].execute("select 1")
        local.calls += 1
        return grey(10 * local.calls)

    stream = Stream(
        kernel, count, time_limit=5, concurrency_limit=1, concurrency_id="one"
    ).go_live()
    assert stream.one_result() == 10
    if way == "the limit":
        other = Stream(
            kernel,
            client="page-2",
            time_limit=1,
            on_limit="stop",
            concurrency_limit=1,
            concurrency_id="one",
        )
        other.page.start()
        stream.page.pass_time(5.5)
        wait_for(lambda: other.binding.status == "live")
        other.page.stop()
        stream.page.wait_for_status("live")
    else:
        restart(stream, way)
    assert stream.one_result() == 20


@pytest.mark.parametrize("way", ["Stop and Start", "pause and resume"])
def test_an_async_function_has_one_loop_in_all_runs_and_its_tasks_go_on(kernel, way):
    tasks: list[asyncio.Task[None]] = []
    lock = asyncio.Lock()

    async def hold() -> None:
        async with lock:
            await asyncio.sleep(0.001)

    async def for_ever() -> None:
        while True:
            await hold()

    async def begin(frame):
        if not tasks:
            tasks.append(asyncio.create_task(for_ever()))
        await asyncio.gather(hold(), hold())
        return frame

    stream = Stream(kernel, begin).go_live()
    stream.one_result(100)
    restart(stream, way)
    assert stream.one_result(200) == 200
    assert not tasks[0].done()
    stream.binding.close()
    wait_for(tasks[0].cancelled)


def test_the_thread_ends_with_the_stream_also_in_a_call_that_closes_it(kernel):
    def close(frame):
        stream.binding.close()
        return frame

    stream = Stream(kernel, close).go_live()
    stream.page.send_frame(grey(1))
    wait_for(lambda: not [one for one in threading.enumerate() if one.name == "nbstream-close"])


def test_the_numbers_of_a_stream_are_told(kernel):
    stream = Stream(kernel).go_live()
    stream.one_result()
    stream.one_result()
    stream.page.beat()
    wait_for(lambda: stream.binding.stats["counts"]["results"] == 2)
    stats = stream.binding.stats
    assert stats["counts"]["frames"] == 2
    assert stats["counts"]["bytes_up"] == 2 * len(encode(grey(100)))
    assert stats["counts"]["bytes_down"] == sum(
        len(buffers[0]) for _, buffers in stream.view.comm.custom_messages()
    )
    assert {"encode", "up", "queue", "decode", "call", "write", "down", "paint", "total"} == stats[
        "legs_ms"
    ].keys()


def test_what_the_page_makes_of_pictures_for_a_slow_link_is_told(kernel):
    stream = Stream(kernel).go_live()
    stream.page.send_frame(quality=60, scale=0.75)
    assert stream.binding.stats["gauges"] == {"quality": 60, "scale": 0.75}
    stream.page.wait_for_result(stream.view)
    stream.page.send_frame()
    assert stream.binding.stats["gauges"] == {}
