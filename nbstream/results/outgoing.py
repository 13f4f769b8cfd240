"""What goes to the pages that show a display, and who is told of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

from ..protocol.fields import Painted
from ..protocol.to_page import CreditContent, result_message

OnPainted = Callable[[Painted, float], None]
"""Told what the page said, and when the result was sent, in seconds of the kernel's clock."""

Carry = Callable[[], Mapping[str, CreditContent]]


class OnEncoded(Protocol):
    """Told how many bytes were made for a display, and whether they are a frame of video."""

    def __call__(self, byte_count: int, /, *, is_video: bool = False) -> None: ...


def carry_nothing() -> Mapping[str, CreditContent]:
    """No credit rides on a result that was shown by hand."""
    return {}


class Sending(NamedTuple):
    """What is known of the pages when a result is sent to them."""

    seq: int
    """Its number."""
    key_after: int | None = None
    """After which result a page wants a key frame of video; `None` = not all pages show video."""
    ms_per_byte: float | None = None
    """What the slowest of their lines takes; `None` = not known."""
    at_s: float = 0.0
    """By the kernel's clock."""


class Result(NamedTuple):
    """One encoded picture for a display.

    `mime` None clears the display. `captured_at_ms` and `frame_seq` are those of the frame it was
    made from, `None` without one. `carry` is asked, when the result is sent, for credits that can
    ride on it.
    """

    data: bytes
    mime: str | None
    captured_at_ms: float | None = None
    frame_seq: int | None = None
    carry: Carry = carry_nothing
    on_painted: OnPainted | None = None
    """Called once, for the first page that painted it."""

    def message(self, sending: Sending) -> tuple[dict[str, Any], list[bytes]]:
        """What is sent, with its buffers."""
        content = result_message(
            sending.seq,
            self.mime,
            len(self.data),
            captured_at_ms=self.captured_at_ms,
            frame_seq=self.frame_seq,
            credits=self.carry(),
        )
        return content, [] if self.mime is None else [self.data]


class Outgoing(Protocol):
    """What an outlet brings to the pages: a picture, or what is drawn over one."""

    @property
    def on_painted(self) -> OnPainted | None: ...

    def message(self, sending: Sending, /) -> tuple[dict[str, Any], list[bytes]]:
        """What is sent, with its buffers; asked when it is sent."""
