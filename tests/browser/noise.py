"""A sound in which every moment can be found again: noise, played in a loop by Chromium's microphone."""

from __future__ import annotations

import wave
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 44_100
"""What Chromium's fake microphone runs at, whatever the file says."""
LENGTH_S = 20
SILENCE = RATE_HZ // 100
"""A busy machine makes the fake microphone put in silence of this many samples, and of multiples."""
WINDOW = 16

Samples = NDArray[np.int16]


def noise() -> Samples:
    """Return the sound: int16, nowhere 0, over the whole range."""
    loud = np.random.default_rng(20).integers(1, 32_768, RATE_HZ * LENGTH_S)
    signs = np.random.default_rng(21).choice((-1, 1), loud.size)
    sound: Samples = (loud * signs).astype(np.int16)
    return sound


def write_noise(path: Path) -> Path:
    """Write it as a WAV file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(noise().tobytes())
    return path


@dataclass
class Comparison:
    """What became of the sound on its way; counts are in samples."""

    matched: int = 0
    lost: int = 0
    doubled: int = 0
    silence: int = 0
    unknown: int = 0
    jumps: list[tuple[int, int]] = field(default_factory=list)
    """Where in what was delivered something was lost (> 0) or doubled (< 0), and how much."""


def compare(delivered: Samples, played: Samples) -> Comparison:
    """Compare what was delivered with the loop that was played, sample by sample, wherever it begins.

    Whole runs of silence are the fake microphone's own, and so is silence at the beginning.
    """
    result = Comparison()
    looped = np.concatenate([played, played])
    place: int | None = None
    at = 0
    while at < delivered.size:
        if delivered[at] == 0:
            at, silence = _after_silence(delivered, at)
            result.silence += silence
            continue
        if place is None or delivered[at] != looped[place]:
            found = _find(delivered[at : at + WINDOW], played)
            if found is None:
                result.unknown += 1
                at += 1
                continue
            if place is not None:
                _note_jump(result, at, (found - place) % played.size, played.size)
            place = found
        length = min(delivered.size - at, looped.size - place)
        differs = np.flatnonzero(delivered[at : at + length] != looped[place : place + length])
        same = int(differs[0]) if differs.size else length
        result.matched += same
        at += same
        place = (place + same) % played.size
    return result


def _after_silence(delivered: Samples, at: int) -> tuple[int, int]:
    began = at
    while at < delivered.size:
        # Not in all that follows: an hour of it, for each of many silences.
        sound = np.flatnonzero(delivered[at : at + RATE_HZ])
        if sound.size:
            at += int(sound[0])
            break
        at = min(at + RATE_HZ, delivered.size)
    return at, at - began


def _find(window: Samples, played: Samples) -> int | None:
    if window.size < WINDOW:
        return None
    looped = np.concatenate([played, played[: window.size]])
    for found in np.flatnonzero(played == window[0]):
        if np.array_equal(looped[found : found + window.size], window):
            return int(found)
    return None


def _note_jump(result: Comparison, at: int, ahead: int, length: int) -> None:
    if ahead <= length // 2:
        result.lost += ahead
        result.jumps.append((at, ahead))
    else:
        result.doubled += length - ahead
        result.jumps.append((at, ahead - length))
