"""One call of the user's function away from the kernel: what goes there, what happens there, what comes back.

A request and a reply are pickled here and not by the executor: a process pool whose worker cannot unpickle
a call, or whose kernel cannot unpickle a result, breaks for good. `answer` and `answer_pickled` never raise.
"""

from __future__ import annotations

import functools
import inspect
import pickle
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..errors import CorruptFrameError, ResultError
from ..kernel.line_log import MAX_UNREAD_CHARS, LineLog
from ..kernel.print_tap import prints_caught, tap
from ..pictures.encoding import Encoding, Picture
from ..pictures.figures import own_figures
from ..protocol.from_page import MAX_LOG_LINE_CHARS, MAX_LOG_LINES
from .returned import SKIP

MAX_FIRST_CHARS = 20_000

CodePlace = tuple[str, int, str]
"""File, line and function of one entry of a traceback."""


@dataclass(frozen=True)
class Request:
    """Inputs of one call; `encodings` are those of the outputs, `None` for what takes no pictures.

    No two have the same `id`: Dask takes calls with equal arguments for one call.
    """

    id: str
    args: Sequence[Any]
    kwargs: dict[str, Any]
    encodings: Sequence[Encoding | None] = ()


@dataclass(frozen=True)
class Reply:
    """What came of one call. `corrupt` says why a picture could not be decoded: there was no call then."""

    value: Any = None
    error: BaseException | None = None
    places: Sequence[CodePlace] = ()
    corrupt: str | None = None
    printed: str = ""
    legs_ms: dict[str, float] = field(default_factory=dict)


def answer(fn: Callable[..., Any], request: Request) -> Reply:
    """Decode the pictures, call the function, encode what it returns."""
    began_s = time.perf_counter()
    try:
        args = [one.decode() if isinstance(one, Picture) else one for one in request.args]
    except CorruptFrameError as error:
        return Reply(corrupt=str(error))
    called_s = time.perf_counter()
    try:
        with own_figures():
            value = _finish(fn(*args, **request.kwargs))
            returned_s = time.perf_counter()
            value = _encoded(value, request.encodings)
    except (
        BaseException
    ) as error:  # SystemExit too: a worker that ended would cost more than this frame
        return Reply(error=error, places=_places(error))
    ended_s = time.perf_counter()
    times_s = {
        "decode": called_s - began_s,
        "call": returned_s - called_s,
        "encode": ended_s - returned_s,
    }
    return Reply(value, legs_ms={name: 1000 * one for name, one in times_s.items()})


def answer_pickled(function: bytes, request: bytes) -> bytes:
    """Do the same in another process, where everything comes and goes as bytes; what is printed goes along."""
    printed = _Printed()
    tap.open()
    try:
        with prints_caught(printed.write):
            reply = answer(_load(function), pickle.loads(request))
    except BaseException as error:
        reply = Reply(error=error, places=_places(error))
    finally:
        tap.close()
    return _pickled(replace(reply, printed=printed.text()))


class _Printed:
    """What one call prints, bounded: the first of it, and its newest lines. The kernel shows it, not the worker."""

    def __init__(self) -> None:
        self._first: list[str] = []
        self._chars_left = MAX_FIRST_CHARS
        self._newest = LineLog(MAX_LOG_LINES, MAX_LOG_LINE_CHARS)

    def write(self, text: str) -> str:
        first = text[: self._chars_left]
        if first:
            self._first.append(first)
            self._chars_left -= len(first)
        if len(first) < len(text):
            self._newest.write(text[max(len(first), len(text) - MAX_UNREAD_CHARS) :])
        return ""

    def text(self) -> str:
        first, newest = "".join(self._first), self._newest.lines()
        return "\n".join([first, *newest, ""]) if newest else first


# A model that the function keeps in a global of its own is loaded once per worker, not once per frame.
@functools.lru_cache(maxsize=4)
def _load(function: bytes) -> Callable[..., Any]:
    loaded: Callable[..., Any] = pickle.loads(function)
    return loaded


def _finish(outcome: Any) -> Any:
    if inspect.isawaitable(outcome):
        import asyncio

        async def wait() -> Any:
            return await outcome

        return asyncio.run(wait())
    if inspect.isgenerator(outcome) or inspect.isasyncgen(outcome):
        raise ResultError(
            "the function returned a generator; expected one result, for a worker answers once. Return the result, or "
            "stream without executor=."
        )
    return outcome


def _encoded(value: Any, encodings: Sequence[Encoding | None]) -> Any:
    if len(encodings) == 1:
        return _encode(value, encodings[0])
    if isinstance(value, (tuple, list)) and len(value) == len(encodings):
        return [_encode(one, encoding) for one, encoding in zip(value, encodings, strict=True)]
    return value


def _encode(value: Any, encoding: Encoding | None) -> Any:
    if encoding is None or value is None or value is SKIP:
        return value
    try:
        return encoding.encode(value)[0]
    except ResultError:
        return value  # The output refuses it again, and knows how to say so.


def _places(error: BaseException) -> list[CodePlace]:
    entries = traceback.extract_tb(error.__traceback__)
    return [(one.filename, one.lineno or 0, one.name) for one in entries]


def _pickled(reply: Reply) -> bytes:
    try:
        data = pickle.dumps(reply, pickle.HIGHEST_PROTOCOL)
        if reply.error is not None:
            pickle.loads(data)  # many an exception can be pickled and not be read again
        return data
    except BaseException as error:
        return pickle.dumps(replace(reply, value=None, error=_plain(reply.error, error)))


def _plain(raised: BaseException | None, why: BaseException) -> Exception:
    if raised is None:
        return TypeError(f"what the function returned cannot leave its process: {why}")
    return RuntimeError(f"{type(raised).__name__}: {raised}")
