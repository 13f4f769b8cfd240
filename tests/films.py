"""Films and sounds for tests, made as they are wanted."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from nbstream.testing import numbered

RATE = 8000


def write_film(path: Path, pictures: Iterable[Any], fps: int = 30, sound: Any = None) -> Path:
    """Write a film of equal pictures; `sound` int16 of shape (n,) at 8000 Hz."""
    pictures = list(pictures)
    with av.open(str(path), "w") as container:
        video: Any = container.add_stream("mpeg4", rate=fps)
        video.height, video.width = pictures[0].shape[:2]
        video.pix_fmt, video.bit_rate = "yuv420p", 4_000_000
        audio: Any = None
        if sound is not None:
            audio = container.add_stream("aac", rate=RATE, layout="mono")
        for picture in pictures:
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            container.mux(video.encode(frame))
        container.mux(video.encode())
        if audio is not None:
            block = av.AudioFrame.from_ndarray(sound[np.newaxis], format="s16", layout="mono")
            block.sample_rate, block.pts, block.time_base = RATE, 0, Fraction(1, RATE)
            container.mux(audio.encode(block))
            container.mux(audio.encode())
    return path


def numbered_film(path: Path, count: int = 20, fps: int = 30) -> Path:
    """A film whose pictures have the numbers 0, 1, 2, ..."""
    return write_film(path, [numbered(number) for number in range(count)], fps)


def write_wav(path: Path, samples: Any, rate: int = RATE) -> Path:
    """Write int16 samples of shape (n,) or (n, channels)."""
    import wave

    samples = np.asarray(samples, np.int16)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return path
