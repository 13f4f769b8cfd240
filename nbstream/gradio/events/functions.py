"""The user's function as an app calls it: with what Gradio fills in by itself, and `gr.Error` as a notice."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Sequence
from contextvars import ContextVar
from typing import Any, get_type_hints

import nbstream as nbs

from ..tree.block import Block
from .event_data import EventData
from .notices import Error, say_error
from .progress import Progress

event_now: ContextVar[EventData | None] = ContextVar("event_now", default=None)
"""What caused the call that runs."""

ANY_VALUES = inspect.Signature([inspect.Parameter("values", inspect.Parameter.VAR_POSITIONAL)])


class AppFunction:
    """A function with the values of an app's components as its arguments.

    Parameters
    ----------
    fn
        The user's; `None` does nothing.
    inputs
        The components that it gets the values of.
    takes_dict
        Whether it gets one dict, by component.

    Raises
    ------
    TypeError
        If it cannot be called with so many values.
    """

    def __init__(
        self, fn: Callable[..., Any] | None, inputs: Sequence[Block], *, takes_dict: bool = False
    ) -> None:
        self.fn = self.nbstream_fn = fn or _nothing
        self._inputs = list(inputs)
        self._takes_dict = takes_dict
        self._filled_in = _filled_in(self.fn)
        functools.update_wrapper(self, self.fn, updated=())
        self.__signature__ = ANY_VALUES  # its arguments are not those of what it wraps
        self._check()

    def __call__(self, *values: Any) -> Any:
        return self.fn(*self._arguments(values))

    def _arguments(self, values: Sequence[Any]) -> list[Any]:
        if self._takes_dict:
            values = [dict(zip(self._inputs, values, strict=True))]
        arguments = list(values)
        for index, make in self._filled_in:
            if index <= len(arguments):
                arguments.insert(index, make())
        return arguments

    def _check(self) -> None:
        given = self._arguments([None] * len(self._inputs))
        try:
            signature = inspect.signature(self.fn)
        except ValueError:
            return  # some builtins tell nothing of their arguments
        try:
            signature.bind(*given)
        except TypeError as error:
            names = ", ".join(one.name for one in self._inputs) or "nothing"
            raise TypeError(
                f"{getattr(self.fn, '__name__', 'the function')}{signature} cannot be called with its inputs "
                f"({names}): {error}. Change the function or inputs=."
            ) from None


class StreamFunction(AppFunction):
    """A function that a stream calls: `gr.Error` is a notice, and no error of the stream's."""

    def __call__(self, *values: Any) -> Any:
        wrong = next((one for one in values if isinstance(one, Error)), None)
        if wrong is not None:
            return _said(wrong)
        try:
            outcome = super().__call__(*values)
        except Error as error:
            return _said(error)
        if inspect.isawaitable(outcome):
            return _awaited(outcome)
        if inspect.isasyncgen(outcome):
            return _async_iterated(outcome)
        if inspect.isgenerator(outcome):
            return _iterated(outcome)
        return outcome


def _said(error: Error) -> Any:
    say_error(error)
    return nbs.skip()


async def _awaited(awaitable: Awaitable[Any]) -> Any:
    try:
        return await awaitable
    except Error as error:
        return _said(error)


def _iterated(generator: Generator[Any, Any, Any]) -> Generator[Any, Any, Any]:
    try:
        yield from generator
    except Error as error:
        yield _said(error)


async def _async_iterated(generator: AsyncGenerator[Any, Any]) -> AsyncGenerator[Any, Any]:
    try:
        async for value in generator:
            yield value
    except Error as error:
        yield _said(error)
    finally:
        await generator.aclose()


def _filled_in(fn: Callable[..., Any]) -> list[tuple[int, Callable[[], Any]]]:
    """(place, what makes the argument) for `gr.Progress` and `gr.EventData` among a function's arguments."""
    try:
        parameters = list(inspect.signature(fn).parameters.values())
    except ValueError:
        return []
    try:
        hints = get_type_hints(fn)
    except Exception:  # an annotation that cannot be resolved is nobody's business here
        hints = {}
    found: list[tuple[int, Callable[[], Any]]] = []
    for index, parameter in enumerate(parameters):
        hint = hints.get(parameter.name)
        if isinstance(parameter.default, Progress):
            found.append((index, functools.partial(_same, parameter.default)))
        elif isinstance(hint, type) and issubclass(hint, EventData):
            found.append((index, event_now.get))
    return found


def _same(thing: Any) -> Any:
    return thing


def _nothing(*_values: Any) -> Any:
    return nbs.skip()
