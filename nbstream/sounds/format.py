"""Sound as a function wants it: channels, sample rate and type of what the microphone gave.

Channels are mixed first, then the rate is changed by soxr's streaming resampler, which goes on across chunks without
a seam, then the type. The resampler holds a few milliseconds back; where sound is missing or ends, they come as a
piece of their own, so that nothing is lost and nothing is joined that does not belong together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import MissingDependencyError
from ..protocol.sound import SampleType
from .chunk import Chunk

Samples = NDArray[Any]
Sound = tuple[int, NDArray[np.int16 | np.float32]]
FULL_SCALE = 32768.0


class SoundFormat(NamedTuple):
    """What a function wants. `sample_rate` in Hz, `None` = the device's, whatever it is."""

    sample_rate: int | None
    channels: int
    dtype: SampleType


def check_resampler() -> None:
    """Make sure that the resampler is installed.

    Raises
    ------
    MissingDependencyError
        With the command that installs it.
    """
    try:
        import soxr  # noqa: F401
    except ImportError:
        raise MissingDependencyError(
            "A sample_rate other than the device's needs the package soxr. Install it with "
            'pip install "nbstream[sound]", or leave sample_rate=None and take the rate that comes.'
        ) from None


class SoundConverter:
    """Makes the chunks of one source ready for one stream. One thread at a time."""

    def __init__(self, wanted: SoundFormat) -> None:
        self._wanted = wanted
        self._last: Chunk | None = None
        self._resampler: _Resampler | None = None

    def convert(self, chunk: Chunk) -> list[Chunk]:
        """What the function gets for `chunk`, oldest first.

        Returns
        -------
        chunks
            As a rule one. Before a gap, what the resampler still held comes first. None where it gave nothing
            yet; a chunk that is `final` gives a final one, empty if need be.
        """
        pieces = []
        if self._last is not None and not self._last.goes_on_with(chunk):
            pieces += self.rest()
        self._last = chunk
        samples, invalid_count = _finite(chunk.samples)
        samples = mixed(samples, self._wanted.channels)
        captured_at_ms = chunk.captured_at_ms
        rate = self._wanted.sample_rate or chunk.sample_rate
        if rate != chunk.sample_rate:
            if self._resampler is None:
                self._resampler = _Resampler(chunk.sample_rate, rate, self._wanted.channels)
            captured_at_ms -= self._resampler.behind_s * 1000
            samples = self._resampler.push(samples, last=chunk.final)
            if chunk.final:
                self._resampler = None
        if len(samples) or chunk.final:
            pieces.append(self._piece(chunk, samples, rate, captured_at_ms, invalid_count))
        return pieces

    def rest(self) -> list[Chunk]:
        """What the resampler still holds, a few milliseconds in one piece; what comes next begins anew."""
        resampler, last = self._resampler, self._last
        self._resampler = None
        if resampler is None or last is None:
            return []
        at_ms = last.ended_at_ms - resampler.behind_s * 1000
        samples = resampler.push(np.zeros((0, self._wanted.channels), np.float32), last=True)
        rest = last._replace(clipped_count=0, gap_s=0.0)
        return [self._piece(rest, samples, resampler.rate, at_ms, 0)] if len(samples) else []

    def _piece(
        self, chunk: Chunk, samples: Samples, rate: int, captured_at_ms: float, invalid_count: int
    ) -> Chunk:
        samples, clipped_count = typed(samples, self._wanted.dtype)
        return chunk._replace(
            sample_rate=rate,
            samples=np.ascontiguousarray(samples[:, 0] if samples.shape[1] == 1 else samples),
            captured_at_ms=captured_at_ms,
            clipped_count=chunk.clipped_count + clipped_count + invalid_count,
        )


class _Resampler:
    """soxr's stream, and how far what it has given is behind what it has got."""

    def __init__(self, from_rate: int, to_rate: int, channels: int) -> None:
        check_resampler()
        import soxr

        self.rate = to_rate
        self._from_rate = from_rate
        stream = soxr.ResampleStream(from_rate, to_rate, channels, dtype="float32")
        self._resample: Callable[..., Any] = stream.resample_chunk
        self._got = 0
        self._gave = 0

    @property
    def behind_s(self) -> float:
        return self._got / self._from_rate - self._gave / self.rate

    def push(self, samples: Samples, *, last: bool) -> Samples:
        self._got += len(samples)
        given: Samples = self._resample(np.ascontiguousarray(_as_floats(samples)), last=last)
        self._gave += len(given)
        return given


def mixed(samples: Samples, channels: int) -> Samples:
    """Give (n, any) the wanted number of channels.

    One channel is the mean of all; more than there are repeat the last one; else the first ones are taken.
    """
    came = samples.shape[1]
    if came == channels:
        return samples
    if channels == 1:
        mean: Samples = samples.mean(axis=1, dtype=np.float64, keepdims=True)
        whole = np.issubdtype(samples.dtype, np.integer)
        return np.asarray(np.rint(mean) if whole else mean, samples.dtype)
    return samples[:, [min(number, came - 1) for number in range(channels)]]


def typed(samples: Samples, dtype: SampleType) -> tuple[Samples, int]:
    """Change the type; return how many samples int16 could not hold, which become full scale."""
    if samples.dtype == dtype:
        return samples, 0
    if dtype == "float32":
        return _as_floats(samples), 0
    scaled = np.rint(samples * FULL_SCALE)
    clipped = np.clip(scaled, -FULL_SCALE, FULL_SCALE - 1)
    # A full-scale 1.0 is one step beyond int16 and no fault of anybody's.
    count = int(np.count_nonzero(np.abs(samples) > 1.0))
    return clipped.astype(np.int16), count


def _as_floats(samples: Samples) -> Samples:
    if samples.dtype == np.int16:
        return samples.astype(np.float32) / np.float32(FULL_SCALE)
    return samples


def _finite(samples: Samples) -> tuple[Samples, int]:
    if samples.dtype != np.float32:
        return samples, 0
    bad = ~np.isfinite(samples)
    count = int(np.count_nonzero(bad))
    return (np.where(bad, np.float32(0), samples), count) if count else (samples, 0)
