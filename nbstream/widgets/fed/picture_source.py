"""`PictureSource`: what all sources of pictures in the kernel have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import traitlets as t

from ...feeds.feed import FedPicture, Feed
from ...kernel.clock import current_clock
from ...kernel.wiring import check_open
from ...pictures.codecs import Channels
from ...pictures.encoding import Encoding, Picture
from ...pictures.frame import Frame
from ...results.picture_outlet import PictureOutlet
from ...runs.options import PictureOptions, completed, with_options
from ...runs.plan import InputPort, Origin, OutputPort, result_of
from ...sounds.chunk import Captured
from ...sources.fed.pictures import FedPictures
from ...sources.fed.pump import Speed
from ...sources.presses import capture
from ..base import SourceBase, new_widget_id

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from typing_extensions import Unpack

    from ...streams.binding import StreamBinding

COLORS: tuple[Channels, ...] = ("rgb", "bgr", "gray")
RESULT_QUALITY = 80


class PictureSource(SourceBase):
    """A source of pictures that the kernel itself reads; it needs no page, and a page that shows it has a preview."""

    _session: FedPictures

    _kind = t.Unicode("kernel_source").tag(sync=True)

    _noun = t.Unicode("source").tag(sync=True)
    """What the page calls it."""

    color: t.Enum[Channels] = t.Enum(COLORS, "rgb")
    """Channels of the arrays that functions get. Counts from the next start on."""

    def __init__(self, **traits: Any) -> None:
        self._clock = clock = current_clock()
        widget_id = new_widget_id()
        self._results = PictureOutlet(widget_id, self.send_to_pages, clock)
        self._session = FedPictures(widget_id, self, clock, self._results)
        super().__init__(_widget_id=widget_id, **traits)

    @property
    def speed(self) -> Speed:
        """How its pictures are timed."""
        return 1.0

    def open_feed(self) -> Feed[FedPicture]:
        """Where a new run reads."""
        raise NotImplementedError

    # --- streams -----------------------------------------------------------------------------

    @overload
    def stream(
        self,
        fn: Callable[..., Any],
        inputs: Any = ...,
        outputs: Any = ...,
        **options: Unpack[PictureOptions],
    ) -> StreamBinding: ...

    @overload
    def stream(
        self,
        fn: None = ...,
        inputs: Any = ...,
        outputs: Any = ...,
        **options: Unpack[PictureOptions],
    ) -> Callable[[Callable[..., Any]], StreamBinding]: ...

    @with_options(PictureOptions, stream_every=0.0)
    def stream(
        self,
        fn: Callable[..., Any] | None = None,
        inputs: Any = None,
        outputs: Any = None,
        **options: Unpack[PictureOptions],
    ) -> StreamBinding | Callable[[Callable[..., Any]], StreamBinding]:
        """Call `fn` with each picture and the values of the inputs; show what it returns.

        As `Webcam.stream`, but that `binding.start()` needs no page.

        Parameters
        ----------
        fn
            Plain, async or generator function. Without it `stream` is a decorator.
        inputs
            What the function gets, in this order; `None` = this source alone. Pictures are uint8 (height, width, 3),
            C-contiguous and writable (see `color`).
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
            If an input or output is no port, the function cannot take the inputs, or `warm_up` takes any.
        ValueError
            If a number is out of range.
        """
        asked = completed(options, PictureOptions, stream_every=0.0)

        return self._streamed(fn, inputs, outputs, asked)

    def snapshot(self) -> NDArray[np.uint8] | None:
        """The newest picture that was given, as functions get it; `None` before the first."""
        frame = self._session.newest()
        picture: NDArray[np.uint8] | None = None if frame is None else _array_of(frame, self.color)
        return picture

    def burst(self, count: int, within_s: float = 10.0) -> list[NDArray[np.uint8]]:
        """Wait for the next `count` captured pictures; arrays as of `snapshot`.

        Raises
        ------
        TimeoutError
            If fewer came in so many seconds, as where the source is off.
        CorruptFrameError
            If one cannot be decoded.
        """
        from ...recordings.film.burst import next_shots

        shots = next_shots(self._session.taps, count, within_s)
        return [shot.array(self.color) for shot in shots]

    def capture(self) -> None:
        """Press Capture; a RuntimeError where no stream with ``on="capture"`` is live, or a hundred captures wait."""
        capture(self._session)

    # --- for the session ---------------------------------------------------------------------

    def device_chosen(self, device: str, label: str) -> None:
        """There is nothing to choose."""

    def stream_every_unbound_s(self) -> float:
        return 0.0

    def nbstream_session(self) -> FedPictures:
        return self._session

    def nbstream_input(self) -> InputPort:
        """How a stream reads this widget."""
        return PictureSourcePort(self)

    def nbstream_output(self) -> OutputPort:
        """How a stream writes this widget: the result takes the preview's place."""
        return PictureSourcePort(self)

    def _show(self, value: Any, origin: Origin) -> None:
        data, mime = (b"", None) if value is None else self._encoding().encode(value)
        self._results.show(result_of(data, mime, origin))

    def _encoding(self) -> Encoding:
        return Encoding("jpeg", RESULT_QUALITY, "bgr" if self.color == "bgr" else "rgb")


class PictureSourcePort:
    """A `PictureSource` as input and output of a stream."""

    def __init__(self, source: PictureSource) -> None:
        self.source = source
        self.key = source
        self.name = source.label or type(source).__name__

    def attach(self) -> None:
        check_open(self.source)

    def detach(self) -> None: ...

    def read(self, frame: Captured) -> Any:
        """The picture that caused the call; else the newest one of this source."""
        own = self._own(frame)
        return None if own is None else _array_of(own, self.source.color)

    def read_encoded(self, frame: Captured) -> Picture | None:
        own = self._own(frame)
        return None if own is None else Picture(own.encoded, self.source.color)

    def encoding(self) -> Encoding:
        return self.source._encoding()

    def write(self, value: Any, origin: Origin) -> None:
        self.source._show(value, origin)

    def _own(self, frame: Captured) -> Frame | None:
        if isinstance(frame, Frame) and frame.source is self.source:
            return frame
        return self.source._session.newest()


def _array_of(frame: Frame, color: Channels) -> Any:
    return Picture(frame.data, color).decode() if frame.raw is None else frame.raw.array()
