"""Calls in an executor: several at once, shown in order, whatever becomes of the workers."""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
import pytest

import nbstream as nbs
from nbstream.testing import MockKernel, wait_for

from .streaming import Picture, Stream, grey, level_of


class HandExecutor(Executor):
    """Runs nothing by itself: the test says which call ends, and in which order. Its calls run in the test's thread."""

    def __init__(self) -> None:
        self.calls: list[tuple[Future[Any], Any]] = []
        self.arguments: list[Any] = []
        self.was_shut_down = False
        self.is_broken = False

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        if self.is_broken:
            raise BrokenExecutor("a process was terminated abruptly")
        future: Future[Any] = Future()
        self.calls.append((future, lambda: fn(*args, **kwargs)))
        self.arguments.append(args)
        return future

    def finish(self, number: int) -> None:
        """Let the call with that number, from 1, run to its end."""
        future, call = self.calls[number - 1]
        future.set_running_or_notify_cancel()
        future.set_result(call())

    def break_down(self) -> None:
        """Lose a worker, as a process pool does: with all calls that have not ended."""
        self.is_broken = True
        for future, _ in self.calls:
            if not future.done():
                future.set_exception(BrokenExecutor("a process was terminated abruptly"))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.was_shut_down = True


def identity(frame: Picture) -> Picture:
    return frame


def fail(frame: Picture) -> None:
    raise ValueError(f"cannot see {frame.shape}")


def send_until(stream: Stream, pool: HandExecutor, count: int) -> None:
    """Send frames, each of another grey, until so many calls were submitted."""
    while len(pool.calls) < count:
        sent = len(pool.calls)
        wait_for(stream.may_send)
        stream.page.send_frame(grey(10 * (sent + 1)))
        wait_for(partial(submitted_more, pool, sent))


def submitted_more(pool: HandExecutor, count: int) -> bool:
    return len(pool.calls) > count


def shown_levels(stream: Stream) -> list[int]:
    return [level_of(one) for one in stream.page.results(stream.view)]


def test_as_many_frames_as_were_asked_for_are_worked_on_at_once(kernel):
    pool = HandExecutor()
    stream = Stream(kernel, executor=pool, max_parallel=5).go_live()
    send_until(stream, pool, 5)
    stream.page.send_frame()
    pool.finish(1)
    wait_for(
        lambda: len(pool.calls) == 6
    )  # the frame that waited went off when one ended, no sooner
    for number in range(2, 7):
        pool.finish(number)
    wait_for(lambda: stream.binding.stats["counts"]["frames"] == 6)


def test_results_are_shown_in_order_of_capture_and_late_ones_are_dropped_and_counted(kernel):
    pool = HandExecutor()
    stream = Stream(kernel, executor=pool, max_parallel=3).go_live()
    send_until(stream, pool, 3)
    pool.finish(2)
    wait_for(lambda: shown_levels(stream) == [20])
    pool.finish(1)
    wait_for(lambda: stream.binding.stats["counts"].get("late") == 1)
    pool.finish(3)
    wait_for(lambda: shown_levels(stream) == [20, 30])
    wait_for(lambda: stream.binding.stats["counts"]["results"] == 2)


def test_equal_frames_are_calls_of_their_own(kernel):
    pool = HandExecutor()
    stream = Stream(kernel, executor=pool, max_parallel=2).go_live()
    for count in (1, 2):
        wait_for(stream.may_send)
        stream.page.send_frame(grey(50))
        wait_for(partial(submitted_more, pool, count - 1))
    assert pool.arguments[0] != pool.arguments[1]  # Dask would take them for one


def test_calls_that_no_worker_has_begun_are_cancelled_on_stop(kernel):
    pool = HandExecutor()
    stream = Stream(kernel, executor=pool, max_parallel=2).go_live()
    send_until(stream, pool, 2)
    stream.page.stop()
    wait_for(lambda: all(future.cancelled() for future, _ in pool.calls))
    assert stream.binding.error is None


def test_the_slot_is_kept_until_the_running_calls_have_ended(kernel):
    pool = HandExecutor()
    stream = Stream(kernel, executor=pool, concurrency_limit=1, concurrency_id="one").go_live()
    other = Stream(kernel, concurrency_limit=1, concurrency_id="one", client="page-2")
    other.page.start()
    send_until(stream, pool, 1)
    pool.calls[0][0].set_running_or_notify_cancel()
    stream.page.stop()
    other.page.beat()
    assert other.page.status == "waiting"
    future, call = pool.calls[0]
    future.set_result(call())
    other.page.wait_for_status("live")
    assert shown_levels(stream) == []  # Stop means enough


def test_an_error_in_a_worker_is_shown_with_the_lines_of_the_function(kernel):
    pool = HandExecutor()
    stream = Stream(kernel, fail, executor=pool).go_live()
    send_until(stream, pool, 1)
    pool.finish(1)
    wait_for(lambda: stream.binding.error is not None)
    assert stream.binding.error is not None
    text = stream.binding.error.text
    assert "in fail" in text
    assert 'raise ValueError(f"cannot see {frame.shape}")' in text
    assert "remote_call" not in text


def test_what_the_function_prints_in_a_worker_is_shown(kernel, capsys):
    def talk(frame: Picture) -> Picture:
        print("hello from afar")  # noqa: T201
        return frame

    pool = HandExecutor()
    stream = Stream(kernel, talk, executor=pool).go_live()
    send_until(stream, pool, 1)
    pool.finish(1)
    wait_for(lambda: "hello from afar" in stream.binding.log.lines())


def test_an_async_function_runs_to_its_end_in_the_worker(kernel):
    async def later(frame: Picture) -> Picture:
        return frame

    with ThreadPoolExecutor(1) as pool:
        stream = Stream(kernel, later, executor=pool).go_live()
        assert stream.one_result(50) == 50
        stream.binding.close()


def test_threads_of_the_kernel_get_the_very_function_and_its_widgets(kernel):
    threads = []

    def here(frame: Picture, meta: nbs.FrameMeta) -> Picture:
        threads.append(threading.current_thread().name)
        return frame

    with ThreadPoolExecutor(2, thread_name_prefix="mine") as pool:
        stream = Stream(kernel, here, executor=pool, max_parallel=2, metadata=True).go_live()
        assert stream.one_result(70) == 70
        assert threads[0].startswith("mine")
        stream.binding.close()


def test_a_picture_that_cannot_be_decoded_is_rejected_and_costs_only_itself(kernel):
    pool = HandExecutor()
    stream = Stream(kernel, executor=pool).go_live()
    from nbstream.pictures.codecs import encode

    whole = encode(np.random.default_rng(1).integers(0, 255, (48, 64, 3), np.uint8))
    stream.page.send_frame(whole[: len(whole) // 2])
    wait_for(lambda: len(pool.calls) == 1)
    pool.finish(1)
    wait_for(lambda: stream.page.credit["rejected"] == 1)
    assert stream.binding.error is None


def test_frames_go_out_and_results_come_back_encoded(kernel):
    pool = HandExecutor()
    stream = Stream(kernel, executor=pool).go_live()
    send_until(stream, pool, 1)
    pool.finish(1)
    wait_for(lambda: shown_levels(stream) == [10])
    raw_bytes = grey(10).nbytes
    _function, request = pool.arguments[0]
    assert len(request) < raw_bytes / 2
    assert len(pool.calls[0][0].result()) < raw_bytes / 2


def test_a_state_goes_to_the_worker_and_back_where_calls_come_one_after_the_other(kernel):
    def count_up(frame: Picture, count: int) -> tuple[Picture, int]:
        return frame, count + 1

    pool, state = HandExecutor(), nbs.State(5)
    stream = Stream(kernel, executor=pool)
    stream.binding.close()
    binding = stream.webcam.stream(
        count_up, [stream.webcam, state], [stream.view, state], executor=pool
    )
    stream.go_live()
    for number in (1, 2):
        send_until(stream, pool, number)
        pool.finish(number)
        wait_for(lambda: binding.stats["counts"].get("frames") == len(pool.calls))
    assert state.value == 7


# --- what is refused ------------------------------------------------------------------------


def test_a_state_is_refused_where_calls_run_at_once(kernel):
    state = nbs.State(0)
    webcam = nbs.Webcam()
    with ThreadPoolExecutor(2) as pool:
        with pytest.raises(ValueError, match="State and max_parallel=2"):
            webcam.stream(
                lambda frame, state: state, [webcam, state], executor=pool, max_parallel=2
            )
        with pytest.raises(ValueError, match="State and max_parallel=2"):
            webcam.stream(identity, outputs=state, executor=pool, max_parallel=2)
        webcam.stream(lambda frame, state: state, [webcam, state], outputs=state, executor=pool)


def test_parallel_calls_need_to_be_told_where_they_run(kernel):
    with pytest.raises(ValueError, match=r"executor=concurrent\.futures\.ThreadPoolExecutor\(4\)"):
        nbs.Webcam().stream(identity, max_parallel=4)


@pytest.mark.parametrize("count", [0, 2.5, True])
def test_a_number_of_calls_that_is_none_is_refused(kernel, count):
    with pytest.raises(ValueError, match="max_parallel"):
        nbs.Webcam().stream(identity, executor=HandExecutor(), max_parallel=count)


def test_what_is_no_executor_is_refused(kernel):
    with pytest.raises(TypeError, match=r"client\.get_executor\(\)"):
        nbs.Webcam().stream(identity, executor=8)  # type: ignore[call-overload]


def test_a_generator_function_is_refused(kernel):
    def steps(frame: Picture) -> Any:
        yield frame

    with pytest.raises(nbs.SignatureError, match="generator"):
        nbs.Webcam().stream(steps, executor=HandExecutor())


def test_a_function_that_cannot_travel_is_refused_and_says_what_to_do(kernel):
    lock = threading.Lock()

    def guarded(frame: Picture) -> Picture:
        with lock:
            return frame

    with pytest.raises(nbs.SignatureError, match="cannot be sent to the workers of HandExecutor"):
        nbs.Webcam().stream(guarded, executor=HandExecutor())


def test_a_function_that_would_take_megabytes_along_with_each_frame_is_refused(kernel):
    weights = bytes(2_000_000)

    def heavy(frame: Picture) -> Picture:
        return frame + len(weights)

    with pytest.raises(nbs.SignatureError, match=r"2\.0 MB"):
        nbs.Webcam().stream(heavy, executor=HandExecutor())


def test_without_cloudpickle_a_function_of_the_notebook_is_refused(kernel, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "cloudpickle", None)
    nbs.Webcam().stream(identity, executor=HandExecutor())  # can be imported
    with pytest.raises(nbs.MissingDependencyError, match=r"nbstream\[workers\]"):
        nbs.Webcam().stream(lambda frame: frame, executor=HandExecutor())


# --- workers that die -----------------------------------------------------------------------


def test_a_dead_worker_costs_its_frames_once_and_the_next_pool_goes_on(kernel):
    pools: list[HandExecutor] = []

    def make() -> HandExecutor:
        pools.append(HandExecutor())
        return pools[-1]

    stream = Stream(kernel, executor=make, max_parallel=3).go_live()
    stream.page.send_frame()
    wait_for(lambda: pools and pools[0].calls)
    send_until(stream, pools[0], 3)
    pools[0].break_down()
    wait_for(lambda: stream.binding.error is not None)
    wait_for(stream.may_send)
    stream.page.send_frame(grey(90))
    wait_for(lambda: len(pools) == 2 and pools[1].calls)
    pools[1].finish(1)
    wait_for(lambda: shown_levels(stream) == [90])
    assert stream.binding.stats["counts"]["errors"] == 1
    assert pools[0].was_shut_down
    stream.page.stop()
    wait_for(lambda: pools[1].was_shut_down)


def test_a_pool_of_the_users_that_is_broken_pauses_the_stream_and_says_what_to_do(kernel):
    pool = HandExecutor()
    stream = Stream(kernel, executor=pool, max_errors=3).go_live()
    pool.break_down()
    while stream.page.status == "live":
        stream.page.send_frame()
        wait_for(lambda: stream.page.status == "paused" or stream.may_send())
    assert stream.binding.error is not None
    assert "executor=lambda: HandExecutor(...)" in stream.binding.error.text
    assert not pool.was_shut_down


def kill_the_third(frame: Picture, meta: nbs.FrameMeta) -> Picture:
    if meta.index == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return frame


def test_a_killed_process_costs_its_frame_and_not_the_stream(kernel: MockKernel) -> None:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    stream = Stream(
        kernel,
        kill_the_third,
        executor=lambda: ProcessPoolExecutor(1, mp_context=get_context("spawn")),
        metadata=True,
    ).go_live()
    stream.page.send_frame(grey(10))
    wait_for(lambda: shown_levels(stream) == [10], 60)
    stream.page.send_frame(grey(20))
    wait_for(lambda: shown_levels(stream) == [10, 20], 60)
    stream.page.send_frame(grey(30))
    wait_for(lambda: stream.binding.error is not None, 60)
    assert stream.binding.error is not None
    assert "new ones are started" in stream.binding.error.text
    wait_for(stream.may_send)
    stream.page.send_frame(grey(40))
    stream.page.beat()  # paints what came
    wait_for(lambda: shown_levels(stream) == [10, 20, 40], 60)
    stream.binding.close()
