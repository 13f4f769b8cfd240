"""Stop at the same moment as something else; what fails round the calls."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import ipywidgets
import pytest

import nbstream as nbs
from nbstream.testing import wait_for

from .streaming import Stream, grey


class StopsWhenShownError(Exception):
    """An error that presses Stop between its report and what follows from it."""

    stop: Callable[[], None]

    def __str__(self) -> str:
        self.stop()
        return "a fault"


def test_stop_between_the_last_error_allowed_and_the_pause_wins(kernel):
    error = StopsWhenShownError()

    def fails(frame):
        raise error

    stream = Stream(kernel, fails, max_errors=1).go_live()
    error.stop = stream.page.stop
    stream.page.send_frame()
    wait_for(lambda: stream.binding.status == "idle" and stream.binding.life.runner is None)
    assert not stream.page.state["wanted"]
    assert stream.page.status == "idle"


def test_stop_between_a_failed_warm_up_and_the_pause_wins(kernel):
    error, go = StopsWhenShownError(), threading.Event()
    threads: list[threading.Thread] = []

    def warm_up():
        threads.append(threading.current_thread())
        go.wait(10)
        raise error

    stream = Stream(kernel, warm_up=warm_up)
    error.stop = stream.page.stop
    stream.page.start()
    stream.page.wait_for_status("waiting")
    go.set()
    wait_for(lambda: not threads[0].is_alive())
    assert stream.binding.status == "idle"
    assert not stream.page.state["wanted"]


@pytest.mark.parametrize("other", ["pause", "page_gone", "camera_missing"])
def test_stop_and_another_event_at_once_leave_the_camera_off(kernel, other):
    stream = Stream(kernel)
    barrier = threading.Barrier(2)
    for _ in range(50):
        stream.go_live()

        def race() -> None:
            barrier.wait()
            stream.binding.life.end(other)

        racer = threading.Thread(target=race)
        racer.start()
        barrier.wait()
        stream.binding.stop()
        racer.join()
        wait_for(lambda: stream.binding.life.runner is None)
        assert not stream.page.state["wanted"]
        assert stream.binding.status == "idle"


def test_pause_and_resume_at_once_never_cost_the_place_in_the_queue(kernel):
    stream = Stream(kernel).go_live()
    for _ in range(50):
        threads = [
            threading.Thread(target=call)
            for call in (stream.binding.pause, stream.binding.resume, stream.binding.pause)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        stream.binding.resume()
        stream.page.wait_for_status("live")
    assert stream.one_result() == 100


# --- what fails round the calls ----------------------------------------------------------------


class FailingPort:
    """An output of somebody else's make that fails at one step."""

    def __init__(self, step: str, error: BaseException) -> None:
        self.key = self
        self.name = "FailingPort"
        self._step, self._error = step, error

    def nbstream_output(self) -> FailingPort:
        return self

    def attach(self) -> None:
        self._fail_at("attach")

    def detach(self) -> None:
        self._fail_at("detach")

    def write(self, value: Any, origin: Any) -> None:
        self._fail_at("write")

    def _fail_at(self, step: str) -> None:
        if step == self._step:
            raise self._error


@pytest.mark.parametrize("kind", [RuntimeError, SystemExit])
@pytest.mark.parametrize("step", ["attach", "write"])
def test_a_port_that_fails_pauses_the_stream_and_gives_the_slot_back(kernel, step, kind):
    port = FailingPort(step, kind("a fault of the port"))
    options: dict[str, Any] = {"concurrency_limit": 1, "concurrency_id": "g"}
    first = Stream(kernel, outputs=port, max_errors=1, **options)
    second = Stream(kernel, client="page-2", **options)
    first.page.start()
    if step == "write":
        first.page.wait_for_status("live")
        first.page.send_frame()
    first.page.wait_for_status("paused")
    assert first.page.state["note"] == "Paused after an error; Resume tries again."
    assert "a fault of the port" in first.page.state["error"]["text"]
    second.go_live()
    assert second.one_result() == 100


def test_a_port_that_fails_at_the_end_keeps_no_slot(kernel):
    port = FailingPort("detach", RuntimeError("a fault of the port"))
    first = Stream(kernel, outputs=port, concurrency_limit=1, concurrency_id="g").go_live()
    second = Stream(kernel, client="page-2", concurrency_limit=1, concurrency_id="g")
    first.page.stop()
    second.go_live()
    assert first.binding.status == "idle"


def test_a_kernel_without_another_thread_pauses_the_stream_with_the_reason(kernel, monkeypatch):
    begin = threading.Thread.start

    def start(thread: threading.Thread) -> None:
        if thread.name == "nbstream-identity":
            raise RuntimeError("can't start new thread")
        begin(thread)

    stream = Stream(kernel, concurrency_limit=1)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", start)
        stream.page.start()
        stream.page.wait_for_status("paused")
    assert "can't start new thread" in stream.page.state["error"]["text"]
    stream.page.command("resume")
    stream.page.wait_for_status("live")
    assert stream.one_result() == 100


def test_a_state_that_cannot_be_sent_does_not_hold_up_the_stream(kernel, caplog):
    stream = Stream(kernel).go_live()
    comm = stream.webcam.comm
    publish = comm.publish_msg

    def broken(*args, **kwargs):
        raise OSError("the line is down")

    comm.publish_msg = broken
    stream.binding.pause()
    wait_for(lambda: stream.binding.life.runner is None)
    comm.publish_msg = publish
    assert stream.binding.status == "paused"
    assert "a state could not be sent" in caplog.text
    stream.page.command("resume")
    stream.page.wait_for_status("live")
    stream.page.send_frame(grey(70))
    stream.page.wait_for_result(stream.view)


# --- observers ---------------------------------------------------------------------------------


def test_an_observer_that_waits_holds_up_neither_messages_nor_the_clock(kernel):
    entered, go_on = threading.Event(), threading.Event()
    slow = Stream(kernel, client="slow", time_limit=60)

    def observer(change):
        entered.set()
        go_on.wait(10)

    slow.binding.observe(observer, ["status", "remaining_s"])
    slow.go_live()
    assert entered.wait(10)
    other = Stream(kernel, client="other", time_limit=3, on_limit="stop").go_live()
    other.one_result()
    slow.one_result()
    other.page.pass_time(3)
    wait_for(lambda: other.binding.status == "idle")
    assert slow.binding.status == "live"
    slow.page.stop()
    assert slow.binding.status == "idle"
    go_on.set()


def test_observers_hear_every_status_in_order(kernel):
    stream = Stream(kernel)
    seen: list[str] = []
    stream.binding.observe(lambda change: seen.append(change["new"]), "status")
    stream.go_live()
    stream.page.stop()
    wait_for(lambda: seen[-1:] == ["idle"])
    assert seen == ["asking", "live", "idle"]


def test_a_link_to_a_stream_follows_it(kernel):
    stream = Stream(kernel)
    shown = ipywidgets.Label()
    ipywidgets.dlink((stream.binding, "status"), (shown, "value"))
    stream.go_live()
    wait_for(lambda: shown.value == "live")


def test_the_thread_of_the_news_ends_when_all_is_told(kernel):
    stream = Stream(kernel)
    threads: list[threading.Thread] = []
    stream.binding.observe(lambda change: threads.append(threading.current_thread()), "status")
    stream.go_live()
    wait_for(lambda: threads)
    assert threads[0] is not threading.current_thread()
    wait_for(lambda: not any(thread.is_alive() for thread in threads))


def test_without_an_observer_there_is_no_thread_for_news(kernel):
    stream = Stream(kernel).go_live()
    assert stream.binding._news._thread is None
    assert isinstance(stream.binding, nbs.StreamBinding)
