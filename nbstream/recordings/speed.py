"""How long a function takes for a picture, with the decoding before and the encoding after it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from ..calls.once import CallsHere
from ..errors import ResultError
from ..pictures.codecs import decode_image
from ..pictures.encoding import Encoding
from ..pictures.figures import own_figures

WARM_UP_CALLS = 3


class Speed(NamedTuple):
    """Medians, so that a busy moment of the machine does not count; milliseconds, and pictures per second."""

    fps: float
    decode_ms: float
    call_ms: float
    encode_ms: float

    def __str__(self) -> str:
        return (
            f"{self.fps:.1f} pictures per second. Of each, decoding takes {self.decode_ms:.1f} ms, the call "
            f"{self.call_ms:.1f} ms, encoding the result {self.encode_ms:.1f} ms."
        )


def speed_of(
    fn: Callable[..., Any], pictures: Iterable[bytes], inputs: Sequence[Any] = ()
) -> Speed:
    """Call `fn` with each picture and the `inputs`, one after the other; the first three calls do not count.

    Raises
    ------
    ValueError
        If there is no picture.
    """
    calls = CallsHere(fn)
    try:
        legs_s = [_one_call(calls, data, inputs) for data in pictures]
    finally:
        calls.close()
    counted = legs_s[WARM_UP_CALLS:] or legs_s
    if not counted:
        raise ValueError("there is no picture to call the function with.")
    legs_ms = [statistics.median(leg) * 1000 for leg in zip(*counted, strict=True)]
    return Speed(1 / statistics.median(sum(legs) for legs in counted), *legs_ms)


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
