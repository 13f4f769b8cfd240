"""Printed lines, caught on their way to the cell."""

from __future__ import annotations

import contextvars
import io
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any

from nbstream.print_tap import LineLog, Tap, catch_prints


class Stream(io.StringIO):
    """A stream that takes attributes, as the kernel's does."""


def say(text: str) -> None:
    print(text)  # noqa: T201 - this is what is tested


def caught_while(tap: Tap, work: Callable[[], None]) -> str:
    caught: list[str] = []

    def run() -> None:
        catch_prints(caught.append)
        work()

    tap.open()
    contextvars.copy_context().run(run)
    tap.close()
    return "".join(caught)


def test_text_is_caught_and_still_reaches_the_cell():
    with redirect_stdout(Stream()) as stdout:
        assert caught_while(Tap(), lambda: say("hello")) == "hello\n"
    assert stdout.getvalue() == "hello\n"


def test_only_what_is_printed_in_the_functions_context_is_caught():
    tap = Tap()
    caught: list[str] = []
    with redirect_stdout(Stream()) as stdout:
        tap.open()
        contextvars.copy_context().run(catch_prints, caught.append)
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


def test_lines_are_put_together_from_pieces():
    log = LineLog(5, 100)
    for piece in ("a", "b\nc", "\n", "d"):
        log.write(piece)
    assert log.lines() == ["ab", "c", "d"]


def test_only_the_last_lines_are_kept():
    log = LineLog(2, 100)
    log.write("1\n2\n3\n")
    assert log.lines() == ["2", "3"]
    log.write("4")
    assert log.lines() == ["3", "4"]


def test_lines_that_are_too_long_are_cut():
    log = LineLog(2, 3)
    for _ in range(1000):
        log.write("abcd")
    assert log.lines() == ["abc"]
