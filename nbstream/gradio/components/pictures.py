"""What shows pictures: with annotations, several at once, and plots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import ipywidgets
import numpy as np

import nbstream as nbs
from nbstream.errors import ResultError
from nbstream.kernel.wiring import set_trait

from ..events.event_data import SelectData
from .component import Component
from .image import FORMATS, as_picture, css_length

if TYPE_CHECKING:
    from nbstream.runs.plan import Origin

MAX_PICTURES = 100


class _View(Component):
    """A component that is one picture."""

    def __init__(self, value: Any = None, **rest: Any) -> None:
        self._value: Any = None
        super().__init__(value, **rest)

    def read(self, frame: Any = None) -> Any:
        return self._value

    def _make(self) -> ipywidgets.Widget:
        view = nbs.ImageView(label=self.shown_label)
        if (value := self.first_value()) is not None:
            self._value = value
            view.value = self._drawn(value)
        return view

    def _show(self, value: Any, origin: Origin | None) -> None:
        drawn = None if value is None else self._drawn(value)
        self._value = value
        self.widget.nbstream_output().write(drawn, origin)
        self.changed()

    def _set_label(self, value: str | None) -> None:
        self.label = value
        set_trait(self.widget, "label", self.shown_label)

    def _drawn(self, value: Any) -> Any:
        raise NotImplementedError


class Plot(_View):
    """A figure of matplotlib."""

    def _drawn(self, value: Any) -> Any:
        if not hasattr(value, "savefig"):
            raise ResultError(
                f"{type(value).__name__} {value!r:.60} for {self.name}; expected a figure of matplotlib"
            )
        return value


class AnnotatedImage(_View):
    """A picture with boxes and areas drawn into it: ``(picture, [(box or mask, label), ...])``.

    A box is ``(x1, y1, x2, y2)`` in pixels, a mask an array of the picture's shape, 0..1.

    Parameters
    ----------
    value
        The first one.
    height, width
        In pixels, or a text of CSS.
    color_map
        ``{label: "#rrggbb"}``; what is not in it has a colour of its own.
    """

    EVENTS = ("change", "select")

    def __init__(
        self,
        value: Any = None,
        *,
        height: int | str | None = None,
        width: int | str | None = None,
        color_map: Mapping[str, str] | None = None,
        **rest: Any,
    ) -> None:
        self.height, self.width = height, width
        self.color_map = dict(color_map or {})
        super().__init__(value, **rest)

    def _make(self) -> ipywidgets.Widget:
        view = super()._make()
        view.layout.width, view.layout.height = css_length(self.width), css_length(self.height)
        if "select" in self.targeted:
            self._pointer = nbs.Pointer(view)
            self._pointer.on_click(self._clicked)
        return view

    def _clicked(self, event: Any) -> None:
        """Tell of the topmost annotation that is there."""
        marks = [] if self._value is None else list(self._value[1])
        for index, (shape, label) in reversed(list(enumerate(marks))):
            if _covers(shape, event.column, event.row):
                self.happened("select", SelectData(self, index, str(label)))
                return

    def _drawn(self, value: Any) -> Any:
        try:
            picture, marks = value
            annotations = [self._annotation(shape, str(label)) for shape, label in marks]
        except (TypeError, ValueError):
            raise ResultError(
                f"{type(value).__name__} for {self.name}; expected (picture, [(box or mask, label), ...])"
            ) from None
        return nbs.draw(_array(picture), annotations)

    def _annotation(self, shape: Any, label: str) -> Any:
        color = self.color_map.get(label)
        if isinstance(shape, np.ndarray) and shape.ndim == 2:
            return nbs.Mask(shape > 0, label=label, color=color)
        x1, y1, x2, y2 = (float(one) for one in shape)
        return nbs.Box(x1, y1, x2 - x1, y2 - y1, label=label, color=color)

    def _set_color_map(self, value: Mapping[str, str] | None) -> None:
        self.color_map = dict(value or {})


class Gallery(Component):
    """Several pictures, each alone or with a caption: ``[picture, (picture, caption), ...]``.

    Parameters
    ----------
    value
        The first ones.
    columns
        How many stand side by side.
    height
        In pixels, or a text of CSS.
    """

    EVENTS = ("change",)

    def __init__(
        self, value: Any = None, *, columns: int = 2, height: int | str | None = None, **rest: Any
    ) -> None:
        self.columns, self.height = columns, height
        self._value: Any = None
        self._views: list[nbs.ImageView] = []
        super().__init__(value, **rest)

    def read(self, frame: Any = None) -> Any:
        return self._value

    def build(self) -> ipywidgets.Widget:
        if self.widget is None:
            super().build()
            if (value := self.first_value()) is not None:
                self.show(value)
        return self.widget

    def _make(self) -> ipywidgets.Widget:
        self._grid = self._wire(ipywidgets.GridBox())
        self._grid.layout.height = css_length(self.height)
        self._grid.layout.overflow = "auto"
        self._label = ipywidgets.Label(self.shown_label)
        self._label.add_class("nbstream-gradio-label")
        self._set_columns(self.columns)
        return ipywidgets.VBox([self._label, self._grid])

    def _show(self, value: Any, _origin: Origin | None) -> None:
        pairs = [_with_caption(one) for one in value or ()]
        if len(pairs) > MAX_PICTURES:
            raise ResultError(
                f"{len(pairs)} pictures for {self.name}; it shows {MAX_PICTURES} at most"
            )
        old = self._views[len(pairs) :]
        self._views = self._views[: len(pairs)]
        while len(self._views) < len(pairs):
            self._views.append(nbs.ImageView(format=FORMATS["webp"]))
        for view, (picture, caption) in zip(self._views, pairs, strict=True):
            view.label = caption
            view.value = as_picture(picture)
        set_trait(self._grid, "children", tuple(self._views))
        for view in old:
            view.close()
        self._value = value
        self.changed()

    def _set_label(self, value: str | None) -> None:
        self.label = value
        set_trait(self._label, "value", self.shown_label)

    def _set_columns(self, value: int) -> None:
        set_trait(self._grid.layout, "grid_template_columns", f"repeat({value}, minmax(0, 1fr))")


def _covers(shape: Any, column: int, row: int) -> bool:
    if isinstance(shape, np.ndarray) and shape.ndim == 2:
        return row < shape.shape[0] and column < shape.shape[1] and bool(shape[row, column] > 0)
    x1, y1, x2, y2 = shape
    return bool(x1 <= column <= x2 and y1 <= row <= y2)


def _with_caption(one: Any) -> tuple[Any, str]:
    if isinstance(one, (tuple, list)) and len(one) == 2 and isinstance(one[1], str):
        return one[0], one[1]
    return one, ""


def _array(picture: Any) -> Any:
    """An array of a picture in any form that Gradio takes."""
    if isinstance(picture, np.ndarray):
        return picture
    from PIL import Image as PilImage

    if not isinstance(picture, PilImage.Image):
        picture = PilImage.open(picture)
    return np.asarray(picture.convert("RGB"))
