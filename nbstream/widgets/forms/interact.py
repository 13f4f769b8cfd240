"""`interact` and `interactive`: a camera or microphone, controls and the result, of a function alone.

The controls are made by ipywidgets' own `interactive`, so its abbreviations mean here what they mean there.
"""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets

from ...calls.caller import name_of
from ...kernel.wiring import unwire, wire
from ...results.trait_values import plain
from ...runs.plan import InputPort
from ...sounds.chunk import Captured
from ...sounds.format import Sound
from ...streams.binding import StreamBinding
from ..microphone import Microphone
from ..webcam import Webcam
from .any_result import AnyResult


class interactive(ipywidgets.interactive):  # type: ignore[misc]  # noqa: N801 - ipywidgets' own name
    """A widget of a function: the camera for its first parameter, a control for each other, the result beside it.

    Parameters
    ----------
    fn
        Called with each picture, or with each piece of sound where the first parameter is annotated `nbs.Sound`, and
        the controls' values by name. What it returns is shown: a picture, a text or number, or, where the function is
        annotated `-> nbs.Sound` or hears, sound.
    options
        Of `Webcam.stream` or `Microphone.stream`, such as `{"time_limit": 30}`; `None` = their defaults.
    abbreviations
        By parameter, as for `ipywidgets.interactive`: `(0, 255)` a slider, a list a dropdown, a text, a bool, a widget,
        `ipywidgets.fixed(x)`. For the first parameter a camera or microphone of your own. A parameter that is not named
        has the control of its default.

    Attributes
    ----------
    source
        The `Webcam` or `Microphone`.
    binding
        The stream; idle until Start is pressed.

    Raises
    ------
    TypeError
        If the function has no parameter, or an abbreviation is for none or is no widget.
    ValueError
        If a parameter has neither abbreviation nor default.
    """

    def __init__(
        self,
        fn: Callable[..., Any],
        options: Mapping[str, Any] | None = None,
        /,
        **abbreviations: Any,
    ) -> None:
        asked = dict(options or {})
        self.f = fn
        self.args: list[Any] = []
        self.kwargs: dict[str, Any] = {}
        self.result: Any = None
        self._first, self._rest = _parameters(fn, with_meta=bool(asked.get("metadata")))
        given = abbreviations.pop(self._first.name, None)
        abbreviations = {name: plain(one) for name, one in abbreviations.items()}
        pairs = self.find_abbreviations(abbreviations)  # takes from them what it uses
        _refuse_unknown(fn, abbreviations, [one.name for one in self._rest])
        self.kwargs_widgets = self.widgets_from_abbreviations(pairs)
        self._own_source = given is None
        self.source = self._new_source() if given is None else _checked(given, self._first.name)
        returns_sound = inspect.signature(fn).return_annotation in _SOUND_WORDS
        self._display = AnyResult(has_player=self._hears() or returns_sound)
        self.binding: StreamBinding = self.source.stream(
            _by_name(fn, [one._kwarg for one in self.kwargs_widgets]),
            inputs=[self.source, *(_Control(one) for one in self.kwargs_widgets)],
            outputs=self._display,
            **{"concurrency_id": fn, **asked},
        )
        controls = [one for one in self.kwargs_widgets if isinstance(one, ipywidgets.DOMWidget)]
        shown = ipywidgets.VBox(self._display.widgets)
        self._row = ipywidgets.HBox([self.source, shown])
        # Not ipywidgets.interactive's own, which calls the function at once. Last: what is refused leaves no widget.
        ipywidgets.VBox.__init__(self, [*controls, self._row], _dom_classes=["widget-interact"])

    def signature(self) -> inspect.Signature:
        """Without the first parameter: what ipywidgets makes controls for."""
        return inspect.Signature(self._rest)

    def update(self, *_args: Any) -> None:
        """Nothing: the stream calls the function, and reads the controls then."""

    def close(self) -> None:
        """End the stream and remove all that was made here from all pages."""
        if self.comm is None:  # closed before, or refused and never made
            return
        self.binding.close()
        if self._own_source:
            self.source.close()
        self._display.close()
        for one in (*self._row.children[1:], self._row):
            one.close()
        super().close()

    def _new_source(self) -> Any:
        return Microphone() if self._first.annotation in _SOUND_WORDS else Webcam()

    def _hears(self) -> bool:
        return isinstance(self.source, Microphone)


class _Interact:
    """`nbs.interact(fn, threshold=(0, 255))` shows an `interactive`; it is a decorator as well.

    Returns the function, which has the widget as its attribute `widget`. `nbs.interact.options(time_limit=30)` has
    options of the stream.
    """

    def __init__(
        self,
        options: Mapping[str, Any] | None = None,
        abbreviations: Mapping[str, Any] | None = None,
    ) -> None:
        self._options = dict(options or {})
        self._abbreviations = dict(abbreviations or {})

    def __call__(self, fn: Callable[..., Any] | None = None, /, **abbreviations: Any) -> Any:
        """Show a widget for `fn`; without `fn` a decorator."""
        both = {**self._abbreviations, **abbreviations}
        if fn is None:
            return _Interact(self._options, both)
        from IPython.display import display

        widget = interactive(fn, self._options, **both)
        display(widget)  # type: ignore[no-untyped-call]
        try:
            fn.widget = widget  # type: ignore[attr-defined]
        except AttributeError:  # a bound method, or a builtin

            def fn_with_widget(*args: Any, **kwargs: Any) -> Any:
                return fn(*args, **kwargs)

            fn_with_widget.widget = widget  # type: ignore[attr-defined]
            return fn_with_widget
        return fn

    def options(self, **options: Any) -> _Interact:
        """Let what is called next have these options of the stream."""
        return _Interact({**self._options, **options}, self._abbreviations)


interact = _Interact()

# As it is written under postponed annotations as well.
_SOUND_WORDS = (Sound, "nbs.Sound", "nbstream.Sound", "Sound")


class _Control:
    """A control as an input: what ipywidgets would give the function."""

    def __init__(self, control: Any) -> None:
        self._control = control
        self.name = str(control._kwarg)

    def nbstream_input(self) -> InputPort:
        return self

    def attach(self) -> None:
        if isinstance(self._control, ipywidgets.Widget):  # `fixed` is none
            wire(self._control)

    def detach(self) -> None:
        if isinstance(self._control, ipywidgets.Widget):
            unwire(self._control)

    def read(self, frame: Captured) -> Any:
        return self._control.get_interact_value()


def _parameters(
    fn: Callable[..., Any], *, with_meta: bool
) -> tuple[inspect.Parameter, list[inspect.Parameter]]:
    """The parameter for the source, and those for controls."""
    given = inspect.signature(fn).parameters.values()
    parameters = [one.replace(default=plain(one.default)) for one in given]
    by_name = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD)
    if not parameters or parameters[0].kind in by_name:
        raise TypeError(
            f"interact() was given {name_of(fn)}, which takes no picture or sound; expected a function whose first "
            "parameter takes it, such as def f(frame, threshold=100)."
        )
    first, *rest = parameters
    return first, [one for one in rest if not (with_meta and one.name == "meta")]


def _refuse_unknown(fn: Callable[..., Any], left: Mapping[str, Any], names: list[str]) -> None:
    for name in left:
        near = difflib.get_close_matches(name, names, 1)
        advice = f"did you mean {near[0]}?" if near else f"there are: {', '.join(names) or 'none'}."
        raise TypeError(
            f"interact(): {name_of(fn)}() has no parameter {name!r} to control; {advice}"
        )


def _checked(source: Any, name: str) -> Any:
    if not (hasattr(source, "stream") and hasattr(source, "nbstream_input")):
        raise TypeError(
            f"interact() was given {type(source).__name__} {source!r:.80} for {name}, the first parameter; expected a "
            "source, such as nbs.Webcam(), or nothing for a new camera."
        )
    return source


def _by_name(fn: Callable[..., Any], names: list[str]) -> Callable[..., Any]:
    """Let the function have the values of the controls by name, and so its keyword-only parameters too."""

    def call(captured: Any, *values: Any, **meta: Any) -> Any:
        return fn(captured, **dict(zip(names, values, strict=True)), **meta)

    call.__name__ = call.__qualname__ = name_of(fn)
    call.__doc__ = getattr(fn, "__doc__", None)
    if "print" not in getattr(getattr(fn, "__code__", None), "co_names", ()):
        # What prints is made to be read, and need not return anything.
        call.nbstream_fn = fn  # type: ignore[attr-defined]
    return call
