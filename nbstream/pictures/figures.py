"""Figures that the user's function makes with pyplot: the call's own, and closed when it ends.

pyplot keeps every figure until it is closed, and has one current figure for all threads. Left alone, the figures of a
stream would fill the memory, be shown by the next cell that is run, and take what that cell draws. So, while a call
runs, pyplot finds a register that belongs to the call (to its context, as prints do), and everybody else the one that
was there before.

`Gcf.figs` and the list of matplotlib-inline are not API; each is used only where it exists, and a test with a real
kernel fails when they change.
"""

from __future__ import annotations

import contextlib
import contextvars
import sys
import threading
import weakref
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any


class _Own(OrderedDict[Any, Any]):
    """The register of one call; `came_first`: pyplot was not imported yet when it began."""

    came_first = False


_own: contextvars.ContextVar[_Own | None] = contextvars.ContextVar("nbstream_figures", default=None)
_installing = threading.Lock()


class _Registers:
    """What stands in the place of pyplot's register: the call's own, or for all others the one there was."""

    def __init__(self, shared: Any) -> None:
        self.shared = shared
        # Those of threads that no call has begun, such as a pool's: no cell waits for them.
        self.of_threads: weakref.WeakSet[Any] = weakref.WeakSet()

    def _here(self) -> Any:
        own = _own.get()
        return self.shared if own is None else own

    def __getattr__(self, name: str) -> Any:
        return getattr(self._here(), name)

    def __len__(self) -> int:
        return len(self._here())

    def __iter__(self) -> Iterator[Any]:
        return iter(self._here())

    def __contains__(self, number: object) -> bool:
        return number in self._here()

    def __getitem__(self, number: Any) -> Any:
        return self._here()[number]

    def __setitem__(self, number: Any, manager: Any) -> None:
        here = self._here()
        is_cells = threading.current_thread() is threading.main_thread()
        # One that is there already is only made the current one.
        if here is self.shared and not is_cells and number not in here:
            self.of_threads.add(manager)
        here[number] = manager

    def __delitem__(self, number: Any) -> None:
        del self._here()[number]


@contextlib.contextmanager
def own_figures() -> Iterator[None]:
    """Let pyplot keep what is made inside apart from all else, and close it at the end.

    A figure that the function keeps can be drawn and returned again: only pyplot has forgotten it.
    """
    own = _Own()
    own.came_first = _installed() is None
    token = _own.set(own)
    try:
        yield
    finally:
        _close(own, keep_current=False)
        _own.reset(token)


def close_older() -> None:
    """Close the call's figures but the current one: a generator may go on with that."""
    own = _own.get()
    if own is not None:
        _close(own, keep_current=True)


def was_drawn(figure: Any) -> None:
    """A figure was returned and drawn: close it, should pyplot have come, and made it, with this very call.

    One that a thread has made, such as a pool's, is closed as well: the function had it work.
    """
    own = _own.get()
    if own is None or (gcf := _installed()) is None:
        return
    shared = gcf.figs.shared
    for manager in list(shared.values()):
        is_ours = own.came_first or manager in gcf.figs.of_threads
        if is_ours and manager.canvas.figure is figure:
            shared.pop(manager.num, None)
            gcf.destroy(manager)
            _take_from_inline(figure)


def _installed() -> Any:
    """Pyplot's `Gcf` with our registers in it; `None` = pyplot was not imported, or keeps its figures elsewhere."""
    gcf: Any = getattr(sys.modules.get("matplotlib._pylab_helpers"), "Gcf", None)
    if not hasattr(gcf, "figs"):
        return None
    with _installing:
        if not isinstance(gcf.figs, _Registers):
            gcf.figs = _Registers(gcf.figs)
    return gcf


def _close(own: _Own, *, keep_current: bool) -> None:
    # The last one is the current one.
    managers = list(own.values())[: -1 if keep_current else None]
    gcf = _installed() if managers else None
    if gcf is None:
        return
    shared = list(gcf.figs.shared.values())
    for manager in managers:
        own.pop(manager.num, None)
        if manager not in shared:  # else a cell made it, and the function has only drawn on it
            gcf.destroy(manager)
            _take_from_inline(manager.canvas.figure)


def _take_from_inline(figure: Any) -> None:
    """`%matplotlib inline` keeps what is made until the next cell ends, which may be hours away."""
    show = getattr(sys.modules.get("matplotlib_inline.backend_inline"), "show", None)
    with contextlib.suppress(AttributeError, ValueError):
        show._to_draw.remove(figure)  # type: ignore[union-attr]
