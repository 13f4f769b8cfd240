"""Calling the functions of an app: by events, one call at a time each, and by streams."""

from __future__ import annotations

import contextvars
import sys
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Literal, NamedTuple, Protocol

import nbstream as nbs
from nbstream.calls.call_thread import CallThread
from nbstream.calls.caller import Caller, name_of
from nbstream.calls.identity import Identity
from nbstream.calls.returned import deal
from nbstream.calls.tracebacks import user_traceback
from nbstream.errors import ResultError
from nbstream.gates.local import Turn, gate_of
from nbstream.pictures.figures import close_older, own_figures

from ..tree.block import BlockPort
from .dependency import Dependency
from .event_data import EventData
from .functions import AppFunction, StreamFunction, event_now
from .notices import Error, Panel, say_error

MAX_WAITING = 100

Ended = Callable[[bool], None]
"""Told whether a function has ended without an error."""


class Surroundings(NamedTuple):
    """What the functions of one app share."""

    context: contextvars.Context
    panel: Panel
    default_limit: int | None


class HasStreams(Protocol):
    """A component that captures."""

    def stream_source(self) -> Any:
        """The camera or microphone."""

    def follow(self, binding: nbs.StreamBinding) -> None:
        """A stream of it was made."""


class EventRun:
    """Calls one function when it is fired, in a thread of its own. `_lock` guards the fields below it.

    A member of the function's gate: its calls and its streams share the concurrency limit.
    """

    def __init__(
        self, dependency: Dependency, mode: str, around: Surroundings, ended: Ended
    ) -> None:
        self._dependency = dependency
        self._mode = mode
        self._ended = ended
        self._fn = AppFunction(dependency.fn, dependency.inputs, takes_dict=dependency.takes_dict)
        self._outputs = [BlockPort(one) for one in dependency.outputs]
        self._name = name_of(self._fn.fn)
        self._thread = CallThread(f"nbstream-{self._name}", around.context)
        self._lock = threading.Lock()
        self._waiting: deque[EventData] = deque(maxlen=MAX_WAITING)
        self._data: EventData | None = None
        self._state: Literal["idle", "waiting", "running", "closed"] = "idle"
        self._caller: Caller | None = None
        limit = limit_of(dependency, around)
        self._gate = gate_of(group_of(dependency), self, limit)

    # --- from any thread ---------------------------------------------------------------------

    def fire(self, data: EventData) -> None:
        """It has happened: call the function, or not, as the trigger mode says."""
        with self._lock:
            if self._state != "idle":
                self._keep(data)
                return
            self._state, self._data = "waiting", data
        self._gate.join(self)

    def cancel(self) -> None:
        """Call it no more for what has happened so far; a generator ends at its next yield, an async call at once."""
        with self._lock:
            self._waiting.clear()
            caller = self._caller
            waited = self._state == "waiting"
            if waited:
                self._state = "idle"
        if caller is not None:
            caller.interrupt(cancel=True)
        if waited:
            self._gate.leave(self)

    def close(self) -> None:
        """Call it no more; the thread ends with the call that runs."""
        self.cancel()
        with self._lock:
            self._state = "closed"
        self._gate.unregister(self)
        self._thread.close()

    # --- for the gate ------------------------------------------------------------------------

    def admitted(self) -> None:
        with self._lock:
            is_wanted = self._state == "waiting"
            if is_wanted:
                self._state = "running"
        if is_wanted:
            self._thread.run(self._work)
        elif self._state != "running":
            self._gate.leave(self)

    def queue_moved(self) -> None: ...

    def turn(self) -> Turn:
        return Turn(None)

    def slot_lost(self) -> None: ...

    # --- in the thread -----------------------------------------------------------------------

    def _keep(self, data: EventData) -> None:
        if self._state == "closed" or self._mode == "once":
            return
        if self._mode == "always_last":
            self._waiting.clear()
        self._waiting.append(data)

    def _work(self) -> None:
        is_good = False
        try:
            is_good = self._call()
        finally:
            self._gate.leave(self)
            again = self._next()
            self._ended(is_good)
            if again:
                self._gate.join(self)

    def _next(self) -> bool:
        with self._lock:
            self._caller = None
            if self._state == "closed":
                return False
            self._data = self._waiting.popleft() if self._waiting else None
            self._state = "idle" if self._data is None else "waiting"
            return self._data is not None

    def _call(self) -> bool:
        event_now.set(self._data)
        caller = Caller(self._fn, self._thread.loop)
        with self._lock:
            self._caller = caller
        try:
            values = [one.read() for one in self._dependency.inputs]
            with own_figures():
                caller.call(values, {}, self._show)
        except Error as error:
            say_error(error)
            return False
        except BaseException as error:  # the app survives whatever the function raises
            say_error(error)
            sys.stderr.write(f"{user_traceback(error)}\n")
            return False
        return True

    def _show(self, value: Any) -> None:
        for number, one in deal(value, self._outputs, self._name):
            try:
                self._dependency.outputs[number].take(one)
            except ResultError as error:
                raise ResultError(f"{self._name}() returned {error}") from None
        close_older()


class StreamRun:
    """The stream of one dependency on one camera or microphone."""

    def __init__(
        self, dependency: Dependency, component: HasStreams, around: Surroundings, ended: Ended
    ) -> None:
        options = dependency.options
        fn = StreamFunction(dependency.fn, dependency.inputs, takes_dict=dependency.takes_dict)
        self._ended = ended
        self._was_live = False
        self.binding: nbs.StreamBinding = around.context.run(
            component.stream_source().stream,
            fn,
            list(dependency.inputs),
            list(dependency.outputs),
            time_limit=options.time_limit,
            stream_every=options.stream_every,
            concurrency_limit=limit_of(dependency, around),
            concurrency_id=group_of(dependency),
            add=True,
        )
        self.binding.observe(self._note_status, "status")
        component.follow(self.binding)

    def cancel(self) -> None:
        """Stop it, as its Stop button does."""
        self.binding.stop()

    def close(self) -> None:
        """End it for good."""
        self.binding.unobserve_all()
        self.binding.close()

    def _note_status(self, change: Any) -> None:
        if change["new"] == "live":
            self._was_live = True
        elif change["new"] in ("idle", "failed") and self._was_live:
            self._was_live = False
            self._ended(change["new"] == "idle")


def limit_of(dependency: Dependency, around: Surroundings) -> int | None:
    """How many calls of its group may run at once."""
    limit = dependency.options.concurrency_limit
    return around.default_limit if isinstance(limit, str) else limit


def group_of(dependency: Dependency) -> Any:
    """Whose limit it shares: those of that name, or of the same function."""
    return dependency.options.concurrency_id or Identity(dependency.fn or dependency)
