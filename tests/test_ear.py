"""A kernel whose loop takes no messages is busy: no page is gone for that, in whatever thread and whatever runs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest

from nbstream.kernel.ear import Ear
from nbstream.pages.pages import SourcePages
from nbstream.protocol.from_page import GONE_AFTER_S
from nbstream.testing import FakeClock, mock_kernel

from .streaming import Stream

T = TypeVar("T")


class MessageLoop:
    """An event loop in a thread, as a subshell, a host or a kernel has one for its messages."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._free = threading.Event()
        self._thread = threading.Thread(target=self._loop.run_forever, name="message loop")
        self._thread.start()

    def run(self, call: Callable[[], T]) -> T:
        """Have the loop handle a message, and wait for it; what it was asked before is answered by then."""

        async def handle() -> T:
            return call()

        return asyncio.run_coroutine_threadsafe(handle(), self._loop).result(10)

    def begin_callback(self) -> None:
        """A widget's callback begins that takes its time."""
        begun = threading.Event()

        def callback() -> None:
            begun.set()
            self._free.wait(20)

        self._loop.call_soon_threadsafe(callback)
        assert begun.wait(10)

    def end_callback(self) -> None:
        """It ends; what waited behind it is taken."""
        self._free.set()
        self.run(lambda: None)

    def end(self) -> None:
        """The thread ends, as that of a deleted subshell does."""
        self._free.set()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@pytest.fixture
def loop() -> Iterator[MessageLoop]:
    one = MessageLoop()
    yield one
    if one._thread.is_alive():
        one.end()


def speak(loop: MessageLoop, stream: Stream) -> None:
    """Let the page say something that is handled in the loop."""
    loop.run(lambda: stream.webcam.comm.deliver(stream.page._message("hello", views=1)))


def pass_time(clock: FakeClock, seconds: float, answers: MessageLoop | None = None) -> None:
    for _ in range(round(seconds)):
        clock.advance(1.0)
        if answers is not None:
            answers.run(lambda: None)


def test_a_callback_that_runs_long_pauses_nothing_is_said_and_the_newest_picture_counts(loop):
    with mock_kernel() as kernel:
        stream = Stream(kernel).go_live()
        speak(loop, stream)
        loop.begin_callback()
        pass_time(kernel.clock, 3 * GONE_AFTER_S)
        assert stream.page.status == "live"
        assert "kernel is busy" in stream.page.state["note"]
        loop.end_callback()
        # What waited has not been handled yet: half of the patience passes, and nothing is paused.
        pass_time(kernel.clock, GONE_AFTER_S / 2, loop)
        assert stream.page.status == "live"
        speak(loop, stream)
        pass_time(kernel.clock, 1, loop)
        assert stream.page.state["note"] is None


def test_silence_is_absence_where_the_loop_answers(loop):
    with mock_kernel() as kernel:
        stream = Stream(kernel).go_live()
        speak(loop, stream)
        pass_time(kernel.clock, GONE_AFTER_S + 3, loop)
        assert stream.page.status == "paused"


def test_silence_is_absence_once_the_loop_has_ended(loop):
    with mock_kernel() as kernel:
        stream = Stream(kernel).go_live()
        speak(loop, stream)
        loop.end()
        pass_time(kernel.clock, GONE_AFTER_S + 3)
        assert stream.page.status == "paused"


# --- the account itself ------------------------------------------------------------------------


def ear_of(loop: MessageLoop, clock: FakeClock) -> Ear:
    ear = Ear(clock)
    loop.run(ear.hear)
    return ear


def test_a_process_that_stood_still_holds_nothing_against_the_page(loop):
    clock = FakeClock()
    ear = ear_of(loop, clock)
    clock.advance(100)
    assert ear.silent_since(0) == 0
    loop.run(lambda: None)
    clock.advance(0.5)
    assert ear.silent_since(0) == 0


def test_no_question_is_asked_while_messages_come(loop):
    clock = FakeClock()
    ear = ear_of(loop, clock)
    loop.begin_callback()
    clock.advance(0.9)
    ear.silent_since(0)
    clock.advance(0.9)
    assert not ear.is_deaf


def test_a_late_answer_tells_that_messages_waited_until_it_came(loop):
    clock = FakeClock()
    ear = ear_of(loop, clock)
    clock.advance(1)
    ear.silent_since(0)
    loop.run(lambda: None)
    loop.begin_callback()
    clock.advance(1)
    ear.silent_since(0)
    clock.advance(10)
    loop.end_callback()
    clock.advance(1)
    assert ear.silent_since(0) == 0
    for _ in range(5):
        loop.run(lambda: None)
        clock.advance(1)
        silent_s = ear.silent_since(0)
    assert silent_s == 5


def test_a_busy_loop_is_no_reason_while_nothing_is_wanted_of_the_page(loop):
    clock = FakeClock()
    pages = SourcePages(clock)
    loop.run(lambda: pages.heard("page"))
    loop.begin_callback()
    pass_time(clock, 10)
    assert not pages.is_waiting_for_kernel()
