"""The life of a stream as a table: what each event makes of each state.

    idle --start--> asking --camera_on--> waiting --admitted--> live --stop--> idle
                      |                      ^                   |--limit--> waiting (or idle)
              camera_failed: failed          '------resume-------|--pause, errors--> paused
                                                                 '--page_gone--> away

Nothing here knows a lock. Whoever keeps a state asks `next_state` while it holds the lock under which the state is
written, so that no event can act on a state that has passed.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, get_args

from ..protocol.from_page import Status

LifeState = Literal["idle", "asking", "waiting", "live", "paused", "away", "failed", "closed"]
"""A `Status`, and two more: "away" = paused with the camera off, since nobody captures; "closed" = idle for good."""

Event = Literal[
    "start",
    "resume",
    "stop",
    "close",
    "pause",
    "errors",
    "warm_up_failed",
    "camera_on",
    "camera_missing",
    "camera_failed",
    "page_gone",
    "admitted",
    "rejoin_at_limit",
    "stop_at_limit",
]
"""What can happen to a stream; "errors" = its function, or what runs it, failed once too often."""

STATES: Final[tuple[LifeState, ...]] = get_args(LifeState)
EVENTS: Final[tuple[Event, ...]] = get_args(Event)


class _Way(NamedTuple):
    sources: frozenset[LifeState]
    to: LifeState


def _way(*sources: LifeState, to: LifeState) -> _Way:
    return _Way(frozenset(sources), to)


_OPEN: Final[tuple[LifeState, ...]] = tuple(one for one in STATES if one != "closed")

# In a state that is not among the sources the event means nothing: it came too late, or is true already.
_WAYS: Final[dict[Event, _Way]] = {
    "start": _way("idle", "failed", "paused", "away", to="asking"),
    "resume": _way("paused", "away", to="asking"),
    "stop": _way(*_OPEN, to="idle"),
    "close": _way(*_OPEN, to="closed"),
    "pause": _way("waiting", "live", to="paused"),
    "errors": _way("waiting", "live", to="paused"),
    "warm_up_failed": _way("waiting", to="paused"),
    "camera_on": _way("asking", to="waiting"),
    "camera_missing": _way("waiting", "live", to="asking"),
    "camera_failed": _way("asking", "waiting", "live", "paused", to="failed"),
    "page_gone": _way("asking", "waiting", "live", "paused", to="away"),
    "admitted": _way("waiting", to="live"),
    "rejoin_at_limit": _way("live", to="waiting"),
    "stop_at_limit": _way("live", to="idle"),
}

ENDINGS: Final[frozenset[Event]] = frozenset(
    event for event, way in _WAYS.items() if way.to in ("idle", "closed", "failed")
)
"""The events after which a stream does not go on by itself, nor with Resume."""


def next_state(state: LifeState, event: Event) -> LifeState:
    """The state that follows; the same one where the event means nothing."""
    way = _WAYS[event]
    return way.to if state in way.sources else state


def status_of(state: LifeState) -> Status:
    """What people are told of a state."""
    if state == "away":
        return "paused"
    return "idle" if state == "closed" else state


def wants_camera(state: LifeState) -> bool:
    """Whether the camera shall be on."""
    return state in ("asking", "waiting", "live", "paused")
