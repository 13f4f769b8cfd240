"""What a function is told of the event that caused its call, when one of its arguments is annotated so."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
