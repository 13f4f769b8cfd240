"""Presses of Capture and of Hold to talk, passed on to the streams that wait for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ..protocol.from_page import Command
    from ..streams.binding import StreamBinding


class Pressed(Protocol):
    """A source with its streams."""

    @property
    def bindings(self) -> list[StreamBinding]: ...

    def refresh(self) -> None: ...


def press_all(bindings: Sequence[StreamBinding]) -> bool:
    """Have the functions called that wait for a press; False where none does, or is live."""
    took = [binding.intake.press() for binding in bindings]
    return any(took)


def press(bindings: Sequence[StreamBinding], command: Command) -> None:
    """Pass on what a person pressed, or let go."""
    if command.action == "capture":
        press_all(bindings)
    elif command.action == "hold":
        for binding in bindings:
            binding.intake.hold(command.at_ms)
    elif command.action == "release":
        for binding in bindings:
            if (holds := binding.intake.holds) is not None:
                holds.release(command.at_ms)


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
