"""`SoundFile`: a sound file, or the sound of a film, as a source."""

from __future__ import annotations

import os
from typing import Any

import traitlets as t

from ...feeds.media import check_av
from ...feeds.sound import SoundFeed, sound_length_s
from ...sources.fed.pump import Speed
from .media_file import RecordedSource, checked_path
from .sound_source import SoundSource


class SoundFile(RecordedSource, SoundSource):
    """A sound file, or the sound of a film, as a source; takes the extra `video` (PyAV). It needs no page.

    Every sample reaches the function once and in order: the file waits for a function that is slower. Streams end with
    the last sample, unless `loop`. While no stream is live, it stands still.

    Parameters
    ----------
    path
        The file.
    speed
        1.0 = as it sounds; `None` = as fast as it is taken. May be set at any time.
    loop
        Whether it begins anew at the end.
    sample_rate
        Of what functions get, in Hz; `None` = the file's. Another one takes the extra `sound` (soxr).
    channels
        How many channels functions get, 1..8.
    dtype
        "int16", or "float32" with 1.0 as full scale.
    label
        Text above it.

    Raises
    ------
    FileNotFoundError
        If there is no such file; any other OSError where it cannot be opened.
    ValueError
        If it is an address of the network, or `speed` none.
    MediaError
        If it has no sound, or is coded in a way that is not known.
    MissingDependencyError
        If PyAV is not installed.
    """

    _noun = t.Unicode("sound file").tag(sync=True)

    def __init__(
        self,
        path: str | os.PathLike[str],
        speed: Speed = 1.0,
        *,
        loop: bool = False,
        **traits: Any,
    ) -> None:
        self.path = checked_path(path, "SoundFile")
        self._speed = self._checked(speed)
        check_av()
        self.duration_s = sound_length_s(self.path)
        self.loop = loop
        super().__init__(**traits)

    def open_feed(self) -> SoundFeed:
        return SoundFeed(self.path, self.dtype, loop=self.loop, begin_s=self._take_begin_s())
