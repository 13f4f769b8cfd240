"""Whatever a callable says of itself, or does when it is asked, it streams and the pages are told of it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from unittest.mock import MagicMock

import pytest

import nbstream as nbs
from nbstream.calls.caller import MAX_NAME_CHARS, name_of
from nbstream.kernel.functions import is_outdated
from nbstream.testing import FakePage

from .streaming import Stream, grey, identity, level_of


class Odd:
    """Streams, and knows no more of itself than its subclasses say."""

    def __call__(self, *frame: Any) -> Any:
        return frame[0] if frame else None


class HasAllThatIsAsked(Odd):
    def __getattr__(self, name: str) -> Any:
        return self


class FailsWhenAsked(Odd):
    def __getattribute__(self, name: str) -> Any:
        if name == "__class__":
            return FailsWhenAsked
        raise RuntimeError(name)


class FailsWhenCompared(Odd):
    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("compared")


class FailsAsKeyAndText(Odd):
    def __hash__(self) -> int:
        raise RuntimeError("hashed")

    def __repr__(self) -> str:
        raise RuntimeError("shown")


class TellsNonsense(Odd):
    __signature__ = "none"

    def __init__(self) -> None:
        self.__name__ = self.__qualname__ = 5
        self.__wrapped__ = self.func = self.plan = self.fn = self


def with_name(name: str) -> Callable[..., Any]:
    def fn(*frame: Any) -> Any:
        return frame[0] if frame else None

    fn.__name__ = fn.__qualname__ = name
    return fn


class Partly:
    def called(self, by: int, *frame: Any) -> Any:
        return frame[0] if frame else None

    once = functools.partialmethod(called, 1)


ODD: dict[str, Callable[..., Any]] = {
    "a mock": MagicMock(side_effect=lambda *frame: frame[0] if frame else None),
    "it has all that is asked": HasAllThatIsAsked(),
    "it fails when it is asked": FailsWhenAsked(),
    "it fails when it is compared": FailsWhenCompared(),
    "it fails as a key and as text": FailsAsKeyAndText(),
    "it tells nonsense": TellsNonsense(),
    "half a character in its name": with_name("a\ud83d"),
    "a name without end": with_name("x" * 100_000),
    "a partial method": Partly().once,
    "partials in each other": functools.reduce(
        lambda fn, _: functools.partial(fn), range(50), with_name("inner")
    ),
}


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_callable_streams_alone_in_its_group_and_pages_are_told(kernel, odd):
    fn = ODD[odd]
    stream = Stream(kernel, fn, concurrency_limit=1).go_live()
    assert stream.one_result(70) == 70
    other = Stream(kernel, fn, concurrency_limit=1, client="page-2")
    other.page.start()
    other.page.wait_for_status("waiting")
    name = stream.binding.plan.fn_name
    assert 0 < len(name) <= MAX_NAME_CHARS
    assert name.encode()
    again = stream.webcam.stream(fn, outputs=stream.view, concurrency_limit=1)
    assert again.plan.fn_name == name
    assert not is_outdated(fn)


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_callable_gets_ready(kernel, odd):
    stream = Stream(kernel, warm_up=ODD[odd]).go_live()
    assert stream.one_result(70) == 70


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_callable_works_in_a_pool(kernel, odd):
    webcam, view = nbs.Webcam(), nbs.ImageView()
    with ThreadPoolExecutor(1) as pool:
        webcam.stream(ODD[odd], outputs=view, executor=pool)
        page = FakePage(kernel, webcam, view)
        page.start()
        page.wait_for_status("live")
        page.send_frame(grey(70))
        assert level_of(page.wait_for_result(view)) == 70
        webcam.close()


def test_what_has_no_name_has_its_types():
    assert name_of(FailsWhenAsked()) == "FailsWhenAsked"
    assert name_of(TellsNonsense()) == "TellsNonsense"
    assert name_of(functools.partial(functools.partial(identity))) == "identity"
