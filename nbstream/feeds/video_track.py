"""Video on its way to the kernel: frames that build on each other, decoded in order."""

from __future__ import annotations

from typing import Any

from ..errors import CorruptFrameError
from ..pictures.codecs import MAX_PIXELS, Channels
from ..pictures.raw import RawPicture
from ..pictures.reformatter import Reformatter

PIXEL_FORMAT: dict[Channels, str] = {"rgb": "rgb24", "bgr": "bgr24", "gray": "gray"}
VP8_START_CODE = b"\x9d\x01\x2a"
# FFmpeg rounds the sides up before it compares them.
ROUNDED_PX = 128


class VideoTrack:
    """The video of a source. Not thread-safe: whoever has it decodes in one thread at a time."""

    def __init__(self) -> None:
        self._run = 0
        self._decoder: Any = None
        self._reformatter = Reformatter()
        self._decoded = 0
        self._codec = ""
        self._size_px = (0, 0)

    def picture_of(
        self,
        data: bytes,
        run: int,
        seq: int,
        after: int,
        size_px: tuple[int, int],
        color: Channels = "rgb",
        codec: str = "vp8",
    ) -> RawPicture:
        """Decode the next frame.

        Parameters
        ----------
        data
            One frame.
        run
            What its numbers belong to.
        seq, after
            Its number, and that of the frame which it builds on; 0 = a key frame.
        size_px
            Width and height that were stated.
        color
            Channels of the array that is made of it.
        codec
            "h264" or "vp8".

        Raises
        ------
        CorruptFrameError
            If it cannot be decoded, or is not what was stated. From then on a key frame is needed.
        """
        builds_on = self._decoded if run == self._run else -1
        self._run, self._decoded = run, 0
        if after == 0:
            self._begin(data, codec, size_px)
        elif after != builds_on:
            raise CorruptFrameError(
                f"frame {seq} of a video builds on frame {after}, which was not decoded; expected a key frame"
            )
        elif (codec, size_px) != (self._codec, self._size_px):
            raise CorruptFrameError(
                f"a video of {self._codec}, {self._size_px} pixels, went on with {codec}, {size_px}; "
                "expected a key frame"
            )
        frame = self._decode(data)
        self._decoded = seq
        pixels = self._reformatter.reformat(frame, PIXEL_FORMAT[color]).to_ndarray()
        return RawPicture(pixels, color)

    def _begin(self, data: bytes, codec: str, size_px: tuple[int, int]) -> None:
        found_px = key_frame_size(data) if codec == "vp8" else size_px
        if found_px != size_px or size_px[0] * size_px[1] > MAX_PIXELS:
            raise CorruptFrameError(
                f"a key frame of {found_px} pixels stated as {size_px}; expected what it is, "
                f"and at most {MAX_PIXELS} pixels"
            )
        import av

        # A new one each time: nothing of what was before can be in the way.
        self._decoder = av.CodecContext.create(codec, "r")
        self._decoder.thread_count = 1  # more of them hold frames back
        width_px, height_px = size_px
        # Of H.264 too the size is looked at before there is memory for a picture; a broken one is not painted over.
        most_px = (width_px + ROUNDED_PX) * (height_px + ROUNDED_PX)
        self._decoder.options = {"max_pixels": str(most_px), "err_detect": "explode"}
        self._codec, self._size_px = codec, size_px

    def _decode(self, data: bytes) -> Any:
        import av

        try:
            frames = self._decoder.decode(av.Packet(data))
        except (av.FFmpegError, ValueError) as error:
            raise CorruptFrameError(
                f"{len(data)} bytes that are no frame of {self._codec} ({error})"
            ) from None
        if len(frames) != 1 or (frames[0].width, frames[0].height) != self._size_px:
            raise CorruptFrameError(
                f"{len(data)} bytes of {self._codec} gave no picture of {self._size_px} pixels"
            )
        return frames[0]


def key_frame_size(data: bytes) -> tuple[int, int]:
    """Read a VP8 key frame's width and height from its header, without decoding it.

    Raises
    ------
    CorruptFrameError
        If it is no key frame.
    """
    is_key = len(data) >= 10 and not data[0] & 1 and data[3:6] == VP8_START_CODE
    if not is_key:
        raise CorruptFrameError(
            f"{len(data)} bytes that begin with {data[:8]!r} are no key frame of VP8"
        )
    return _side(data[6:8]), _side(data[8:10])


def _side(raw: bytes) -> int:
    return int.from_bytes(raw, "little") & 0x3FFF
