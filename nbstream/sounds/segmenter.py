"""Finding speech in sound: `Segmenter` turns pieces of any length into utterances.

::

    from nbstream.voice import Segmenter, Utterance

    segmenter = Segmenter(silence=0.5)
    for rate, samples in chunks:
        for event in segmenter.push(rate, samples):
            if isinstance(event, Utterance):
                print(f"{len(event.samples) / rate:.1f} s of speech")

A microphone does this by itself: ``microphone.stream(answer, on="utterance")``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import MissingDependencyError
from .speech import SpeechBegan, SpeechEvent, Utterance

__all__ = ["Segmenter", "SpeechBegan", "SpeechEvent", "Utterance", "WebRtcVad"]

IsSpeech = Callable[[tuple[int, NDArray[np.int16]]], bool]
"""Says of ``(sample_rate, int16 array of shape (n,))``, one frame, whether it is speech. Frames come in order, without
holes, until the sound ends."""


class Segmenter:
    """Turns sound into utterances: what is said from one silence to the next.

    Times are in seconds. How the sound is cut into pieces makes no difference to what is found. Not thread-safe.

    Parameters
    ----------
    is_speech
        Decides about one frame, ``(sample_rate, int16 array of shape (n,))``, in order; `None` = `WebRtcVad()`.
    speech
        Speech this long begins an utterance; what is shorter is no speech, neither at the beginning nor later.
    silence
        An utterance ends when there was no speech for this long.
    max_length
        An utterance that is as long as this is cut, and the next one goes on where it ends.
    pre_roll
        What is kept of the sound before the first and after the last speech, never overlapping the utterance before.
    frame
        Length of a frame that `is_speech` gets.

    Raises
    ------
    ValueError
        If a number is out of range.
    MissingDependencyError
        If `is_speech` is None and the package that finds speech is not installed.
    """

    def __init__(
        self,
        is_speech: IsSpeech | None = None,
        *,
        speech: float = 0.1,
        silence: float = 0.7,
        max_length: float = 30.0,
        pre_roll: float = 0.3,
        frame: float = 0.02,
    ) -> None:
        _check("frame", frame, "> 0 and at most 1", 0 < frame <= 1)
        _check("speech", speech, "> 0", speech > 0)
        _check("silence", silence, "> 0", silence > 0)
        _check("pre_roll", pre_roll, ">= 0", pre_roll >= 0)
        shortest_s = pre_roll + speech + frame
        _check("max_length", max_length, f">= {shortest_s:g} s", max_length >= shortest_s)
        self._is_speech = WebRtcVad() if is_speech is None else is_speech
        self._frame_s = frame
        self._speech_frames = max(1, round(speech / frame))
        self._silence_frames = max(1, round(silence / frame))
        self._max_frames = math.floor(max_length / frame + 1e-9)
        self._pre_roll_frames = round(pre_roll / frame)
        self._sample_rate = 0
        self._given = 0
        self._rest: NDArray[np.int16] = np.zeros(0, np.int16)
        self._frames: list[NDArray[np.int16]] = []
        self._flags: list[bool] = []
        self._restart()

    def push(self, sample_rate: int, samples: NDArray[np.int16]) -> Sequence[SpeechEvent]:
        """Take the next piece of the sound.

        Parameters
        ----------
        sample_rate
            In hertz. A rate that differs from the last one ends the sound, as `flush` does.
        samples
            int16, shape (n,), n >= 0.

        Returns
        -------
        events
            What the piece brought about, in order: `SpeechBegan` at the begin of an utterance, as soon as that is sure,
            and `Utterance` at its end.

        Raises
        ------
        TypeError
            If `samples` has another type or shape.
        ValueError
            If `sample_rate` is not above 0.
        """
        samples = np.asarray(samples)
        if samples.dtype != np.int16 or samples.ndim != 1:
            raise TypeError(
                f"Segmenter.push() was given {samples.dtype} of shape {samples.shape}; expected int16 of shape (n,). "
                "Give one channel."
            )
        _check("sample_rate", sample_rate, "> 0", sample_rate > 0)
        events: list[SpeechEvent] = []
        if sample_rate != self._sample_rate:
            events += self.flush()
            self._sample_rate = sample_rate
        size = max(1, round(sample_rate * self._frame_s))
        self._given += len(samples)
        pending = np.concatenate([self._rest, samples])
        whole = len(pending) // size * size
        self._rest = pending[whole:].copy()
        for start in range(0, whole, size):
            events += self._take(pending[start : start + size])
        return events

    def flush(self) -> Sequence[SpeechEvent]:
        """The sound ends here, or some is missing before the next piece.

        Returns
        -------
        events
            The utterance that was being spoken, if there is one.
        """
        events: list[SpeechEvent] = []
        if self._speaking and self._has_speech:
            events.append(self._utterance(self._end(len(self._frames)), self._rest))
        self._restart()
        return events

    # --- inside ------------------------------------------------------------------------------

    def _restart(self) -> None:
        self._rest = np.zeros(0, np.int16)
        self._frames, self._flags = [], []
        self._first_sample = self._given
        self._run = 0
        self._quiet = 0
        self._speaking = False
        self._has_speech = False

    def _take(self, frame: NDArray[np.int16]) -> Iterator[SpeechEvent]:
        is_speech = bool(self._is_speech((self._sample_rate, frame)))
        self._frames.append(frame)
        self._flags.append(is_speech)
        self._run = self._run + 1 if is_speech else 0
        counts = self._run >= self._speech_frames
        self._quiet = 0 if counts else self._quiet + 1
        self._has_speech = self._has_speech or counts
        if not self._speaking:
            self._forget_old()
            if counts:
                self._speaking = True
                yield SpeechBegan()
        elif self._quiet >= self._silence_frames:
            yield from self._ended()
        if self._speaking and len(self._frames) >= self._max_frames:
            yield from self._cut()

    def _ended(self) -> Iterator[SpeechEvent]:
        if self._has_speech:
            # What is being said now, too short to count yet, may be how the next one begins.
            end = self._end(len(self._frames) - self._run)
            yield self._utterance(end)
            self._drop(end)
        self._forget_old()
        self._speaking = self._has_speech = False

    def _cut(self) -> Iterator[SpeechEvent]:
        if self._has_speech:
            yield self._utterance(len(self._frames))
            self._drop(len(self._frames))
            self._has_speech = False
        else:
            self._forget_old()

    def _forget_old(self) -> None:
        """Keep what the next utterance may begin with."""
        self._drop(len(self._frames) - self._pre_roll_frames - self._run)

    def _end(self, before: int) -> int:
        """How many frames belong to an utterance that ends before that one."""
        last = next((number for number in range(before, 0, -1) if self._flags[number - 1]), 0)
        return min(before, last + self._pre_roll_frames)

    def _utterance(self, count: int, rest: NDArray[np.int16] | None = None) -> Utterance:
        parts = self._frames[:count]
        if rest is not None and count == len(self._frames):
            parts = [*parts, rest]
        return Utterance(self._sample_rate, np.concatenate(parts), self._first_sample)

    def _drop(self, count: int) -> None:
        """Forget the oldest frames."""
        if count > 0:
            self._first_sample += sum(map(len, self._frames[:count]))
            del self._frames[:count], self._flags[:count]


VAD_RATES = (8000, 16000, 32000, 48000)
VAD_FRAME_S = 0.02


class WebRtcVad:
    """Finds speech as browsers do in calls: by the package webrtcvad, at any sample rate.

    Parameters
    ----------
    aggressiveness
        0..3: how much is taken for noise.

    Raises
    ------
    MissingDependencyError
        If webrtcvad is not installed, or, at the first sound of another rate than 8, 16, 32 or 48 kHz, soxr.
    """

    def __init__(self, aggressiveness: int = 2) -> None:
        try:
            import webrtcvad
        except ImportError:
            raise _missing("webrtcvad") from None
        _check("aggressiveness", aggressiveness, "0, 1, 2 or 3", aggressiveness in range(4))
        self._vad: Any = webrtcvad.Vad(aggressiveness)
        self._sample_rate = 0
        self._resampler: Any = None
        self._pending: NDArray[np.int16] = np.zeros(0, np.int16)
        self._newest = False

    def __call__(self, frame: tuple[int, NDArray[np.int16]]) -> bool:
        """Whether it is speech, of the frame's end where its length is none that webrtcvad takes."""
        sample_rate, samples = frame
        if sample_rate != self._sample_rate:
            self._begin(sample_rate)
        rate = sample_rate
        if self._resampler is not None:
            rate, samples = 16000, self._resampler.resample_chunk(samples)
        size = round(rate * VAD_FRAME_S)
        self._pending = np.concatenate([self._pending, samples])
        while len(self._pending) >= size:
            self._newest = self._vad.is_speech(self._pending[:size].tobytes(), rate)
            self._pending = self._pending[size:]
        return self._newest

    def _begin(self, sample_rate: int) -> None:
        self._sample_rate, self._newest = sample_rate, False
        self._pending = np.zeros(0, np.int16)
        self._resampler = None
        if sample_rate in VAD_RATES:
            return
        try:
            import soxr
        except ImportError:
            raise _missing("soxr") from None
        # Low quality has the shortest delay, and is still far better than the ear of what listens here.
        self._resampler = soxr.ResampleStream(sample_rate, 16000, 1, dtype="int16", quality="LQ")


def _missing(name: str) -> MissingDependencyError:
    return MissingDependencyError(
        f"Finding speech needs {name}, which cannot be imported. Install it with "
        'pip install "nbstream[voice]", or give Segmenter an is_speech of your own.'
    )


def _check(name: str, value: object, allowed: str, ok: bool) -> None:
    if not ok:
        raise ValueError(f"{name} is {value!r:.80}; expected {allowed}.")
