"""What a recording has to know of the stream that it is of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..kernel.state import State
from ..runs.plan import InputPort, OutputPort, StreamPlan


class Subject(NamedTuple):
    """The parts of a stream by name, and which ports are one `State`."""

    fn_name: str
    sources: Sequence[object]
    input_names: Sequence[str]
    output_names: Sequence[str]
    input_states: Sequence[int | None]
    """By input: number of the `State` in `states`, `None` = it is another port."""
    output_states: Sequence[int | None]
    states: Sequence[State]

    def number_of(self, source: object) -> int | None:
        """The place of a source among those of the stream; `None` = it is none of them."""
        numbers = [number for number, one in enumerate(self.sources) if one is source]
        return numbers[0] if numbers else None


def subject_of(plan: StreamPlan, sources: Sequence[object]) -> Subject:
    """What is recorded of a stream.

    Raises
    ------
    RuntimeError
        If its calls run elsewhere.
    """
    if plan.options["executor"] is not None:
        raise RuntimeError(
            "A stream with an executor cannot be recorded: its calls have no order. Record it without executor=."
        )
    states: list[State] = []
    return Subject(
        plan.fn_name,
        sources,
        [port.name for port in plan.inputs],
        [port.name for port in plan.outputs],
        [_number(port, states) for port in plan.inputs],
        [_number(port, states) for port in plan.outputs],
        states,
    )


def _number(port: InputPort | OutputPort, states: list[State]) -> int | None:
    state = getattr(port, "key", None)
    if not isinstance(state, State):
        return None
    if state not in states:
        states.append(state)
    return states.index(state)
