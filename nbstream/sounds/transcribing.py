"""Words out of sound: what a transcriber is, and those that come along."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from ..errors import MissingDependencyError

Sound = tuple[int, NDArray[np.int16]]
"""``(sample_rate, int16 array of shape (n,))``, as an utterance comes."""

PARTIAL_EVERY_S = 0.25


class Transcriber(Protocol):
    """What makes text of an utterance: any callable that does."""

    def __call__(self, sound: Sound) -> str:
        """The text of one utterance; "" = no word was found."""


class PocketSphinx:
    """PocketSphinx: small, quick, offline, English; its wheel holds the model (extra `speech`). Not thread-safe.

    Parameters
    ----------
    options
        Of `pocketsphinx.Decoder`, such as ``keyphrase="computer", kws_threshold=1e-20``.

    Raises
    ------
    MissingDependencyError
        If pocketsphinx is not installed, or, at the first sound of another rate than 16 kHz, soxr.
    """

    sample_rate = 16000

    def __init__(self, **options: Any) -> None:
        try:
            from pocketsphinx import Decoder
        except ImportError:
            raise MissingDependencyError(
                "PocketSphinx needs pocketsphinx, which cannot be imported. Install it with "
                'pip install "nbstream[speech]".'
            ) from None
        # 3000: twice as quick as with the default.
        quick = {"maxhmmpf": 3000, "loglevel": "FATAL"}
        self._decoder: Any = Decoder(samprate=self.sample_rate, **{**quick, **options})

    def __call__(self, sound: Sound) -> str:
        """The text of one utterance; "" = no word was found."""
        samples = _at_rate(sound, self.sample_rate)
        if not len(samples):
            return ""  # the decoder takes no empty sound
        self._decoder.start_utt()
        try:
            self._decoder.process_raw(samples.tobytes(), full_utt=True)
        finally:
            self._decoder.end_utt()
        return self._text()

    def partial(self, sound: Sound) -> Iterator[str]:
        """Yield what is understood so far, whenever it changes, and the whole text last."""
        samples = _at_rate(sound, self.sample_rate)
        step = int(PARTIAL_EVERY_S * self.sample_rate)
        told = ""
        self._decoder.start_utt()
        try:
            for start in range(0, len(samples), step):
                self._decoder.process_raw(samples[start : start + step].tobytes())
                text = self._text()
                if text != told:
                    told = text
                    yield text
        finally:
            self._decoder.end_utt()
        yield self._text()

    def _text(self) -> str:
        found = self._decoder.hyp()
        return str(found.hypstr) if found else ""


def transcriber(
    fn: Callable[[NDArray[Any]], str],
    *,
    sample_rate: int = 16000,
    dtype: Literal["int16", "float32"] = "float32",
) -> Transcriber:
    """Make a transcriber of a function that takes samples alone, as most models do.

    Parameters
    ----------
    fn
        Called with an array of shape (n,); returns text.
    sample_rate
        What it wants, in hertz.
    dtype
        What it wants: "int16", or "float32" with full scale at 1.

    Raises
    ------
    ValueError
        If `dtype` is another one.
    """
    if dtype not in ("int16", "float32"):
        raise ValueError(f'dtype is {dtype!r:.80}; expected "int16" or "float32".')

    def transcribe(sound: Sound) -> str:
        samples: NDArray[Any] = _at_rate(sound, sample_rate)
        return fn(samples if dtype == "int16" else samples.astype(np.float32) / 32768)

    return transcribe


def _at_rate(sound: Sound, sample_rate: int) -> NDArray[np.int16]:
    rate, samples = sound
    samples = np.asarray(samples)
    if samples.dtype != np.int16 or samples.ndim != 1:
        raise TypeError(
            f"a transcriber was given {samples.dtype} of shape {samples.shape}; expected int16 of shape (n,), as "
            'microphone.stream(..., on="utterance") gives it.'
        )
    if rate == sample_rate:
        return samples
    try:
        import soxr
    except ImportError:
        raise MissingDependencyError(
            f"Sound of {rate} Hz for a transcriber that wants {sample_rate} needs soxr, which cannot be imported. "
            'Install it with pip install "nbstream[sound]", or give nbs.Microphone(sample_rate=...).'
        ) from None
    resampled: NDArray[np.int16] = soxr.resample(samples, rate, sample_rate)
    return resampled
