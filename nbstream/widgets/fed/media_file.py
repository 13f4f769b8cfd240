"""What sources of files have in common, whether the file has a path or was sent."""

from __future__ import annotations

import math
import os
import re
from pathlib import Path
from typing import Any

from ...runs.asking.option import is_number
from ...sources.fed.pump import Speed, checked_speed, checked_steps

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)


class FileSource:
    """A source that reads a file: how quickly, and where in it."""

    _session: Any  # of pictures or of sound
    _speed: Speed
    _begin_s = 0.0
    loop = False
    """Whether it begins anew at the end."""

    duration_s: float | None
    """What the file says of itself, in seconds; `None` = it does not say."""

    @property
    def speed(self) -> Speed:
        """1.0 = as it was in time; `None` = as fast as it is taken. May be set at any time."""
        return self._speed

    @speed.setter
    def speed(self, speed: Speed) -> None:
        self._speed = self._checked(speed)
        self._session.speed_changed()

    def seek(self, at_s: float) -> None:
        """Go on at that place, in seconds; while nothing runs, the next start begins there.

        Raises
        ------
        ValueError
            If the file has no such place.
        """
        place_s = checked_place(at_s, self.duration_s)
        pump = self._session.pump
        if pump is None:
            self._begin_s = place_s
        else:
            pump.move(lambda feed: feed.seek(place_s))

    def _checked(self, speed: Any) -> Speed:
        return checked_speed(speed)

    def _take_begin_s(self) -> float:
        """Where a new run begins."""
        begin_s, self._begin_s = self._begin_s, 0.0
        return begin_s


class FilmSource(FileSource):
    """Of pictures; beside a `PictureSource`."""

    @property
    def position_s(self) -> float:
        """Where in the film the newest picture is, in seconds."""
        frame = self._session.newest()
        at_ms = None if frame is None else frame.captured_at_ms
        return self._begin_s if at_ms is None else at_ms / 1000

    def step(self, count: int = 1) -> None:
        """Give so many more pictures to live streams, at speed "step"; returns at once.

        Raises
        ------
        ValueError
            If `count` is not 1 or more.
        """
        count = checked_steps(count)
        if (pump := self._session.pump) is not None:
            pump.step(count)


class RecordedSource(FileSource):
    """Of sound; beside a `SoundSource`."""

    def _checked(self, speed: Any) -> Speed:
        if speed == "step":
            raise ValueError(
                'speed is "step"; expected a number above 0, or None for as fast as it is taken. Only pictures have '
                "steps."
            )
        return super()._checked(speed)


def checked_path(path: Any, what: str) -> Path:
    """Make sure that it is a path, of a file or not, and no address of the network."""
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(
            f"{what}() was given {type(path).__name__} {path!r:.80}; expected the path of a file."
        )
    if isinstance(path, str) and _ADDRESS.match(path):
        raise ValueError(
            f"{what}() was given the address {path!r:.200}; expected the path of a file. Download it first; a camera "
            "of the network is an nbs.KernelCamera."
        )
    return Path(path)


def checked_place(at_s: Any, duration_s: float | None) -> float:
    """Make sure that it is a place in the file, in seconds."""
    most_s = math.inf if duration_s is None else duration_s
    if not is_number(at_s) or not 0 <= at_s <= most_s:
        end = "" if duration_s is None else f", at most {duration_s:g}"
        raise ValueError(f"seek() was given {at_s!r:.80}; expected seconds from 0 on{end}.")
    return float(at_s)
