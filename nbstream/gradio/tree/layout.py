"""Rows, columns, groups, tabs and accordions."""

from __future__ import annotations

from typing import Any

import ipywidgets

from nbstream.kernel.wiring import set_trait

from .arguments import settle
from .block import Container

PLACE = ("visible", "elem_id", "elem_classes", "scale", "min_width", "render")


class _Layout(Container):
    def __init__(self, **options: Any) -> None:
        kept = settle(type(self).__name__, options)
        super().__init__(**{name: value for name, value in kept.items() if name in PLACE})


class Row(_Layout):
    """What is in it stands side by side, and goes into the next line where it is too narrow.

    Parameters
    ----------
    scale, visible, elem_id, elem_classes, render
        As for every block.
    """

    def _make(self) -> ipywidgets.Widget:
        children = self.build_children()
        for child in children:
            if child.layout.flex is None:
                child.layout.flex = "1 1 0%"
        row = ipywidgets.HBox(children)
        row.layout.flex_flow = "row wrap"
        return row


class Column(_Layout):
    """What is in it stands one below the other.

    Parameters
    ----------
    scale
        How much of a row's width it takes, compared with what is beside it.
    min_width
        In pixels; a narrower one goes into the next line of the row.
    visible, elem_id, elem_classes, render
        As for every block.
    """

    def __init__(self, *, scale: int = 1, min_width: int = 320, **options: Any) -> None:
        super().__init__(scale=scale, min_width=min_width, **options)

    def _make(self) -> ipywidgets.Widget:
        return ipywidgets.VBox(self.build_children())


class Group(_Layout):
    """What is in it stands together, in one frame."""

    def _make(self) -> ipywidgets.Widget:
        return ipywidgets.VBox(self.build_children())


class Tab(_Layout):
    """One page of `Tabs`; those that follow each other make them.

    Parameters
    ----------
    label
        Its title.
    visible, elem_id, elem_classes, render
        As for every block.
    """

    def __init__(self, label: str | None = None, visible: bool = True, **options: Any) -> None:
        self.label = label
        super().__init__(visible=visible, **options)

    def render(self) -> None:
        """Put it into the `Tabs` that are open, or the ones that stand last, or new ones."""
        super().render()
        parent = self.parent
        if parent is None or isinstance(parent, Tabs):
            return
        self.unrender()
        last = parent.children[-1] if parent.children else None
        tabs = last if isinstance(last, Tabs) and last.is_implied else Tabs(is_implied=True)
        tabs.children.append(self)
        self.parent = tabs

    def _make(self) -> ipywidgets.Widget:
        return ipywidgets.VBox(self.build_children())


class Tabs(_Layout):
    """Pages of which one is seen. A camera on a page that is not in front goes off after 20 s.

    Parameters
    ----------
    selected
        Which page is in front, by its number or `id`; `None` = the first.
    visible, elem_id, elem_classes, render
        As for every block.
    """

    def __init__(
        self, *, selected: int | str | None = None, is_implied: bool = False, **options: Any
    ) -> None:
        self.selected = selected
        self.is_implied = is_implied
        super().__init__(**options)

    def _make(self) -> ipywidgets.Widget:
        pages = [child for child in self.children if isinstance(child, Tab) and child.visible]
        tab = ipywidgets.Tab([page.build() for page in pages])
        tab.titles = [page.label or "" for page in pages]
        tab.selected_index = self._number(self.selected) if pages else None
        return tab

    def _number(self, selected: int | str | None) -> int:
        if isinstance(selected, int):
            return selected
        ids = [child.given.get("id") for child in self.children]
        return ids.index(selected) if selected in ids else 0

    def _set_selected(self, value: int | str | None) -> None:
        set_trait(self.widget, "selected_index", self._number(value))


class Accordion(_Layout):
    """What is in it can be folded away. A camera that is folded away goes off after 20 s.

    Parameters
    ----------
    label
        Its title.
    open
        Whether it is open at first.
    visible, elem_id, elem_classes, render
        As for every block.
    """

    def __init__(self, label: str | None = None, *, open: bool = True, **options: Any) -> None:
        self.label = label
        self.open = open
        super().__init__(**options)

    def _make(self) -> ipywidgets.Widget:
        accordion = ipywidgets.Accordion([ipywidgets.VBox(self.build_children())])
        accordion.titles = [self.label or ""]
        accordion.selected_index = 0 if self.open else None
        return accordion

    def _set_open(self, value: bool) -> None:
        self.open = value
        set_trait(self.widget, "selected_index", 0 if value else None)

    def _set_label(self, value: str | None) -> None:
        self.label = value
        set_trait(self.widget, "titles", (value or "",))
