"""The function itself names its group."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import pytest

from nbstream.calls.identity import Identity
from nbstream.testing import wait_for

from .streaming import Stream, identity


@dataclasses.dataclass
class Unhashable:
    level: int = 1

    def __call__(self, frame, strength=1):
        return frame

    def method(self, frame):
        return frame


@dataclasses.dataclass(frozen=True)
class Frozen:
    level: int = 1

    def __call__(self, frame):
        return frame


@dataclasses.dataclass(frozen=True)
class FrozenRoundAList:
    levels: list[int] = dataclasses.field(default_factory=list)

    def __call__(self, frame):
        return frame


CALLABLES = [
    Unhashable(),
    Unhashable().method,
    Frozen(),
    FrozenRoundAList(),
    np.poly1d([1, 0]),
    functools.partial(Unhashable(), strength=2),
    identity,
]


@pytest.mark.parametrize("fn", CALLABLES, ids=lambda fn: type(fn).__name__)
def test_any_callable_is_its_own_group_and_like_no_other(fn):
    assert Identity(fn) == Identity(fn)
    assert hash(Identity(fn)) == hash(Identity(fn))
    assert Identity(fn) != Identity(Frozen())
    assert Identity(fn) != fn


def test_equal_callables_are_two_groups():
    assert Identity(Frozen()) != Identity(Frozen())


def test_a_method_that_is_bound_again_is_the_same():
    one, other = Unhashable(), Unhashable()
    assert Identity(one.method) == Identity(one.method)
    assert hash(Identity(one.method)) == hash(Identity(one.method))
    assert Identity(one.method) != Identity(other.method)


@pytest.mark.parametrize("fn", [Unhashable(), Unhashable().method, FrozenRoundAList()])
def test_callables_that_cannot_be_hashed_stream_and_share_their_queue(kernel, fn):
    first = Stream(kernel, fn, concurrency_limit=1).go_live()
    second = Stream(kernel, fn, client="page-2", concurrency_limit=1)
    second.page.start()
    assert first.one_result() == 100
    assert second.page.status == "waiting"


def test_equal_callables_do_not_share_a_queue(kernel):
    Stream(kernel, Frozen(), concurrency_limit=1).go_live()
    Stream(kernel, Frozen(), client="page-2", concurrency_limit=1).go_live()


def test_a_function_as_the_name_of_a_group_is_the_group_of_its_streams(kernel):
    fn = Unhashable()
    Stream(kernel, fn, concurrency_limit=1).go_live()
    other = Stream(kernel, client="page-2", concurrency_id=fn)
    other.page.start()
    assert other.page.status == "waiting"


@pytest.mark.parametrize("name", [[1], {"a": 1}, np.zeros(2), ([1],)])
def test_a_name_of_a_group_that_cannot_be_hashed_is_refused(kernel, name):
    with pytest.raises(TypeError, match=r"concurrency_id is .* expected a name"):
        Stream(kernel, concurrency_id=name)


def test_equal_warm_ups_are_called_each(kernel):
    called: list[WarmUp] = []

    @dataclasses.dataclass(frozen=True)
    class WarmUp:
        model: str

        def __call__(self) -> None:
            called.append(self)

    one, other = WarmUp("a"), WarmUp("a")
    for number, warm_up in enumerate((one, other, one)):
        Stream(kernel, client=f"page-{number}", warm_up=warm_up).go_live()
    wait_for(lambda: len(called) == 2)
    assert called[0] is one
    assert called[1] is other
