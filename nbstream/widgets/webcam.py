"""`Webcam`: a camera in the notebook, and a place for results."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import traitlets as t

from ..kernel.clock import current_clock
from ..kernel.wiring import check_open
from ..pages.pointing import Pointing
from ..pictures.codecs import Channels, decode_image, image_size
from ..pictures.encoding import Encoding, Picture
from ..pictures.frame import Frame
from ..pictures.raw import RawPicture
from ..results.picture_outlet import PictureOutlet
from ..runs.options import PictureOptions, completed, with_options
from ..sources.picture_session import PictureSession
from ..sources.presses import capture
from .base import new_widget_id
from .encoded_picture import EncodedPicture
from .face.source_face import PictureFace
from .face.video_traits import VideoTraits

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from typing_extensions import Unpack

    from ..runs.plan import InputPort, Origin, OutputPort
    from ..sounds.chunk import Captured
    from ..streams.binding import StreamBinding

COLORS: tuple[Channels, ...] = ("rgb", "bgr", "gray")
MIN_SIDE_PX, MAX_SIDE_PX = 16, 4096
STREAM_EVERY_S = 0.1
_USER_LEVEL = 5  # From a trait's change up to the line that set it.


class Webcam(VideoTraits, PictureFace):
    """A camera of the person who sees the notebook, with Start and Stop.

    Parameters
    ----------
    device
        Which camera: "" = the browser's choice, "synthetic" = a scene drawn in the page, else a device's id or label. A
        browser that has no such camera uses its own choice, and the page says so.
    resolution
        Width and height in pixels, 16..4096, that the camera is asked for. Functions never get more: what is larger
        is scaled down in the page, its shape kept; smaller stays. An upright one may be as high as this is wide.
    crop
        The part of the camera's picture that functions get and the preview shows: `(left, top, width, height)`
        as shares, 0..1, of its width and height, before any mirroring; `None` = all. It is scaled down to `resolution`.
    facing_mode
        On phones: "user" or "environment"; `None` = either.
    mirror
        `False`, "preview" (what the person sees) or "pixels" (what the function gets as well). Results never are.
    quality
        Of the picture on its way to the kernel, 1..100. A pair `(lowest, highest)` lets the page choose: the highest on
        a quick link, less on a slow one.
    hold
        What stays when a slow link needs even less than the lowest quality: "size" = fewer pictures come, "rate" = they
        get smaller, down to half of width and height, and fewer only then. Means nothing with one number as `quality`.
    color
        What functions get: "rgb" or "bgr", uint8 (height, width, 3), or "gray", uint8 (height, width).
        With "gray" pictures travel without their colours, a quarter smaller; the preview keeps them.
    codec
        How pictures travel: "jpeg"; "video" (for a slow line: a fifth of the bytes), which needs `nbstream[video]`
        and a browser with WebCodecs, and is JPEG without them, which is said; or "auto", whichever the line wants.
    constraints
        A W3C `MediaTrackConstraints` dictionary for the video track, laid over the above.
    controls
        Names of the controls that are shown, such as `("start", "devices")`; `None` = all.
    show_stats
        Whether numbers lie over the picture: results per second, age, what was skipped.
    run_hidden
        Whether the camera stays on while its widget is out of sight: in a closed Accordion, a hidden Tab, below
        `display: none`. `False` = after 20 s it goes off and the stream pauses.
    label
        Text above the camera.
    """

    _session: PictureSession

    # --- kernel -> browser -------------------------------------------------------------------
    _kind = t.Unicode("webcam").tag(sync=True)

    device = t.Unicode("").tag(sync=True)
    """Which camera: "" = the browser's choice, "synthetic", an id or a label."""

    _chosen_device = t.Dict(default_value=None, allow_none=True).tag(sync=True)
    """{"id", "label"} of what a person chose last, in any page; `None` = nobody has."""

    resolution = t.Tuple(
        t.Int(min=MIN_SIDE_PX, max=MAX_SIDE_PX),
        t.Int(min=MIN_SIDE_PX, max=MAX_SIDE_PX),
        default_value=(640, 480),
    ).tag(sync=True)
    """Wanted (width, height) in pixels; functions never get more."""

    crop = t.Tuple(
        t.Float(), t.Float(), t.Float(), t.Float(), default_value=None, allow_none=True
    ).tag(sync=True)
    """(left, top, width, height) of the part that is used, as shares of the camera's picture; `None` = all."""

    facing_mode = t.Enum((None, "user", "environment"), None, allow_none=True).tag(sync=True)
    """On phones, which side the camera looks to."""

    mirror = t.Enum((False, "preview", "pixels"), False).tag(sync=True)
    """What is mirrored: nothing, what the person sees, or what the function gets as well."""

    hold = t.Enum(("size", "rate"), "size").tag(sync=True)
    """What a slow link does not change, as long as may be."""

    color: t.Enum[Channels] = t.Enum(COLORS, "rgb").tag(sync=True)
    """Channels of the arrays that functions get."""

    constraints = t.Dict(None, allow_none=True).tag(sync=True)
    """W3C constraints for the video track, laid over the other options; `None` = none."""

    run_hidden = t.Bool(False).tag(sync=True)
    """Whether the camera stays on while its widget is out of sight, as in a closed Accordion."""

    _pointing: Any = t.Dict(default_value=None, allow_none=True).tag(sync=True)

    # --- in the kernel only ------------------------------------------------------------------
    frame = EncodedPicture()
    """The newest captured picture as encoded bytes, `None` before the first.

    Can be observed; setting it feeds the live streams like a captured frame. Not synced: never saved."""

    def __init__(self, **traits: Any) -> None:
        self._arrived: bytes | None = None
        self._result: bytes | RawPicture | None = None
        self._told_idle = False
        self._clock = clock = current_clock()
        widget_id = new_widget_id()
        self._results = PictureOutlet(widget_id, self.send_to_pages, clock)
        self._session = PictureSession(widget_id, self, clock, self._results)
        hub = Pointing(lambda wish: self.set_and_tell_later("_pointing", wish), clock)
        self._session.pointing = self._pointing_hub = hub
        super().__init__(_widget_id=widget_id, **traits)

    @t.validate("crop")
    def _check_crop(self, proposal: Any) -> Any:
        crop = proposal["value"]
        if crop is not None and not _is_part(*crop):
            raise t.TraitError(
                f"crop is {crop!r}; expected (left, top, width, height) as shares of the picture, 0..1, with "
                "left + width and top + height at most 1. For the middle quarter give (0.25, 0.25, 0.5, 0.5)."
            )
        return crop

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

    @with_options(PictureOptions, stream_every=STREAM_EVERY_S)
    def stream(
        self,
        fn: Callable[..., Any] | None = None,
        inputs: Any = None,
        outputs: Any = None,
        **options: Unpack[PictureOptions],
    ) -> StreamBinding | Callable[[Callable[..., Any]], StreamBinding]:
        """Call `fn` with each captured frame and the values of the inputs; show what it returns.

        Calling it again replaces the stream there is and stays live.

        Parameters
        ----------
        fn
            Plain, async or generator function. Without it `stream` is a decorator.
        inputs
            What the function gets, in this order: sources, displays, ipywidgets,
            `(widget, "trait")`, `State`; one needs no list. `None` = this camera alone. Frames are
            uint8 (height, width, 3) RGB, C-contiguous and writable (see `color`).
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
        asked = completed(options, PictureOptions, stream_every=STREAM_EVERY_S)

        return self._streamed(fn, inputs, outputs, asked)

    def snapshot(self) -> NDArray[np.uint8] | None:
        """The newest captured picture, uint8, shape and channels as `color` says; `None` before the first."""
        return None if self.frame is None else decode_image(self.frame, self.color)

    def burst(self, count: int, within_s: float = 10.0) -> list[NDArray[np.uint8]]:
        """Wait for the next `count` captured pictures; arrays as of `snapshot`.

        Raises
        ------
        TimeoutError
            If fewer came in so many seconds, as where the camera is off.
        CorruptFrameError
            If one cannot be decoded.
        """
        from ..recordings.film.burst import next_shots

        shots = next_shots(self._session.taps, count, within_s)
        return [shot.array(self.color) for shot in shots]

    def capture(self) -> None:
        """Press Capture; a RuntimeError where no stream with ``on="capture"`` is live, or a hundred captures wait."""
        capture(self._session)

    # --- for the session ---------------------------------------------------------------------

    def frame_arrived(self, frame: Frame) -> None:
        raw = frame.raw
        if raw is None or not Webcam.frame.keep(self, raw):
            self._arrived = frame.encoded
            self.set_and_tell_later("frame", self._arrived)

    def device_chosen(self, device: str, label: str) -> None:
        # In this order: a page that hears of another `device` can tell a person's choice from the code's wish.
        self.set_and_tell_later("_chosen_device", {"id": device, "label": label})
        self.set_and_tell_later("device", device)

    def stream_every_unbound_s(self) -> float:
        return STREAM_EVERY_S

    def nbstream_session(self) -> PictureSession:
        return self._session

    def nbstream_input(self) -> InputPort:
        """How a stream reads this widget: the frame as an array."""
        return WebcamPort(self)

    def nbstream_output(self) -> OutputPort:
        """How a stream writes this widget: the result takes the preview's place."""
        return WebcamPort(self)

    def _frame_was_set(self, data: bytes | None) -> None:
        if data is None or data is self._arrived:
            return
        width_px, height_px = image_size(data)
        now_s = self._clock.now_s()
        frame = Frame(self, 0, 0, data, width_px, height_px, None, received_at_s=now_s)
        is_fed = self._session.feed(frame)
        if not is_fed and not self._told_idle:
            self._told_idle = True
            warnings.warn(
                "webcam.frame was set while no stream runs on it: the picture is kept, but no function is called "
                "with it. Start the stream first (binding.start(), or Start in the widget) and set it again. "
                "A stream of another source that reads this one gets it all the same. This is said once.",
                stacklevel=_USER_LEVEL,
            )

    def _show(self, value: Any, origin: Origin) -> None:
        from ..runs.plan import result_of

        encoding = self._encoding()
        as_video = self._as_video(value, encoding.color, encoding.quality, origin)
        if as_video is not None:
            self._result = as_video.picture
            self._results.show(as_video)
            return
        data, mime = (b"", None) if value is None else encoding.encode(value)
        self._result = data or None
        self._results.show(result_of(data, mime, origin))

    def shown_picture(self) -> bytes | None:
        """The newest result in the preview's place, else the newest captured picture; `None` = neither."""
        result = self._result
        return (result.encoded() if isinstance(result, RawPicture) else result) or self.frame

    def _encoding(self) -> Encoding:
        best = max(self.quality) if isinstance(self.quality, tuple) else self.quality
        return Encoding("jpeg", best, "bgr" if self.color == "bgr" else "rgb")


def _is_part(left: float, top: float, width: float, height: float) -> bool:
    most = (
        1 + 1e-6
    )  # Thirds do not add up to 1 exactly. Not a number compares as false and is refused.
    sides = ((left, width), (top, height))
    return all(0 <= start < 1 and size > 0 and start + size <= most for start, size in sides)


def encoded_of(webcam: Webcam, captured: Captured) -> bytes | None:
    """The picture that caused the call, if it is of this camera; else its newest one, `None` before the first."""
    if isinstance(captured, Frame) and captured.source is webcam:
        return captured.encoded
    return webcam.frame


class WebcamPort:
    """A `Webcam` as input and output of a stream."""

    def __init__(self, webcam: Webcam) -> None:
        self.source = webcam
        self.key = webcam
        self.name = webcam.label or type(webcam).__name__

    def attach(self) -> None:
        check_open(self.source)

    def detach(self) -> None: ...

    def read(self, frame: Captured) -> Any:
        """The frame itself for the camera that caused the call; else the newest one of this camera."""
        raw = frame.raw if isinstance(frame, Frame) and frame.source is self.source else None
        if raw is not None and raw.color == self.source.color:
            return raw.array()
        picture = self.read_encoded(frame)
        return None if picture is None else picture.decode()

    def read_encoded(self, frame: Captured) -> Picture | None:
        data = encoded_of(self.source, frame)
        return None if data is None else Picture(data, self.source.color)

    def encoding(self) -> Encoding:
        return self.source._encoding()

    def write(self, value: Any, origin: Origin) -> None:
        self.source._show(value, origin)
