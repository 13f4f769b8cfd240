"""What is noted of a call, and of its results on their way to displays."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from ..protocol.fields import Painted
from ..results.outgoing import OnPainted
from .frame_times import Legs, Shown, way_of
from .stats import Stats

if TYPE_CHECKING:
    from ..sounds.chunk import Captured


class Account:
    """What is to be told of one call; `is_damaged`: of its picture, so that there was none."""

    def __init__(self, started_s: float) -> None:
        self.started_s = started_s
        self.is_damaged = False


class Begun(NamedTuple):
    """A call whose inputs are read; `show` gets each of its results."""

    decoded_s: float
    values: list[Any]
    keywords: dict[str, Any]
    show: Callable[[Any], None]


def note_legs(stats: Stats, begun: Begun, ended_s: float, write_ms: float) -> None:
    """Note how long a call took, and how long its results took to be written meanwhile."""
    stats.leg("call", (ended_s - begun.decoded_s) * 1000 - write_ms)
    stats.leg("write", write_ms)


class Notes:
    """When results were painted, which displays tell later."""

    def __init__(self, stats: Stats) -> None:
        self._stats = stats
        self._legs = Legs(stats)

    def painted(self, frame: Captured) -> OnPainted:
        """What is called when the result of `frame` is on a screen."""
        # A display keeps this as long as it shows the result: it must hold neither stream nor picture.
        legs, way = self._legs, way_of(frame)
        return lambda painted, sent_at_s: legs.note(Shown(way, sent_at_s, painted))

    def overlay(self, frame: Captured) -> OnPainted:
        """What is called when its annotations are."""
        stats, captured_at_ms = self._stats, frame.captured_at_ms
        was_sent = frame.sent_at_ms is not None  # by a page, whose clock both times are of

        def note(painted: Painted, _sent_at_s: float) -> None:
            if captured_at_ms is not None and was_sent:
                stats.leg("overlay", painted.painted_at_ms - captured_at_ms)

        return note
