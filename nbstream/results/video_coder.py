"""Results as video, H.264: each frame holds what has changed since the one before."""

from __future__ import annotations

import logging
import sys
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..pictures.codecs import MAX_PIXELS
from ..pictures.reformatter import Reformatter
from .result_bits import ResultBits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .outgoing import Sending

logger = logging.getLogger("nbstream")

MIME = "video/h264"
# What loses as much as a JPEG of quality 70, and how much less each step of that takes away.
USUAL_QUALITY, USUAL_LOSS, LOSS_PER_QUALITY = 70, 24.0, 0.2
LEAST_LOSS, MOST_LOSS = 10.0, 45.0
# Where a scene has much that moves it is spread over time rather than over the line.
MOST_BITS_PER_PIXEL = 0.25
# A small picture's key frame needs room as well.
MOST_BITS_AT_LEAST = 1_000_000
FPS = 30
KEPT_S = 0.25
SMOOTHING = 0.1
COLORS = "colormatrix=smpte170m:colorprim=smpte170m:transfer=smpte170m"


class VideoFrame(NamedTuple):
    """A frame, and the result that it builds on; 0 = it is a key frame."""

    data: bytes
    after: int


class VideoCoder:
    """The video of one display. Not thread-safe: its owner holds a lock."""

    def __init__(self) -> None:
        self._encoder: Any = None
        self._reformatter = Reformatter()
        self._made_for: tuple[int, int, int, int] | None = None
        self._bits = ResultBits()
        self._frame_bytes = 0.0
        """Of a frame that is no key frame, smoothed."""
        self._last_seq = 0
        self._key_seq = 0
        self._count = 0
        self._is_unable = False

    @property
    def key_seq(self) -> int:
        """The newest key frame; 0 = there was none."""
        return self._key_seq

    def encode(
        self, pixels: NDArray[np.uint8], quality: int, sending: Sending
    ) -> VideoFrame | None:
        """Encode the next result.

        Parameters
        ----------
        pixels
            uint8 of shape (height, width, 3), RGB.
        quality
            1 to 100, as of a JPEG that looks like it.
        sending
            What is known of the pages. It is a key frame unless a newer one was than one of them asks for.

        Returns
        -------
        frame
            `None` where it has to be a picture of its own: a page shows no video, a side is odd, or there is no
            encoder.
        """
        height_px, width_px = pixels.shape[:2]
        seq, key_after = sending.seq, sending.key_after
        if self._is_unable or key_after is None or not _can_be_video(width_px, height_px):
            return None
        most_bits = max(MOST_BITS_AT_LEAST, int(width_px * height_px * FPS * MOST_BITS_PER_PIXEL))
        taken = self._frame_bytes * 8 * FPS
        bits = self._bits.next(most_bits, sending.ms_per_byte, sending.at_s, taken)
        wanted = (width_px, height_px, quality, bits)
        is_key = self._key_seq <= key_after or self._made_for != wanted
        try:
            if self._made_for != wanted:
                self._encoder, self._made_for = _new_encoder(*wanted), wanted
            data = self._encoded(pixels, is_key=is_key)
        except Exception as error:  # FFmpeg's own, or none of its encoders is there
            self._give_up(error)
            return None
        if not is_key:
            self._frame_bytes += (len(data) - self._frame_bytes) * SMOOTHING
        after = 0 if is_key else self._last_seq
        self._last_seq = seq
        self._key_seq = seq if is_key else self._key_seq
        return VideoFrame(data, after)

    def _encoded(self, pixels: NDArray[np.uint8], *, is_key: bool) -> bytes:
        from av.video.frame import PictureType

        frame = self._frame_of(pixels)
        frame.pts = self._count
        frame.pict_type = PictureType.I if is_key else PictureType.NONE
        self._count += 1
        (packet,) = self._encoder.encode(frame)
        if is_key and not packet.is_keyframe:
            raise RuntimeError("the encoder gave no key frame")
        return bytes(packet)

    def _frame_of(self, pixels: NDArray[np.uint8]) -> Any:
        import av

        # A millisecond less than FFmpeg takes; who has not imported it does not pay for that.
        cv2: Any = sys.modules.get("cv2")
        if cv2 is not None:
            planes = cv2.cvtColor(pixels, cv2.COLOR_RGB2YUV_I420)
            return av.VideoFrame.from_ndarray(planes, "yuv420p")
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), "rgb24")
        return self._reformatter.reformat(frame, "yuv420p")

    def _give_up(self, error: Exception) -> None:
        self._encoder, self._made_for = None, None
        self._is_unable = True
        logger.warning(
            "[nbstream] results travel as JPEG: H.264 cannot be encoded here (%s)", error
        )


def _can_be_video(width_px: int, height_px: int) -> bool:
    return width_px % 2 == height_px % 2 == 0 and width_px * height_px <= MAX_PIXELS


def _new_encoder(width_px: int, height_px: int, quality: int, most_bits: int) -> Any:
    import av

    loss = USUAL_LOSS + LOSS_PER_QUALITY * (USUAL_QUALITY - quality)
    encoder: Any = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width_px, height_px, "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, FPS), Fraction(FPS, 1)
    encoder.thread_count = 1  # more of them hold frames back
    encoder.options = {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "forced-idr": "1",
        "crf": str(min(MOST_LOSS, max(LEAST_LOSS, loss))),
        "maxrate": str(most_bits),
        "bufsize": str(int(most_bits * KEPT_S)),
        "x264-params": f"keyint=infinite:scenecut=0:{COLORS}",
    }
    return encoder
