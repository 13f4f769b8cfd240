"""Making a stream: what `source.stream(...)` was given becomes a checked plan."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

from ..calls.caller import check_signature, name_of
from ..calls.identity import Identity
from ..calls.warm_up import warm_up_of
from ..kernel.clock import Clock
from ..kernel.functions import returns_nothing
from ..protocol.page_text import brief
from ..runs.asking.option import refuse
from ..runs.options import AnyOptions
from ..runs.plan import StreamPlan
from .binding import Capture, StreamBinding
from .ports import StatePort, as_input, as_list, as_output, as_trigger

if TYPE_CHECKING:
    from ..sounds.account import SoundSource
    from ..sounds.speech import SpeechSegmenter


@runtime_checkable
class Source(Protocol):
    """A widget that captures."""

    def nbstream_session(self) -> Capture:
        """What hears its pages."""


class Hearing(NamedTuple):
    """How a stream hears its sound: see `StreamPlan`."""

    every_s: float
    segmenter: SpeechSegmenter | None = None


def bind(
    sources: Sequence[Source], plan: StreamPlan, clock: Clock, *, replace: bool
) -> StreamBinding:
    """Make a stream of a plan and give it to its sources, and to those that show its results.

    Raises
    ------
    RuntimeError
        If a source is closed.
    """
    captures: dict[object, Capture] = {one: one.nbstream_session() for one in sources}
    for capture in captures.values():
        capture.check_open()
    binding = StreamBinding(captures, plan, clock)
    _adopt(list(captures.values()), binding, replace=replace)
    for port in plan.outputs:
        if isinstance(port.key, Source) and port.key not in captures:
            port.key.nbstream_session().show_results_of(binding)
    return binding


def _adopt(captures: Sequence[Capture], binding: StreamBinding, *, replace: bool) -> None:
    """Give a stream to its sources; with `replace` in place of those there are, live if one of them was."""
    old = [one for capture in captures for one in capture.bindings] if replace else []
    went_on = [capture.take_on(binding, old) for capture in captures]
    if any(went_on):
        binding.start()
    for one in old:
        one.close()
    for capture in captures:
        capture.refresh()


def make_plan(
    sources: Sequence[Any],
    fn: Callable[..., Any],
    inputs: Any,
    outputs: Any,
    options: AnyOptions,
    *,
    pictures_every_s: float,
    hearing: Hearing | None = None,
) -> StreamPlan:
    """Check everything that was asked of a stream before it runs.

    Raises
    ------
    TypeError
        If an input or output is no port, the function cannot take the inputs or cannot run in the executor,
        `warm_up` takes any, or `concurrency_id` cannot be hashed.
    ValueError
        If the options do not fit each other, or the microphone.
    MissingDependencyError
        If sound is wanted at a rate that takes a resampler, and there is none.
    """
    _check_executor(options["executor"], options["max_parallel"])
    if options["on"] == "capture" and options["executor"] is not None:
        refuse(
            "on",
            "capture",
            '"frame" where executor= is given: captures are called one after another',
        )
    _check_every(options)
    sounds = [one for one in sources if hasattr(one, "sound_format")]
    hearing = hearing or Hearing(pictures_every_s)
    _check_sounds(sounds, hearing.every_s)
    input_ports = [as_input(one) for one in (sources if inputs is None else as_list(inputs))]
    output_ports = [as_output(one) for one in as_list(outputs)]
    check_signature(fn, [port.name for port in input_ports], metadata=options["metadata"])
    if options["max_parallel"] > 1:
        _refuse_state([*input_ports, *output_ports], options["max_parallel"])
    if options["executor"] is not None:
        from ..calls.workers import check_function

        check_function(fn, options["executor"])
    warm_up = options["warm_up"]
    return StreamPlan(
        fn=fn,
        fn_name=name_of(fn),
        inputs=input_ports,
        outputs=output_ports,
        options=options,
        concurrency_id=_group(fn, options["concurrency_id"]),
        warm_up=None if warm_up is None else warm_up_of(warm_up),
        context=contextvars.copy_context(),
        stream_every_s=float(pictures_every_s),
        sounds=sounds,
        sound_every_s=float(hearing.every_s),
        segmenter=hearing.segmenter,
        triggers=[as_trigger(one) for one in as_list(options["triggers"])],
        returns_nothing=bool(output_ports) and returns_nothing(fn),
    )


def _check_every(options: AnyOptions) -> None:
    if options["batch"] is not None and options["pictures"] != "all":
        refuse("batch", options["batch"], 'None without pictures="all"')
    if options["pictures"] == "all" and options["executor"] is not None:
        refuse("pictures", "all", '"newest" where executor= is given')
    if options["pictures"] == "all" and options["on"] == "capture":
        refuse("pictures", "all", '"newest" with on="capture": a press is for one picture')


def _check_executor(executor: Any, max_parallel: int) -> None:
    if executor is None and max_parallel > 1:
        refuse(
            "max_parallel",
            max_parallel,
            "1 without executor=: say where the calls shall run, such as "
            f"executor=concurrent.futures.ThreadPoolExecutor({max_parallel})",
        )
    if executor is None or callable(executor):
        return
    from concurrent.futures import Executor

    if not isinstance(executor, Executor):
        raise TypeError(
            f"executor is {executor!r:.80} of type {type(executor).__name__}; expected a "
            "concurrent.futures.Executor (a Dask client has one: client.get_executor()), or a function "
            "that makes one."
        )


def _group(fn: Callable[..., Any], concurrency_id: Any) -> Hashable:
    """The name of the group: what was given, or the function itself."""
    if concurrency_id is None:
        return Identity(fn)
    if callable(concurrency_id):
        return Identity(concurrency_id)
    try:
        hash(concurrency_id)
    except TypeError as error:
        raise TypeError(
            f"concurrency_id is {brief(concurrency_id)} of type {type(concurrency_id).__name__} ({error}); expected a "
            'name, such as "detector", a Gate, or None for the function itself.'
        ) from None
    name: Hashable = concurrency_id
    return name


def _refuse_state(ports: list[Any], max_parallel: int) -> None:
    if any(isinstance(port, StatePort) for port in ports):
        raise ValueError(
            f"stream() was given a State and max_parallel={max_parallel}: calls that run at once have no order in "
            "which the State could go from one to the next. Use max_parallel=1, or do without the State."
        )


def _check_sounds(sounds: Sequence[SoundSource], every_s: float) -> None:
    for source in sounds:
        if every_s > source.max_backlog_s:
            raise ValueError(
                f"stream_every is {every_s:g} s, but the microphone keeps {source.max_backlog_s:g} s of sound; "
                "make stream_every smaller or the microphone's max_backlog_s greater."
            )
        if source.sound_format.sample_rate is not None:
            from ..sounds.format import check_resampler

            check_resampler()
