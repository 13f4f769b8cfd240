"""Lines that the user's function prints, caught on their way to the cell.

A reload of the page loses the cell's output, so the widget shows the last lines as well. `sys.stdout` is
one for all threads;
a context variable tells whose text it is, so that only the function's own prints are caught.
"""

from __future__ import annotations

import contextvars
import sys
import threading
from collections.abc import Callable
from typing import Any

Sink = Callable[[str], None]

_sink: contextvars.ContextVar[Sink | None] = contextvars.ContextVar(
    "nbstream_print_sink", default=None
)


def catch_prints(sink: Sink) -> None:
    """From now on, in this context, give printed text to `sink` as well."""
    _sink.set(sink)


def _do_nothing() -> None: ...


class Tap:
    """Watches `sys.stdout` while somebody wants it. `_lock` guards the fields."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._restore: Callable[[], None] = _do_nothing

    def open(self) -> None:
        """Watch until as many `close` calls have been made."""
        with self._lock:
            self._users += 1
            if self._users == 1:
                self._restore = _watch(sys.stdout)

    def close(self) -> None:
        """Leave the stream as it was found, once nobody watches it any more."""
        with self._lock:
            self._users -= 1
            if self._users == 0:
                self._restore()


tap = Tap()


def _watch(stream: Any) -> Callable[[], None]:
    """Tell the sinks what is written to `stream`; returns what undoes it."""
    try:
        write, before = stream.write, vars(stream).get("write")
    except (AttributeError, TypeError):
        return _do_nothing

    def write_and_tell(text: str) -> Any:
        sink = _sink.get()
        if sink is not None:
            sink(text)
        return write(text)

    def restore() -> None:
        if before is None:
            vars(stream).pop("write", None)
        else:
            stream.write = before

    # On the instance, not in its place: whoever kept a reference to sys.stdout goes on using the same object.
    stream.write = write_and_tell
    return restore


class LineLog:
    """The last lines of some text, bounded. `_lock` guards its fields."""

    def __init__(self, max_lines: int, max_line_chars: int) -> None:
        self._lock = threading.Lock()
        self._max_lines, self._max_line_chars = max_lines, max_line_chars
        self._lines: list[str] = [""]

    def write(self, text: str) -> None:
        """Add text; lines that are too long are cut."""
        with self._lock:
            first, *rest = text.split("\n")
            lines = [*self._lines[:-1], self._lines[-1] + first, *rest]
            self._lines = [line[: self._max_line_chars] for line in lines[-self._max_lines - 1 :]]

    def lines(self) -> list[str]:
        """The last lines, oldest first."""
        with self._lock:
            lines = self._lines if self._lines[-1] else self._lines[:-1]
            return lines[-self._max_lines :]
