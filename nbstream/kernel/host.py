"""What the library knows of the kernel it runs in."""

from __future__ import annotations

import logging
import threading
import weakref
from typing import Any, Protocol

logger = logging.getLogger("nbstream")


class Stoppable(Protocol):
    """What is to be stopped before the kernel ends."""

    def stop(self) -> None: ...


class _CellWatch:
    """Whether a cell runs, and how many ended. Set by IPython's events in the main thread, read anywhere: no lock."""

    def __init__(self) -> None:
        self.running = False
        self.stopped_before_exit: weakref.WeakSet[Stoppable] = weakref.WeakSet()
        self.ended_count = 0
        shell = _shell()
        if shell is not None:
            # Imports happen in a cell, as a rule, or in a silent execution, which has no `post_run_cell`.
            self.running = in_main_thread()
            shell.events.register("pre_run_cell", self._begin)
            shell.events.register("post_run_cell", self._end)
            shell.events.register("post_execute", self._end_of_import)
            # Solara's shell is no real one: it has events, and no traits.
            if getattr(shell, "has_trait", lambda _: False)("exit_now"):
                shell.observe(self._exit, "exit_now")

    def _begin(self, _info: Any) -> None:
        self.running = True

    def _end(self, _result: Any) -> None:
        self.running = False
        self.ended_count += 1

    def _exit(self, change: Any) -> None:
        for one in list(self.stopped_before_exit) if change["new"] else []:
            try:
                one.stop()
            except Exception:
                logger.exception("[nbstream] a stream could not be stopped before the kernel ends")

    def _end_of_import(self) -> None:
        # Messages of widgets fire this event as well, in other threads while a cell runs.
        if in_main_thread():
            self.running = False
            self.ended_count += 1
            _shell().events.unregister("post_execute", self._end_of_import)


def _shell() -> Any:
    try:
        from IPython import get_ipython
    except ImportError:
        return None
    return get_ipython()


def running_kernel() -> Any:
    """Return the ipykernel that runs this code, whatever it is; `None` outside one."""
    return getattr(_shell(), "kernel", None)


def in_main_thread() -> bool:
    """Whether the caller is in the thread that runs cells."""
    return threading.current_thread() is threading.main_thread()


def can_start_threads() -> bool:
    """Whether there can be threads; a browser's Python (Pyodide) has none."""
    try:
        threading.Thread(target=int, daemon=True).start()
    except RuntimeError:
        return False
    return True


_watch = _CellWatch()


def cell_is_running() -> bool:
    """Whether a cell of the notebook runs now; False outside IPython."""
    return _watch.running


def stop_before_exit(one: Stoppable) -> None:
    """Have something stopped as soon as a cell says `exit`, while the pages can still be told.

    An ipykernel that is given messages while it ends may wait for itself for ever.
    """
    _watch.stopped_before_exit.add(one)


def cells_ended() -> int:
    """How many cells have ended so far. Messages that waited for the last of them may not have been handled yet."""
    return _watch.ended_count


def cell_name(filename: str) -> str | None:
    """How IPython calls the cell whose code has that file name, such as "Cell In[2]"; `None` for a real file."""
    shell = _shell()
    name = getattr(getattr(shell, "compile", None), "format_code_name", lambda _: None)(filename)
    return None if name is None else " ".join(name)
