"""What a function is told of the event that caused its call, when one of its arguments is annotated so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..tree.block import Block


class EventData:
    """What happened, and to which component.

    Attributes
    ----------
    target
        The component.
    """

    def __init__(self, target: Block | None = None) -> None:
        self.target = target


class SelectData(EventData):
    """What was clicked.

    Attributes
    ----------
    index
        Of an `Image`: the pixel, ``(x, y)``. Else the number of the annotation or choice, from 0.
    value
        Of an `AnnotatedImage` the label, of choices the choice; else `None`.
    selected
        Whether it is selected now: `False` for a choice of a `CheckboxGroup` that was taken back.
    """

    def __init__(self, target: Block | None, index: Any = None, value: Any = None) -> None:
        super().__init__(target)
        self.index = index
        self.value = value
        self.selected = True
