"""What the library knows of the kernel it runs in."""

from __future__ import annotations

import threading
from typing import Any


class _CellWatch:
    """Whether a cell runs. Set by IPython's events in the main thread, read anywhere: one flag, no lock."""

    def __init__(self) -> None:
        self.running = False
        shell = _shell()
        if shell is not None:
            # Imports happen in a cell, as a rule; `post_run_cell` corrects it where not.
            self.running = threading.current_thread() is threading.main_thread()
            shell.events.register("pre_run_cell", self._begin)
            shell.events.register("post_run_cell", self._end)

    def _begin(self, _info: Any) -> None:
        self.running = True

    def _end(self, _result: Any) -> None:
        self.running = False


def _shell() -> Any:
    try:
        from IPython import get_ipython
    except ImportError:
        return None
    return get_ipython()


_watch = _CellWatch()


def cell_is_running() -> bool:
    """Whether a cell of the notebook runs now; False outside IPython."""
    return _watch.running


def in_main_thread() -> bool:
    """Whether the caller is in the thread that runs cells."""
    return threading.current_thread() is threading.main_thread()
