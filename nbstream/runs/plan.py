"""What was asked of `source.stream(...)`, checked, before anything runs."""

import contextvars
import weakref
from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

from ..calls.returned import deal
from ..calls.warm_up import WarmUp
from ..errors import ResultError
from ..kernel.state import State
from ..pictures.figures import close_older
from ..pictures.frame import Frame
from ..results.outgoing import Carry, OnEncoded, OnPainted, Result, carry_nothing
from .options import AnyOptions

if TYPE_CHECKING:
    from ..pictures.encoding import Picture
    from ..sounds.account import SoundSource
    from ..sounds.chunk import Captured
    from ..sounds.speech import SpeechSegmenter


class Origin(NamedTuple):
    """Where a result comes from: the frame or chunk, and what can ride on the message that carries the result."""

    frame: "Captured"
    carry: Carry
    on_painted: OnPainted | None = None
    on_encoded: OnEncoded | None = None
    """Called for each picture that was made for a display."""
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


@runtime_checkable
class Lamp(Protocol):
    """An output that shows people whether what it shows is of a live stream."""

    def light(self, is_live: bool) -> None:
        """A stream that writes it has become live, or is so no longer."""


class CallWatcher(Protocol):
    """Who is told of each call of a stream's function, such as a recording; from the thread of the calls."""

    def came(self, captured: "Captured") -> None:
        """A picture or piece of sound was offered to the stream; from any thread."""

    def call_begins(self, cause: "Captured", ports: Sequence[InputPort]) -> list[Any]:
        """Read the inputs of the call that `cause` causes, and return their values."""

    def call_has(self, meta: Any) -> None:
        """The call gets this as `meta`."""

    def call_gave(self, value: Any) -> None:
        """The function has returned or yielded this."""

    def call_ended(self, error: BaseException | None, *, is_series: bool) -> None:
        """The call is over, with what the function raised; `is_series`: it was a generator."""

    def stream_closed(self) -> None:
        """The stream has ended for good; a call that still runs is told of to its end."""


@runtime_checkable
class Trigger(Protocol):
    """A control whose change causes a call."""

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` after each change; returns what ends that."""


class StreamPlan(NamedTuple):
    """A checked stream: the function, its ports, and what else was asked."""

    fn: Callable[..., Any]
    fn_name: str
    inputs: Sequence[InputPort]
    outputs: Sequence[OutputPort]
    options: AnyOptions
    concurrency_id: Hashable
    """The name of the group, never `None`."""
    warm_up: WarmUp | None
    context: contextvars.Context
    """The context in which the stream was made, so that prints land in that cell."""
    stream_every_s: float
    """The shortest time between two pictures, in seconds."""
    sounds: "Sequence[SoundSource]" = ()
    """The sources that the stream hears."""
    sound_every_s: float = 0.0
    """How many seconds of sound make a piece; what `stream_every_s` is to pictures."""
    triggers: "Sequence[Trigger]" = ()
    """What causes a call with the newest picture."""
    segmenter: "SpeechSegmenter | None" = None
    """Finds the utterances that the function is called with; `None` = it is called with sound as it comes."""
    returns_nothing: bool = False
    """Whether the function has outputs, and no `return` for them."""

    def advice_on_state(self, value: Any) -> str:
        """What to say of a result that does not fit, where a `State` has no way back; "" = nothing."""
        if not isinstance(value, tuple):
            return ""
        back = {port.key for port in self.outputs}
        states = {
            key for port in self.inputs if isinstance(key := getattr(port, "key", None), State)
        }
        if states <= back:
            return ""
        return (
            " A State is among the inputs and not among the outputs: to keep what the function "
            "returns for it, name it in outputs= as well."
        )


def deal_out(value: Any, plan: StreamPlan, origin: Origin) -> None:
    """Give what the function returned to the outputs.

    Raises
    ------
    ResultError
        If a value does not fit its output, or their number does not; the other outputs have theirs.
    """
    wrong: ResultError | None = None
    advice = plan.advice_on_state(value)
    for number, one in deal(value, plan.outputs, plan.fn_name, advice):
        try:
            plan.outputs[number].write(one, origin)
        except ResultError as error:
            of = f" for {plan.outputs[number].name}" if len(plan.outputs) > 1 else ""
            wrong = wrong or ResultError(f"{plan.fn_name}() returned{of} {error}{advice}")
    close_older()
    if wrong is not None:
        raise wrong


class Carries(Protocol):
    """Who knows of credits that can ride on a message."""

    def carry(self) -> Any: ...


def carry_of(events: Carries) -> Carry:
    """Ask the stream for credits as long as it is there: a display keeps this with the result that it shows."""
    reference = weakref.ref(events)

    def carry() -> Any:
        stream = reference()
        return carry_nothing() if stream is None else stream.carry()

    return carry
