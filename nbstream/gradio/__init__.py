"""Gradio's way to write a streaming app, in a notebook: ``import nbstream.gradio as gr``.

It needs no Gradio, and nothing listens on a port. docs/gradio.md lists every name: what is the same, what differs,
what is not there.
"""

from functools import partial
from types import SimpleNamespace
from typing import Any

from .blocks import Blocks
from .components.audio import Audio
from .components.choices import CheckboxGroup, Dropdown, Radio
from .components.fields import Button, Checkbox, ColorPicker, Number, Slider, Textbox
from .components.image import Image, WebcamOptions
from .components.pictures import AnnotatedImage, Gallery, Plot
from .components.shown import HTML, JSON, Label, Markdown
from .components.state import State
from .events.dependency import on
from .events.event_data import EventData, SelectData
from .events.notices import Error, Info, Success, Warning  # noqa: A004 - Gradio's name
from .events.progress import Progress
from .interface import Interface
from .tree.layout import Accordion, Column, Group, Row, Tab, Tabs
from .updates import skip, update

__all__ = [
    "HTML",
    "JSON",
    "Accordion",
    "AnnotatedImage",
    "Audio",
    "Blocks",
    "Button",
    "Checkbox",
    "CheckboxGroup",
    "ColorPicker",
    "Column",
    "Dropdown",
    "Error",
    "EventData",
    "Gallery",
    "Group",
    "Image",
    "Info",
    "Interface",
    "Label",
    "Markdown",
    "Mic",
    "Microphone",
    "Number",
    "Plot",
    "Progress",
    "Radio",
    "Row",
    "SelectData",
    "Slider",
    "State",
    "Success",
    "Tab",
    "TabItem",
    "Tabs",
    "Text",
    "TextArea",
    "Textbox",
    "Warning",
    "WaveformOptions",
    "WebcamOptions",
    "on",
    "skip",
    "themes",
    "update",
]

# Gradio's other names for some of them.
Mic = Microphone = Audio
TabItem = Tab
Text = Textbox
TextArea = partial(Textbox, lines=7)


class WaveformOptions(SimpleNamespace):
    """How a waveform looks: accepted, the theme of the notebook decides."""


class _Themes:
    """Gradio's themes, their colours, sizes and fonts: accepted, the theme of the notebook decides."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self

    def __call__(self, *_: Any, **__: Any) -> Any:
        return self


themes = _Themes()


def __getattr__(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    raise AttributeError(
        f"nbstream.gradio has no {name} (it covers streaming apps: {', '.join(__all__)})."
    )
