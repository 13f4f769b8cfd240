"""`Interface`: an app made of a function, its inputs and its outputs."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from .blocks import Blocks
from .components.audio import Audio
from .components.choices import CheckboxGroup, Dropdown, Radio
from .components.component import Component
from .components.fields import Button, Checkbox, ColorPicker, Number, Slider, Textbox
from .components.image import Image
from .components.pictures import AnnotatedImage, Gallery, Plot
from .components.shown import HTML, JSON, Label, Markdown
from .components.state import State
from .events.dependency import Listener, on
from .tree.arguments import sort_out
from .tree.layout import Accordion, Column, Row

NAMED: tuple[type[Component], ...] = (
    *(Textbox, Number, Slider, Dropdown, Radio, Checkbox, CheckboxGroup, ColorPicker),
    *(Image, Audio, Label, Markdown, HTML, JSON, Plot, AnnotatedImage, Gallery, State),
)
SHORTCUTS: Mapping[str, type[Component]] = {
    "text": Textbox,
    "mic": Audio,
    "microphone": Audio,
    **{one.__name__.lower(): one for one in NAMED},
}
"""What may be written as a text in place of a component."""


class Interface(Blocks):
    """An app of one function.

    Parameters
    ----------
    fn
        The function.
    inputs, outputs
        Components, or texts such as "image", "text" and "number" for them.
    live
        Whether it is called at each change, and with each picture of a component with `streaming=True`; else by a
        button.
    title, description, article
        Texts above and below, with Markdown.
    concurrency_limit
        As for events.
    additional_inputs, additional_inputs_accordion
        More inputs, folded away.
    submit_btn, clear_btn
        Texts of the buttons, or buttons; `None` = no button to clear.
    time_limit, stream_every
        Of the stream, in seconds.
    options
        Gradio's others: accepted where they mean nothing in a notebook. There is no button to flag.

    Raises
    ------
    ValueError
        If an argument asks for what cannot be had here.
    """

    def __init__(
        self,
        fn: Callable[..., Any],
        inputs: Any,
        outputs: Any,
        *,
        live: bool = False,
        title: str | None = None,
        description: str | None = None,
        article: str | None = None,
        concurrency_limit: int | str | None = "default",
        additional_inputs: Any = None,
        additional_inputs_accordion: str | Accordion | None = None,
        submit_btn: str | Button = "Submit",
        clear_btn: str | Button | None = "Clear",
        time_limit: float | None = 30,
        stream_every: float = 0.5,
        css: str | None = None,
        **options: Any,
    ) -> None:
        sort_out("Interface", options, ())
        super().__init__(css=css)
        self.fn = fn
        self.live = live
        main = _components(inputs)
        more = _components(additional_inputs)
        self.input_components = [*main, *more]
        self.output_components = _shared_state(self.input_components, _components(outputs))
        _name(self.input_components, self.output_components, fn)
        with self:
            self._lay_out(title, description, article)
            with Row():
                buttons = self._inputs_column(
                    main, more, additional_inputs_accordion, submit_btn, clear_btn
                )
                self._outputs_column()
            if live:
                self._call_live(concurrency_limit, time_limit, stream_every)
            else:
                self._call_by_button(buttons[0], concurrency_limit)
            if buttons[1:]:
                self._clear_by_button(buttons[1])
            if article:
                Markdown(article)

    def _lay_out(self, title: str | None, description: str | None, article: str | None) -> None:
        del article  # it comes last
        if title:
            Markdown(f"# {title}")
        if description:
            Markdown(description)

    def _inputs_column(
        self,
        main: list[Component],
        more: list[Component],
        accordion: str | Accordion | None,
        submit_btn: str | Button,
        clear_btn: str | Button | None,
    ) -> list[Button]:
        with Column():
            for one in main:
                one.render()
            if more:
                folded = accordion
                if not isinstance(folded, Accordion):
                    folded = Accordion(folded or "Additional Inputs", open=folded is not None)
                with folded:
                    for one in more:
                        one.render()
            with Row():
                clear = [] if clear_btn is None else [_button(clear_btn, "secondary")]
                submit = [] if self.live else [_button(submit_btn, "primary")]
        return [*submit, *clear] if not self.live else [Button(render=False), *clear]

    def _outputs_column(self) -> None:
        shown = [one for one in self.output_components if one not in self.input_components]
        if not shown:
            return
        with Column():
            for one in shown:
                if one.interactive is None:
                    one.interactive = False
                one.render()

    def _call_live(
        self, limit: int | str | None, time_limit: float | None, stream_every: float
    ) -> None:
        streams = [one for one in self.input_components if getattr(one, "streaming", False)]
        others = [
            one
            for one in self.input_components
            if "change" in one.EVENTS and one not in streams and not isinstance(one, State)
        ]
        on(
            [Listener(one, "stream") for one in streams]
            + [Listener(one, "change") for one in others],
            self.fn,
            self.input_components,
            self.output_components,
            trigger_mode="multiple" if streams else "always_last",
            concurrency_limit=limit,
            time_limit=time_limit,
            stream_every=stream_every,
        )

    def _call_by_button(self, submit: Button, limit: int | str | None) -> None:
        fields = [one for one in self.input_components if "submit" in one.EVENTS]
        on(
            [submit.click, *(Listener(one, "submit") for one in fields)],
            self.fn,
            self.input_components,
            self.output_components,
            concurrency_limit=limit,
        )

    def _clear_by_button(self, clear: Button) -> None:
        captured = [one for one in self.input_components if isinstance(one, (Image, Audio))]
        every = dict.fromkeys([*self.output_components, *self.input_components])
        cleared = [one for one in every if one not in captured]
        first = [one.value if one in self.input_components else None for one in cleared]
        clear.click(lambda: first[0] if len(first) == 1 else first, None, cleared)


def _components(things: Any) -> list[Component]:
    if things is None:
        return []
    found = []
    for one in things if isinstance(things, (list, tuple)) else [things]:
        if isinstance(one, str):
            if one.lower() not in SHORTCUTS:
                raise ValueError(
                    f"gr.Interface() was given {one!r:.60}; expected a component or one of {', '.join(SHORTCUTS)}."
                )
            found.append(SHORTCUTS[one.lower()](render=False))
            continue
        if not isinstance(one, Component):
            raise TypeError(f"gr.Interface() was given {one!r:.60}; expected a component.")
        one.unrender()
        found.append(one)
    return found


def _shared_state(inputs: list[Component], outputs: list[Component]) -> list[Component]:
    """A `State` among the outputs is the one among the inputs."""
    states = [one for one in inputs if isinstance(one, State)]
    return [states[0] if isinstance(one, State) and states else one for one in outputs]


def _name(inputs: list[Component], outputs: list[Component], fn: Callable[..., Any]) -> None:
    """As in Gradio: what has no label is called as the argument, or "output"."""
    try:
        arguments = list(inspect.signature(fn).parameters)
    except ValueError:
        arguments = []
    for one, argument in zip(inputs, arguments, strict=False):
        one.label = argument if one.label is None else one.label
    results = [one for one in outputs if one not in inputs]
    for number, one in enumerate(results):
        if one.label is None:
            one.label = "output" if len(results) == 1 else f"output {number}"


def _button(button: str | Button, variant: str) -> Button:
    if isinstance(button, Button):
        button.unrender()
        button.render()
        return button
    return Button(button, variant=variant)
