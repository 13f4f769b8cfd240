"""`assert_keeps_up`: whether a function is quick enough for so many pictures per second."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from nbstream.calls.caller import name_of
from nbstream.pictures.codecs import encode
from nbstream.recordings.speed import WARM_UP_CALLS, speed_of

from .pictures import Pictures, pictures_of


def assert_keeps_up(
    fn: Callable[..., Any],
    fps: float = 15.0,
    *,
    inputs: Sequence[Any] = (),
    frames: int = 30,
    size_px: tuple[int, int] = (640, 480),
    pictures: Pictures = "numbered",
) -> float:
    """Fail unless decoding a picture, calling `fn` and encoding what it returns take at most ``1 / fps`` seconds.

    The median of `frames` calls counts, so that a busy moment of the machine does not; the first three calls do not.

    Parameters
    ----------
    inputs
        Values that `fn` gets after the picture.
    size_px
        Width and height of numbered and coloured pictures.

    Returns
    -------
    fps
        How many pictures per second it would manage.

    Raises
    ------
    AssertionError
        If it is too slow; with what takes how long.
    ValueError
        If there is no picture.
    """
    given = itertools.islice(pictures_of(pictures, size_px), frames + WARM_UP_CALLS)
    jpegs = (one if isinstance(one, bytes) else encode(one) for one in given)
    speed = speed_of(fn, jpegs, inputs)
    if speed.fps < fps:
        raise AssertionError(f"{name_of(fn)}() is too slow for {fps:g}: it manages {speed}")
    return speed.fps
