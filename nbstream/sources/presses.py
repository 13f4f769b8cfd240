"""What a person pressed, beyond Start and Stop, passed on to the streams or to the widget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from ..protocol.from_page import Command
    from ..streams.binding import StreamBinding


class Pressed(Protocol):
    """A source with its streams."""

    @property
    def bindings(self) -> list[StreamBinding]: ...

    def refresh(self) -> None: ...


@runtime_checkable
class Faced(Protocol):
    """A widget with controls that are its own business."""

    def toggle_stats(self) -> None: ...

    def keep_snapshot(self) -> None: ...

    def insert_shown(self) -> None: ...

    def adjust(self, command: Command) -> None: ...


def press_all(bindings: Sequence[StreamBinding]) -> bool:
    """Have the functions called that wait for a press; False where none does, or is live."""
    took = [binding.intake.press() for binding in bindings]
    return any(took)


def press(widget: object, bindings: Sequence[StreamBinding], command: Command) -> None:
    """Pass on what a person pressed, or let go."""
    if command.action == "capture":
        press_all(bindings)
    elif command.action in ("hold", "release"):
        _hold(bindings, command)
    elif command.action == "pause":
        for binding in bindings:
            binding.pause()
    elif command.action == "freeze":
        for binding in bindings:
            binding.freeze()
    elif isinstance(widget, Faced):
        _press_face(widget, command)


def _hold(bindings: Sequence[StreamBinding], command: Command) -> None:
    for binding in bindings:
        if command.action == "hold":
            binding.intake.hold(command.at_ms)
        elif (holds := binding.intake.holds) is not None:
            holds.release(command.at_ms)


def _press_face(widget: Faced, command: Command) -> None:
    if command.action == "snapshot":
        widget.keep_snapshot()
    elif command.action == "insert":
        widget.insert_shown()
    elif command.action == "toggle_stats":
        widget.toggle_stats()
    elif command.action == "adjust":
        widget.adjust(command)


def is_held(bindings: Sequence[StreamBinding]) -> bool | None:
    """Whether a person holds the button; `None` = no stream waits for that."""
    held = [holds.is_held for one in bindings if (holds := one.intake.holds) is not None]
    return any(held) if held else None


def capture(session: Pressed) -> None:
    """Press, tell the pages, or say that there is nothing to press for.

    Raises
    ------
    RuntimeError
        If no stream waits for it.
    """
    took = press_all(session.bindings)
    session.refresh()
    if not took:
        raise RuntimeError(
            "capture() found no live stream that waits for it, or a hundred captures before it; expected one of "
            'webcam.stream(..., on="capture"). Start it, and capture once its status is "live".'
        )
