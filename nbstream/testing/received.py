"""What the kernel has sent to one page of a test, and how that page acknowledges it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .fake_clock import FakeClock

Message = tuple[dict[str, Any], list[bytes]]


class Received:
    """The messages that came for some widgets since the page is there, each with its buffers.

    Parameters
    ----------
    widgets
        Those that the page shows.
    clock
        The page's, too.
    paints
        Whether results are acknowledged as painted with the next message.
    """

    def __init__(self, widgets: Sequence[Any], clock: FakeClock, *, paints: bool) -> None:
        self._widgets = widgets
        self._clock = clock
        self._paints = paints
        self._seen = {one: len(one.comm.custom_messages()) for one in widgets}

    def messages(self, widget: Any) -> list[Message]:
        """All that came for that widget."""
        messages: list[Message] = widget.comm.custom_messages()
        return messages[self._seen[widget] :]

    def results(self, widget: Any) -> list[Message]:
        """The results that came for that widget."""
        return [one for one in self.messages(widget) if one[0]["type"] == "result"]

    def overlays(self, widget: Any) -> list[dict[str, Any]]:
        """The overlays that came for that widget."""
        return [one for one, _ in self.messages(widget) if one["type"] == "overlay"]

    def acks(self) -> dict[str, Any]:
        """The part of a message that says what is painted by now."""
        # A widget that was closed is on no page any more.
        shown = [one for one in self._widgets if one.comm is not None]
        return {"painted": self.painted(shown)} if self._paints else {}

    def painted(self, widgets: Sequence[Any]) -> dict[str, Any]:
        """The newest result of each widget and overlay, as just painted."""
        newest: dict[str, int] = {}
        for one in widgets:
            for content, _ in self.results(one):
                newest[one._widget_id] = content["seq"]
            for content in self.overlays(one):
                newest[content["overlay"]] = content["seq"]
        at_ms = self._clock.now_s() * 1000
        return {
            shown: {"seq": seq, "received_at_ms": at_ms, "painted_at_ms": at_ms}
            for shown, seq in newest.items()
        }
