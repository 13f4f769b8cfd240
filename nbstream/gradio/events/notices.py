"""What functions say to the person: errors, warnings and news, above the app for some seconds."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import ipywidgets

from nbstream.kernel.clock import Timer, current_clock
from nbstream.kernel.wiring import set_trait, unwire, wire
from nbstream.pages.notices import Kind, teller_now

logger = logging.getLogger("nbstream")

MAX_NOTICES = 5
MAX_CHARS = 1000


class Error(Exception):
    """Raise this in a function to say what is wrong; its outputs stay as they are.

    Parameters
    ----------
    message
        What is said. It is set as text, never as HTML.
    duration
        Seconds that it stays; `None` = until it is closed.
    visible
        Whether it is shown.
    title
        The word before it.
    print_exception
        Means nothing here: the traceback of an error that is meant helps nobody.
    """

    def __init__(
        self,
        message: str = "Error raised.",
        duration: float | None = 10,
        visible: bool = True,
        title: str = "Error",
        print_exception: bool = True,
    ) -> None:
        self.message, self.duration, self.visible, self.title = message, duration, visible, title
        self.print_exception = print_exception
        super().__init__(message)


def Warning(  # noqa: N802, A001 - Gradio's name
    message: str = "Warning issued.",
    duration: float | None = 10,
    visible: bool = True,
    title: str = "Warning",
) -> None:
    """Say something that the person should heed; called in a function of the app."""
    _say("warning", message, duration, visible, title)


def Info(  # noqa: N802 - Gradio's name
    message: str = "Info issued.",
    duration: float | None = 10,
    visible: bool = True,
    title: str = "Info",
) -> None:
    """Say something; called in a function of the app."""
    _say("info", message, duration, visible, title)


def Success(  # noqa: N802 - Gradio's name
    message: str = "Success.",
    duration: float | None = 10,
    visible: bool = True,
    title: str = "Success",
) -> None:
    """Say that something has gone well; called in a function of the app."""
    _say("success", message, duration, visible, title)


def say_error(error: BaseException) -> None:
    """Show an error of a function; one that is not meant for the person with its type."""
    if isinstance(error, Error):
        _say("error", error.message, error.duration, error.visible, error.title)
    else:
        _say("error", f"{type(error).__name__}: {error}", 10, True, "Error")


def _say(kind: Kind, message: str, duration_s: float | None, visible: bool, title: str) -> None:
    teller = teller_now.get()
    if not visible:
        return
    if teller is None:
        logger.warning("[nbstream] %s: %s (said outside of an app's function)", title, message)
        return
    teller.say(kind, f"{title}: {message}", duration_s)


class Panel:
    """The place above an app for what its functions tell. `_lock` guards which rows are in use.

    The rows are made once: what a function says makes no widget.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows = [_Row(self._row_closed) for _ in range(MAX_NOTICES)]
        self._order: tuple[_Row, ...] = ()
        self._text = ipywidgets.Label()
        self._bar = ipywidgets.FloatProgress(max=1.0)
        self._bar.layout.width = "100%"
        self._progress = ipywidgets.VBox([self._text, self._bar])
        self._progress.layout.display = "none"
        self._progress.add_class("nbstream-gradio-progress")
        for widget in (self._text, self._bar):
            wire(widget)
        self.widget = ipywidgets.VBox([*(row.box for row in self._rows), self._progress])
        self.widget.add_class("nbstream-gradio-notices")

    @property
    def notices(self) -> list[tuple[str, str]]:
        """(kind, text) of what is shown, oldest first."""
        return [(row.kind, row.text.value) for row in self._order]

    @property
    def progress(self) -> tuple[float, str] | None:
        """(share that is done, text), while it is shown."""
        if self._progress.layout.display == "none":
            return None
        return self._bar.value, self._text.value

    def say(self, kind: Kind, text: str, seconds: float | None) -> None:
        """Show a notice for a while; the oldest makes room. From any thread."""
        with self._lock:
            free = [row for row in self._rows if row not in self._order]
            row = free[0] if free else self._order[0]
            self._order = (*(one for one in self._order if one is not row), row)
            row.show(kind, text[:MAX_CHARS], seconds)

    def show_progress(self, share: float | None, text: str) -> None:
        """Show how far a function is; `None` = nobody knows. From any thread."""
        set_trait(self._text, "value", text[:MAX_CHARS])
        set_trait(self._bar, "value", 0.0 if share is None else min(max(share, 0.0), 1.0))
        set_trait(self._progress.layout, "display", None)

    def end_progress(self) -> None:
        """The function has ended."""
        if self.progress is not None:
            set_trait(self._progress.layout, "display", "none")

    def close(self) -> None:
        """End the timers."""
        with self._lock:
            for row in self._rows:
                row.close()
        for widget in (self._text, self._bar):
            unwire(widget)

    def _row_closed(self, row: _Row) -> None:
        with self._lock:
            if row in self._order:
                self._order = tuple(one for one in self._order if one is not row)
                row.hide()


class _Row:
    """One notice; its panel's lock guards it."""

    def __init__(self, closed: Callable[[_Row], None]) -> None:
        self.kind = ""
        self.text = ipywidgets.Label()
        self._button = ipywidgets.Button(description="\u00d7", tooltip="Close")
        self._button.layout.width = "2.5em"
        self._button.on_click(lambda _button: closed(self))
        self.box = ipywidgets.HBox([self.text, self._button])
        self.box.layout.display = "none"
        self._closed = closed
        self._timer: Timer | None = None
        for widget in (self.text, self._button):
            wire(widget)

    def show(self, kind: str, text: str, duration_s: float | None) -> None:
        self._cancel()
        self.kind = kind
        set_trait(self.text, "value", text)
        classes = ("nbstream-gradio-notice", f"nbstream-gradio-{kind}")
        set_trait(self.box, "_dom_classes", classes)
        set_trait(self.box.layout, "display", None)
        if duration_s is not None:
            self._timer = current_clock().call_later(duration_s, lambda: self._closed(self))

    def hide(self) -> None:
        self._cancel()
        set_trait(self.box.layout, "display", "none")

    def close(self) -> None:
        self._cancel()
        for widget in (self.text, self._button):
            unwire(widget)

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
