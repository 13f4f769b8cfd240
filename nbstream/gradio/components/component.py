"""A block with a value, which functions read and write, and whose events call functions."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

import ipywidgets

from nbstream.kernel.wiring import set_trait
from nbstream.protocol.page_text import sendable

from ..events.dependency import Listener
from ..events.event_data import EventData
from ..events.notices import Error
from ..tree.arguments import settle
from ..tree.block import Block, BlockPort
from ..tree.tables import OTHER_EVENTS

if TYPE_CHECKING:
    from nbstream.runs.plan import Origin

Fire = Callable[[EventData], None]


class Component(Block):
    """A block with a value.

    Parameters
    ----------
    value
        The first value; a function is called for it when the app is launched.
    rest
        Gradio's other arguments: `label`, `info`, `show_label`, `interactive`, and those of every block. What means
        nothing in a notebook is accepted.

    Raises
    ------
    ValueError
        If an argument asks for what cannot be had here.
    """

    EVENTS: ClassVar[tuple[str, ...]] = ("change",)
    """What can happen to it."""

    def __init__(self, value: Any = None, **rest: Any) -> None:
        kept = settle(type(self).__name__, rest)
        self.value = value
        self.label: str | None = kept.pop("label", None)
        self.info: str | None = kept.pop("info", None)
        self.show_label: bool | None = kept.pop("show_label", None)
        self.interactive: bool | None = kept.pop("interactive", None)
        self.is_input = True
        """Whether a person can change it; known when the app is launched."""
        self.is_result = False
        """Whether it is an output of a function that does not get it as an input; known then, too."""
        self.targeted: frozenset[str] = frozenset()
        """The events of it that call functions; known when the app is launched."""
        self._fired: dict[str, list[Fire]] = {}
        self._own_writes = threading.local()
        super().__init__(**{"min_width": 160, **kept})

    @property
    def name(self) -> str:
        """How messages name it."""
        return self.label or type(self).__name__

    @property
    def shown_label(self) -> str:
        """The text above it; "" = none."""
        return "" if self.show_label is False else self.name

    def first_value(self) -> Any:
        """The value that it begins with."""
        return self.value() if callable(self.value) else self.value

    # --- events ------------------------------------------------------------------------------

    @property
    def change(self) -> Listener:
        """The value is another one, whoever has changed it."""
        return self._listener("change")

    @property
    def input(self) -> Listener:
        """The person has changed the value."""
        return self._listener("input")

    @property
    def click(self) -> Listener:
        """It was pressed."""
        return self._listener("click")

    @property
    def submit(self) -> Listener:
        """Enter was pressed in it."""
        return self._listener("submit")

    @property
    def select(self) -> Listener:
        """A choice was chosen, or a picture clicked."""
        return self._listener("select")

    @property
    def release(self) -> Listener:
        """The person has moved the slider."""
        return self._listener("release")

    @property
    def stream(self) -> Listener:
        """There is a new picture or piece of sound, between Start and Stop."""
        return self._listener("stream")

    @property
    def start_recording(self) -> Listener:
        """The microphone has begun to listen."""
        return self._listener("start_recording")

    @property
    def stop_recording(self) -> Listener:
        """The microphone listens no more."""
        return self._listener("stop_recording")

    def __getattr__(self, name: str) -> Any:
        """An event that it has not is refused in a sentence: one of Gradio's, or one that others have here."""
        if name in OTHER_EVENTS or isinstance(getattr(Component, name, None), property):
            return self._listener(name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def _listener(self, event_name: str) -> Listener:
        if event_name not in self.EVENTS:
            has = f"its events are {', '.join(self.EVENTS)}" if self.EVENTS else "it has no events"
            raise AttributeError(
                f"gr.{type(self).__name__} has no event {event_name!r} in nbstream.gradio; {has}."
            )
        return Listener(self, event_name)

    def on_event(self, name: str, fire: Fire) -> None:
        """Have `fire` called each time that it happens."""
        self._fired.setdefault(name, []).append(fire)

    def forget_events(self) -> None:
        """Call nobody any more."""
        self._fired.clear()

    def happened(self, name: str, data: EventData | None = None) -> None:
        """Tell those who listen; from any thread."""
        for fire in self._fired.get(name, ()):
            fire(data or EventData(self))

    def changed(self, _change: Any = None) -> None:
        """The value is another one: "change", and "input" unless a function of the app has set it."""
        self.happened("change")
        if not getattr(self._own_writes, "is_on", False):
            self.happened("input")

    # --- values ------------------------------------------------------------------------------

    def nbstream_input(self) -> BlockPort:
        """How a stream reads it: what the person must mend comes as a `gr.Error`, and is said."""
        return ComponentPort(self)

    def show(self, value: Any, origin: Origin | None = None) -> None:
        before = getattr(self._own_writes, "is_on", False)
        self._own_writes.is_on = True
        try:
            self._show(sendable(value), origin)
        finally:
            self._own_writes.is_on = before

    def _show(self, value: Any, origin: Origin | None) -> None:
        raise NotImplementedError


class ComponentPort(BlockPort):
    """A component as input of a stream."""

    def read(self, frame: Any) -> Any:
        try:
            return super().read(frame)
        except Error as error:
            return error


class FormComponent(Component):
    """A component that is one of ipywidgets', with a label above it."""

    inner: ipywidgets.Widget

    def build(self) -> ipywidgets.Widget:
        if self.widget is None:
            super().build()
            if (value := self.first_value()) is not None:
                self.show(value)
            self._watch()
        return self.widget

    def _make(self) -> ipywidgets.Widget:
        self.inner = self._wire(self._make_inner())
        self.inner.layout.width = "auto"
        if hasattr(self.inner, "disabled"):
            self.inner.disabled = not self.is_input
        self._label = ipywidgets.Label(self.shown_label)
        self._label.add_class("nbstream-gradio-label")
        self._info = ipywidgets.Label(self.info or "")
        self._info.add_class("nbstream-gradio-info")
        self._hide_empty()
        return ipywidgets.VBox([self._label, self._info, self.inner])

    def _make_inner(self) -> ipywidgets.Widget:
        raise NotImplementedError

    def _watch(self) -> None:
        self.inner.observe(self.changed, "value")

    def _hide_empty(self) -> None:
        for text in (self._label, self._info):
            set_trait(text.layout, "display", None if text.value else "none")

    def _set_label(self, value: str | None) -> None:
        self.label = value
        set_trait(self._label, "value", self.shown_label)
        self._hide_empty()

    def _set_show_label(self, value: bool | None) -> None:
        self.show_label = value
        self._set_label(self.label)

    def _set_info(self, value: str | None) -> None:
        self.info = value
        set_trait(self._info, "value", value or "")
        self._hide_empty()

    def _set_interactive(self, value: bool | None) -> None:
        self.interactive = value
        self.is_input = value is not False
        set_trait(self.inner, "disabled", not self.is_input)
