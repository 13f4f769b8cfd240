"""A program that gives pictures and fails, or gives none: said in words, whatever it raises, and Start tries again."""

from __future__ import annotations

import threading
from asyncio import CancelledError
from collections.abc import Iterator
from typing import Any

import pytest

import nbstream as nbs
from nbstream.testing import FakePage, number_of, numbered, wait_for

RAISED = [
    SystemExit("no more"),
    KeyboardInterrupt(),
    GeneratorExit(),
    CancelledError(),
    MemoryError(),
    KeyError("level"),
]


class Program:
    """Gives what it was given, and raises what of it is an error; to be called, or to be gone through."""

    def __init__(self, *things: Any) -> None:
        self._things = iter(things)

    def give(self) -> Any:
        thing = next(self._things)
        if isinstance(thing, BaseException):
            raise thing
        return thing

    def __iter__(self) -> Iterator[Any]:
        return self

    __next__ = give


@pytest.mark.parametrize("error", RAISED, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("is_called", [False, True], ids=["iterable", "function"])
def test_whatever_a_program_raises_is_said_and_the_next_start_goes_on(kernel, is_called, error):
    program = Program(numbered(1), error, numbered(2), numbered(3))
    source = nbs.FrameSource(program.give if is_called else program, fps=None)
    got: list[int] = []
    binding = source.stream(lambda frame: got.append(number_of(frame)), pictures="all")
    page = FakePage(kernel, source)
    binding.start()
    page.wait_for_status("failed")
    assert page.state["error"]["text"].splitlines()[-1].count(type(error).__name__)
    assert "in give" in page.state["error"]["text"], "the traceback has the user's lines"
    binding.start()
    wait_for(lambda: got == [1, 2, 3])
    source.close()


def test_a_program_that_gives_nothing_is_told_of_while_it_is_waited_for(kernel):
    asked, let_go = threading.Event(), threading.Event()

    def give():
        yield numbered(1)
        asked.set()
        let_go.wait(20)
        yield numbered(2)

    source = nbs.FrameSource(give(), fps=None)
    got: list[int] = []
    binding = source.stream(lambda frame: got.append(number_of(frame)))
    page = FakePage(kernel, source)
    binding.start()
    assert asked.wait(10)
    wait_for(lambda: got and not binding.life.is_in_call)
    notes = []
    for seconds in (4, 7):
        kernel.clock.advance(seconds)
        notes.append(page.state["note"])
    assert notes == [None, "What the source reads has given nothing for 10 s."]
    let_go.set()
    page.wait_for_status("idle")
    assert (got, page.state["note"]) == ([1, 2], None)
