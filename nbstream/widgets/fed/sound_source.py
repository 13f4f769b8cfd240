"""`SoundSource`: what all sources of sound in the kernel have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, overload

import traitlets as t

from ...feeds.feed import FedSound, Feed
from ...kernel.clock import current_clock
from ...protocol.fields import MAX_CHANNELS, MAX_RATE_HZ, MIN_RATE_HZ
from ...protocol.sound import SampleType
from ...runs.options import SoundOptions, completed, with_options
from ...runs.plan import InputPort
from ...sounds.format import SoundFormat
from ...sources.fed.pump import Speed
from ...sources.fed.sounds import FedSounds
from ..base import SourceBase, new_widget_id
from ..microphone import SAMPLE_TYPES, SoundPort, hearing_of

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ...streams.binding import StreamBinding


class SoundSource(SourceBase):
    """A source of sound that the kernel itself reads; it needs no page."""

    _session: FedSounds

    _kind = t.Unicode("kernel_source").tag(sync=True)

    _noun = t.Unicode("source").tag(sync=True)
    """What the page calls it."""

    sample_rate = t.Int(None, min=MIN_RATE_HZ, max=MAX_RATE_HZ, allow_none=True)
    """Of what functions get, in Hz; `None` = the file's. Counts from the next start on."""

    channels = t.Int(1, min=1, max=MAX_CHANNELS)
    """How many channels functions get. Counts from the next start on."""

    dtype: t.Enum[SampleType] = t.Enum(SAMPLE_TYPES, "int16")
    """Type of the samples that functions get. Counts from the next start on."""

    max_backlog_s = 60.0

    def __init__(self, **traits: Any) -> None:
        self._clock = current_clock()
        widget_id = new_widget_id()
        self._session = FedSounds(widget_id, self, self._clock)
        super().__init__(_widget_id=widget_id, **traits)

    @property
    def sound_format(self) -> SoundFormat:
        """What functions get."""
        return SoundFormat(self.sample_rate, self.channels, self.dtype)

    @property
    def speed(self) -> Speed:
        """How its sound is timed."""
        return 1.0

    def open_feed(self) -> Feed[FedSound]:
        """Where a new run reads."""
        raise NotImplementedError

    # --- streams -----------------------------------------------------------------------------

    @overload
    def stream(
        self,
        fn: Callable[..., Any],
        inputs: Any = ...,
        outputs: Any = ...,
        **options: Unpack[SoundOptions],
    ) -> StreamBinding: ...

    @overload
    def stream(
        self,
        fn: None = ...,
        inputs: Any = ...,
        outputs: Any = ...,
        **options: Unpack[SoundOptions],
    ) -> Callable[[Callable[..., Any]], StreamBinding]: ...

    @with_options(SoundOptions)
    def stream(
        self,
        fn: Callable[..., Any] | None = None,
        inputs: Any = None,
        outputs: Any = None,
        **options: Unpack[SoundOptions],
    ) -> StreamBinding | Callable[[Callable[..., Any]], StreamBinding]:
        """Call `fn` with each piece of sound and the values of the inputs; show what it returns.

        As `Microphone.stream`, but that `binding.start()` needs no page.

        Parameters
        ----------
        fn
            Plain, async or generator function. Without it `stream` is a decorator.
        inputs
            What the function gets, in this order; `None` = this source alone. Sound comes as `(sample_rate, array)`.
        outputs
            What the function's results go to. `None` = results are ignored.
        {options}

        Returns
        -------
        binding
            The stream, idle until Start is pressed or `start()` is called.

        Raises
        ------
        TypeError
            If an input or output is no port, or the function cannot take the inputs.
        ValueError
            If a number is out of range.
        MissingDependencyError
            If `sample_rate` is set and the resampler is not installed, or `on` is "utterance" and what finds speech
            is not.
        """
        asked = completed(options, SoundOptions)

        return self._streamed(fn, inputs, outputs, asked, hearing_of)

    # --- for the session ---------------------------------------------------------------------

    def device_chosen(self, device: str, label: str) -> None:
        """There is nothing to choose."""

    def stream_every_unbound_s(self) -> float:
        return 0.0

    def nbstream_session(self) -> FedSounds:
        return self._session

    def nbstream_input(self) -> InputPort:
        """How a stream reads this widget: the piece of sound that caused the call."""
        return SoundPort(self, self.label or type(self).__name__)
