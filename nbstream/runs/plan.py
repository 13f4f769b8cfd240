"""What was asked of `source.stream(...)`, checked, before anything runs."""

import contextvars
import math
from collections.abc import Callable, Hashable, Sequence
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, runtime_checkable

from ..calls.warm_up import WarmUp
from ..pictures.frame import Frame
from ..protocol.page_text import brief
from ..results.picture_lane import Carry, OnPainted, Result

if TYPE_CHECKING:
    from ..calls.workers import ExecutorChoice
    from ..pictures.encoding import Picture
    from ..sounds.account import SoundSource
    from ..sounds.chunk import Captured
    from ..sounds.speech import SpeechSegmenter

OnLimit = Literal["rejoin", "stop"]


class Origin(NamedTuple):
    """Where a result comes from: the frame or chunk, and what can ride on the message that carries the result."""

    frame: "Captured"
    carry: Carry
    on_painted: OnPainted | None = None
    on_encoded: Callable[[int], None] | None = None
    """Called with the size in bytes of each picture that was made for a display."""
    on_overlay_painted: OnPainted | None = None
    """Called once, when annotations are on a page's screen."""
    pictures_px: frozenset[tuple[int, int]] = frozenset()
    """Widths and heights of the pictures that the function got."""

    @property
    def frame_seq(self) -> int | None:
        """Number of the picture; `None` when sound caused the call, or a picture that was set by hand."""
        return (self.frame.seq or None) if isinstance(self.frame, Frame) else None

    @property
    def size_px(self) -> tuple[int, int] | None:
        """Width and height of the picture that the function got; `None` for none, or several of different size."""
        return next(iter(self.pictures_px)) if len(self.pictures_px) == 1 else None


def result_of(data: bytes, mime: str | None, origin: Origin | None) -> Result:
    """Make a result for a display; `origin` None = it was shown by hand, from no frame."""
    if origin is None:
        return Result(data, mime)
    if origin.on_encoded is not None:
        origin.on_encoded(len(data))
    at_ms = origin.frame.captured_at_ms
    return Result(data, mime, at_ms, origin.frame_seq, origin.carry, origin.on_painted)


class InputPort(Protocol):
    """How a stream reads one input."""

    @property
    def name(self) -> str: ...

    def attach(self) -> None:
        """The stream becomes live."""

    def detach(self) -> None:
        """The stream is live no longer."""

    def read(self, frame: "Captured") -> Any:
        """The value for the call that a frame or chunk causes; from the worker's thread."""


@runtime_checkable
class PictureInput(Protocol):
    """An input port whose value is a picture."""

    def read_encoded(self, frame: "Captured") -> "Picture | None":
        """The picture for the call that `frame` causes; `None` when there is none."""


class OutputPort(Protocol):
    """How a stream writes one output."""

    @property
    def key(self) -> Hashable: ...

    @property
    def name(self) -> str: ...

    def attach(self) -> None:
        """The stream becomes live."""

    def detach(self) -> None:
        """The stream is live no longer."""

    def write(self, value: Any, origin: Origin) -> None:
        """Show or keep a value; from the worker's thread.

        Raises
        ------
        ResultError
            If the value does not fit; the message goes behind "f() returned".
        """


class StreamPlan(NamedTuple):
    """A checked stream: the function, its ports and limits. Times in seconds, `None` = no limit."""

    fn: Callable[..., Any]
    fn_name: str
    inputs: Sequence[InputPort]
    outputs: Sequence[OutputPort]
    time_limit_s: float | None
    stream_every_s: float
    concurrency_limit: int | None
    concurrency_id: Hashable
    on_limit: OnLimit
    max_errors: int | None
    metadata: bool
    warm_up: WarmUp | None
    context: contextvars.Context
    """The context in which the stream was made, so that prints land in that cell."""
    executor: "ExecutorChoice | None" = None
    """`None` = calls run in the stream's own thread."""
    max_parallel: int = 1
    sounds: "Sequence[SoundSource]" = ()
    """The sources that the stream hears."""
    sound_every_s: float = 0.0
    """How much sound makes a piece; what `stream_every_s` is to pictures."""
    segmenter: "SpeechSegmenter | None" = None
    """Finds the utterances that the function is called with; `None` = it is called with sound as it comes."""
    can_interrupt: bool = True
    """Whether speech silences the outputs that play."""


def check_limits(
    *,
    time_limit: Any,
    stream_every: Any,
    concurrency_limit: Any,
    on_limit: Any,
    max_errors: Any,
    executor: Any = None,
    max_parallel: Any = 1,
) -> None:
    """Make sure that the numbers of a stream are in range.

    Raises
    ------
    ValueError
        With the name, what came and the allowed range.
    TypeError
        If the executor is none.
    """
    if time_limit is not None and not (_is_number(time_limit) and time_limit > 0):
        _refuse("time_limit", time_limit, "seconds > 0, or None for no limit")
    if not (_is_number(stream_every) and stream_every >= 0):
        _refuse("stream_every", stream_every, "seconds >= 0")
    if concurrency_limit is not None and not _is_count(concurrency_limit):
        _refuse("concurrency_limit", concurrency_limit, "an integer >= 1, or None for no limit")
    if on_limit not in ("rejoin", "stop"):
        _refuse("on_limit", on_limit, '"rejoin" or "stop"')
    if max_errors is not None and not _is_count(max_errors):
        _refuse("max_errors", max_errors, "an integer >= 1, or None to go on for ever")
    _check_executor(executor, max_parallel)


def _check_executor(executor: Any, max_parallel: Any) -> None:
    if not _is_count(max_parallel):
        _refuse("max_parallel", max_parallel, "an integer >= 1")
    if executor is None and max_parallel > 1:
        _refuse(
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


def _is_number(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, Real) and math.isfinite(value)


def _is_count(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, Integral) and int(value) >= 1


def _refuse(name: str, value: object, allowed: str) -> None:
    raise ValueError(f"{name} is {brief(value)}; expected {allowed}.")
