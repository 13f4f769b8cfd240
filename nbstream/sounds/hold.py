"""Hold-to-talk: an utterance is what was said while a person held a button."""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .speech import SpeechBegan, SpeechEvent, Utterance

MAX_EDGES = 100
"""Presses and releases of a run whose sound is still to come."""
LATE_S = 1.0
"""A press may come so much later than its sound."""


class _Edge(NamedTuple):
    is_press: bool
    at_ms: float
    run: int


class HoldSegmenter:
    """Turns sound into what was said between a press and its release.

    Who presses may do so from any thread; `_lock` guards what they did. The rest is of the thread that hears.

    Parameters
    ----------
    pre_roll
        Seconds of sound kept before the press and after the release: fingers are quicker than words.
    max_length
        Seconds; an utterance that is as long as this is cut, and whoever goes on presses again.

    Raises
    ------
    ValueError
        If a number is out of range.
    """

    def __init__(self, *, pre_roll: float = 0.3, max_length: float = 30.0) -> None:
        if not 0 <= pre_roll < math.inf:
            raise ValueError(f"pre_roll is {pre_roll!r:.80}; expected seconds >= 0.")
        if not pre_roll < max_length < math.inf:
            raise ValueError(
                f"max_length is {max_length!r:.80}; expected seconds above pre_roll, {pre_roll:g}."
            )
        self._pre_roll_s = pre_roll
        self._max_length_s = max_length
        self._lock = threading.Lock()
        self._edges: deque[_Edge] = deque()
        self._is_held = False
        self._run = 0
        """The run in which the button is pressed now; its sound may still be to come."""
        self._heard_run = 0
        """The run of the sound that comes; 0 = none has come."""
        self._is_cut = False
        """Whether what is being said ends with the sound that came, for the next is of another run."""
        self._pieces: list[NDArray[np.int16]] = []
        self._rate = 0
        self._given = 0
        """How many samples came since this was made."""
        self._kept_from = 0
        """Number of the first of them in `_pieces`."""
        self._end_ms = 0.0
        """When the last of them was captured, by the page's clock."""
        self._begin: int | None = None
        """Where the utterance begins that is being said; `None` = nothing is held, as far as the sound has come."""

    # --- the person --------------------------------------------------------------------------

    @property
    def is_held(self) -> bool:
        """Whether the person holds the button, as far as it was told."""
        with self._lock:
            return self._is_held

    def press(self, at_ms: float) -> bool:
        """The button is held since then, by the clock of the page; False where a hundred presses wait."""
        return self._add(is_press=True, at_ms=at_ms)

    def release(self, at_ms: float) -> bool:
        """It was let go."""
        return self._add(is_press=False, at_ms=at_ms)

    def forget(self, run: int) -> None:
        """Another capture has begun; what was said in the one before is an utterance, and nobody has pressed."""
        with self._lock:
            # The last sound of the run that ended may still be to come.
            self._edges = deque(edge for edge in self._edges if edge.run == self._run)
            self._is_held, self._run = False, run

    def _add(self, *, is_press: bool, at_ms: float) -> bool:
        with self._lock:
            # A second press of the same button, or a release of none, means nothing.
            count = sum(edge.run == self._run for edge in self._edges)
            if is_press == self._is_held or count >= MAX_EDGES:
                return False
            self._edges.append(_Edge(is_press, at_ms, self._run))
            self._is_held = is_press
            return True

    # --- the sound ---------------------------------------------------------------------------

    def comes(self, captured_at_ms: float, run: int) -> None:
        """When the first sample of the next piece was captured, and in which run."""
        self._end_ms = captured_at_ms
        if run == self._heard_run:
            return
        self._is_cut, self._heard_run = True, run
        with self._lock:
            kept = [edge for edge in self._edges if edge.run == self._run or edge.run >= run]
            self._edges = deque(kept)

    def push(self, sample_rate: int, samples: NDArray[np.int16]) -> Sequence[SpeechEvent]:
        """Take the next piece, whose time `comes` has told; return what it brought about."""
        events: list[SpeechEvent] = []
        if self._is_cut or sample_rate != self._rate:
            events += self.flush()
            self._rate = sample_rate
        self._pieces.append(samples)
        self._given += len(samples)
        self._end_ms += len(samples) / sample_rate * 1000
        events += self._heard()
        self._forget_old()
        return events

    def flush(self) -> Sequence[SpeechEvent]:
        """The sound ends here, or some is missing: what is said so far is an utterance; the button stays held."""
        events: list[SpeechEvent] = []
        goes_on = self._begin is not None and self._goes_on()
        if self._begin is not None and self._given > self._begin:
            events.append(self._utterance(self._begin, self._given))
        self._begin = self._given if goes_on else None
        self._is_cut = False
        self._pieces.clear()
        self._kept_from = self._given
        return events

    # --- inside ------------------------------------------------------------------------------

    def _heard(self) -> Iterator[SpeechEvent]:
        """Go through what was pressed, as far as the sound has come."""
        while True:
            if self._begin is not None:
                if (end := self._end_of(self._begin)) is None:
                    return
                if end > self._begin:
                    yield self._utterance(self._begin, end)
                self._begin = None
                self._drop(end)
                continue
            edge = self._next_edge()
            if edge is None or self._place(edge.at_ms) > self._given:
                return
            with self._lock:
                self._edges.popleft()
            if edge.is_press:
                self._begin = max(self._kept_from, self._place(edge.at_ms) - self._pre_roll)
                yield SpeechBegan()

    def _end_of(self, begin: int) -> int | None:
        """Where the utterance that begins there ends; `None` = not yet."""
        longest = begin + round(self._max_length_s * self._rate)
        with self._lock:
            edges = self._heard_edges()[:2]
            end = longest
            if edges:
                end = min(end, max(begin, self._place(edges[0].at_ms) + self._pre_roll))
            if len(edges) == 2:
                # What is said from there on is the next one's.
                end = min(end, max(begin, self._place(edges[1].at_ms)))
            if end > self._given:
                return None
            if edges:
                self._edges.popleft()
            elif self._run <= self._heard_run:
                self._is_held = False
            return end

    def _next_edge(self) -> _Edge | None:
        with self._lock:
            return next(iter(self._heard_edges()), None)

    def _heard_edges(self) -> list[_Edge]:
        """What was pressed in the run whose sound comes."""
        return [edge for edge in self._edges if edge.run <= self._heard_run]

    def _goes_on(self) -> bool:
        """Whether what is being said goes on with the next piece, until its release."""
        with self._lock:
            is_held = self._is_held and self._run <= self._heard_run
            return not self._is_cut and (is_held or bool(self._heard_edges()))

    @property
    def _pre_roll(self) -> int:
        return round(self._pre_roll_s * self._rate)

    def _place(self, at_ms: float) -> int:
        """Number of the sample that was captured then."""
        return self._given - round((self._end_ms - at_ms) / 1000 * self._rate)

    def _utterance(self, begin: int, end: int) -> Utterance:
        samples = np.concatenate(self._pieces)[begin - self._kept_from : end - self._kept_from]
        return Utterance(self._rate, samples, begin)

    def _forget_old(self) -> None:
        if self._begin is None:
            self._drop(self._given - self._pre_roll - round(LATE_S * self._rate))
        else:
            self._drop(self._begin)

    def _drop(self, before: int) -> None:
        """Forget the samples before that one."""
        while self._pieces and before > self._kept_from:
            first = self._pieces[0]
            count = min(before - self._kept_from, len(first))
            self._kept_from += count
            if count == len(first):
                del self._pieces[0]
            else:
                self._pieces[0] = first[count:]
