"""How pictures travel: each for itself, or as video."""

from __future__ import annotations

import importlib.util
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets as t

from ...pictures.codecs import Channels
from ...pictures.raw import RawPicture
from ...pictures.result_pixels import to_pixels

if TYPE_CHECKING:
    from ...results.video_coder import VideoCoder
    from ...results.video_result import VideoResult
    from ...runs.plan import Origin

NO_PYAV = (
    "Video needs the package PyAV, which is not installed: pictures travel as JPEG. "
    'Install it by pip install "nbstream[video]", or say codec="jpeg".'
)


def has_pyav() -> bool:
    """Whether video can be made and decoded here."""
    return importlib.util.find_spec("av") is not None


class VideoTraits(t.HasTraits):
    """How the pictures of a widget travel between page and kernel."""

    codec = t.Enum(("auto", "jpeg", "video"), "jpeg")
    """"jpeg" = each picture for itself; "video" = each builds on the one before; "auto" = what the line wants."""

    _wire = t.Enum(("auto", "jpeg", "video"), "jpeg").tag(sync=True)
    """What the page shall send: never video that nobody here could decode."""

    _coder: VideoCoder | None = None
    """Of results; with the lock of the outlet held."""

    @t.observe("codec")
    def _on_codec(self, change: Any) -> None:
        can_do = has_pyav()
        if change.new == "video" and not can_do:
            warnings.warn(NO_PYAV, stacklevel=2)
        self._wire = change.new if can_do else "jpeg"

    def _as_video(
        self, value: Any, color: Channels, quality: int, origin: Origin | None
    ) -> VideoResult | None:
        """Make a result that may travel as video; `None` = it shall be a picture of its own.

        Parameters
        ----------
        value
            What the function returned, or what was set by hand.
        color
            What its arrays are.
        quality
            1 to 100.
        origin
            Where it comes from; `None` = it was set by hand.
        """
        frame = None if origin is None else origin.frame
        is_asked = self._wire == "video" or getattr(frame, "way_bytes", None) is not None
        is_encoded = isinstance(value, (bytes, bytearray, memoryview))
        if self._wire == "jpeg" or not is_asked or is_encoded or value is None:
            return None
        pixels = to_pixels(value, color="bgr" if color == "bgr" else "rgb")
        if pixels.ndim == 2:
            pixels = np.repeat(pixels[:, :, None], 3, axis=2)
        if pixels.shape[2] != 3:
            return None
        return self._video_result(RawPicture(np.array(pixels, order="C"), "rgb"), quality, origin)

    def _video_result(
        self, picture: RawPicture, quality: int, origin: Origin | None
    ) -> VideoResult:
        from ...results.video_coder import VideoCoder
        from ...results.video_result import VideoResult

        if self._coder is None:
            self._coder = VideoCoder()
        if origin is None:
            return VideoResult(self._coder, picture, quality)
        at_ms = origin.frame.captured_at_ms
        told = origin.on_painted, origin.on_encoded
        return VideoResult(
            self._coder, picture, quality, origin.carry, at_ms, origin.frame_seq, *told
        )
