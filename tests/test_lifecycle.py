"""The table of a stream's life: every event in every state."""

from __future__ import annotations

import pytest

from nbstream.streams.lifecycle import (
    EVENTS,
    STATES,
    Event,
    LifeState,
    next_state,
    status_of,
    wants_camera,
)

# One row per event: what becomes of each state, in the order of the head; "." = nothing.
TABLE = """
                 idle    asking  waiting live    paused  away    failed  closed
start            asking  .       .       .       asking  asking  asking  .
resume           .       .       .       .       asking  asking  .       .
stop             .       idle    idle    idle    idle    idle    idle    .
close            closed  closed  closed  closed  closed  closed  closed  .
pause            .       .       paused  paused  .       .       .       .
errors           .       .       paused  paused  .       .       .       .
warm_up_failed   .       .       paused  .       .       .       .       .
camera_on        .       waiting .       .       .       .       .       .
camera_missing   .       .       asking  asking  .       .       .       .
camera_failed    .       failed  failed  failed  failed  .       .       .
page_gone        .       away    away    away    away    .       .       .
admitted         .       .       live    .       .       .       .       .
rejoin_at_limit  .       .       .       waiting .       .       .       .
stop_at_limit    .       .       .       idle    .       .       .       .
"""


def rows() -> list[tuple[str, str, str]]:
    """(event, state, what becomes of it) for every cell."""
    head, *lines = [line.split() for line in TABLE.strip().splitlines()]
    return [
        (event, state, state if cell == "." else cell)
        for event, *cells in lines
        for state, cell in zip(head, cells, strict=True)
    ]


@pytest.mark.parametrize(("event", "state", "after"), rows())
def test_each_event_in_each_state_leads_where_the_table_says(event, state, after):
    assert next_state(state, event) == after


def test_every_event_is_decided_in_every_state():
    assert {(event, state) for event, state, _ in rows()} == {
        (event, state) for event in EVENTS for state in STATES
    }


PRESSED: tuple[Event, ...] = ("start", "resume")


@pytest.mark.parametrize("event", [event for event in EVENTS if event not in PRESSED])
@pytest.mark.parametrize("state", [state for state in STATES if not wants_camera(state)])
def test_nothing_but_a_person_turns_a_camera_on(state: LifeState, event: Event):
    assert not wants_camera(next_state(state, event))


@pytest.mark.parametrize("event", EVENTS)
def test_what_is_closed_stays_closed(event):
    assert next_state("closed", event) == "closed"


@pytest.mark.parametrize(
    ("state", "status"), [("away", "paused"), ("closed", "idle"), ("live", "live")]
)
def test_people_are_told_a_simpler_status(state, status):
    assert status_of(state) == status
