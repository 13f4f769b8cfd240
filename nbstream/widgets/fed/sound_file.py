"""`SoundFile`: a sound file, or the sound of a film, as a source."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, overload

import traitlets as t

from ...feeds.media import check_av, opened
from ...feeds.sound import SoundFeed
from ...kernel.clock import current_clock
from ...protocol.fields import MAX_CHANNELS, MAX_RATE_HZ, MIN_RATE_HZ
from ...protocol.sound import SampleType
from ...runs.options import SoundOptions, completed, with_options
from ...runs.plan import InputPort
from ...sounds.format import SoundFormat
from ...sources.fed.pump import Speed, checked_speed
from ...sources.fed.sounds import FedSounds
from ...streams.making import bind, make_plan
from ..base import LaneWidget, new_widget_id
from ..microphone import SAMPLE_TYPES, SoundPort, hearing_of
from .media_file import checked_path, checked_place

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ...streams.binding import StreamBinding


class SoundFile(LaneWidget):
    """A sound file, or the sound of a film, as a source; takes the extra `video` (PyAV). It needs no page.

    Every sample reaches the function once and in order: the file waits for a function that is slower. Streams end with
    the last sample, unless `loop`. While no stream is live, it stands still.

    Parameters
    ----------
    path
        The file.
    speed
        1.0 = as it sounds; `None` = as fast as it is taken. May be set at any time.
    loop
        Whether it begins anew at the end.
    sample_rate
        Of what functions get, in Hz; `None` = the file's. Another one takes the extra `sound` (soxr).
    channels
        How many channels functions get, 1..8.
    dtype
        "int16", or "float32" with 1.0 as full scale.
    label
        Text above it.

    Raises
    ------
    FileNotFoundError
        If there is no such file; any other OSError where it cannot be opened.
    MediaError
        If it has no sound, or is coded in a way that is not known.
    MissingDependencyError
        If PyAV is not installed.
    """

    _kind = t.Unicode("kernel_source").tag(sync=True)

    _noun = t.Unicode("sound file").tag(sync=True)

    sample_rate = t.Int(None, min=MIN_RATE_HZ, max=MAX_RATE_HZ, allow_none=True)
    """Of what functions get, in Hz; `None` = the file's. Counts from the next start on."""

    channels = t.Int(1, min=1, max=MAX_CHANNELS)
    """How many channels functions get. Counts from the next start on."""

    dtype: t.Enum[SampleType] = t.Enum(SAMPLE_TYPES, "int16")
    """Type of the samples that functions get. Counts from the next start on."""

    max_backlog_s = 60.0

    def __init__(
        self,
        path: str | os.PathLike[str],
        speed: Speed = 1.0,
        *,
        loop: bool = False,
        **traits: Any,
    ) -> None:
        self.path = checked_path(path, "SoundFile")
        self._speed = _checked(speed)
        check_av()
        container, _stream = opened(self.path, "audio")
        with container:
            long = container.duration
        self.duration_s: float | None = None if long is None else long / 1_000_000
        self.loop = loop
        self._begin_s = 0.0
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
        return self._speed

    @speed.setter
    def speed(self, speed: Speed) -> None:
        self._speed = _checked(speed)
        self._session.speed_changed()

    def seek(self, at_s: float) -> None:
        """Go on at that place, in seconds; while nothing runs, the next start begins there.

        Raises
        ------
        ValueError
            If the file has no such place.
        """
        place_s = checked_place(at_s, self.duration_s)
        pump = self._session.pump
        if pump is None:
            self._begin_s = place_s
        else:
            pump.move(lambda feed: feed.seek(place_s))

    def open_feed(self) -> SoundFeed:
        begin_s, self._begin_s = self._begin_s, 0.0
        return SoundFeed(self.path, self.dtype, loop=self.loop, begin_s=begin_s)

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
            What the function gets, in this order; `None` = this file alone. Sound comes as `(sample_rate, array)`.
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

        def make(function: Callable[..., Any]) -> StreamBinding:
            hearing = hearing_of(asked)
            every_s = hearing.every_s
            plan = make_plan(
                [self], function, inputs, outputs, asked, pictures_every_s=every_s, hearing=hearing
            )
            return bind([self], plan, self._clock, replace=not asked["add"])

        return make if fn is None else make(fn)

    @property
    def bindings(self) -> list[StreamBinding]:
        """Its streams, oldest first."""
        return self._session.bindings

    def start(self) -> None:
        """Start all its streams, as the Start button does."""
        self._session.start()

    def stop(self) -> None:
        """Stop all its streams."""
        self._session.stop()

    def close(self) -> None:
        """Stop for good, and leave all pages."""
        # One that was refused when it was made is closed as well, when it is collected.
        if hasattr(self, "_session"):
            self._session.close()
        super().close()

    # --- for the session ---------------------------------------------------------------------

    def device_chosen(self, device: str, label: str) -> None:
        """There is nothing to choose."""

    def stream_every_unbound_s(self) -> float:
        return 0.0

    def nbstream_session(self) -> FedSounds:
        return self._session

    def nbstream_input(self) -> InputPort:
        """How a stream reads this widget: the piece of sound that caused the call."""
        return SoundPort(self, self.label or "SoundFile")

    def _receive(self, _widget: Any, content: Any, buffers: Any) -> None:
        self._session.receive(content, buffers)


def _checked(speed: Any) -> Speed:
    if speed == "step":
        raise ValueError(
            'speed is "step"; expected a number above 0, or None for as fast as it is taken. Only pictures have steps.'
        )
    return checked_speed(speed)
