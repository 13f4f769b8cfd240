"""`stream`: one function that is driven by several sources, such as a camera and a microphone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, overload

from ..kernel.clock import current_clock
from ..runs.options import StreamOptions, completed, with_options
from .binding import StreamBinding
from .making import Hearing, Source, bind, make_plan

if TYPE_CHECKING:
    from typing_extensions import Unpack

PICTURES_EVERY_S = 0.1
SOUND_EVERY_S = 0.5


@overload
def stream(
    sources: Sequence[Source],
    fn: Callable[..., Any],
    inputs: Any = ...,
    outputs: Any = ...,
    **options: Unpack[StreamOptions],
) -> StreamBinding: ...


@overload
def stream(
    sources: Sequence[Source],
    fn: None = ...,
    inputs: Any = ...,
    outputs: Any = ...,
    **options: Unpack[StreamOptions],
) -> Callable[[Callable[..., Any]], StreamBinding]: ...


@with_options(StreamOptions)
def stream(
    sources: Sequence[Source],
    fn: Callable[..., Any] | None = None,
    inputs: Any = None,
    outputs: Any = None,
    **options: Unpack[StreamOptions],
) -> StreamBinding | Callable[[Callable[..., Any]], StreamBinding]:
    """Call `fn` whenever one of several sources has something new; show what it returns.

    A camera among the inputs gives its newest picture (`None` before the first), a microphone the sound that caused
    the call, and `None` when something else did. Pictures may be skipped, sound is not, and behind a slow function
    they take turns. It starts when all sources run, and all of them start and stop with it. The times in `meta`,
    a `FrameMeta` or a `SoundMeta`, are of one clock, the page's.

    Parameters
    ----------
    sources
        Cameras and microphones, at least one.
    fn
        Plain, async or generator function. Without it `stream` is a decorator.
    inputs
        As for `Webcam.stream`; `None` = the sources in their order.
    outputs
        What the function's results go to. `None` = results are ignored.
    {options}

    Returns
    -------
    binding
        The stream, idle until Start is pressed in one of the sources or `start()` is called.

    Raises
    ------
    TypeError
        If a source is none, an input or output is no port, or the function cannot take the inputs.
    ValueError
        If there is no source, or a number is out of range.
    """
    checked = _checked(sources)

    asked = completed(options, StreamOptions)

    def make(function: Callable[..., Any]) -> StreamBinding:
        every_s = asked["stream_every"]
        plan = make_plan(
            checked,
            function,
            inputs,
            outputs,
            asked,
            pictures_every_s=PICTURES_EVERY_S if every_s is None else every_s,
            hearing=Hearing(SOUND_EVERY_S if every_s is None else every_s),
        )
        return bind(checked, plan, current_clock(), replace=not asked["add"])

    return make if fn is None else make(fn)


def _checked(sources: Any) -> list[Source]:
    if not isinstance(sources, (list, tuple)):
        raise TypeError(
            f"stream() was given {type(sources).__name__} {sources!r:.80} as its sources; expected a list, such "
            "as [webcam, microphone]. Of a single source call its own stream()."
        )
    if not sources:
        raise ValueError(
            "stream() was given no source; expected a list, such as [webcam, microphone]."
        )
    for one in sources:
        if not hasattr(one, "nbstream_session"):
            raise TypeError(
                f"stream() was given {type(one).__name__} {one!r:.80} as a source; expected a Webcam or a Microphone."
            )
    return list(dict.fromkeys(sources))
