"""What a stream has heard and its function has not fetched yet.

Nothing is dropped while the function is busy, up to a bound: the next `take` gives all that is contiguous, as one
longer piece. Past the bound the oldest goes, and the next piece says how much is missing before it. All gaps, whatever
their cause, come from one subtraction: where a piece begins, less where the one before it ended.
"""

from __future__ import annotations

import math
from collections import deque
from typing import NamedTuple, Protocol

import numpy as np

from ..protocol.sound import MAX_JUMP_S
from .chunk import Chunk

# A page may send whole blocks of its audio system only, the nearest to what was asked.
TOLERANCE_S = 0.02


class SoundPosition(NamedTuple):
    """How far a stream has come: up to which sample of which run, and when that was by the page's clock and ours."""

    run: int
    sample: int
    at_ms: float | None = None
    received_at_s: float = 0.0


class Ending(NamedTuple):
    """That no more sound is wanted: what is held is still given out. `final`: the capture itself ends."""

    final: bool


class Backlog(Protocol):
    """Sound that waits for a worker; guarded by the inbox that it is in."""

    def put(self, chunk: Chunk) -> None:
        """Keep a piece."""

    def is_due(self, ending: Ending | None) -> bool:
        """Whether there is something to take."""

    def take(self, ending: Ending | None) -> Chunk:
        """The next piece; only when something is due."""

    @property
    def has_ended(self) -> bool:
        """Whether the capture has ended and its last piece is here."""


class SoundStore:
    """A bounded store of one source's sound for one stream. Not thread-safe: its inbox holds a lock.

    Parameters
    ----------
    every_s
        How much sound makes a piece, unless it is the last or some is missing after it.
    max_backlog_s
        How much is kept.
    position
        Where the function's sound went so far; `None` = it begins with whatever comes.
    """

    def __init__(
        self, every_s: float, max_backlog_s: float, position: SoundPosition | None = None
    ) -> None:
        self.position = position
        self.overrun_s = 0.0
        """Seconds of sound that were dropped because nobody fetched them."""
        self._max_backlog_s = max_backlog_s
        self.give_every(every_s)
        self._held: deque[Chunk] = deque()
        self._held_s = 0.0
        self._newest: Chunk | None = None
        self._has_ended = False
        self._gave_final = False

    def give_every(self, every_s: float) -> None:
        """Change how much sound makes a piece."""
        self._due_s = min(every_s - min(every_s / 2, TOLERANCE_S), self._max_backlog_s)

    @property
    def backlog_s(self) -> float:
        """Seconds of sound that wait."""
        return self._held_s

    @property
    def has_ended(self) -> bool:
        return self._has_ended

    def put(self, chunk: Chunk) -> None:
        self._newest = chunk
        self._has_ended = self._has_ended or chunk.final
        if not chunk.sample_count:
            return
        self._held.append(chunk._replace(final=False))
        self._held_s += chunk.duration_s
        while self._held_s > self._max_backlog_s and self._held:
            self._drop_oldest(self._held_s - self._max_backlog_s)

    def is_due(self, ending: Ending | None) -> bool:
        if ending is not None:
            return bool(self._held) or (ending.final and self._can_give_final())
        head_s = 0.0
        for number, chunk in enumerate(self._held):
            if number and not self._held[number - 1].goes_on_with(chunk):
                return True  # it cannot grow any more
            head_s += chunk.duration_s
            if head_s >= self._due_s:
                return True
        return bool(self._held) and self._has_ended

    def take(self, ending: Ending | None) -> Chunk:
        """All that is contiguous, from the oldest on; an empty last piece where nothing is left but the end."""
        parts = [self._held.popleft()] if self._held else [self._empty()]
        while self._held and parts[-1].goes_on_with(self._held[0]):
            parts.append(self._held.popleft())
        first, last = parts[0], parts[-1]
        # Where sound is missing at the very end, an empty piece tells of it.
        is_last = ending is not None and ending.final and last.end_sample == self._newest_end()
        self._gave_final = self._gave_final or is_last
        whole = last._replace(
            first_sample=first.first_sample,
            samples=np.concatenate([part.samples for part in parts]),
            captured_at_ms=first.captured_at_ms,
            clipped_count=sum(part.clipped_count for part in parts),
            gap_s=self._gap_before(first),
            final=is_last,
        )
        self._held_s = sum(chunk.duration_s for chunk in self._held)
        self.position = SoundPosition(
            whole.run, whole.end_sample, whole.ended_at_ms, whole.received_at_s
        )
        return whole

    def _newest_end(self) -> int:
        return 0 if self._newest is None else self._newest.end_sample

    def _can_give_final(self) -> bool:
        return self._newest is not None and not self._gave_final

    def _empty(self) -> Chunk:
        assert self._newest is not None
        newest = self._newest
        return newest._replace(
            first_sample=newest.end_sample,
            samples=newest.samples[:0],
            captured_at_ms=newest.ended_at_ms,
            clipped_count=0,
        )

    def _gap_before(self, first: Chunk) -> float:
        before = self.position
        if before is None:
            return 0.0
        if before.run == first.run:
            return max(0, first.first_sample - before.sample) / first.sample_rate
        if before.at_ms is None:
            return first.first_sample / first.sample_rate
        # The numbers began anew; the page's clock went on. No more can be missing than time has passed here.
        gap_s = max(0.0, first.captured_at_ms - before.at_ms) / 1000
        return min(gap_s, first.received_at_s - before.received_at_s + MAX_JUMP_S)

    def _drop_oldest(self, excess_s: float) -> None:
        oldest = self._held.popleft()
        count = min(oldest.sample_count, math.ceil(excess_s * oldest.sample_rate))
        dropped_s = count / oldest.sample_rate
        self.overrun_s += dropped_s
        self._held_s -= dropped_s
        if count < oldest.sample_count:
            self._held.appendleft(
                oldest._replace(
                    first_sample=oldest.first_sample + count,
                    samples=oldest.samples[count:],
                    captured_at_ms=oldest.captured_at_ms + dropped_s * 1000,
                )
            )


class UtteranceQueue:
    """Utterances that wait for the function, one call each. Not thread-safe: its inbox holds a lock.

    An empty piece that is `final` says where the sound ended; it is given out where the last utterance cannot say so.
    """

    def __init__(self, max_backlog_s: float, *, keeps_newest: bool = False) -> None:
        self._keeps_newest = keeps_newest
        self.overrun_s = 0.0
        """Seconds of utterances that were dropped because the function was busy."""
        self.backlog_s = 0.0
        """Seconds of utterances that wait."""
        self._max_backlog_s = max_backlog_s
        self._waiting: deque[Chunk] = deque()
        self._end: Chunk | None = None

    @property
    def has_ended(self) -> bool:
        return True

    @property
    def waiting_count(self) -> int:
        """How many utterances wait."""
        return len(self._waiting)

    def put(self, chunk: Chunk) -> None:
        if chunk.final:
            self._end = chunk
            return
        self._waiting.append(chunk)
        self.backlog_s += chunk.duration_s
        while len(self._waiting) > 1 and self._keeps_newest:
            self._drop_oldest()
        while len(self._waiting) > 1 and self.backlog_s > self._max_backlog_s:
            self.overrun_s += self._drop_oldest()

    def is_due(self, ending: Ending | None) -> bool:
        return bool(self._waiting) or self._end_is_due(ending)

    def take(self, ending: Ending | None) -> Chunk:
        if not self._waiting:
            assert self._end is not None
            end, self._end = self._end, None
            return end
        taken = self._next()
        if self._waiting or not self._end_is_due(ending) or (self._end and self._end.gap_s):
            return taken
        self._end = None
        return taken._replace(final=True)

    def _end_is_due(self, ending: Ending | None) -> bool:
        return ending is not None and ending.final and self._end is not None

    def _next(self) -> Chunk:
        oldest = self._waiting.popleft()
        self.backlog_s = sum(one.duration_s for one in self._waiting)
        return oldest

    def _drop_oldest(self) -> float:
        """Leave it out, and tell the next one of the gap; returns how long it was, in seconds."""
        dropped = self._next()
        next_one = self._waiting[0]
        gap_s = next_one.gap_s + dropped.gap_s + dropped.duration_s
        self._waiting[0] = next_one._replace(gap_s=gap_s)
        return dropped.duration_s
