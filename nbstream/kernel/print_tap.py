"""Text that the user's function prints, caught on its way to the cell.

A reload of the page loses the cell's output, so the widget shows the last lines as well, and the cell has only a share.
`sys.stdout` and `sys.stderr` are one for all threads; a context variable tells whose text it is, so that only the
function's own is caught. Threads that the function starts inherit it.
"""

from __future__ import annotations

import contextlib
import contextvars
import functools
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

Sink = Callable[[str], str]
"""Is given what was printed; returns what of it goes on to the cell."""

STREAMS = ("stdout", "stderr")
OWN_THREADS = "nbstream-"

_sink: contextvars.ContextVar[Sink | None] = contextvars.ContextVar(
    "nbstream_print_sink", default=None
)


def catch_prints(sink: Sink) -> None:
    """From now on, in this context, give printed text to `sink` first."""
    _sink.set(sink)


@contextlib.contextmanager
def prints_caught(sink: Sink) -> Iterator[None]:
    """Give what is printed inside, in this context, to `sink` first."""
    token = _sink.set(sink)
    try:
        yield
    finally:
        _sink.reset(token)


class Tap:
    """Watches `sys.stdout` and `sys.stderr` while somebody wants it. `_lock` guards the fields."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._watches: dict[str, _Watch] = {}
        self._threads: _Threads | None = None

    def open(self) -> None:
        """Watch until as many `close` calls have been made."""
        with self._lock:
            self._users += 1
            if self._threads is None:
                self._threads = _Threads()
            self._watch()

    def follow(self) -> None:
        """Watch what stands in place of the streams now: code may put others there for good."""
        if any(getattr(sys, name) is not one.stream for name, one in self._watches.items()):
            with self._lock:
                self._watch()

    def close(self) -> None:
        """Leave everything as it was found, once nobody watches it any more."""
        with self._lock:
            self._users -= 1
            if self._users:
                return
            for name in reversed(STREAMS):
                self._watches.pop(name).end()
            if self._threads is not None:
                self._threads.end()
                self._threads = None

    def _watch(self) -> None:
        if not self._users:
            return
        for name in STREAMS:
            stream, watch = getattr(sys, name), self._watches.get(name)
            if watch is not None and watch.stream is not stream:
                watch.end()
            if watch is None or watch.stream is not stream:
                self._watches[name] = _Watch(stream)


tap = Tap()


class _Watch:
    """Gives the sinks what is written to one stream, until `end`."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self._is_on = False
        try:
            self._write, self._before = stream.write, vars(stream).get("write")
            # On the instance, not in its place: whoever kept a reference to sys.stdout goes on using the same object.
            stream.write = self._ours = self._write_and_tell
            self._is_on = True
        except (AttributeError, TypeError):
            pass  # pythonw has no stream, and some take no attributes

    def end(self) -> None:
        if not self._is_on:
            return
        self._is_on = False
        if vars(self.stream).get("write") is not self._ours:
            return  # somebody has put theirs upon ours, and would lose it
        if self._before is None:
            vars(self.stream).pop("write", None)
        else:
            self.stream.write = self._before

    def _write_and_tell(self, text: str) -> Any:
        sink = _sink.get() if self._is_on else None
        if sink is None or not isinstance(text, str):
            return self._write(text)
        # A stream that writes into another one that is watched as well says it once.
        token = _sink.set(None)
        try:
            share = sink(text)
            if share:
                self._write(share)
        finally:
            _sink.reset(token)
        return len(text)


class _Threads:
    """Lets threads that a function starts print as the function does, into its cell, until `end`."""

    def __init__(self) -> None:
        self._start: Any = threading.Thread.start

        @functools.wraps(self._start)
        def start(thread: threading.Thread) -> None:
            # Those of the library serve other streams as well.
            if _sink.get() is not None and not thread.name.startswith(OWN_THREADS):
                thread.run = functools.partial(contextvars.copy_context().run, thread.run)  # type: ignore[method-assign]
            self._start(thread)

        self._ours: Any = start
        threading.Thread.start = start  # type: ignore[assignment,method-assign]

    def end(self) -> None:
        if threading.Thread.start is self._ours:
            threading.Thread.start = self._start  # type: ignore[method-assign]
