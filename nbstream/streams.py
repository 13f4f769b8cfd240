"""Making a stream: what `source.stream(...)` was given becomes a checked plan."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any

from .calls import check_signature, name_of
from .plan import OnLimit, StreamPlan, check_limits
from .ports import StatePort, as_input, as_list, as_output
from .warm_up import warm_up_of

if TYPE_CHECKING:
    from .plan import ExecutorChoice


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
    executor: ExecutorChoice | None = None,
    max_parallel: int = 1,
) -> StreamPlan:
    """Check everything that was asked of a stream before it runs.

    Raises
    ------
    TypeError
        If an input or output is no port, the function cannot take the inputs or cannot run in the executor, or
        `warm_up` takes any.
    ValueError
        If a number is out of range, or a `State` is among the ports of parallel calls.
    """
    check_limits(
        time_limit=time_limit,
        stream_every=stream_every,
        concurrency_limit=concurrency_limit,
        on_limit=on_limit,
        max_errors=max_errors,
        executor=executor,
        max_parallel=max_parallel,
    )
    input_ports = [as_input(one) for one in ([source] if inputs is None else as_list(inputs))]
    output_ports = [as_output(one) for one in as_list(outputs)]
    check_signature(fn, [port.name for port in input_ports], metadata=metadata)
    if max_parallel > 1:
        _refuse_state([*input_ports, *output_ports], max_parallel)
    if executor is not None:
        from .workers import check_function

        check_function(fn, executor)
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
        executor=executor,
        max_parallel=max_parallel,
    )


def _refuse_state(ports: list[Any], max_parallel: int) -> None:
    if any(isinstance(port, StatePort) for port in ports):
        raise ValueError(
            f"stream() was given a State and max_parallel={max_parallel}: calls that run at once have no order in "
            "which the State could go from one to the next. Use max_parallel=1, or do without the State."
        )
