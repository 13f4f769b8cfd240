"""What is recorded, as frames that an encoder takes: a JPEG becomes brightness and color without a step through RGB."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...pictures.codecs import check_picture, decode_image
from ...pictures.headers import byte_view, mime_of, orientation_of
from ...pictures.orientation import UPRIGHT
from .shot import Shot

# As JPEGs are stored; one in CMYK, or in RGB, goes the long way.
STORED = frozenset(("yuvj420p", "yuvj422p", "yuvj444p", "gray"))


class FrameMaker:
    """Makes frames of PyAV. One thread at a time."""

    def __init__(self) -> None:
        self._decoder: Any = None

    def frame_of(self, shot: Shot) -> Any:
        """Make a frame, in whatever format is the least work.

        Raises
        ------
        CorruptFrameError
            If it is no picture, too large, or cut short. A JPEG with some wrong bits may pass, and shows them.
        """
        import av

        if isinstance(shot.picture, bytes):
            frame = self._as_stored(shot.picture)
            if frame is not None:
                return frame
            return av.VideoFrame.from_ndarray(decode_image(shot.picture), format="rgb24")
        pixels = shot.picture.pixels
        order = "bgr24" if shot.picture.color == "bgr" else "rgb24"
        return av.VideoFrame.from_ndarray(
            np.ascontiguousarray(pixels), format="gray" if pixels.ndim == 2 else order
        )

    def _as_stored(self, data: bytes) -> Any:
        """A JPEG's own planes; `None` for what this cannot read, which may be damaged."""
        import av

        if mime_of(data) != "image/jpeg":
            return None
        check_picture(data)
        if orientation_of(byte_view(data)) != UPRIGHT:
            return None
        if self._decoder is None:
            self._decoder = av.CodecContext.create("mjpeg", "r")
            self._decoder.thread_count = 1  # more of them hold frames back
            # Or the missing part of a picture would be filled with grey.
            self._decoder.options = {"err_detect": "explode"}
        try:
            frames = self._decoder.decode(av.Packet(data))
        except av.FFmpegError:
            return None
        return frames[0] if frames and frames[0].format.name in STORED else None
