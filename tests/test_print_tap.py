"""Printed lines, caught on their way to the cell."""

from __future__ import annotations

import contextvars
import io
import logging
import sys
import threading
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

from nbstream.kernel.print_tap import Tap, catch_prints


class Stream(io.StringIO):
    """A stream that takes attributes, as the kernel's does."""


def say(text: str) -> None:
    print(text)  # noqa: T201 - this is what is tested


def caught_while(tap: Tap, work: Callable[[], None]) -> str:
    caught: list[str] = []

    def run() -> None:
        catch_prints(lambda text: keep(caught, text))
        work()

    tap.open()
    contextvars.copy_context().run(run)
    tap.close()
    return "".join(caught)


def keep(caught: list[str], text: str) -> str:
    """A sink that lets everything go on to the cell."""
    caught.append(text)
    return text


def test_text_is_caught_and_still_reaches_the_cell():
    with redirect_stdout(Stream()) as stdout:
        assert caught_while(Tap(), lambda: say("hello")) == "hello\n"
    assert stdout.getvalue() == "hello\n"


def test_only_what_is_printed_in_the_functions_context_is_caught():
    tap = Tap()
    caught: list[str] = []
    with redirect_stdout(Stream()) as stdout:
        tap.open()
        contextvars.copy_context().run(catch_prints, lambda text: keep(caught, text))
        say("from a cell")
        tap.close()
    assert caught == []
    assert stdout.getvalue() == "from a cell\n"


def test_the_stream_is_left_as_it_was_found():
    with redirect_stdout(Stream()) as stdout:
        caught_while(Tap(), lambda: None)
    assert "write" not in vars(stdout)


def test_a_stream_that_somebody_else_watches_as_well_is_left_as_it_was_found():
    seen: list[str] = []

    def theirs(text: str) -> int:
        seen.append(text)
        return len(text)

    with redirect_stdout(Stream()) as stdout:
        stdout.write = theirs  # type: ignore[method-assign]
        caught_while(Tap(), lambda: say("x"))
        say("y")
    assert "".join(seen) == "x\ny\n"


def test_it_watches_until_the_last_has_closed():
    tap = Tap()
    with redirect_stdout(Stream()) as stdout:
        tap.open()
        assert caught_while(tap, lambda: say("one")) == "one\n"
        assert "write" in vars(stdout)
        tap.close()
    assert "write" not in vars(stdout)


def test_a_stream_that_cannot_be_watched_is_left_alone():
    class Rigid:
        __slots__ = ("text",)

        def write(self, text: str) -> None:
            self.text = text

    stream: Any = Rigid()
    with redirect_stdout(stream):
        assert caught_while(Tap(), lambda: stream.write("x")) == ""
    assert stream.text == "x"


def test_without_any_stdout_nothing_is_watched():
    with redirect_stdout(None):  # pythonw has none
        assert caught_while(Tap(), lambda: None) == ""


def test_what_goes_to_stderr_is_caught_and_logging_too():
    def complain() -> None:
        print("to stderr", file=sys.stderr)  # noqa: T201
        logging.getLogger("nbstream-test").handle(
            logging.makeLogRecord({"msg": "logged", "levelno": logging.WARNING})
        )

    with redirect_stderr(Stream()) as stderr:
        handler = logging.StreamHandler(stderr)
        logging.getLogger("nbstream-test").addHandler(handler)
        caught = caught_while(Tap(), complain)
        logging.getLogger("nbstream-test").removeHandler(handler)
    assert "to stderr" in caught
    assert "logged" in caught
    assert stderr.getvalue() == caught
    assert "write" not in vars(stderr)


def test_the_cell_gets_what_the_sink_leaves_it():
    def run() -> None:
        catch_prints(lambda text: text[:2])
        say("hello")

    tap = Tap()
    with redirect_stdout(Stream()) as stdout:
        tap.open()
        contextvars.copy_context().run(run)
        say("whole")
        tap.close()
    assert stdout.getvalue() == "he\nwhole\n"


def test_a_stream_that_is_put_in_place_of_another_is_followed():
    tap = Tap()
    with redirect_stdout(Stream()) as first, redirect_stderr(Stream()):
        tap.open()
        with redirect_stdout(Stream()) as second:
            tap.follow()
            assert caught_while(tap, lambda: say("to the second")) == "to the second\n"
        tap.follow()
        assert caught_while(tap, lambda: say("to the first")) == "to the first\n"
        tap.close()
    assert "write" not in vars(first)
    assert "write" not in vars(second)


def test_a_stream_that_writes_into_another_one_says_it_once():
    class Tee(Stream):
        def write(self, text: str) -> int:
            return sys.stderr.write(text)

    with redirect_stderr(Stream()) as stderr, redirect_stdout(Tee()):
        assert caught_while(Tap(), lambda: say("once")) == "once\n"
    assert stderr.getvalue() == "once\n"


def test_what_the_function_redirects_is_its_own():
    def quiet() -> None:
        with redirect_stdout(Stream()):
            say("for the function alone")
        say("heard")

    with redirect_stdout(Stream()) as stdout:
        assert caught_while(Tap(), quiet) == "heard\n"
    assert stdout.getvalue() == "heard\n"


def test_whoever_watches_on_top_of_us_is_left_in_place():
    tap = Tap()
    seen: list[str] = []
    with redirect_stdout(Stream()) as stdout:
        tap.open()
        ours: Any = stdout.write

        def theirs(text: str) -> int:
            seen.append(text)
            return int(ours(text))

        stdout.write = theirs  # type: ignore[method-assign]
        tap.close()
        say("x")
    assert "".join(seen) == stdout.getvalue() == "x\n"


def in_threads(work: Callable[[], None]) -> None:
    """Run `work` in a thread that a thread starts."""
    inner = threading.Thread(target=work)

    def start() -> None:
        inner.start()
        inner.join()

    outer = threading.Thread(target=start)
    outer.start()
    outer.join()


def test_threads_that_the_function_starts_print_as_it_does():
    start = threading.Thread.start
    place = contextvars.ContextVar("place", default="elsewhere")

    def run() -> None:
        place.set("the cell")
        in_threads(lambda: say(f"in {place.get()}"))

    with redirect_stdout(Stream()) as stdout:
        assert caught_while(Tap(), run) == "in the cell\n"
    assert stdout.getvalue() == "in the cell\n"
    assert threading.Thread.start is start


def test_threads_that_others_start_print_as_ever():
    tap = Tap()
    caught: list[str] = []
    with redirect_stdout(Stream()) as stdout:
        tap.open()
        contextvars.copy_context().run(catch_prints, lambda text: keep(caught, text))
        in_threads(lambda: say("from a cell"))
        tap.close()
    assert caught == []
    assert stdout.getvalue() == "from a cell\n"


def test_a_thread_of_the_librarys_serves_all_streams_and_prints_for_none():
    def run() -> None:
        thread = threading.Thread(target=lambda: say("an observer's"), name="nbstream-clock")
        thread.start()
        thread.join()

    with redirect_stdout(Stream()) as stdout:
        assert caught_while(Tap(), run) == ""
    assert stdout.getvalue() == "an observer's\n"
