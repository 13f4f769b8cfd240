"""Video on its way to the kernel: frames that build on each other, decoded in order."""

from __future__ import annotations

import importlib.util
import warnings
from typing import Any

import traitlets as t

from ..errors import CorruptFrameError
from ..pictures.codecs import MAX_PIXELS, Channels
from ..pictures.raw import RawPicture

PIXEL_FORMAT: dict[Channels, str] = {"rgb": "rgb24", "bgr": "bgr24", "gray": "gray"}
VP8_START_CODE = b"\x9d\x01\x2a"
NO_PYAV = (
    "Video needs the package PyAV, which is not installed: pictures travel as JPEG. "
    'Install it by pip install "nbstream[video]", or say codec="jpeg".'
)


def has_pyav() -> bool:
    """Whether frames of video can be decoded here."""
    return importlib.util.find_spec("av") is not None


class VideoTraits(t.HasTraits):
    """How the pictures of a source travel to the kernel."""

    codec = t.Enum(("auto", "jpeg", "video"), "jpeg")
    """"jpeg" = each picture for itself; "video" = each builds on the one before (VP8); "auto" = what the line wants."""

    _wire = t.Enum(("auto", "jpeg", "vp8"), "jpeg").tag(sync=True)
    """What the page shall send: never video that nobody here could decode."""

    @t.observe("codec")
    def _on_codec(self, change: Any) -> None:
        can_decode = has_pyav()
        if change.new == "video" and not can_decode:
            warnings.warn(NO_PYAV, stacklevel=2)
        wished = "vp8" if change.new == "video" else change.new
        self._wire = wished if can_decode else "jpeg"


class VideoTrack:
    """The video of a source. Not thread-safe: whoever has it decodes in one thread at a time."""

    def __init__(self) -> None:
        self._run = 0
        self._decoder: Any = None
        self._decoded = 0
        self._size_px = (0, 0)

    def picture_of(
        self,
        data: bytes,
        run: int,
        seq: int,
        after: int,
        size_px: tuple[int, int],
        color: Channels = "rgb",
    ) -> RawPicture:
        """Decode the next frame.

        Parameters
        ----------
        data
            One frame of VP8.
        run
            What its numbers belong to.
        seq, after
            Its number, and that of the frame which it builds on; 0 = a key frame.
        size_px
            Width and height that were stated.
        color
            Channels of the array that is made of it.

        Raises
        ------
        CorruptFrameError
            If it cannot be decoded, or is not what was stated. From then on a key frame is needed.
        """
        builds_on = self._decoded if run == self._run else -1
        self._run, self._decoded = run, 0
        if after == 0:
            self._begin(data, size_px)
        elif after != builds_on:
            raise CorruptFrameError(
                f"frame {seq} of a video builds on frame {after}, which was not decoded; expected a key frame"
            )
        elif size_px != self._size_px:
            raise CorruptFrameError(
                f"a video of {self._size_px} pixels went on with {size_px}; expected a key frame"
            )
        frame = self._decode(data)
        self._decoded = seq
        return RawPicture(frame.to_ndarray(format=PIXEL_FORMAT[color]), color)

    def _begin(self, data: bytes, size_px: tuple[int, int]) -> None:
        found_px = key_frame_size(data)
        if found_px != size_px or size_px[0] * size_px[1] > MAX_PIXELS:
            raise CorruptFrameError(
                f"a key frame of {found_px} pixels stated as {size_px}; expected what it is, "
                f"and at most {MAX_PIXELS} pixels"
            )
        import av

        # A new one each time: nothing of what was before can be in the way.
        self._decoder = av.CodecContext.create("vp8", "r")
        self._decoder.thread_count = 1  # more of them hold frames back
        self._size_px = size_px

    def _decode(self, data: bytes) -> Any:
        import av

        try:
            frames = self._decoder.decode(av.Packet(data))
        except (av.FFmpegError, ValueError) as error:
            raise CorruptFrameError(
                f"{len(data)} bytes that are no frame of VP8 ({error})"
            ) from None
        if len(frames) != 1 or (frames[0].width, frames[0].height) != self._size_px:
            raise CorruptFrameError(
                f"{len(data)} bytes of VP8 gave no picture of {self._size_px} pixels"
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
