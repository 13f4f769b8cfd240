"""`VideoFile`: a film as a source of pictures."""

from __future__ import annotations

import os
from typing import Any

import traitlets as t

from ...feeds.media import check_av
from ...feeds.video import FilmFeed, facts_of
from ...sources.fed.pump import Speed
from .media_file import FilmSource, checked_path
from .picture_source import PictureSource


class VideoFile(FilmSource, PictureSource):
    """A film as a source of pictures; takes the extra `video` (PyAV). It needs no page.

    Streams end with the last picture, unless `loop`. While no stream is live, the film stands still. With
    ``stream(pictures="all")`` it waits for a function that is slower than the film.

    Parameters
    ----------
    path
        The file.
    speed
        1.0 = as filmed, 2.0 = twice as fast; `None` = the next picture when the function has taken the one before;
        "step" = one with each `step()`. May be set at any time.
    loop
        Whether it begins anew after the last picture.
    color
        What functions get: "rgb", "bgr" or "gray".
    label
        Text above it.

    Attributes
    ----------
    duration_s, fps, size_px
        What the file says of itself: seconds, pictures per second, (width, height); `None` = it does not say.

    Raises
    ------
    FileNotFoundError
        If there is no such file; any other OSError where it cannot be opened.
    ValueError
        If it is an address of the network, or `speed` none.
    MediaError
        If it is no film, or is coded in a way that is not known.
    MissingDependencyError
        If PyAV is not installed.
    """

    _noun = t.Unicode("film").tag(sync=True)

    def __init__(
        self,
        path: str | os.PathLike[str],
        speed: Speed = 1.0,
        *,
        loop: bool = False,
        **traits: Any,
    ) -> None:
        self.path = checked_path(path, "VideoFile")
        self._speed = self._checked(speed)
        check_av()
        self.duration_s, self.fps, self.size_px = facts_of(self.path)
        self.loop = loop
        super().__init__(**traits)

    def open_feed(self) -> FilmFeed:
        return FilmFeed(self.path, self.color, loop=self.loop, begin_s=self._take_begin_s())
