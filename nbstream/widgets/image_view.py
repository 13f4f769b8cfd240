"""`ImageView`: shows pictures, as they come, in the notebook."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import traitlets as t

from ..errors import ResultError
from ..kernel.clock import current_clock
from ..kernel.wiring import check_open, trait_lock
from ..pages.pointing import Pointing
from ..pictures.codecs import ChannelOrder, Format, decode_image
from ..pictures.encoding import Encoding, Picture
from ..protocol import from_page
from ..protocol.video import VideoMessage
from ..recordings.film.shot import Shot
from ..recordings.film.taps import Taps
from ..results.picture_outlet import PictureOutlet, deliver_painted
from .base import new_widget_id
from .encoded_picture import EncodedPicture
from .face.inserting import Insertable
from .face.saved_picture import as_saved, with_picture, write_output
from .face.source_face import PictureFace
from .face.video_traits import VideoTraits

if TYPE_CHECKING:
    from ..results.video_result import VideoResult
    from ..runs.plan import InputPort, Origin, OutputPort
    from ..sounds.chunk import Captured


class ImageView(VideoTraits, Insertable):
    """A display for pictures: the output of a stream, or a place to show an array now and then.

    Parameters
    ----------
    value
        First picture, in any form that `value` takes.
    label
        Text above the picture.
    format
        How pictures travel: "jpeg", "png" (lossless, slower) or "webp".
    quality
        1..100, of JPEG and WebP.
    color
        Order of the channels in arrays: "rgb" or "bgr" (as OpenCV has it).
    codec
        "jpeg": each picture for itself, as `format` says; "video": arrays travel as video (for a slow line: a tenth of
        the bytes), which needs `nbstream[video]` and browsers with WebCodecs; "auto": as the line wants it.
    save_last
        Whether what is saved or exported of the notebook shall hold the last picture: the display's
        saved state, and its output's data.
    compare
        The camera with whose picture the result is compared: it lies over the result, as far as a divider that is
        dragged; `None` = none.
    """

    _kind = t.Unicode("image_view").tag(sync=True)

    format: t.Enum[Format] = t.Enum(("jpeg", "png", "webp"), "jpeg")
    """How pictures travel to the page."""

    quality = t.Int(80, min=1, max=100)
    """Of JPEG and WebP, 1..100."""

    color: t.Enum[ChannelOrder] = t.Enum(("rgb", "bgr"), "rgb")
    """Order of the channels in arrays that are shown."""

    save_last = t.Bool(False)
    """Whether the last picture is saved with the notebook: each that is set, and of a stream its last."""

    _saved: Any = t.Dict(default_value=None, allow_none=True).tag(sync=True)
    """The picture that a saved copy shows, with its mime type; `None` = it has none."""
    compare = t.Any(None, allow_none=True)
    """The camera with whose picture the result is compared; `None` = none."""

    _compared_id = t.Unicode(None, allow_none=True).tag(sync=True)
    """Its name in the page."""

    _pointing: Any = t.Dict(default_value=None, allow_none=True).tag(sync=True)
    """What pages do with a pointer in the picture; `None` = nobody wants to know."""

    _is_live = t.Bool(None, allow_none=True).tag(sync=True)
    """Whether a live stream writes it; `None` = it is not known, or what is shown was shown since by hand."""

    frame = EncodedPicture()
    """The newest picture as encoded bytes, `None` when cleared; may be set and observed. Not synced: never saved."""

    def __init__(self, value: Any = None, **traits: Any) -> None:
        self._shown: bytes | None = None
        self._live_count = 0
        self._output_id: str | None = None
        widget_id = new_widget_id()
        publish_pointing = partial(self.set_and_tell_later, "_pointing")
        self._pointing_hub = Pointing(publish_pointing, current_clock())
        self._results = PictureOutlet(widget_id, self.send_to_pages, current_clock())
        self.nbstream_taps: Taps[Shot] = Taps()
        super().__init__(_widget_id=widget_id, **traits)
        if value is not None:
            self.value = value

    @property
    def value(self) -> Any:
        """The newest picture as a uint8 array, `None` when cleared. Set it to show a picture.

        Takes uint8 arrays of shape (height, width), (height, width, 3) or (height, width, 4), bool
        masks, floats in 0..1, PIL images, matplotlib figures, encoded JPEG, PNG, WebP or GIF bytes,
        and `None`.

        Raises
        ------
        ResultError
            On setting something else.
        """
        return None if self.frame is None else decode_image(self.frame, self.color)

    @value.setter
    def value(self, value: Any) -> None:
        try:
            self._show(value, None)
        except ResultError as error:
            raise ResultError(f"ImageView.value was given {error}") from None

    def shown_picture(self) -> bytes | None:
        """The newest picture, as encoded bytes; `None` = it was cleared, or there was none."""
        return self.frame

    def close(self) -> None:
        """Remove the widget from all pages, and end its timer."""
        self._results.close()
        super().close()

    @t.validate("compare")
    def _check_compare(self, proposal: Any) -> Any:
        if proposal["value"] is None or isinstance(proposal["value"], PictureFace):
            return proposal["value"]
        raise t.TraitError(
            f"compare was given {type(proposal['value']).__name__}; expected a Webcam or Screen, or None."
        )

    @t.observe("compare")
    def _tell_compare(self, change: Any) -> None:
        source = change["new"]
        self._compared_id = None if source is None else source._widget_id

    def nbstream_input(self) -> InputPort:
        """How a stream reads this widget: its newest picture as an array."""
        return DisplayPort(self)

    def nbstream_output(self) -> OutputPort:
        """How a stream writes this widget."""
        return DisplayPort(self)

    def _show(self, value: Any, origin: Origin | None) -> None:
        if self.format == "jpeg":
            as_video = self._as_video(value, self.color, self.quality, origin)
            if as_video is not None:
                self._show_video(as_video)
                return
        if value is None:
            data, mime = b"", None
        else:
            data, mime = self._encoding().encode(value)
        self._send_result(data, mime, origin)
        if data and self.nbstream_taps.are_open:
            at_ms = None if origin is None else origin.frame.captured_at_ms
            self.nbstream_taps.tell(Shot(data, at_ms))
        with trait_lock(self):
            self._shown = data or None
            self.frame = self._shown
        self._note_by_hand()

    def _show_video(self, result: VideoResult) -> None:
        picture = result.picture
        self._results.show(result)
        if self.nbstream_taps.are_open:
            self.nbstream_taps.tell(Shot(picture, result.captured_at_ms))
        with trait_lock(self):
            if not ImageView.frame.keep(self, picture):
                self._shown = picture.encoded()
                self.frame = self._shown
        self._note_by_hand()

    def _note_by_hand(self) -> None:
        with trait_lock(self):
            is_by_hand = self._live_count == 0 and self._is_live is not None
            is_last = self._live_count == 0
        if is_by_hand:
            self.set_and_tell_later("_is_live", None)
        if is_last:
            self._save()

    def _light(self, is_live: bool) -> None:
        """Count the live streams that write it."""
        with trait_lock(self):
            self._live_count += 1 if is_live else -1
            self.set_and_tell_later("_is_live", self._live_count > 0)
            is_last = self._live_count == 0
        if is_last:
            self._save()

    def _save(self) -> None:
        """Have the newest picture in what is saved of the notebook, where that is wished."""
        if not self.save_last:
            return
        # A page would show the display a second time in the output that is written anew.
        if self._output_id is not None and not self._results.has_pages:
            write_output(self._repr_mimebundle_(), self._output_id, is_new=False)
        self.set_and_tell_later("_saved", as_saved(self.frame))

    @t.observe("save_last")
    def _wish_changed(self, _change: Any) -> None:
        if self.save_last:
            self._save()
        elif self._saved is not None:
            self._saved = as_saved(None)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options)
        return with_picture(bundle, self.frame) if self.save_last else bundle

    def _ipython_display_(self) -> None:
        if not self.save_last:
            raise NotImplementedError("IPython shows it as any widget")
        self._output_id = new_widget_id()
        write_output(self._repr_mimebundle_(), self._output_id, is_new=True)

    def _encoding(self) -> Encoding:
        return Encoding(self.format, self.quality, self.color)

    def _frame_was_set(self, data: bytes | None) -> None:
        if data is not self._shown:
            self._shown = data
            self._show(data, None)

    def _send_result(self, data: bytes, mime: str | None, origin: Origin | None) -> None:
        from ..runs.plan import result_of

        self._results.show(result_of(data, mime, origin))

    def _heard(self, message: from_page.PageMessage) -> None:
        match message:
            case from_page.Hello():
                self._results.hello(message.client)
            case from_page.Bye():
                self._results.bye(message.client)
            case from_page.PaintedMessage():
                deliver_painted(message.client, message.painted)
            case VideoMessage():
                self._results.shows_video(message.client, message.key_after)
            case from_page.PointerMessage():
                self._pointing_hub.came(message)


class DisplayPort:
    """An `ImageView` as input and output of a stream."""

    def __init__(self, view: ImageView) -> None:
        self._view = view
        self.key = view
        self.name = view.label or "ImageView"

    def attach(self) -> None:
        check_open(self._view)

    def detach(self) -> None: ...

    def light(self, is_live: bool) -> None:
        self._view._light(is_live)

    def read(self, frame: Captured) -> Any:
        return self._view.value

    def read_encoded(self, frame: Captured) -> Picture | None:
        data = self._view.frame
        return None if data is None else Picture(data, self._view.color)

    def encoding(self) -> Encoding:
        return self._view._encoding()

    def write(self, value: Any, origin: Origin) -> None:
        self._view._show(value, origin)
