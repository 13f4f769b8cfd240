"""Routing and locking of ipywidgets' messages, so that widgets work while a cell runs and while workers set traits.

Three findings about the Jupyter stack make this module necessary:

- ipykernel >= 7.4 routes a comm's messages to the (sub)shell from which the kernel last sent on it,
  so that one send from a cell makes the widget deaf until the cell ends. `_reply_subshell_for` is
  answered with the subshell that the page asked for.
- `comm.handle_msg` fires IPython's `pre_execute` and `post_execute` for each message; with
  `%matplotlib inline` that takes the figure of a running cell away. Messages of a wired widget go
  straight to the widget.
- ipykernel tells all pages before each message that it is busy, and after it that it is idle. Of a
  stream that is 60 words a second, and JupyterLab lays its toolbar out anew at each change. "Busy" is
  left out for what a stream says all the time; "idle" is not, for pages wait for it.
- Setting a trait in a worker while a message sets one elsewhere loses updates (`_lock_property` and
  `hold_trait_notifications` swap attributes of the instance). One re-entrant lock per widget stands around
  both.

The attributes are not API; each is used only where it exists, and a test with a real kernel fails when they
change.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from typing import Any

import ipywidgets

from .host import cell_is_running, running_kernel

# What comes many times a second and is handled within a millisecond or two.
ROUTINE = frozenset({"frame", "chunk", "beat", "painted", "played"})

_guard = threading.Lock()
_locks: weakref.WeakKeyDictionary[ipywidgets.Widget, threading.RLock] = weakref.WeakKeyDictionary()
_wire_counts: weakref.WeakKeyDictionary[ipywidgets.Widget, int] = weakref.WeakKeyDictionary()


def trait_lock(widget: ipywidgets.Widget) -> Any:
    """Return the re-entrant lock that guards the traits of `widget`."""
    with _guard:
        return _locks.setdefault(widget, threading.RLock())


def set_trait(widget: ipywidgets.Widget, name: str, value: Any) -> None:
    """Set a trait from any thread; the one place where the library does so."""
    with trait_lock(widget):
        setattr(widget, name, value)


def check_open(widget: ipywidgets.Widget) -> None:
    """Make sure that a widget was not closed.

    Raises
    ------
    RuntimeError
        If it was.
    """
    if widget.comm is None:
        raise RuntimeError(
            f"This {type(widget).__name__} is closed; make another, and give it to source.stream(...)."
        )


def is_ended(comm: Any) -> bool:
    """Whether the host has closed a comm behind its widget's back, which goes on and is heard by nobody."""
    return getattr(comm, "_closed", False) is True


def wire(widget: ipywidgets.Widget) -> None:
    """Give `widget` the lane's routing and lock until `unwire` was called as often."""
    with _guard:
        count = _wire_counts[widget] = _wire_counts.get(widget, 0) + 1
        if count == 1:
            wire_comm(widget, widget.comm)


def unwire(widget: ipywidgets.Widget) -> None:
    """Give `widget` its own routing back."""
    with _guard:
        count = _wire_counts[widget] = _wire_counts.get(widget, 0) - 1
        if count == 0:
            for name in ("_reply_subshell_for", "handle_msg"):
                getattr(widget.comm, "__dict__", {}).pop(name, None)


def wire_comm(widget: ipywidgets.Widget, comm: Any) -> None:
    """Put routing and lock on one comm of `widget`; nothing happens without a comm."""
    if comm is None:
        return
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = lambda data, default: default
    if hasattr(comm, "handle_msg"):
        comm.handle_msg = _dispatcher(widget)
        _leave_out_busy(running_kernel())


def _dispatcher(widget: ipywidgets.Widget) -> Callable[[Any], None]:
    # Weak: the comm must not keep its widget alive.
    reference = weakref.ref(widget)

    def dispatch(message: Any) -> None:
        of = reference()
        if of is None:
            return
        if message["content"]["data"].get("method") == "custom":
            # It sets no traits of itself, and a slow callback must not hold up a worker.
            of._handle_msg(message)
        else:
            with trait_lock(of):
                of._handle_msg(message)

    return dispatch


def _leave_out_busy(kernel: Any) -> None:
    """Have the kernel say nothing before it handles a routine message, but while a cell runs: then it *is* busy."""
    publish = getattr(kernel, "_publish_status", None)
    if publish is None:
        return

    def publish_less(status: str, channel: str, parent: Any = None) -> None:
        about = parent or kernel.get_parent(channel)
        if status != "busy" or cell_is_running() or not _is_routine(about):
            publish(status, channel, parent)

    # The first one stays, whichever thread was first.
    vars(kernel).setdefault("_publish_status", publish_less)


def _is_routine(message: Any) -> bool:
    content = message.get("content", {})
    data = content.get("data", {}) if isinstance(content, dict) else {}
    said = data.get("content") if isinstance(data, dict) else None
    return isinstance(said, dict) and "nbstream" in said and said.get("type") in ROUTINE
