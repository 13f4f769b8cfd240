"""What a function tells the person who looks at its stream: a line over the picture, for a while."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from typing import Literal, get_args

from ..kernel.clock import Clock
from ..protocol.page_text import page_text

Kind = Literal["info", "success", "warning", "error"]

# Told apart by more than a colour.
SIGNS: dict[str, str] = {"info": "", "success": "✓ ", "warning": "⚠ ", "error": "✕ "}
MAX_CHARS = 300
MAX_SHOWN_S = 3600.0

_now: contextvars.ContextVar[Notices] = contextvars.ContextVar("nbstream_notices")


class Notices:
    """The newest notice of one stream. `_lock` guards the fields.

    Parameters
    ----------
    changed
        Called when pages shall look again.
    """

    def __init__(self, clock: Clock, changed: Callable[[], None]) -> None:
        self._clock = clock
        self._changed = changed
        self._lock = threading.Lock()
        self._text = ""
        self._until_s = 0.0

    def follow(self) -> None:
        """From now on, in this context, `notice` speaks here."""
        _now.set(self)

    def show(self, text: str, kind: Kind, seconds: float) -> None:
        """Show a text in place of the one before."""
        with self._lock:
            self._text = SIGNS[kind] + page_text(text, MAX_CHARS)
            self._until_s = self._clock.now_s() + seconds
        self._changed()

    def shown(self) -> str | None:
        """What is to be seen now; `None` = nothing."""
        with self._lock:
            return self._text if self._text and self._clock.now_s() < self._until_s else None


def notice(text: object, kind: Kind = "info", seconds: float = 5.0) -> None:
    """Tell the person something, from a stream's function: a line over the picture.

    Parameters
    ----------
    text
        One line; the newest takes the place of the one before.
    kind
        "info", "success", "warning" or "error": the sign before it.
    seconds
        How long it stays, 0..3600.

    Raises
    ------
    ValueError
        If kind or seconds are none of those.
    RuntimeError
        If it is called outside of a stream's function.
    """
    if kind not in get_args(Kind):
        expected = ", ".join(get_args(Kind))
        raise ValueError(f"notice() was given kind={kind!r:.80}; expected one of {expected}.")
    if not 0 <= seconds <= MAX_SHOWN_S:
        raise ValueError(f"notice() was given seconds={seconds!r:.80}; expected 0..3600.")
    notices = _now.get(None)
    if notices is None:
        raise RuntimeError(
            "notice() was called outside of a stream's function, so no widget shows it. Call it in the function, and "
            "in the kernel: a worker of executor= has no page."
        )
    notices.show(str(text), kind, seconds)
