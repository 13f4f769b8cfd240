"""The last lines of some text, as a terminal would show them."""

from __future__ import annotations

import re
import threading

# Text is put on the screen when somebody looks, or when this much has come: a function may print at every call.
MAX_UNREAD_CHARS = 16_384

# It begins with a set of characters, which makes the search ten times as fast.
_CONTROL = re.compile(
    r"[\x00-\x08\n-\x1f\x7f](?:(?<=\x1b)(?:"
    r"\[(?P<number>\d*)[0-?]*[ -/]*(?P<command>[@-~])"  # colours, and moves of the cursor
    r"|\][^\x07\x1b]*(?:\x07|\x1b\\)"  # titles and links
    r"|[ -/]*[0-OQ-Z^-~]))?"
)
_BEGUN = re.compile(r"\x1b(?:\[[ -?]{0,30}|\][^\x07\x1b]{0,300}\x1b?|[ -/]{0,3})\Z")


class LineLog:
    r"""The last lines of some text, bounded. `_lock` guards its fields.

    A line is overwritten as in a terminal (`\r`, `\b`, the cursor moved up), colours are left out, and of a line
    that is too long the newest end is kept.
    """

    def __init__(self, max_lines: int, max_line_chars: int) -> None:
        self._lock = threading.Lock()
        self._max_lines = max_lines
        self._screen = _Screen(max_lines + 1, max_line_chars)
        self._unread: list[str] = []
        self._unread_chars = 0

    def write(self, text: str) -> None:
        """Add text."""
        if len(text) > MAX_UNREAD_CHARS:
            text = text[-MAX_UNREAD_CHARS:]  # what came before would have left the screen
        with self._lock:
            self._unread.append(text)
            self._unread_chars += len(text)
            if self._unread_chars > MAX_UNREAD_CHARS:
                self._read()

    def lines(self) -> list[str]:
        """The last lines, oldest first."""
        with self._lock:
            self._read()
            lines = self._screen.lines
            shown = lines if lines[-1].strip() else lines[:-1]
            return shown[-self._max_lines :]

    def _read(self) -> None:
        text = "".join(self._unread)
        begun = _BEGUN.search(text)
        rest = "" if begun is None else begun.group()
        self._screen.show(text[: len(text) - len(rest)])
        self._unread, self._unread_chars = [rest], len(rest)


class _Screen:
    """Lines with a cursor; the uppermost makes room for a new one at the bottom."""

    def __init__(self, height: int, width: int) -> None:
        self._height, self._width = height, width
        self.lines = [""]
        self._row = self._column = 0

    def show(self, text: str) -> None:
        at = 0
        for control in _CONTROL.finditer(text):
            if control.start() > at:
                self._put(text[at : control.start()])
            at = control.end()
            if control["command"]:
                self._command(control["command"], control["number"])
            else:
                self._press(control.group())
        if at < len(text):
            self._put(text[at:])

    def _put(self, text: str) -> None:
        line, end = self.lines[self._row], self._column + len(text)
        line = line[: self._column].ljust(self._column) + text + line[end:]
        too_many = max(0, len(line) - self._width)
        self.lines[self._row] = line[too_many:]
        self._column = max(0, end - too_many)

    def _press(self, key: str) -> None:
        if key == "\b":
            self._column = max(0, self._column - 1)
        elif key in ("\r", "\n"):
            self._column = 0
        if key == "\n":
            self._row += 1
            if self._row == len(self.lines):
                self.lines.append("")
            if len(self.lines) > self._height:
                del self.lines[0]
                self._row -= 1

    def _command(self, command: str, number: str) -> None:
        if command == "A":  # up, as bars below one another do
            self._row = max(0, self._row - (int(number[:4]) if number else 1))
        elif command == "K" and number == "2":
            self.lines[self._row] = ""
        elif command == "K" and number in ("", "0"):
            self.lines[self._row] = self.lines[self._row][: self._column]
