"""Sound as a value: what was recorded between Start and Stop, and WAV files."""

from __future__ import annotations

import io
import threading
import wave
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nbstream.errors import ResultError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Sound = tuple[int, NDArray[Any]]

MAX_RECORDING_S = 600.0


class Recording:
    """The newest ten minutes between Start and Stop. `_lock` guards the fields."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rate = 0
        self._pieces: deque[NDArray[Any]] = deque()
        self._count = 0

    def add(self, sound: Sound, *, is_first: bool) -> None:
        """Add a piece; the first after Start begins anew."""
        rate, samples = sound
        with self._lock:
            if is_first or rate != self._rate:
                self._pieces.clear()
                self._rate, self._count = rate, 0
            self._pieces.append(samples)
            self._count += len(samples)
            while self._count > MAX_RECORDING_S * rate and len(self._pieces) > 1:
                self._count -= len(self._pieces.popleft())

    def sound(self) -> Sound | None:
        """All of it, ``(sample rate, array)``; `None` before the first."""
        with self._lock:
            return (self._rate, np.concatenate(self._pieces)) if self._pieces else None


def sound_of(value: Any) -> Sound:
    """Sound in any form that is taken, as ``(sample rate, array)``.

    Raises
    ------
    ResultError
        If it is none.
    """
    if isinstance(value, tuple) and len(value) == 2:
        return value
    if not isinstance(value, (str, Path, bytes)):
        raise ResultError(
            f"{type(value).__name__} {value!r:.60}; expected (sample rate, array), or a WAV file's name or bytes"
        )
    try:
        with wave.open(io.BytesIO(value) if isinstance(value, bytes) else str(value)) as file:
            if file.getsampwidth() != 2:
                raise ResultError(f"a WAV file of {8 * file.getsampwidth()} bits; expected 16")
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
            count = file.getnchannels()
            return file.getframerate(), samples if count == 1 else samples.reshape(-1, count)
    except (OSError, EOFError, wave.Error) as error:
        raise ResultError(
            f"{value!r:.60}, which is no WAV file that can be read: {error}"
        ) from None


def wav_of(sound: Sound) -> bytes:
    """A WAV file of 16 bits."""
    rate, samples = sound
    if samples.dtype != np.int16:
        samples = (np.clip(samples, -1, 1) * 32767).astype(np.int16)
    kept = io.BytesIO()
    with wave.open(kept, "wb") as file:
        file.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2").tobytes())
    return kept.getvalue()
