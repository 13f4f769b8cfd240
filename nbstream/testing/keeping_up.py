"""`assert_keeps_up`: whether a function is quick enough for so many pictures per second."""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

from nbstream.calls.caller import name_of
from nbstream.calls.once import CallsHere
from nbstream.errors import ResultError
from nbstream.pictures.codecs import decode_image, encode
from nbstream.pictures.encoding import Encoding
from nbstream.pictures.figures import own_figures

from .pictures import Pictures, pictures_of

WARM_UP_CALLS = 3


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
    """
    calls = CallsHere(fn)
    legs_s: list[tuple[float, float, float]] = []
    try:
        for picture in itertools.islice(pictures_of(pictures, size_px), frames + WARM_UP_CALLS):
            data = picture if isinstance(picture, bytes) else encode(picture)
            legs_s.append(_one_call(calls, data, inputs))
    finally:
        calls.close()
    counted = legs_s[WARM_UP_CALLS:] or legs_s
    if not counted:
        raise ValueError("assert_keeps_up() was given no picture to call the function with.")
    decode_ms, call_ms, encode_ms = (
        statistics.median(leg) * 1000 for leg in zip(*counted, strict=True)
    )
    reached = 1 / statistics.median(sum(legs) for legs in counted)
    if reached < fps:
        raise AssertionError(
            f"{name_of(fn)}() manages {reached:.1f} pictures per second; expected {fps:g}. Of each, decoding takes "
            f"{decode_ms:.1f} ms, the call {call_ms:.1f} ms, encoding the result {encode_ms:.1f} ms."
        )
    return reached


def _one_call(calls: CallsHere, data: bytes, inputs: Sequence[Any]) -> tuple[float, float, float]:
    encoding_s = 0.0

    def show(value: Any) -> None:
        nonlocal encoding_s
        began_s = time.perf_counter()
        try:
            Encoding().encode(value)
        except ResultError:  # a number or a text, which needs no encoding
            return
        encoding_s += time.perf_counter() - began_s

    began_s = time.perf_counter()
    frame = decode_image(data, "rgb")
    decoded_s = time.perf_counter()
    with own_figures():
        calls.call([frame, *inputs], {}, show)
    return decoded_s - began_s, time.perf_counter() - decoded_s - encoding_s, encoding_s
