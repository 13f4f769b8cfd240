"""Making a stream: what `source.stream(...)` was given becomes a checked plan."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Hashable
from typing import Any

from .calls import check_signature, name_of
from .plan import OnLimit, StreamPlan, check_limits
from .ports import as_input, as_list, as_output
from .warm_up import warm_up_of


def make_plan(
    source: Any,
    fn: Callable[..., Any],
    inputs: Any,
    outputs: Any,
    *,
    time_limit: float | None,
    stream_every: float,
    concurrency_limit: int | None,
    concurrency_id: Hashable,
    on_limit: OnLimit,
    max_errors: int | None,
    metadata: bool,
    warm_up: Callable[[], Any] | None,
) -> StreamPlan:
    """Check everything that was asked of a stream before it runs.

    Raises
    ------
    TypeError
        If an input or output is no port, the function cannot take the inputs, or `warm_up` takes any.
    ValueError
        If a number is out of range.
    """
    check_limits(
        time_limit=time_limit,
        stream_every=stream_every,
        concurrency_limit=concurrency_limit,
        on_limit=on_limit,
        max_errors=max_errors,
    )
    input_ports = [as_input(one) for one in ([source] if inputs is None else as_list(inputs))]
    output_ports = [as_output(one) for one in as_list(outputs)]
    check_signature(fn, [port.name for port in input_ports], metadata=metadata)
    return StreamPlan(
        fn=fn,
        fn_name=name_of(fn),
        inputs=input_ports,
        outputs=output_ports,
        time_limit_s=None if time_limit is None else float(time_limit),
        stream_every_s=float(stream_every),
        concurrency_limit=concurrency_limit,
        concurrency_id=fn if concurrency_id is None else concurrency_id,
        on_limit=on_limit,
        max_errors=max_errors,
        metadata=metadata,
        warm_up=None if warm_up is None else warm_up_of(warm_up),
        context=contextvars.copy_context(),
    )
