"""What stands between a microphone's sound and the function where whole utterances are asked for, as protocols.

A stream with ``on="utterance"`` has a thread of its own that gives the sound to a segmenter as it comes, also while the
function is busy: `SpeechBegan` interrupts what the stream's outputs play, each `Utterance` becomes one call.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class SpeechBegan:
    """Somebody speaks: enough of it was heard to be no cough."""


@dataclass(frozen=True)
class Utterance:
    """What was said, from before its first word until the speaker fell silent.

    `samples` is int16 (n,) at `sample_rate`; `first_sample` is the place of the first one among all samples that the
    segmenter was given since it was made.
    """

    sample_rate: int
    samples: NDArray[np.int16]
    first_sample: int


SpeechEvent = SpeechBegan | Utterance


class SpeechSegmenter(Protocol):
    """Finds utterances in a stream of sound. Called by one thread at a time."""

    def push(self, sample_rate: int, samples: NDArray[np.int16]) -> Sequence[SpeechEvent]:
        """Take the next piece, int16 (n,) of any length; return what it brought about, in order."""

    def flush(self) -> Sequence[SpeechEvent]:
        """The sound ends here, or some is missing before the next piece: what is spoken so far is an utterance."""


@runtime_checkable
class TimedSegmenter(Protocol):
    """A segmenter that must know when its sound was captured."""

    def comes(self, captured_at_ms: float, run: int) -> None:
        """When the first sample of the next piece was captured, by the page's clock, and in which run."""


@runtime_checkable
class Interruptible(Protocol):
    """An output port whose widget plays sound and can be told to be silent."""

    @property
    def is_playing(self) -> bool:
        """Whether something sounds, or will."""

    def interrupt(self) -> None:
        """Drop what is queued and what sounds; from the thread that hears the speech."""
