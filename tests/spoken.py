"""Sentences, spoken by espeak-ng, and something that passes for speech where it is not installed."""

from __future__ import annotations

import shutil
import subprocess
import wave
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]

HAS_ESPEAK = shutil.which("espeak-ng") is not None


def say(text: str, *options: str) -> tuple[int, Samples]:
    """Speak a sentence: ``(sample_rate, int16 array of shape (n,))``. Options are those of espeak-ng."""
    spoken = subprocess.run(
        ["espeak-ng", "--stdout", *options, text], capture_output=True, check=True
    ).stdout
    # What goes to a pipe has no length in its header: the rate is read from it, the samples are the rest.
    with wave.open(BytesIO(spoken)) as reader:
        rate = reader.getframerate()
    start = spoken.index(b"data") + 8
    return rate, np.frombuffer(spoken[start : len(spoken) // 2 * 2], "<i2")


def babble(rate: int, seconds: float) -> Samples:
    """A voice-like sound: a hundred odd hertz with overtones, swelling like syllables."""
    at_s = np.arange(round(rate * seconds)) / rate
    voice = sum(np.sin(2 * np.pi * 140 * overtone * at_s) / overtone for overtone in range(1, 16))
    loudness = 0.7 + 0.3 * np.sin(2 * np.pi * 4 * at_s)
    return np.asarray(4000 * loudness * voice).astype(np.int16)


def quiet(rate: int, seconds: float) -> Samples:
    """Silence."""
    return np.zeros(round(rate * seconds), np.int16)
