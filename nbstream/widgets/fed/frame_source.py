"""`FrameSource`: a source made of what a program gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import traitlets as t

from ...feeds.arrays import ArrayFeed
from ...runs.asking.option import is_number
from ...sources.fed.pump import Speed
from .picture_source import PictureSource


class FrameSource(PictureSource):
    """A source of pictures that your program makes: a list, a generator, or a function that gives one at a time.

    Streams end when it has no more. While no stream is live, nothing is taken from it.

    Parameters
    ----------
    pictures
        An iterable, which begins anew at each Start if it can; or a function without arguments that is called for each
        picture, and returns `None` after the last. Pictures are arrays as an `ImageView` takes them, PIL images, or
        encoded bytes.
    fps
        Pictures per second; `None` = the next one when the function has taken the one before.
    color
        Order of the channels of arrays, as functions get them: "rgb" or "bgr"; "gray" makes one channel of all.
    label
        Text above it.

    Raises
    ------
    TypeError
        If `pictures` is neither.
    ValueError
        If `fps` is not above 0.
    """

    _noun = t.Unicode("source").tag(sync=True)

    def __init__(
        self,
        pictures: Iterable[Any] | Callable[[], Any],
        fps: float | None = 30.0,
        **traits: Any,
    ) -> None:
        if isinstance(pictures, (str, bytes)) or not (
            callable(pictures) or hasattr(pictures, "__iter__")
        ):
            raise TypeError(
                f"FrameSource() was given {type(pictures).__name__} {pictures!r:.80}; expected an iterable of "
                "pictures, or a function that gives one at a time. Of a file make an nbs.VideoFile."
            )
        self._pictures = pictures
        self._fps = checked_rate("fps", fps)
        super().__init__(**traits)

    @property
    def speed(self) -> Speed:
        return None if self._fps is None else 1.0

    def open_feed(self) -> ArrayFeed:
        return ArrayFeed(self._pictures, self._fps, self.color)


def checked_rate(name: str, value: Any) -> float | None:
    """Make sure that it is a number above 0, or `None`."""
    if value is not None and not (is_number(value) and value > 0):
        raise ValueError(
            f"{name} is {value!r:.80}; expected a number above 0, or None for as fast as it is taken."
        )
    return None if value is None else float(value)
