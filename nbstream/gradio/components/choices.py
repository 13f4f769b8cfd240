"""One or several of a list of choices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import ipywidgets

from nbstream.errors import ResultError
from nbstream.kernel.wiring import set_trait

from ..events.event_data import SelectData
from ..tree.arguments import check_choice
from .component import FormComponent

if TYPE_CHECKING:
    from nbstream.runs.plan import Origin


class _First:
    def __repr__(self) -> str:
        return "the first choice"


FIRST = _First()
"""A dropdown that is given no value begins with its first choice."""


class _Choices(FormComponent):
    """What `Dropdown`, `Radio` and `CheckboxGroup` share: pairs of a text and a value."""

    EVENTS = ("change", "input", "select")

    def __init__(self, choices: Any, value: Any, type: str, **rest: Any) -> None:
        check_choice(self.__class__.__name__, "type", type, ("value", "index"))
        self.type = type
        self.choices = _pairs(choices)
        super().__init__(value, **rest)

    @property
    def values(self) -> list[Any]:
        """What functions get, in order."""
        return [value for _, value in self.choices]

    def changed(self, change: Any = None) -> None:
        super().changed()
        if not getattr(self._own_writes, "is_on", False):
            self.happened("select", self._selected(change))

    def _selected(self, _change: Any) -> SelectData:
        value = self.inner.value
        index = self.values.index(value) if value in self.values else None
        return SelectData(self, index, value)

    def _as_type(self, value: Any) -> Any:
        if self.type == "value" or value is None:
            return value
        return self.values.index(value) if value in self.values else None

    def _check(self, value: Any) -> None:
        if value not in self.values:
            raise ResultError(
                f"{value!r:.60} for {self.name}, which is none of its choices: {self.values!r:.200}"
            )

    def _set_choices(self, choices: Any) -> None:
        self.choices = _pairs(choices)
        kept = self.inner.value
        set_trait(self.inner, "options", self.choices)
        if kept in self.values:
            set_trait(self.inner, "value", kept)


class Dropdown(_Choices):
    """A list of choices that opens.

    Parameters
    ----------
    choices
        Texts, numbers, or pairs of a text and the value that functions get.
    value
        The first one; without it the first choice, and `None` = none.
    type
        Functions get the "value" or its "index".
    multiselect
        Whether several can be chosen; functions get a list.
    allow_custom_value
        Whether a person can type another text.
    """

    def __init__(
        self,
        choices: Sequence[Any] | None = None,
        value: Any = FIRST,
        *,
        type: str = "value",
        multiselect: bool | None = None,
        allow_custom_value: bool = False,
        **rest: Any,
    ) -> None:
        self.multiselect = multiselect
        self.allow_custom_value = allow_custom_value
        super().__init__(choices, value, type, **rest)

    def first_value(self) -> Any:
        value = super().first_value()
        if value is not FIRST:
            return value
        return self.values[0] if self.values and not self.multiselect else None

    def read(self, frame: Any = None) -> Any:
        value = self.inner.value
        if self.multiselect:
            return [self._as_type(one) for one in value]
        return self._as_type(value)

    def _make_inner(self) -> ipywidgets.Widget:
        if self.multiselect:
            return ipywidgets.SelectMultiple(options=self.choices)
        if self.allow_custom_value:
            return ipywidgets.Combobox(options=[str(one) for one in self.values])
        return ipywidgets.Dropdown(options=self.choices, value=None)

    def _show(self, value: Any, _origin: Origin | None) -> None:
        if self.multiselect:
            chosen = _list(value)
            for one in chosen:
                self._check(one)
            set_trait(self.inner, "value", tuple(chosen))
        elif self.allow_custom_value:
            set_trait(self.inner, "value", "" if value is None else str(value))
        else:
            if value is not None:
                self._check(value)
            set_trait(self.inner, "value", value)

    def _set_choices(self, choices: Any) -> None:
        if self.allow_custom_value and not self.multiselect:
            self.choices = _pairs(choices)
            set_trait(self.inner, "options", tuple(str(one) for one in self.values))
        else:
            super()._set_choices(choices)


class Radio(_Choices):
    """A list of choices, all of them seen, of which one is chosen, or none at first."""

    def __init__(
        self,
        choices: Sequence[Any] | None = None,
        value: Any = None,
        *,
        type: str = "value",
        **rest: Any,
    ) -> None:
        super().__init__(choices, value, type, **rest)

    def read(self, frame: Any = None) -> Any:
        return self._as_type(self.inner.value)

    def _make_inner(self) -> ipywidgets.Widget:
        return ipywidgets.RadioButtons(options=self.choices, value=None)

    def _show(self, value: Any, _origin: Origin | None) -> None:
        if value is not None:
            self._check(value)
        set_trait(self.inner, "value", value)


class CheckboxGroup(_Choices):
    """A list of choices, all of them seen, of which any number is chosen."""

    def __init__(
        self,
        choices: Sequence[Any] | None = None,
        value: Any = None,
        *,
        type: str = "value",
        **rest: Any,
    ) -> None:
        self._boxes: list[ipywidgets.Checkbox] = []
        super().__init__(choices, value, type, **rest)

    def read(self, frame: Any = None) -> Any:
        pairs = zip(self._boxes, self.values, strict=True)
        return [self._as_type(value) for box, value in pairs if box.value]

    def _make_inner(self) -> ipywidgets.Widget:
        self._boxes = [self._new_box(text) for text, _ in self.choices]
        return ipywidgets.VBox(self._boxes)

    def _new_box(self, text: str) -> ipywidgets.Checkbox:
        box = self._wire(ipywidgets.Checkbox(description=text, indent=False))
        box.disabled = not self.is_input
        return box

    def _watch(self) -> None:
        for box in self._boxes:
            box.observe(self.changed, "value")

    def _selected(self, change: Any) -> SelectData:
        index = self._boxes.index(change["owner"])
        data = SelectData(self, index, self.values[index])
        data.selected = change["new"]
        return data

    def _show(self, value: Any, _origin: Origin | None) -> None:
        chosen = _list(value)
        for one in chosen:
            self._check(one)
        for box, one in zip(self._boxes, self.values, strict=True):
            set_trait(box, "value", one in chosen)

    def _set_interactive(self, value: bool | None) -> None:
        for box in self._boxes:
            set_trait(box, "disabled", value is False)

    def _set_choices(self, choices: Any) -> None:
        chosen, old = self.read(), self._boxes
        self.choices = _pairs(choices)
        self._boxes = [self._new_box(text) for text, _ in self.choices]
        self._watch()
        set_trait(self.inner, "children", tuple(self._boxes))
        for box in old:
            self._unwire(box)
        if self.type == "value":
            self.show([one for one in chosen if one in self.values])


def _pairs(choices: Any) -> list[tuple[str, Any]]:
    return [
        (str(one[0]), one[1]) if isinstance(one, (tuple, list)) else (str(one), one)
        for one in choices or ()
    ]


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]
