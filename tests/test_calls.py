"""Calling the user's function, whatever its kind; every call is made in a thread, as the worker makes it."""

from __future__ import annotations

import asyncio
import functools
import threading
from collections.abc import Callable
from typing import Any

import pytest

from nbstream.calls.caller import Caller, check_signature, name_of
from nbstream.errors import SignatureError


def in_thread(work: Callable[[], Any]) -> None:
    """Run `work` where the library does: in a thread that has no event loop; raises what it raised."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(10)
    assert not thread.is_alive()
    if raised:
        raise raised[0]


def results_of(fn: Callable[..., Any], *args: Any, **kwargs: Any) -> list[Any]:
    emitted: list[Any] = []

    def work() -> None:
        caller = Caller(fn)
        try:
            caller.call(args, kwargs, emitted.append)
        finally:
            caller.close()

    in_thread(work)
    return emitted


def plain(x):
    return x + 1


async def asynchronous(x):
    await asyncio.sleep(0)
    return x + 1


def generator(x):
    yield x
    yield x + 1


async def async_generator(x):
    yield x
    await asyncio.sleep(0)
    yield x + 1


class Callee:
    def __call__(self, x):
        return x + 1

    def method(self, x):
        return x + 1


class AsyncCallee:
    async def __call__(self, x):
        return x + 1


@pytest.mark.parametrize(
    ("fn", "expected"),
    [
        (plain, [2]),
        (asynchronous, [2]),
        (generator, [1, 2]),
        (async_generator, [1, 2]),
        (Callee(), [2]),
        (Callee().method, [2]),
        (AsyncCallee(), [2]),
        (functools.partial(plain), [2]),
        (functools.partial(asynchronous), [2]),
        (lambda x: generator(x + 1), [2, 3]),
        (lambda x: asynchronous(x + 1), [3]),
        (lambda x: None, [None]),
    ],
)
def test_every_kind_of_function_hands_on_its_results(fn, expected):
    assert results_of(fn, 1) == expected


def test_keyword_arguments_reach_the_function():
    assert results_of(lambda x, meta: (x, meta), 1, meta="m") == [(1, "m")]


@pytest.mark.parametrize(
    ("fn", "expected"), [(generator, [1]), (async_generator, [1])], ids=["sync", "async"]
)
def test_an_interrupted_generator_is_closed_at_its_next_yield(fn, expected):
    emitted: list[Any] = []

    def work() -> None:
        caller = Caller(fn)

        def emit(value: Any) -> None:
            emitted.append(value)
            caller.interrupt(cancel=False)

        caller.call([1], {}, emit)
        caller.close()

    in_thread(work)
    assert emitted == expected


def test_a_generator_that_is_interrupted_runs_its_finally_in_the_worker():
    closed_in: list[int] = []

    def watched(x):
        try:
            yield x
            yield x
        finally:
            closed_in.append(threading.get_ident())

    def work() -> None:
        caller = Caller(watched)
        caller.call([1], {}, lambda value: caller.interrupt(cancel=False))
        assert closed_in == [threading.get_ident()]

    in_thread(work)


@pytest.mark.parametrize("kind", [generator, async_generator], ids=["sync", "async"])
def test_a_generator_is_closed_when_its_result_cannot_be_shown(kind):
    closed: list[bool] = []

    if kind is generator:

        def fn():
            try:
                yield 1
            finally:
                closed.append(True)
    else:

        async def fn():
            try:
                yield 1
            finally:
                closed.append(True)

    def refuse(value: Any) -> None:
        raise ValueError("no picture")

    def work() -> None:
        caller = Caller(fn)
        try:
            caller.call([], {}, refuse)
        finally:
            assert closed == [True]
            caller.close()

    with pytest.raises(ValueError, match="no picture"):
        in_thread(work)


def test_cancelling_ends_an_awaited_call_at_once_and_quietly():
    begun = threading.Event()
    cancelled: list[bool] = []

    async def waits_for_ever():
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    caller = Caller(waits_for_ever)
    emitted: list[Any] = []

    def work() -> None:
        caller.call([], {}, emitted.append)
        caller.close()

    thread = threading.Thread(target=work)
    thread.start()
    assert begun.wait(10)
    caller.interrupt(cancel=True)
    thread.join(10)
    assert not thread.is_alive()
    assert cancelled == [True]
    assert emitted == []


def test_without_cancel_an_awaited_call_ends_by_itself_and_its_result_counts():
    begun, go_on = threading.Event(), threading.Event()

    async def waits():
        begun.set()
        await asyncio.to_thread(go_on.wait, 10)
        return "result"

    caller = Caller(waits)
    emitted: list[Any] = []

    def work() -> None:
        caller.call([], {}, emitted.append)
        caller.close()

    thread = threading.Thread(target=work)
    thread.start()
    assert begun.wait(10)
    caller.interrupt(cancel=False)
    go_on.set()
    thread.join(10)
    assert emitted == ["result"]


def test_a_call_that_begins_after_the_cancelling_does_not_run():
    def work() -> None:
        caller = Caller(asynchronous)
        caller.interrupt(cancel=True)
        emitted: list[Any] = []
        caller.call([1], {}, emitted.append)
        assert emitted == []
        caller.close()

    in_thread(work)


def test_a_cancelled_error_of_the_functions_own_is_an_error_like_any_other():
    async def fails():
        raise asyncio.CancelledError("mine")

    with pytest.raises(asyncio.CancelledError):
        results_of(fails)


def test_calls_of_one_worker_share_one_event_loop():
    async def loop_of():
        return asyncio.get_running_loop()

    def work() -> None:
        loops: list[Any] = []
        caller = Caller(loop_of)
        caller.call([], {}, loops.append)
        caller.call([], {}, loops.append)
        assert loops[0] is loops[1]
        caller.close()
        assert loops[0].is_closed()

    in_thread(work)


def test_closing_cancels_what_the_function_left_on_the_loop():
    left: list[str] = []

    async def background():
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            left.append("cancelled")
            raise

    tasks: list[Any] = []

    async def starts_a_task():
        tasks.append(asyncio.create_task(background()))
        await asyncio.sleep(0)

    results_of(starts_a_task)
    assert left == ["cancelled"]


def test_interrupting_a_caller_that_has_ended_is_harmless():
    caller = Caller(asynchronous)

    def work() -> None:
        caller.call([1], {}, lambda value: None)
        caller.close()

    in_thread(work)
    caller.interrupt(cancel=True)


@pytest.mark.parametrize(
    ("fn", "name"),
    [
        (plain, "plain"),
        (functools.partial(plain, 1), "plain"),
        (Callee(), "Callee"),
        (Callee().method, "Callee.method"),
        (print, "print"),
    ],
)
def test_a_function_is_named_as_its_author_knows_it(fn, name):
    assert name_of(fn) == name


def test_a_function_inside_a_function_is_named_without_the_outer_one():
    def inner():
        pass

    assert name_of(inner) == "inner"


@pytest.mark.parametrize(
    ("fn", "given", "metadata"),
    [
        (plain, ["Webcam"], False),
        (lambda *args: None, ["a", "b", "c"], False),
        (lambda x, y=1: None, ["a"], False),
        (lambda x, meta: None, ["a"], True),
        (lambda x, **kwargs: None, ["a"], True),
        (functools.partial(lambda x, y: None, 1), ["a"], False),
        (Callee().method, ["a"], False),
        (dict.get, ["a", "b"], False),
        (print, ["a", "b"], False),
    ],
)
def test_functions_that_fit_are_accepted(fn, given, metadata):
    check_signature(fn, given, metadata=metadata)


def test_a_function_that_does_not_fit_is_refused_with_what_it_takes_and_would_be_given():
    def apply_effect(frame, effect, strength):
        pass

    with pytest.raises(SignatureError) as caught:
        check_signature(apply_effect, ["Webcam", "Dropdown.value"], metadata=False)
    text = str(caught.value)
    assert isinstance(caught.value, TypeError)
    assert "apply_effect(frame, effect, strength)" in text
    assert "2 arguments (Webcam, Dropdown.value)" in text
    assert "strength" in text.split("Dropdown.value")[1]
    assert "Change the function or inputs=" in text


@pytest.mark.parametrize(
    ("fn", "given"), [(lambda: None, ["a"]), (lambda x, y: None, ["a"]), (lambda *, x: None, ["a"])]
)
def test_too_many_and_too_few_arguments_are_refused(fn, given):
    with pytest.raises(SignatureError, match=r"1 argument \(a\)"):
        check_signature(fn, given, metadata=False)


def test_a_function_that_takes_no_meta_is_refused_where_meta_is_given():
    with pytest.raises(SignatureError, match="and the keyword argument meta"):
        check_signature(plain, ["a"], metadata=True)


@pytest.mark.parametrize("thing", [None, 3, "flip"])
def test_what_is_no_function_is_refused(thing):
    with pytest.raises(SignatureError, match="something callable"):
        check_signature(thing, ["a"], metadata=False)


@pytest.mark.parametrize("is_async", [False, True])
def test_an_abandoned_generator_hands_on_nothing_more_and_the_next_call_is_whole(is_async):
    closed: list[bool] = []
    got: list[int] = []

    def counting():
        try:
            yield 1
            if not closed:
                caller.abandon()  # somebody speaks
            yield 2
        finally:
            closed.append(True)

    async def counting_async():
        for number in counting():
            yield number

    caller = Caller(counting_async if is_async else counting)
    caller.call((), {}, got.append)
    assert got == [1]
    caller.call((), {}, got.append)
    assert got == [1, 1, 2]
    caller.close()
