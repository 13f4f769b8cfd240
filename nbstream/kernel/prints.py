"""Where the text goes that a stream's function prints: the first of it into the cell, the newest into the widget.

A cell keeps all that it is given, in the page and in the notebook's file, and a page whose cell has megabytes of it
falls behind. So the cell has a bounded share.
"""

from __future__ import annotations

import threading

from .line_log import LineLog

CELL_LINES = 100
CELL_CHARS = 20_000


class FunctionPrints:
    """What one stream's function prints. `_lock` guards the cell's share.

    Parameters
    ----------
    fn_name
        How the function is named to the reader of the cell.
    """

    def __init__(self, fn_name: str, max_lines: int, max_line_chars: int) -> None:
        self._fn_name = fn_name
        self._log = LineLog(max_lines, max_line_chars)
        self._lock = threading.Lock()
        self._lines_left = CELL_LINES
        self._chars_left = CELL_CHARS
        self._is_at_line_start = True

    def write(self, text: str) -> str:
        """Keep text for the widget, and return what of it the cell shall show."""
        self._log.write(text)
        with self._lock:
            return self._share(text) if text and self._chars_left else ""

    def lines(self) -> list[str]:
        """What the widget shows: the last lines, oldest first."""
        return self._log.lines()

    def _share(self, text: str) -> str:
        end = min(len(text), self._chars_left)
        line_count = text.count("\n", 0, end)
        if line_count < self._lines_left and len(text) < self._chars_left:
            self._lines_left -= line_count
            self._chars_left -= end
            self._is_at_line_start = text.endswith("\n")
            return text
        if line_count >= self._lines_left:
            end = _end_of_line(text, self._lines_left)
        self._chars_left = 0
        shown = text[:end]
        is_at_line_start = shown.endswith("\n") if shown else self._is_at_line_start
        between = "" if is_at_line_start else "\n"
        return (
            f"{shown}{between}[nbstream] What {self._fn_name}() prints from here on is shown in the "
            "widget only, the newest lines.\n"
        )


def _end_of_line(text: str, number: int) -> int:
    """Where the line with that number, from 1 on, ends in a text that has as many."""
    at = 0
    for _ in range(number):
        at = text.index("\n", at) + 1
    return at
