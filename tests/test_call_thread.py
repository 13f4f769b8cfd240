"""The thread in which a stream's function is called, and its event loop: one for all runs, ended in one place."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import queue
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from nbstream.calls.call_thread import CallThread
from nbstream.calls.caller import Caller
from nbstream.runs.mailbox import Mailbox
from nbstream.testing import wait_for


@pytest.fixture
def thread() -> Iterator[CallThread]:
    thread = CallThread("nbstream-test", contextvars.copy_context())
    yield thread
    thread.close()
    wait_for(lambda: not ours())


def ours() -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one.name == "nbstream-test"]


def result_of(thread: CallThread, work: Callable[[], Any]) -> Any:
    """What `work` returns in the thread; raises what it raises."""
    done: queue.SimpleQueue[tuple[Any, BaseException | None]] = queue.SimpleQueue()

    def job() -> None:
        try:
            done.put((work(), None))
        except BaseException as error:
            done.put((None, error))

    thread.run(job)
    value, error = done.get(timeout=10)
    if error is not None:
        raise error
    return value


def call(thread: CallThread, fn: Callable[[], Any]) -> Any:
    """What the function returns, called as a run of a stream calls it."""
    emitted: list[Any] = []
    result_of(thread, lambda: Caller(fn, thread.loop).call((), {}, emitted.append))
    return emitted[-1] if emitted else None


def test_all_jobs_run_in_one_thread_which_is_made_with_the_first(thread):
    assert not ours()
    idents = {result_of(thread, threading.get_ident) for _ in range(3)}
    assert idents == {one.ident for one in ours()}


def test_each_job_starts_from_the_given_context():
    variable = contextvars.ContextVar("variable", default="the cell's")
    thread = CallThread("nbstream-test", contextvars.copy_context())

    def look_and_set() -> str:
        seen = variable.get()
        variable.set("the job's")
        return seen

    assert [result_of(thread, look_and_set) for _ in range(2)] == ["the cell's", "the cell's"]
    thread.close()
    wait_for(lambda: not ours())


@pytest.mark.parametrize("error", [ValueError, SystemExit, KeyboardInterrupt])
def test_a_job_that_raises_does_not_end_the_thread(thread, error, caplog):
    before = result_of(thread, threading.get_ident)

    def fail() -> None:
        raise error("of the job")

    thread.run(fail)
    assert result_of(thread, threading.get_ident) == before
    assert "a run of a stream failed" in caplog.text


def test_closing_ends_the_thread_after_the_jobs_that_are_left(thread):
    go_on = threading.Event()
    done: list[object] = []
    thread.run(lambda: done.append(go_on.wait(10)))
    thread.run(lambda: done.append("second"))
    thread.close()
    go_on.set()
    wait_for(lambda: not ours())
    assert done == [True, "second"]


def test_a_job_that_comes_after_the_end_runs_all_the_same(thread):
    # A stream that is closed as it is let in gives its slot back in such a job.
    result_of(thread, threading.get_ident)
    thread.close()
    wait_for(lambda: not ours())
    assert result_of(thread, lambda: "ran") == "ran"
    wait_for(lambda: not ours())


@pytest.mark.parametrize("is_async", [False, True])
def test_a_thread_that_nobody_refers_to_ends(is_async):
    thread = CallThread("nbstream-test", contextvars.copy_context())
    call(thread, _loop if is_async else threading.get_ident)
    assert ours()
    del thread
    gc.collect()
    wait_for(lambda: not ours())


def test_while_it_waits_it_keeps_nothing_of_the_last_job(thread):
    class Kept:
        def job(self) -> None: ...

    kept = Kept()
    gone = weakref.ref(kept)
    thread.run(kept.job)
    result_of(thread, threading.get_ident)
    del kept
    wait_for(lambda: gone() is None)


async def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()


def test_all_calls_share_one_loop_which_closes_with_the_thread(thread):
    loops = [call(thread, _loop) for _ in range(3)]
    assert loops[0] is loops[1] is loops[2]
    assert not loops[0].is_closed()
    thread.close()
    wait_for(lambda: not ours())
    assert loops[0].is_closed()


def test_a_task_of_the_functions_goes_on_while_the_thread_waits_for_the_next_job(thread):
    ticks: queue.SimpleQueue[None] = queue.SimpleQueue()

    async def tick() -> None:
        while True:
            ticks.put(None)
            await asyncio.sleep(0.0005)

    async def starts() -> asyncio.Task[None]:
        return asyncio.create_task(tick())

    task = call(thread, starts)
    for _ in range(20):
        ticks.get(timeout=10)
    thread.close()
    wait_for(task.cancelled)


def test_a_task_of_the_functions_goes_on_while_a_job_waits_for_a_frame(thread):
    ticks: queue.SimpleQueue[None] = queue.SimpleQueue()
    box: Mailbox[str] = Mailbox(thread.condition())

    async def tick() -> None:
        while True:
            ticks.put(None)
            await asyncio.sleep(0.0005)

    async def starts() -> asyncio.Task[None]:
        return asyncio.create_task(tick())

    task = call(thread, starts)
    taken: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    thread.run(lambda: taken.put(box.take()))
    thread.run(lambda: taken.put(box.take()))
    while not ticks.empty():
        ticks.get()
    for _ in range(20):
        ticks.get(timeout=10)
    box.put("frame")
    assert taken.get(timeout=10) == "frame"
    box.close()
    assert taken.get(timeout=10) is None
    assert not task.done()


def test_a_plain_function_may_run_a_loop_of_its_own_beside_the_streams(thread):
    async def inner() -> str:
        return "inner"

    call(thread, _loop)
    assert call(thread, lambda: asyncio.run(inner())) == "inner"
    assert call(thread, _loop) is call(thread, _loop)


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt])
def test_a_task_that_wants_to_exit_ends_neither_the_thread_nor_a_call(thread, error):
    go_on = threading.Event()

    async def exits() -> None:
        await asyncio.to_thread(go_on.wait, 10)
        raise error

    async def starts() -> asyncio.Task[None]:
        return asyncio.create_task(exits())

    task = call(thread, starts)

    async def awaits_the_end() -> str:
        go_on.set()
        await asyncio.wait([task])
        return "whole"

    assert call(thread, awaits_the_end) == "whole"
    task = call(thread, starts)  # ends while nothing is called
    wait_for(task.done)
    assert type(task.exception()) is error
    assert call(thread, awaits_the_end) == "whole"


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, asyncio.CancelledError])
def test_what_an_async_function_raises_is_the_error_of_that_call_and_the_loop_goes_on(
    thread, error
):
    loop = call(thread, _loop)

    async def fails() -> None:
        raise error

    async def fails_within() -> None:
        await asyncio.gather(fails())

    for fn in (fails, fails_within):
        with pytest.raises(error):
            call(thread, fn)
    assert call(thread, _loop) is loop


def test_a_function_that_stops_its_loop_is_waited_for(thread):
    async def stops() -> str:
        asyncio.get_running_loop().stop()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return "whole"

    assert call(thread, stops) == "whole"


def test_a_loop_that_a_function_has_closed_is_replaced(thread):
    loop = call(thread, _loop)
    call(thread, loop.close)
    assert call(thread, _loop) is not loop


def test_a_task_that_will_not_be_cancelled_does_not_keep_the_thread(thread, monkeypatch):
    monkeypatch.setattr("nbstream.calls.own_loop.CANCELLED_WITHIN_S", 0.05)

    async def stubborn() -> None:
        while True:
            try:
                await asyncio.sleep(10)
            except asyncio.CancelledError:
                continue

    tasks: list[Any] = []

    async def starts() -> None:
        tasks.append(asyncio.create_task(stubborn()))
        await asyncio.sleep(0)

    call(thread, starts)
    thread.close()
    wait_for(lambda: not ours())
    tasks[0]._log_destroy_pending = False  # it is the test's doing that it is left


@pytest.mark.parametrize("kind", ["plain", "asynchronous"])
def test_an_interpreter_ends_at_once_and_in_silence_while_a_stream_lives(kind):
    program = f"""
import asyncio, contextvars, threading
from nbstream.calls.call_thread import CallThread
from nbstream.calls.caller import Caller

async def background():
    while True:
        await asyncio.sleep(0.001)

async def asynchronous():
    asyncio.create_task(background())

def plain(): ...

done = threading.Event()
thread = CallThread("nbstream-test", contextvars.copy_context())
thread.run(lambda: Caller({kind}, thread.loop).call((), {{}}, lambda value: done.set()))
assert done.wait(10)
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
