"""What an app's tree is made of: blocks, which are described first and become widgets when the app is launched."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from contextvars import ContextVar, Token
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

import ipywidgets

from nbstream.errors import ResultError
from nbstream.kernel.wiring import set_trait, unwire, wire

from .arguments import idle_names

if TYPE_CHECKING:
    from nbstream.pictures.frame import Frame
    from nbstream.runs.plan import Origin

B = TypeVar("B", bound="Container")

container_now: ContextVar[Container | None] = ContextVar("container_now", default=None)
"""The innermost open `with gr.Row():`, into which goes what is made."""


class Update:
    """New values for properties of an output, by their names."""

    def __init__(self, properties: Mapping[str, Any]) -> None:
        self.properties = properties


class Block:
    """One thing in the tree of an app.

    The widgets are made in `build`, for how they are depends on the events: a picture that is an input is a camera.

    Parameters
    ----------
    visible
        Whether it is shown; "hidden" = no.
    elem_id
        What `#name` in the css finds.
    elem_classes
        What `.name` in the css finds.
    scale
        How much of a row's width it takes, compared with what is beside it; `None` = what it needs.
    min_width
        In pixels; what would become narrower goes into the next line of the row.
    render
        Whether it goes into the block whose `with` is open; else `render()` puts it somewhere.
    """

    given: dict[str, Any]
    """The arguments that it was made with, by name: what changes where it is returned as an update."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Note the arguments."""
        block = super().__new__(cls)
        block.given = _arguments(cls, args, kwargs)
        return block

    def __init__(
        self,
        *,
        visible: bool | str = True,
        elem_id: str | None = None,
        elem_classes: list[str] | str | None = None,
        scale: int | None = None,
        min_width: int | None = None,
        render: bool = True,
    ) -> None:
        self.visible = visible
        self.elem_id = elem_id
        self.elem_classes = elem_classes
        self.scale = scale
        self.min_width = min_width
        self.parent: Container | None = None
        self.widget: ipywidgets.Widget = None
        self._wired: list[ipywidgets.Widget] = []
        if render:
            self.render()

    @property
    def name(self) -> str:
        """How messages name it."""
        return type(self).__name__

    def render(self) -> None:
        """Put it into the block whose `with` is open."""
        self.unrender()
        self.parent = container_now.get()
        if self.parent is not None:
            self.parent.children.append(self)

    def unrender(self) -> None:
        """Take it out of the block that it is in."""
        if self.parent is not None:
            self.parent.children.remove(self)
            self.parent = None

    # --- as widgets --------------------------------------------------------------------------

    def build(self) -> ipywidgets.Widget:
        """Make the widgets, once, and return the outermost."""
        if self.widget is None:
            self.widget = self._make()
            self.widget.add_class(f"nbstream-gradio-{type(self).__name__.lower()}")
            own = ("visible", "elem_id", "elem_classes", "scale", "min_width")
            self.put_properties({name: getattr(self, name) for name in own})
        return self.widget

    def close(self) -> None:
        """Close the widgets."""
        for widget in self._wired:
            unwire(widget)
        self._wired.clear()
        if self.widget is not None:
            close_all(self.widget)

    def put_properties(self, properties: Mapping[str, Any], origin: Origin | None = None) -> None:
        """Change properties that it was made with.

        Raises
        ------
        ResultError
            If one of them cannot be changed.
        """
        idle = idle_names(type(self).__name__) | {"render", "interactive"}
        for name in sorted(properties, key="value".__eq__):  # the value must fit the others
            if name == "value":
                self.show(properties[name], origin)
            elif (setter := getattr(self, f"_set_{name}", None)) is not None:
                setter(properties[name])
            elif name not in idle:
                raise ResultError(
                    f"an update of {name!r} for {self.name}, which cannot be changed once it is there"
                )

    def take(self, value: Any, origin: Origin | None = None) -> None:
        """Take what a function returned for this output: a value, or an update.

        Raises
        ------
        ResultError
            If it does not fit.
        """
        if isinstance(value, Update):
            self.put_properties(value.properties, origin)
        elif isinstance(value, Block):
            self.put_properties(value.given, origin)
        else:
            self.show(value, origin)

    def read(self, frame: Frame | None = None) -> Any:
        """The value that functions get; `frame` caused the call, `None` = something else did."""
        raise TypeError(f"gr.{type(self).__name__} has no value, so it cannot be an input.")

    def show(self, value: Any, origin: Origin | None = None) -> None:
        """Show or keep a value that a function returned."""
        raise ResultError(f"a value for {self.name}, which has none; return gr.update(visible=...)")

    def nbstream_input(self) -> BlockPort:
        """How a stream reads it."""
        return BlockPort(self)

    def nbstream_output(self) -> BlockPort:
        """How a stream writes it."""
        return BlockPort(self)

    def _make(self) -> ipywidgets.Widget:
        raise NotImplementedError

    def _wire(self, widget: ipywidgets.Widget) -> ipywidgets.Widget:
        """Let a widget of ipywidgets' work while a cell runs, and be set from any thread."""
        wire(widget)
        self._wired.append(widget)
        return widget

    def _unwire(self, widget: ipywidgets.Widget) -> None:
        """Close a widget that is not needed any more."""
        self._wired.remove(widget)
        unwire(widget)
        close_all(widget)

    def _set_visible(self, value: bool | str) -> None:
        self.visible = value
        is_shown = value is not False and value != "hidden"
        set_trait(self.widget.layout, "display", None if is_shown else "none")

    def _set_elem_id(self, value: str | None) -> None:
        self._swap_classes([id_class(self.elem_id)], [id_class(value)])
        self.elem_id = value

    def _set_elem_classes(self, value: list[str] | str | None) -> None:
        self._swap_classes(_list(self.elem_classes), _list(value))
        self.elem_classes = value

    def _set_scale(self, value: int | None) -> None:
        self.scale = value
        if value is not None:
            set_trait(self.widget.layout, "flex", f"{value} 1 0%" if value else "0 0 auto")

    def _set_min_width(self, value: int | None) -> None:
        self.min_width = value
        if value is not None:
            set_trait(self.widget.layout, "min_width", f"min({value}px, 100%)")

    def _swap_classes(self, old: list[str], new: list[str]) -> None:
        kept = [one for one in self.widget._dom_classes if one not in old]
        set_trait(self.widget, "_dom_classes", (*kept, *filter(None, new)))


class Container(Block):
    """A block that holds others: `with gr.Row(): ...`."""

    def __init__(self, **options: Any) -> None:
        self.children: list[Block] = []
        self._tokens: list[Token[Container | None]] = []
        super().__init__(**options)

    def __enter__(self: B) -> B:
        self._tokens.append(container_now.set(self))
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None = None,
        _error: BaseException | None = None,
        _traceback: TracebackType | None = None,
    ) -> None:
        container_now.reset(self._tokens.pop())

    def walk(self) -> list[Block]:
        """All that is in it, in order."""
        found: list[Block] = []
        for child in self.children:
            found.append(child)
            if isinstance(child, Container):
                found += child.walk()
        return found

    def build_children(self) -> list[ipywidgets.Widget]:
        """Make the widgets of what is in it; a `State` has none."""
        return [widget for widget in (child.build() for child in self.children) if widget]


class BlockPort:
    """A block as input and output of a stream."""

    def __init__(self, block: Block) -> None:
        self._block = block
        self.key = block
        self.name = block.name

    def attach(self) -> None: ...

    def detach(self) -> None: ...

    def read(self, frame: Any) -> Any:
        return self._block.read(frame)

    def write(self, value: Any, origin: Origin) -> None:
        self._block.take(value, origin)


def id_class(elem_id: str | None) -> str:
    """The class that stands for an element's id, since a widget's element has none of its own."""
    return f"nbstream-gradio-id-{elem_id}" if elem_id else ""


def close_all(widget: ipywidgets.Widget) -> None:
    """Close a widget, what is in it, and their layouts and styles."""
    for child in getattr(widget, "children", ()):
        close_all(child)
    for name in ("layout", "style"):
        if isinstance(part := getattr(widget, name, None), ipywidgets.Widget):
            part.close()
    widget.close()


def _list(classes: list[str] | str | None) -> list[str]:
    if classes is None:
        return []
    return classes.split() if isinstance(classes, str) else list(classes)


def _arguments(cls: type, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    try:
        bound = inspect.signature(cls.__init__).bind(None, *args, **kwargs)  # type: ignore[misc]
    except TypeError:
        return {}  # `__init__` says it better
    given = dict(bound.arguments)
    given.pop("self", None)
    for parameter in bound.signature.parameters.values():
        if parameter.kind is parameter.VAR_KEYWORD:
            given.update(given.pop(parameter.name, {}))
    return given
