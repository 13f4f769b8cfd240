"""From what a function returns to samples that a page can play: checked, clipped where it must be, never silently."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ResultError
from ..protocol.fields import MAX_RATE_HZ, MIN_RATE_HZ
from ..protocol.from_page import MAX_PLAYED_CHANNELS

FULL_SCALE = 32768


@dataclass(frozen=True)
class Pcm:
    """Sound that is ready for its way: int16 samples of shape (n, channels), and how many values were cut."""

    sample_rate_hz: int
    samples: NDArray[np.int16]
    clipped_count: int

    @property
    def duration_s(self) -> float:
        """How long it sounds, in seconds."""
        return len(self.samples) / self.sample_rate_hz


def pcm_of(value: Any) -> Pcm:
    """Check and convert a result for a player.

    Parameters
    ----------
    value
        ``(sample_rate, array)``: a whole number of hertz from 3 000 to 768 000; int16, or floats where 1.0 is
        full scale, of shape (n,), (n, 1) or (n, 2), n >= 0. Floats beyond full scale are cut and counted.

    Raises
    ------
    ResultError
        If it is something else; floats that are not finite are refused as well.
    """
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise ResultError(f"{_named(value)}; expected (sample_rate, array).{_hint(value)}")
    rate, samples = value
    sample_rate_hz = _checked_rate(rate, samples)
    array = _checked_shape(np.asarray(samples))
    if array.dtype == np.int16:
        # A copy: the caller may go on writing into the array while the sound waits.
        return Pcm(sample_rate_hz, np.array(array, np.dtype("<i2"), order="C"), 0)
    if not np.issubdtype(array.dtype, np.floating):
        raise ResultError(_wrong_dtype(array))
    return _from_floats(sample_rate_hz, array)


def _from_floats(sample_rate_hz: int, array: NDArray[Any]) -> Pcm:
    wrong_count = int(array.size - np.isfinite(array).sum())
    if wrong_count:
        raise ResultError(
            f"{wrong_count} samples of {array.size} that are NaN or infinite; expected numbers from -1 to 1. "
            "np.nan_to_num(samples) makes NaN silence."
        )
    clipped_count = int((np.abs(array) > 1).sum())
    scaled = np.rint(array.astype(np.float64) * FULL_SCALE)
    samples = np.clip(scaled, -FULL_SCALE, FULL_SCALE - 1).astype("<i2")
    return Pcm(sample_rate_hz, np.ascontiguousarray(samples), clipped_count)


def _checked_rate(rate: Any, samples: Any) -> int:
    if isinstance(rate, np.ndarray) and isinstance(samples, Real):
        raise ResultError(
            "(array, sample_rate); expected (sample_rate, array), the number of hertz first."
        )
    is_number = isinstance(rate, Real) and not isinstance(rate, (bool, np.bool_))
    if is_number and MIN_RATE_HZ <= rate <= MAX_RATE_HZ and rate == int(rate):
        return int(rate)
    raise ResultError(
        f"a sample rate of {rate!r:.80}; expected a whole number of hertz from {MIN_RATE_HZ} to "
        f"{MAX_RATE_HZ}, such as the one that came with the sound."
    )


def _checked_shape(array: NDArray[Any]) -> NDArray[Any]:
    if array.ndim == 1:
        return array[:, np.newaxis]
    if array.ndim == 2 and 1 <= array.shape[1] <= MAX_PLAYED_CHANNELS:
        return array
    hint = ""
    if array.ndim == 2 and array.shape[0] <= MAX_PLAYED_CHANNELS < array.shape[1]:
        hint = " Return samples.T if the channels come first."
    elif array.ndim == 2 and array.shape[1] > MAX_PLAYED_CHANNELS:
        hint = " samples.mean(axis=1) of floats mixes all channels into one."
    raise ResultError(f"samples of shape {array.shape}; expected (n,), (n, 1) or (n, 2).{hint}")


def _wrong_dtype(array: NDArray[Any]) -> str:
    hint = "Return samples.astype(np.int16), or floats with 1.0 as full scale."
    if array.dtype == np.int32:
        # Not scaled: a sum of int16 samples, made wide to be safe, would come out 65536 times too soft.
        hint = (
            "If they are on the scale of int16, return np.clip(samples, -32768, 32767).astype(np.int16); "
            "if they are on that of int32, as in 32 bit files, (samples >> 16).astype(np.int16)."
        )
    elif array.dtype == np.uint8:
        hint = "8 bit sound with its zero at 128 becomes int16 by (samples.astype(np.int16) - 128) * 256."
    return f"samples of {array.dtype}; expected int16, or floats from -1 to 1. {hint}"


def _named(value: Any) -> str:
    if value is None:
        return "None"
    if isinstance(value, np.ndarray):
        return f"{value.dtype} of shape {value.shape}"
    if isinstance(value, (tuple, list)):
        return f"a {type(value).__name__} of {len(value)}"
    return f"{type(value).__name__} {value!r:.80}"


def _hint(value: Any) -> str:
    return " The rate is missing." if isinstance(value, np.ndarray) else ""
