"""What every widget of ours has: the bundle, a name on the wire, and the routing of its comm."""

from __future__ import annotations

import functools
import threading
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import anywidget
import ipywidgets
import traitlets as t

from ..kernel.clock import current_clock
from ..kernel.news import News, tell_observers
from ..kernel.wiring import is_ended, trait_lock, wire_comm
from ..protocol import from_page
from ..protocol.fields import BadMessageError
from ..protocol.page_text import for_pages
from ..protocol.parts import PartWanted, part_message
from .option_names import (
    OptionsSignature,
    check_options,
    plain_option,
    warn_of_misspelt,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..kernel.clock import Clock
    from ..runs.options import AnyOptions
    from ..sources.session import SourceSession
    from ..streams.binding import StreamBinding
    from ..streams.making import Hearing

STATIC = Path(__file__).parent.parent / "static"


def bundle(name: str) -> Path:
    """Where a file of the front end is; raises ImportError where it is not built."""
    path = STATIC / name
    if not path.is_file():
        raise ImportError(
            f"nbstream's front end ({name}) is not built. In a clone of the repository run `make bundle` "
            "(needs Node >= 20), or install a wheel."
        )
    return path


@functools.cache
def _text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def new_widget_id() -> str:
    """Make a name for a widget."""
    return uuid.uuid4().hex


class LaneWidget(anywidget.AnyWidget):
    """A widget that talks in custom messages; its traits travel from kernel to page only."""

    _esm_path: ClassVar[Path] = bundle("widget.js")
    _css_path: ClassVar[Path] = bundle("widget.css")

    # What Shift-Tab, `help` and completion show.
    __signature__ = OptionsSignature(anywidget.AnyWidget)

    # --- kernel -> browser -------------------------------------------------------------------
    # Texts, and no paths: for a path anywidget has a watcher of the class, which keeps every widget for ever.
    _esm = t.Unicode().tag(sync=True)
    """The module of the front end."""

    _css = t.Unicode().tag(sync=True)
    """Its style."""

    _widget_id = t.Unicode().tag(sync=True)
    """The widget's name in messages."""

    _kind = t.Unicode().tag(sync=True)
    """Which widget the bundle shall be."""

    _texts: Any = t.Dict(None, allow_none=True).tag(sync=True)
    """What its page says in place of the English words; `None` = those."""

    label = t.Unicode("").tag(sync=True)
    """Text above the widget; empty = none."""

    _own_layout: ipywidgets.Layout | None = None

    _told_later_in: int | None = None

    # The host has closed the comm: marimo does so when the cell that made the widget runs again.
    _is_ending = False

    def __init__(self, **traits: Any) -> None:
        check_options(type(self), traits, self.trait_names())
        self._news = News(type(self).__name__)
        # The page may have to tell the kernel without the host's comm: its name there is the widget's own.
        super().__init__(model_id=traits["_widget_id"], **traits)
        self._own_layout = None if "layout" in traits else self.layout
        self.on_msg(self._hear)

    def __setattr__(self, name: str, value: Any) -> None:
        # Most are options or the library's own.
        if self.has_trait(name):
            value = plain_option(self._traits[name], value)
        elif not hasattr(type(self), name):
            warn_of_misspelt(self, name, self.trait_names())
        super().__setattr__(name, value)

    def close(self) -> None:
        """Remove the widget from all pages, and the layout that was made for it."""
        super().close()
        if self._own_layout is not None:
            self._own_layout.close()

    @t.default("_texts")
    def _read_texts(self) -> dict[str, str] | None:
        from ..texts import current  # few notebooks ask for other words

        return current()

    @t.default("_esm")
    def _read_esm(self) -> str:
        return _text_of(self._esm_path)

    @t.default("_css")
    def _read_css(self) -> str:
        return _text_of(self._css_path)

    def send_to_pages(self, content: dict[str, Any], buffers: list[bytes]) -> None:
        """Hand a message to the comm; nothing happens once the widget is closed. From any thread."""
        if is_ended(self.comm):
            # Later, since whoever sends may hold locks that closing takes.
            if not self._is_ending:
                self._is_ending = True
                current_clock().call_later(0, self.close)
        elif self.comm is not None:
            self.send(for_pages(content), buffers)

    def set_and_tell_later(self, name: str, value: Any) -> None:
        """Set a trait in a thread that has others to serve; its observers are told in a thread of the widget's own."""
        with trait_lock(self):
            self._told_later_in = threading.get_ident()
            try:
                self.set_trait(name, value)
            finally:
                self._told_later_in = None

    def notify_change(self, change: Any) -> None:
        """Tell pages and observers; see `set_and_tell_later`."""
        if self._told_later_in != threading.get_ident():
            super().notify_change(change)
            return
        if self.comm is not None and change["name"] in self.keys:
            self.send_state(change["name"])
        tell_observers(self._news, self, change, newest_only=change["name"] == "frame")

    @t.validate("label", "device", "constraints", "_chosen_device")
    def _as_it_can_be_sent(self, proposal: Any) -> Any:
        return for_pages({"value": proposal["value"]})["value"]

    def _hear(self, _widget: Any, content: Any, buffers: Any) -> None:
        if isinstance(content, dict) and content.get("type") == "part":
            self._hand_over(content)
        else:
            self._receive(content, buffers)

    def _hand_over(self, content: dict[str, Any]) -> None:
        wanted = self._read(content, ())
        if isinstance(wanted, PartWanted):
            code = _text_of(STATIC / "parts" / f"{wanted.part}.js").encode()
            self.send_to_pages(part_message(wanted.part, len(code)), [code])

    def _receive(self, content: Any, buffers: Any) -> None:
        message = self._read(content, buffers)
        if message is not None:
            self._heard(message)

    def _read(self, content: Any, buffers: Any) -> from_page.PageMessage | None:
        """What a page says; `None` where it is rubbish, which is dropped."""
        try:
            return from_page.parse(content, buffers)
        except BadMessageError as error:
            self.log.debug("[nbstream] dropped a message: %s", error)
            return None

    def _heard(self, message: from_page.PageMessage) -> None:
        """Do what a page says; for widgets that do not have a session of their own for that."""
        raise NotImplementedError

    @t.observe("comm")
    def _route(self, change: Any) -> None:
        wire_comm(self, change["new"])


class SourceBase(LaneWidget):
    """A widget that streams come from: what it captures is given to functions by its session."""

    _session: SourceSession
    _clock: Clock

    @property
    def bindings(self) -> list[StreamBinding]:
        """The streams of this source, oldest first."""
        return self._session.bindings

    def start(self) -> None:
        """Start it and all its streams, as the Start button does; without a stream it is shown in the page."""
        self._session.start()

    def stop(self) -> None:
        """Stop all its streams, and let go of the device or file, as the Stop button does."""
        self._session.stop()

    def close(self) -> None:
        """Stop for good: streams, threads and device end, the widget leaves all pages."""
        # One that was refused when it was made is closed as well, when it is collected.
        if hasattr(self, "_session"):
            self._session.close()
        super().close()

    def _receive(self, content: Any, buffers: Any) -> None:
        self._session.receive(content, buffers)

    def _streamed(
        self,
        fn: Callable[..., Any] | None,
        inputs: Any,
        outputs: Any,
        asked: AnyOptions,
        hearing_of: Callable[[AnyOptions], Hearing] | None = None,
    ) -> StreamBinding | Callable[[Callable[..., Any]], StreamBinding]:
        """What `stream()` returns, of this source alone."""
        # A stream brings what runs it: an import of nbstream alone does without.
        from ..streams.making import bind, make_plan

        def make(function: Callable[..., Any]) -> StreamBinding:
            hearing = None if hearing_of is None else hearing_of(asked)
            every_s = (asked["stream_every"] or 0.0) if hearing is None else hearing.every_s
            plan = make_plan(
                [self], function, inputs, outputs, asked, pictures_every_s=every_s, hearing=hearing
            )
            return bind([self], plan, self._clock, replace=not asked["add"])

        return make if fn is None else make(fn)
