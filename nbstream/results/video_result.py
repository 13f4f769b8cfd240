"""A result that may travel as video: kept as an array until it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ..pictures.codecs import encode
from ..protocol.to_page import result_message
from .outgoing import Carry, OnEncoded, Sending, carry_nothing
from .video_coder import MIME, VideoCoder

if TYPE_CHECKING:
    from ..pictures.raw import RawPicture
    from .outgoing import OnPainted


class VideoResult(NamedTuple):
    """An array for a display; the fields are those of `Result`, `on_encoded` is told when it is sent."""

    coder: VideoCoder
    """Of the display; with the lock of its outlet held."""
    picture: RawPicture
    quality: int
    carry: Carry = carry_nothing
    captured_at_ms: float | None = None
    frame_seq: int | None = None
    on_painted: OnPainted | None = None
    on_encoded: OnEncoded | None = None

    def message(self, sending: Sending) -> tuple[dict[str, Any], list[bytes]]:
        """What is sent: a picture of its own where a page shows no video, or where it cannot be one."""
        pixels, quality = self.picture.pixels, self.quality
        frame = self.coder.encode(pixels, quality, sending)
        if frame is None:
            return self._message(sending.seq, "image/jpeg", encode(pixels, "jpeg", quality))
        content, buffers = self._message(sending.seq, MIME, frame.data)
        return {**content, "after": frame.after}, buffers

    def _message(self, seq: int, mime: str, data: bytes) -> tuple[dict[str, Any], list[bytes]]:
        if self.on_encoded is not None:
            self.on_encoded(len(data), is_video=mime == MIME)
        content = result_message(
            seq,
            mime,
            len(data),
            captured_at_ms=self.captured_at_ms,
            frame_seq=self.frame_seq,
            credits=self.carry(),
        )
        return content, [data]
