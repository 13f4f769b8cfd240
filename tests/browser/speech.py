"""A spoken sentence with a pause after it, played in a loop by Chromium's microphone."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import soxr

from ..spoken import quiet, say
from .noise import RATE_HZ

SENTENCE = "this is a story about the people in the city"
"""One that the small recogniser of the lesson understands, of a voice that it does."""
VOICE = ["-v", "en-us", "-s", "140"]
PAUSE_S = 2.5


def write_speech(path: Path) -> Path:
    """Write it as a WAV file, at the rate of Chromium's fake microphone."""
    rate, samples = say(SENTENCE, *VOICE)
    sentence = np.asarray(soxr.resample(samples, rate, RATE_HZ))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(np.concatenate([sentence, quiet(RATE_HZ, PAUSE_S)]).tobytes())
    return path
