"""What shows text: a label with confidences, Markdown, HTML, JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import ipywidgets

from nbstream.errors import ResultError
from nbstream.kernel.wiring import set_trait

from .component import FormComponent

if TYPE_CHECKING:
    from nbstream.runs.plan import Origin

MAX_CLASSES = 20


class Label(FormComponent):
    """What something was recognised as: the best class, and how sure each is.

    Parameters
    ----------
    value
        ``{class: 0..1}``, or a text or number alone.
    num_top_classes
        How many are shown; `None` = all, 20 at most.
    """

    def __init__(
        self, value: Any = None, *, num_top_classes: int | None = None, **rest: Any
    ) -> None:
        self.num_top_classes = num_top_classes
        self._best: ipywidgets.Label
        self._value: Any = None
        super().__init__(value, **rest)

    def read(self, frame: Any = None) -> Any:
        return self._value

    def _make_inner(self) -> ipywidgets.Widget:
        self._best = self._wire(ipywidgets.Label())
        self._best.add_class("nbstream-gradio-best")
        self._rows: list[tuple[ipywidgets.HBox, ipywidgets.Label, ipywidgets.FloatProgress]] = []
        self._box = self._wire(ipywidgets.VBox())
        return ipywidgets.VBox([self._best, self._box])

    def _watch(self) -> None: ...

    def _show(self, value: Any, _origin: Origin | None) -> None:
        shares = _shares(value)
        self._value = value
        best = max(shares, key=shares.__getitem__) if shares else ("" if value is None else value)
        set_trait(self._best, "value", "" if isinstance(best, Mapping) else str(best))
        self._show_shares(sorted(shares.items(), key=lambda one: -one[1]))
        self.changed()

    def _show_shares(self, shares: list[tuple[Any, float]]) -> None:
        shown = shares[: min(self.num_top_classes or MAX_CLASSES, MAX_CLASSES)]
        while len(self._rows) < len(shown):
            self._add_row()
        for number, (row, text, bar) in enumerate(self._rows):
            is_used = number < len(shown)
            set_trait(row.layout, "display", None if is_used else "none")
            if is_used:
                name, share = shown[number]
                set_trait(text, "value", f"{name} {share:.0%}")
                set_trait(bar, "value", min(max(share, 0.0), 1.0))

    def _add_row(self) -> None:
        text = self._wire(ipywidgets.Label())
        bar = self._wire(ipywidgets.FloatProgress(max=1.0))
        row = ipywidgets.HBox([text, bar])
        self._rows.append((row, text, bar))
        set_trait(self._box, "children", tuple(one for one, _, _ in self._rows))

    def _set_num_top_classes(self, value: int | None) -> None:
        self.num_top_classes = value


class _Output(FormComponent):
    """Text that JupyterLab renders, in an output."""

    MIME = "text/plain"

    def read(self, frame: Any = None) -> Any:
        return self._value

    def _make_inner(self) -> ipywidgets.Widget:
        self._value: Any = None
        return ipywidgets.Output()

    def _watch(self) -> None: ...

    def _show(self, value: Any, _origin: Origin | None) -> None:
        bundle = None if value is None else self._bundle(value)
        self._value = value
        shown = {"output_type": "display_data", "data": bundle, "metadata": {}}
        set_trait(self.inner, "outputs", () if bundle is None else (shown,))
        self.changed()

    def _bundle(self, value: Any) -> dict[str, Any]:
        raise NotImplementedError


class Markdown(_Output):
    """Text with marks, as in a cell of Markdown."""

    def __init__(self, value: Any = None, *, min_width: int | None = None, **rest: Any) -> None:
        super().__init__(value, min_width=min_width, **rest)

    @property
    def shown_label(self) -> str:
        """It has none, as in Gradio."""
        return ""

    def _bundle(self, value: Any) -> dict[str, Any]:
        text = _without_indent(str(value))
        return {"text/markdown": text, "text/plain": text}


class JSON(_Output):
    """A tree of dicts and lists, or a text of JSON."""

    def _bundle(self, value: Any) -> dict[str, Any]:
        try:
            tree = json.loads(value) if isinstance(value, str) else value
            text = json.dumps(tree, indent=2)
        except (TypeError, ValueError) as error:
            raise ResultError(f"{value!r:.80}, which is no JSON: {error}") from None
        return {"application/json": json.loads(text), "text/plain": text}


class HTML(FormComponent):
    """HTML of the app's author, shown as it is. What users of the app write does not belong in it."""

    def __init__(
        self,
        value: Any = None,
        *,
        show_label: bool = False,
        min_width: int | None = None,
        **rest: Any,
    ) -> None:
        super().__init__(value, show_label=show_label, min_width=min_width, **rest)

    def read(self, frame: Any = None) -> Any:
        return self.inner.value

    def _make_inner(self) -> ipywidgets.Widget:
        return ipywidgets.HTML()

    def _show(self, value: Any, _origin: Origin | None) -> None:
        set_trait(self.inner, "value", "" if value is None else str(value))


def _shares(value: Any) -> dict[Any, float]:
    if not isinstance(value, Mapping):
        return {}
    try:
        return {name: float(share) for name, share in value.items()}
    except (TypeError, ValueError):
        raise ResultError(f"{value!r:.80}; expected {{class: share}}, shares as numbers") from None


def _without_indent(text: str) -> str:
    from inspect import cleandoc

    return cleandoc(text)
