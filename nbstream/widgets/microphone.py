"""`Microphone`: sound from the person who sees the notebook, without a lost sample."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import traitlets as t
from numpy.typing import NDArray

from ..kernel.clock import current_clock
from ..protocol.fields import MAX_CHANNELS, MAX_RATE_HZ, MIN_RATE_HZ
from ..protocol.sound import SampleType
from ..runs.options import AnyOptions, SoundOptions, completed, with_options
from ..runs.plan import InputPort
from ..sounds.chunk import Captured, Chunk
from ..sounds.format import SoundFormat
from ..sounds.speech import SpeechSegmenter
from ..sources.sound_session import SoundSession
from ..streams.making import Hearing
from .base import bundle, new_widget_id
from .face.source_face import SourceFace

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..streams.binding import StreamBinding

SAMPLE_TYPES: tuple[SampleType, ...] = ("int16", "float32")
STREAM_EVERY_S = 0.5
# What is told apart as utterances is heard sooner than it is spoken to its end.
HEAR_EVERY_S = 0.1


class Microphone(SourceFace):
    """A microphone of the person who sees the notebook, with Start and Stop.

    Between Start and Stop every sample reaches the function once and in order: while the function is busy, sound waits
    and comes as one longer piece.

    Parameters
    ----------
    device
        Which microphone: "" = the browser's choice, "synthetic" = a pattern of tones made in the page, else a device's
        id or label. A browser that has no such microphone uses its own choice, and the page says so.
    sample_rate
        Of the sound that functions get, in Hz, 3000..768000; `None` = the device's, as a rule 44100 or 48000. Another
        one than the device's takes the extra `sound` (soxr), which resamples without a seam between pieces.
    channels
        How many channels functions get, 1..8. Where the device has others: one channel is the mean of all, of
        several the first ones are taken, and the last one is repeated for those that are missing.
    dtype
        "int16", or "float32" with 1.0 as full scale.
    echo_cancellation, noise_suppression, auto_gain_control
        What the browser does to the sound. All off by default: a function should hear what is there.
    max_backlog_s
        How many seconds of sound, or of utterances, are kept for a function that is busy. What is older is lost: it is
        counted, shown, and the function finds it as `meta.gap_s`.
    constraints
        A W3C `MediaTrackConstraints` dictionary for the audio track, laid over the above.
    controls
        Names of the controls that are shown, such as `("start",)`; `None` = all.
    show_stats
        Whether a panel with numbers lies over the waveform.
    run_hidden
        Whether the microphone stays on while its widget is out of sight: in a closed Accordion, a hidden Tab, below
        `display: none`. `False` = after 20 s it goes off and the stream pauses.
    label
        Text above the microphone.
    """

    _esm_path = bundle("sound.js")
    _css_path = bundle("sound.css")

    _session: SoundSession

    # --- kernel -> browser -------------------------------------------------------------------
    _kind = t.Unicode("microphone").tag(sync=True)

    device = t.Unicode("").tag(sync=True)
    """Which microphone: "" = the browser's choice, "synthetic", an id or a label."""

    _chosen_device = t.Dict(default_value=None, allow_none=True).tag(sync=True)
    """{"id", "label"} of what a person chose last, in any page; `None` = nobody has."""

    sample_rate = t.Int(None, min=MIN_RATE_HZ, max=MAX_RATE_HZ, allow_none=True).tag(sync=True)
    """Of what functions get, in Hz; `None` = the device's. Counts from the next start on."""

    channels = t.Int(1, min=1, max=MAX_CHANNELS).tag(sync=True)
    """How many channels functions get. Counts from the next start on."""

    dtype: t.Enum[SampleType] = t.Enum(SAMPLE_TYPES, "int16").tag(sync=True)
    """Type of the samples that functions get. Counts from the next start on."""

    echo_cancellation = t.Bool(False).tag(sync=True)
    """Whether the browser takes away what its loudspeakers play."""

    noise_suppression = t.Bool(False).tag(sync=True)
    """Whether the browser takes away what it holds to be noise."""

    auto_gain_control = t.Bool(False).tag(sync=True)
    """Whether the browser makes quiet sound louder."""

    constraints = t.Dict(None, allow_none=True).tag(sync=True)
    """W3C constraints for the audio track, laid over the other options; `None` = none."""

    run_hidden = t.Bool(False).tag(sync=True)
    """Whether the microphone stays on while its widget is out of sight, as in a closed Accordion."""

    # --- in the kernel only ------------------------------------------------------------------
    max_backlog_s = t.Float(60.0, min=1.0, max=3600.0)
    """Seconds of sound that are kept for a busy function. Counts from the next start on."""

    def __init__(self, **traits: Any) -> None:
        self._clock = clock = current_clock()
        widget_id = new_widget_id()
        self._session = SoundSession(widget_id, self, clock)
        super().__init__(_widget_id=widget_id, **traits)

    @property
    def sound_format(self) -> SoundFormat:
        """What functions get."""
        return SoundFormat(self.sample_rate, self.channels, self.dtype)

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

        Calling it again replaces the stream there is and stays live. After Stop, and at the limit, one more call gets
        what is left.

        Parameters
        ----------
        fn
            Plain, async or generator function. Without it `stream` is a decorator.
        inputs
            What the function gets, in this order: sources, displays, ipywidgets, `(widget, "trait")`, `State`; one
            needs no list. `None` = this microphone alone. Sound comes as `(sample_rate, array)`, the array int16
            or float32 (see `dtype`) of shape (n,) for one channel, else (n, channels).
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
        # In this order: a page that hears of another `device` can tell a person's choice from the code's wish.
        self.set_and_tell_later("_chosen_device", {"id": device, "label": label})
        self.set_and_tell_later("device", device)

    def stream_every_unbound_s(self) -> float:
        return STREAM_EVERY_S

    def nbstream_session(self) -> SoundSession:
        return self._session

    def nbstream_input(self) -> InputPort:
        """How a stream reads this widget: the piece of sound that caused the call."""
        return SoundPort(self, self.label or "Microphone")


def hearing_of(asked: AnyOptions) -> Hearing:
    """How a stream hears, as it was asked to."""
    segmenter = _segmenter(asked)
    every_s = STREAM_EVERY_S if segmenter is None else HEAR_EVERY_S
    wanted_s = asked["stream_every"]
    return Hearing(every_s if wanted_s is None else wanted_s, segmenter)


def _segmenter(asked: AnyOptions) -> SpeechSegmenter | None:
    on = asked["on"]
    if on == "chunk":
        return None
    if on == "utterance":
        from ..sounds.segmenter import Segmenter

        return Segmenter(
            speech=asked["speech"],
            silence=asked["silence"],
            max_length=asked["max_length"],
            pre_roll=asked["pre_roll"],
        )
    if on == "hold":
        from ..sounds.hold import HoldSegmenter

        return HoldSegmenter(pre_roll=asked["pre_roll"], max_length=asked["max_length"])
    if isinstance(on, str) or not (hasattr(on, "push") and hasattr(on, "flush")):
        raise ValueError(
            f'on is {on!r:.80}; expected "chunk", "utterance", "hold" or an nbstream.voice.Segmenter.'
        )
    segmenter: SpeechSegmenter = on
    return segmenter


class SoundPort:
    """A source of sound as input of a stream."""

    def __init__(self, source: object, name: str) -> None:
        self._source = source
        self.name = name

    def attach(self) -> None: ...

    def detach(self) -> None: ...

    def read(self, frame: Captured) -> tuple[int, NDArray[np.int16 | np.float32]] | None:
        """`(sample_rate, array)`; `None` when something else caused the call."""
        if isinstance(frame, Chunk) and frame.source is self._source:
            return frame.sample_rate, frame.samples
        return None
