"""Pictures that a program makes: from an iterable, or from a function that is called for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from ..errors import ResultError
from ..pictures.codecs import Channels, check_picture, swap_red_blue
from ..pictures.figures import close_older
from ..pictures.raw import RawPicture
from ..pictures.result_pixels import to_pixels
from .feed import FedPicture


class ArrayFeed:
    """Reads an iterable, or calls a function until it returns `None`.

    Parameters
    ----------
    things
        Iterable or function.
    fps
        Pictures per second; `None` = as fast as they are taken.
    color
        Order of the channels of arrays.
    """

    is_live = False

    def __init__(
        self, things: Iterable[Any] | Callable[[], Any], fps: float | None, color: Channels
    ) -> None:
        self._things = things
        self._fps = fps
        self._color = color
        self._iterator: Iterator[Any] = iter(())
        self._count = 0

    def open(self) -> None:
        things = self._things
        self._count = 0
        # A list begins anew; a generator goes on where it is.
        self._iterator = _called(things) if callable(things) else iter(things)

    def read(self) -> FedPicture | None:
        try:
            value = next(self._iterator)
        except StopIteration:
            return None
        at_s = None if self._fps is None else self._count / self._fps
        self._count += 1
        picture = fed_picture(value, at_s, self._color, f"picture {self._count}")
        close_older()
        return picture

    def close(self) -> None:
        self._iterator = iter(())


def _called(make: Callable[[], Any]) -> Iterator[Any]:
    while (value := make()) is not None:
        yield value


def fed_picture(value: Any, at_s: float | None, color: Channels, what: str) -> FedPicture:
    """Make a fed picture of an array, a PIL image or encoded bytes.

    Raises
    ------
    ResultError
        If it is no picture; `what` begins the sentence.
    """
    if isinstance(value, (bytes, bytearray, memoryview)):
        data = bytes(value)
        check_picture(data)
        return FedPicture(at_s, None, data)
    try:
        return FedPicture(at_s, RawPicture(_pixels(value, color), color))
    except ResultError as error:
        raise ResultError(f"{what} of the source is {error}") from None


def _pixels(value: Any, color: Channels) -> np.ndarray[Any, np.dtype[np.uint8]]:
    pixels = to_pixels(value)
    if pixels.ndim == 3 and pixels.shape[2] == 4:
        pixels = pixels[:, :, :3]
    if color == "gray" and pixels.ndim == 3:
        return _gray(pixels)
    if color != "gray" and pixels.ndim == 2:
        pixels = np.repeat(pixels[:, :, np.newaxis], 3, axis=2)
    if color == "bgr" and not isinstance(value, np.ndarray):
        return swap_red_blue(pixels)  # PIL images and figures know their order
    # Whoever made it may paint on it while functions still look.
    return np.array(pixels, order="C") if pixels is value else np.ascontiguousarray(pixels)


def _gray(pixels: np.ndarray[Any, np.dtype[np.uint8]]) -> np.ndarray[Any, np.dtype[np.uint8]]:
    weights = np.array([0.299, 0.587, 0.114], np.float32)
    return (pixels.astype(np.float32) @ weights + 0.5).astype(np.uint8)
