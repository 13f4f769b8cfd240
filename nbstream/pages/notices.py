"""What a function tells the person who looks: notices, and how far it is. Where it is shown depends on who calls it.

A stream shows it over its picture, an app of `nbstream.gradio` above itself; the function does not know.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from typing import Literal, Protocol, get_args

from ..kernel.clock import Clock
from ..protocol.page_text import page_text

Kind = Literal["info", "success", "warning", "error"]

# Told apart by more than a colour.
SIGNS: dict[str, str] = {"info": "", "success": "✓ ", "warning": "⚠ ", "error": "✕ "}
MAX_CHARS = 300
MAX_SHOWN_S = 3600.0
# More would be told than anybody sees.
STEPS_TOLD = 200


class Teller(Protocol):
    """Shows what a function tells; from any thread."""

    def say(self, kind: Kind, text: str, seconds: float | None) -> None:
        """Show a text for a while; `None` = until the person closes it, where that can be done."""

    def show_progress(self, share: float | None, text: str) -> None:
        """Show how much is done, 0..1; `None` = nobody knows."""

    def end_progress(self) -> None:
        """The call has ended."""


teller_now: contextvars.ContextVar[Teller | None] = contextvars.ContextVar(
    "nbstream_teller", default=None
)
"""Who shows what the function that runs tells; `None` = nobody."""


class Notices:
    """The newest notice and the progress of one stream. `_lock` guards the fields.

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
        self._progress: tuple[float | None, str] | None = None

    def follow(self) -> None:
        """From now on, in this context, functions speak here; an app's go on to speak in the app."""
        if isinstance(teller_now.get(), (Notices, type(None))):
            teller_now.set(self)

    def say(self, kind: Kind, text: str, seconds: float | None) -> None:
        """Show a text in place of the one before."""
        with self._lock:
            self._text = SIGNS[kind] + page_text(text, MAX_CHARS)
            shown_s = MAX_SHOWN_S if seconds is None else seconds
            self._until_s = self._clock.now_s() + shown_s
        self._changed()

    def show_progress(self, share: float | None, text: str) -> None:
        """Show it until the call ends."""
        told = None if share is None else round(share * STEPS_TOLD) / STEPS_TOLD
        progress = (told, page_text(text, MAX_CHARS))
        with self._lock:
            is_news, self._progress = progress != self._progress, progress
        if is_news:
            self._changed()

    def end_progress(self) -> None:
        """Show it no longer."""
        with self._lock:
            was_shown, self._progress = self._progress is not None, None
        if was_shown:
            self._changed()

    def shown(self) -> str | None:
        """What is to be seen now; `None` = nothing."""
        with self._lock:
            if self._text and self._clock.now_s() < self._until_s:
                return self._text
            return self._progress[1] or None if self._progress else None

    @property
    def share(self) -> float | None:
        """How much of the call is done, 0..1; `None` = it is not told."""
        with self._lock:
            return self._progress[0] if self._progress else None


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
    _teller("notice").say(kind, str(text), seconds)


def progress(share: float | None, text: object = "") -> None:
    """Tell how far a long call is, from a stream's function or its `warm_up`: a bar over the picture until it ends.

    Parameters
    ----------
    share
        How much is done, 0..1; `None` = nobody knows: the text alone is shown.
    text
        One line that goes with it, such as ``"Loading the model"``.

    Raises
    ------
    ValueError
        If share is no number of 0..1.
    RuntimeError
        If it is called outside of a stream's function.
    """
    if share is not None and not 0 <= share <= 1:
        raise ValueError(f"progress() was given share={share!r:.80}; expected 0..1, or None.")
    _teller("progress").show_progress(None if share is None else float(share), str(text))


def _teller(name: str) -> Teller:
    teller = teller_now.get()
    if teller is None:
        raise RuntimeError(
            f"{name}() was called outside of a stream's function, so no widget shows it. Call it in the function, and "
            "in the kernel: a worker of executor= has no page."
        )
    return teller
