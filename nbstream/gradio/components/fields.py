"""Fields: a text, a number, a slider, a tick, a colour; and a button."""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING, Any

import ipywidgets

from nbstream.errors import ResultError
from nbstream.kernel.wiring import set_trait

from ..events.notices import Error
from ..tree.arguments import check_choice
from .component import Component, FormComponent

if TYPE_CHECKING:
    from nbstream.runs.plan import Origin

BUTTON_STYLES = {"primary": "primary", "secondary": "", "stop": "danger", "huggingface": ""}


class Textbox(FormComponent):
    """A line of text, or several.

    Parameters
    ----------
    value
        The first text.
    type
        "text", "password" or "email".
    lines
        How many are seen; of one, Enter is `.submit`.
    placeholder
        What an empty one shows.
    """

    EVENTS = ("change", "input", "submit")

    def __init__(
        self,
        value: Any = None,
        *,
        type: str = "text",
        lines: int = 1,
        placeholder: str | None = None,
        **rest: Any,
    ) -> None:
        check_choice("Textbox", "type", type, ("text", "password", "email"))
        self.type, self.lines, self.placeholder = type, lines, placeholder
        super().__init__(value, **rest)

    def read(self, frame: Any = None) -> Any:
        return self.inner.value

    def _make_inner(self) -> ipywidgets.Widget:
        options: dict[str, Any] = {"placeholder": self.placeholder or "\u200b"}
        if self.type == "password":
            return ipywidgets.Password(**options)
        if self.lines > 1:
            return ipywidgets.Textarea(rows=self.lines, **options)
        return ipywidgets.Text(**options)

    def _watch(self) -> None:
        super()._watch()
        self.inner.on_msg(self._receive)

    def _receive(self, _widget: Any, content: Any, _buffers: Any) -> None:
        if isinstance(content, dict) and content.get("event") == "submit":
            self.happened("submit")

    def _show(self, value: Any, _origin: Origin | None) -> None:
        set_trait(self.inner, "value", "" if value is None else str(value))

    def _set_placeholder(self, value: str | None) -> None:
        set_trait(self.inner, "placeholder", value or "")

    def _set_lines(self, value: int) -> None:
        if hasattr(self.inner, "rows"):
            set_trait(self.inner, "rows", value)


class Number(FormComponent):
    """A number, or nothing.

    Parameters
    ----------
    value
        The first number; `None` = nothing.
    precision
        How many decimals functions get; 0 = whole numbers, `None` = as it is.
    minimum, maximum
        What is beyond is an error when a function reads it.
    step
        Means nothing here: the field is a text.
    """

    EVENTS = ("change", "input", "submit")

    def __init__(
        self,
        value: Any = None,
        *,
        precision: int | None = None,
        minimum: float | None = None,
        maximum: float | None = None,
        step: float = 1,
        **rest: Any,
    ) -> None:
        self.precision, self.minimum, self.maximum, self.step = precision, minimum, maximum, step
        super().__init__(value, **rest)

    def read(self, frame: Any = None) -> Any:
        text = str(self.inner.value).strip()
        if not text:
            return None
        try:
            number = float(text)
        except ValueError:
            raise Error(f"{self.name}: {text!r:.40} is no number.") from None
        for limit, is_beyond in ((self.minimum, number.__lt__), (self.maximum, number.__gt__)):
            if limit is not None and is_beyond(limit):
                raise Error(f"{self.name}: {text} is beyond {limit:g}.")
        return rounded(number, self.precision)

    def _make_inner(self) -> ipywidgets.Widget:
        # A number field of ipywidgets cannot be empty, and `None` is what functions get of an empty one.
        return ipywidgets.Text(placeholder="\u200b")

    def _watch(self) -> None:
        super()._watch()
        self.inner.on_msg(self._receive)

    def _receive(self, _widget: Any, content: Any, _buffers: Any) -> None:
        if isinstance(content, dict) and content.get("event") == "submit":
            self.happened("submit")

    def _show(self, value: Any, _origin: Origin | None) -> None:
        text = "" if value is None else f"{rounded(_number(value), self.precision):.12g}"
        set_trait(self.inner, "value", text)


class Slider(FormComponent):
    """A number between two others.

    Parameters
    ----------
    minimum, maximum
        Its ends.
    value
        The first one; `None` = the minimum.
    step
        `None` = about a hundredth of the way.
    precision
        How many decimals functions get; 0 = whole numbers.
    randomize
        Whether it begins anywhere.
    """

    EVENTS = ("change", "input", "release")

    def __init__(
        self,
        minimum: float = 0,
        maximum: float = 100,
        value: Any = None,
        *,
        step: float | None = None,
        precision: int | None = None,
        randomize: bool = False,
        **rest: Any,
    ) -> None:
        self.minimum, self.maximum, self.precision = minimum, maximum, precision
        self.step = _step(maximum - minimum) if step is None else step
        self.randomize = randomize
        super().__init__(value, **rest)

    def first_value(self) -> Any:
        if self.randomize:
            step_count = int((self.maximum - self.minimum) / self.step)
            return self.minimum + random.randint(0, step_count) * self.step
        value = super().first_value()
        return self.minimum if value is None else value

    def read(self, frame: Any = None) -> Any:
        value = self.inner.value
        return rounded(value, self.precision)

    def _make_inner(self) -> ipywidgets.Widget:
        return ipywidgets.FloatSlider(
            min=self.minimum,
            max=self.maximum,
            step=self.step,
            value=self.minimum,
            readout_format=f".{_decimals(self.step)}f",
        )

    def changed(self, _change: Any = None) -> None:
        super().changed()
        if not getattr(self._own_writes, "is_on", False):
            self.happened("release")

    def _show(self, value: Any, _origin: Origin | None) -> None:
        set_trait(self.inner, "value", self.minimum if value is None else _number(value))

    def _set_minimum(self, value: float) -> None:
        self.minimum = value
        set_trait(self.inner, "min", value)

    def _set_maximum(self, value: float) -> None:
        self.maximum = value
        set_trait(self.inner, "max", value)

    def _set_step(self, value: float) -> None:
        self.step = value
        set_trait(self.inner, "step", value)


class Checkbox(FormComponent):
    """Yes or no."""

    EVENTS = ("change", "input")

    def __init__(self, value: Any = False, **rest: Any) -> None:
        super().__init__(value, **rest)

    def read(self, frame: Any = None) -> Any:
        return self.inner.value

    def _make_inner(self) -> ipywidgets.Widget:
        return ipywidgets.Checkbox(description=self.shown_label, indent=False)

    def _hide_empty(self) -> None:
        self._label.value = ""  # it stands beside the box
        super()._hide_empty()

    def _set_label(self, value: str | None) -> None:
        self.label = value
        set_trait(self.inner, "description", self.shown_label)

    def _show(self, value: Any, _origin: Origin | None) -> None:
        set_trait(self.inner, "value", bool(value))


class ColorPicker(FormComponent):
    """A colour, as "#rrggbb"."""

    EVENTS = ("change", "input")

    def read(self, frame: Any = None) -> Any:
        return self.inner.value

    def _make_inner(self) -> ipywidgets.Widget:
        return ipywidgets.ColorPicker(value="#000000", concise=False)

    def _show(self, value: Any, _origin: Origin | None) -> None:
        set_trait(self.inner, "value", "#000000" if value is None else str(value))


class Button(Component):
    """Calls functions when it is pressed.

    Parameters
    ----------
    value
        Its text.
    variant
        "primary", "secondary" or "stop".
    """

    EVENTS = ("click",)

    def __init__(
        self,
        value: Any = "Run",
        *,
        variant: str = "secondary",
        interactive: bool = True,
        min_width: int | None = None,
        **rest: Any,
    ) -> None:
        check_choice("Button", "variant", variant, tuple(BUTTON_STYLES))
        self.variant = variant
        super().__init__(value, interactive=interactive, min_width=min_width, **rest)

    def read(self, frame: Any = None) -> Any:
        return self.widget.description

    def _make(self) -> ipywidgets.Widget:
        button = self._wire(ipywidgets.Button(description=str(self.first_value())))
        button.button_style = BUTTON_STYLES[self.variant]
        button.disabled = not self.interactive
        button.layout.width = "auto"
        button.on_click(lambda _button: self.happened("click"))
        return button

    def _show(self, value: Any, _origin: Origin | None) -> None:
        set_trait(self.widget, "description", "" if value is None else str(value))

    def _set_variant(self, value: str) -> None:
        check_choice("Button", "variant", value, tuple(BUTTON_STYLES))
        set_trait(self.widget, "button_style", BUTTON_STYLES[value])

    def _set_interactive(self, value: bool) -> None:
        set_trait(self.widget, "disabled", not value)


def rounded(number: float, precision: int | None) -> float:
    """With so many decimals, `None` = as it is. Whole numbers are int, as Gradio's page sends them."""
    if precision is not None:
        number = round(number, precision)
    return int(number) if float(number).is_integer() else number


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ResultError(f"{value!r:.80}; expected a number") from None


def _decimals(step: float) -> int:
    return max(0, -math.floor(math.log10(step))) if step > 0 else 0


def _step(width: float) -> float:
    """A power of ten, a hundredth of the way or less."""
    return float(10.0 ** math.floor(math.log10(width) - 2)) if width > 0 else 1.0
