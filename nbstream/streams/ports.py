"""What a stream reads from and writes to: sources, displays, ipywidgets, `(widget, "trait")`, `State`.

Our own widgets make their ports themselves (`nbstream_input`, `nbstream_output`); this module knows the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from inspect import getattr_static
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import ipywidgets
import numpy as np
import traitlets

from ..errors import ResultError
from ..kernel.state import State
from ..kernel.wiring import check_open, set_trait, unwire, wire
from ..pictures.codecs import Format, mime_of
from ..pictures.result_pixels import encode_result
from ..protocol.page_text import brief, page_text, sendable
from ..results.trait_values import advice, plain
from ..runs.plan import InputPort, Origin, OutputPort, Trigger

if TYPE_CHECKING:
    from ..sounds.chunk import Captured

MAX_REASON_CHARS = 300


@runtime_checkable
class Readable(Protocol):
    """A widget of ours that a stream can read."""

    def nbstream_input(self) -> InputPort: ...


@runtime_checkable
class Writable(Protocol):
    """A widget of ours that a stream can write."""

    def nbstream_output(self) -> OutputPort: ...


class StatePort:
    """A `State` as input and output."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.key: Hashable = state
        self.name = "State"

    def attach(self) -> None: ...

    def detach(self) -> None: ...

    def read(self, frame: Captured) -> Any:
        return self._state.value

    def write(self, value: Any, origin: Origin) -> None:
        self._state.value = value


class ValuePort:
    """What has a `.value` and is no ipywidget: marimo's `mo.ui` elements, Solara's reactive values."""

    def __init__(self, thing: Any) -> None:
        self._thing = thing
        self.key: Hashable = ("value", id(thing))
        self.name = f"{type(thing).__name__}.value"

    def attach(self) -> None: ...

    def detach(self) -> None: ...

    def read(self, frame: Captured) -> Any:
        return self._thing.value

    def write(self, value: Any, origin: Origin) -> None:
        try:
            self._thing.value = value
        except Exception as error:
            raise ResultError(
                f"{brief(value)} for {self.name}, which cannot be set: {page_text(str(error), MAX_REASON_CHARS)} "
                "Give what shows results as an output, such as nbs.ImageView(), or an nbstream.State."
            ) from None


class TraitPort:
    """One trait of any ipywidget as input and output; while live, the widget has the lane's routing and lock."""

    def __init__(self, widget: ipywidgets.Widget, trait_name: str, key: Hashable) -> None:
        self._widget = widget
        self._trait_name = trait_name
        self.key = key
        self.name = f"{type(widget).__name__}.{trait_name}"

    def attach(self) -> None:
        check_open(self._widget)
        wire(self._widget)

    def detach(self) -> None:
        unwire(self._widget)

    def read(self, frame: Captured) -> Any:
        return getattr(self._widget, self._trait_name)

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` after each change of the trait; returns what ends that."""

        def handler(_change: object) -> None:
            changed()

        self._widget.observe(handler, self._trait_name)
        return lambda: self._widget.unobserve(handler, self._trait_name)

    def write(self, value: Any, origin: Origin) -> None:
        value = self._fitted(value)
        try:
            self._set(value)
        except traitlets.TraitError as error:
            trait = self._widget.traits()[self._trait_name]
            options = getattr(self._widget, "options", ()) if self._trait_name == "value" else ()
            why = page_text(str(error), MAX_REASON_CHARS).rstrip(".")
            came = f"{brief(value)} of type {type(value).__name__}: {why}"
            raise ResultError(f"{came}. {advice(value, trait, options)}") from None

    def _set(self, value: Any) -> None:
        try:
            set_trait(self._widget, self._trait_name, value)
        except traitlets.TraitError:
            # Some widgets take arrays as they are; others want a list.
            if not isinstance(value, np.ndarray):
                raise
            set_trait(self._widget, self._trait_name, value.tolist())

    def _fitted(self, value: Any) -> Any:
        """Pictures become encoded bytes where the widget is an `ipywidgets.Image`, and text what can be sent."""
        is_picture = isinstance(self._widget, ipywidgets.Image) and self._trait_name == "value"
        if not is_picture or value is None:
            return sendable(plain(value))
        data, _mime = encode_result(value, format=_image_format(self._widget))
        if mime_of(data) != f"image/{_image_format(self._widget)}":
            raise ResultError(
                f"{mime_of(data)} bytes; expected {self._widget.format}, the format of the Image widget. "
                "Set the widget's format to what you return."
            )
        return data


def _image_format(widget: ipywidgets.Image) -> Format:
    name = str(widget.format).lower()
    if name in ("jpg", "jpeg"):
        return "jpeg"
    return "webp" if name == "webp" else "png"


def as_input(thing: Any) -> InputPort:
    """Make an input port.

    Raises
    ------
    TypeError
        If `thing` is none.
    """
    if isinstance(thing, Readable) and not isinstance(thing, type):
        return thing.nbstream_input()
    return _any_port(thing, "an input")


def as_output(thing: Any) -> OutputPort:
    """Make an output port.

    Raises
    ------
    TypeError
        If `thing` is none.
    """
    if isinstance(thing, Writable) and not isinstance(thing, type):
        return thing.nbstream_output()
    return _any_port(thing, "an output")


def as_trigger(thing: Any) -> Trigger:
    """Make a trigger of an ipywidget or ``(widget, "trait")``.

    Raises
    ------
    TypeError
        If `thing` is neither.
    """
    port = None if isinstance(thing, Readable) else _any_port(thing, "a trigger")
    if not isinstance(port, TraitPort):
        raise TypeError(
            f"stream() was given {type(thing).__name__} {thing!r:.80} as a trigger; expected an ipywidget or "
            '(widget, "trait"). What changes with each picture calls the function anyway.'
        )
    return port


def as_list(things: Any) -> list[Any]:
    """Make a list of what may be one port, a list of ports, or `None`."""
    if things is None:
        return []
    if _is_trait_pair(things) or isinstance(things, str) or not isinstance(things, Sequence):
        return [things]
    return list(things)


def _any_port(thing: Any, role: str) -> StatePort | TraitPort | ValuePort:
    if isinstance(thing, State):
        return StatePort(thing)
    if _is_trait_pair(thing):
        widget, trait_name = thing
        _check_trait(widget, trait_name, f'({type(widget).__name__}, "{trait_name}") as {role}')
        return TraitPort(widget, trait_name, key=(widget, trait_name))
    if isinstance(thing, ipywidgets.Widget):
        _check_trait(thing, "value", f"a {type(thing).__name__} as {role}")
        return TraitPort(thing, "value", key=thing)
    if _has_value(thing):
        return ValuePort(thing)
    raise TypeError(
        f"stream() was given {type(thing).__name__} {thing!r:.80} as {role}; expected a source, a display, "
        'an ipywidget, (widget, "trait"), an nbstream.State or anything else with a .value.'
        + _port_advice(thing, role)
    )


def _has_value(thing: Any) -> bool:
    # Looked up without being read: marimo refuses that in the cell that makes the element.
    missing = object()
    return not isinstance(thing, type) and getattr_static(thing, "value", missing) is not missing


def _port_advice(thing: Any, role: str) -> str:
    if isinstance(thing, str):
        return " Give the widget itself, without quotes."
    if isinstance(thing, type):
        return f" Give a widget, not its class: {thing.__name__}()."
    if role == "an input":
        return " For a value of your own give an nbstream.State(value), or the function a default."
    return ""


def _is_trait_pair(thing: Any) -> bool:
    return (
        isinstance(thing, tuple)
        and len(thing) == 2
        and isinstance(thing[0], ipywidgets.Widget)
        and isinstance(thing[1], str)
    )


def _check_trait(widget: ipywidgets.Widget, trait_name: str, what: str) -> None:
    if isinstance(widget, ipywidgets.Button) and trait_name == "value":
        raise TypeError(
            f"stream() was given {what}, which has no value: it is only pressed. Keep what shall happen in an "
            "nbstream.State, set it in button.on_click(...), and give the State. A ToggleButton has a value."
        )
    if not widget.has_trait(trait_name):
        named = ", ".join(sorted(name for name in widget.keys if not name.startswith("_")))
        raise TypeError(
            f'stream() was given {what}, which has no trait "{trait_name}"; '
            f'give (widget, "trait") with one of: {named}.'
        )
