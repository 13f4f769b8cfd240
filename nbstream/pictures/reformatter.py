"""Between the pixels that arrays have and the planes that codecs have: FFmpeg's conversion, made ready once."""

from __future__ import annotations

from typing import Any

# Since then it shares its work out among threads, which are made for each picture and waited for.
THREADED_SINCE = 17


class Reformatter:
    """Converts frames of PyAV; not thread-safe. To make one takes longer than to use it, so there is one for many."""

    def __init__(self) -> None:
        self._made: Any = None
        self._alone: dict[str, int] = {}

    def reformat(self, frame: Any, pixels: str, *size_px: int, **options: Any) -> Any:
        """Return a frame with what a frame shows.

        Parameters
        ----------
        frame
            Of PyAV, of any size and format; nothing is done to it.
        pixels
            FFmpeg's name of the wanted format.
        *size_px
            Wanted width and height; none = as it is.
        **options
            More for `av.VideoReformatter.reformat`.
        """
        if self._made is None:
            self._make()
        size = size_px or (None, None)
        return self._made.reformat(frame, *size, pixels, **options, **self._alone)

    def _make(self) -> None:
        import av
        from av.video.reformatter import VideoReformatter

        self._made = VideoReformatter()
        if int(av.__version__.partition(".")[0]) >= THREADED_SINCE:
            self._alone = {"threads": 1}
