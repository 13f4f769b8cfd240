"""Finding utterances in the sound of a stream while its function is busy: one thread per live stream."""

from __future__ import annotations

import contextvars
import threading
import weakref
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..protocol.fields import MAX_RATE_HZ, MIN_RATE_HZ
from ..protocol.sound import MAX_SAMPLE_INDEX
from ..sounds.chunk import Chunk
from ..sounds.format import SoundConverter, SoundFormat, typed
from ..sounds.speech import (
    SpeechBegan,
    SpeechEvent,
    SpeechSegmenter,
    TimedSegmenter,
    Utterance,
)
from .inbox import Inbox

EXPECTED = "expected a list of SpeechBegan() and Utterance(...), empty where nothing happened."


# Only two live streams with one segmenter ever wait so long; it must be seen that one of them has been stopped.
TURN_CHECKED_EVERY_S = 0.1


class _Use:
    """Of a segmenter: whose turn it is to give it sound, and how many samples it was given."""

    def __init__(self) -> None:
        self.turn = threading.Lock()
        self.given_count = 0


_uses: dict[int, _Use] = {}
_uses_lock = threading.Lock()


def _use_of(segmenter: SpeechSegmenter) -> _Use:
    with _uses_lock:
        use = _uses.get(id(segmenter))
        if use is not None:
            return use
        use = _Use()
        try:
            weakref.finalize(segmenter, _uses.pop, id(segmenter), None).atexit = False
        except TypeError:  # one with __slots__: of it nothing is remembered
            return use
        _uses[id(segmenter)] = use
        return use


class ListenerEvents(Protocol):
    """Whom a listener tells what it heard; from its thread."""

    def speech_began(self) -> None: ...

    def utterance_ended(self, utterance: Chunk) -> None: ...

    def listening_failed(self, chunk: Chunk, error: BaseException) -> None: ...

    def listening_ended(self, last: Sequence[Chunk]) -> None:
        """All sound has been heard, nothing comes any more.

        `last`: the utterance that was being spoken, if there is one, and an empty piece that ends where the sound
        ended; nothing when the sound was not heard to its end.
        """


class Listener:
    """Takes sound from an inbox as it comes and gives it to a segmenter.

    What the segmenter fails at is told as an error and as missing sound, and the next piece is heard all the same.

    Parameters
    ----------
    inbox
        Where the sound comes in; the thread ends when it has ended.
    wanted
        What the function wants. The segmenter always gets one channel of int16, and so utterances have one channel.
    """

    def __init__(
        self,
        inbox: Inbox,
        wanted: SoundFormat,
        segmenter: SpeechSegmenter,
        events: ListenerEvents,
        context: contextvars.Context,
        name: str,
    ) -> None:
        self.inbox = inbox
        self._wanted = wanted
        self._converter = SoundConverter(wanted._replace(channels=1, dtype="int16"))
        self._segmenter = segmenter
        self._use = _use_of(segmenter)
        self._events = events
        self._marks: deque[tuple[int, float]] = deque(maxlen=4096)
        """Of each piece that was given to the segmenter: number of its first sample, and when that was captured."""
        self._gap_s = 0.0
        # What was said before this admission is no part of what comes.
        self._goes_on = False
        """Whether what the segmenter was given last is what comes right before the next piece."""
        self._newest: Chunk | None = None
        self._thread = threading.Thread(
            target=context.copy().run, args=(self._run,), name=f"nbstream-{name}-ear", daemon=True
        )

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def join(self) -> None:
        """Wait until the thread has ended; its inbox must be closed."""
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        last: list[Chunk] = []
        try:
            if not self._has_turn():
                return
            try:
                last = self._listen()
            finally:
                self._use.turn.release()
        finally:
            self._events.listening_ended(last)

    def _has_turn(self) -> bool:
        """Wait until the stream that this one replaces has given the segmenter the last of its sound."""
        while not self._use.turn.acquire(timeout=TURN_CHECKED_EVERY_S):
            if self.inbox.closed:
                return False
        return True

    def _listen(self) -> list[Chunk]:
        while (chunk := self.inbox.take()) is not None:
            if isinstance(chunk, Chunk):
                self._hear(chunk)
        if not self.inbox.has_ended:
            return []
        self._push_all(self._converter.rest())
        return self._last()

    def _hear(self, chunk: Chunk) -> None:
        try:
            pieces = self._converter.convert(chunk)
        except Exception as error:
            self._lost(chunk, error)
            return
        self._push_all(pieces)

    def _push_all(self, pieces: Sequence[Chunk]) -> None:
        for piece in pieces:
            try:
                self._push(piece)
            except BaseException as error:
                # A segmenter of the user's may raise anything, as the function may: SystemExit, too.
                self._lost(piece, error)

    def _lost(self, chunk: Chunk, error: BaseException) -> None:
        self._gap_s += chunk.duration_s
        self._goes_on = False
        self._events.listening_failed(chunk, error)

    def _push(self, piece: Chunk) -> None:
        if piece.gap_s or not self._goes_on:
            self._break_off(piece.gap_s)
        self._newest = piece
        self._marks.append((self._use.given_count, piece.captured_at_ms))
        self._use.given_count += piece.sample_count
        if piece.sample_count:
            if isinstance(self._segmenter, TimedSegmenter):
                self._segmenter.comes(piece.captured_at_ms, piece.run)
            for utterance in self._told(self._segmenter.push(piece.sample_rate, piece.samples)):
                self._events.utterance_ended(utterance)

    def _break_off(self, gap_s: float) -> None:
        """What is spoken so far ends here; the missing sound comes before the next utterance."""
        try:
            events = self._segmenter.flush()
            # Before it was given anything by us, what it has heard is of another time.
            for utterance in self._told(events if self._newest is not None else []):
                self._events.utterance_ended(utterance)
        finally:
            self._gap_s += gap_s
        self._goes_on = True

    def _last(self) -> list[Chunk]:
        newest = self._newest
        if newest is None:
            return []
        last: list[Chunk] = []
        try:
            last += self._told(self._segmenter.flush())
        except BaseException as error:
            self._events.listening_failed(newest, error)
        samples, _ = typed(newest.samples[:0], self._wanted.dtype)
        end = newest._replace(
            first_sample=newest.end_sample,
            samples=samples,
            captured_at_ms=newest.ended_at_ms,
            clipped_count=0,
            gap_s=self._gap_s,
            final=True,
        )
        return [*last, end]

    def _told(self, events: Sequence[SpeechEvent]) -> Iterator[Chunk]:
        """The utterances among what a segmenter returned."""
        if not isinstance(events, Iterable):
            raise TypeError(f"{self._name} returned {_said(events)}; {EXPECTED}")
        for event in events:
            if isinstance(event, Utterance):
                yield self._chunk_of(event)
            elif isinstance(event, SpeechBegan):
                self._events.speech_began()
            else:
                raise TypeError(
                    f"{self._name} returned {_said(event)} among its events; {EXPECTED}"
                )

    @property
    def _name(self) -> str:
        return f"The segmenter {type(self._segmenter).__name__}"

    def _chunk_of(self, utterance: Utterance) -> Chunk:
        assert self._newest is not None
        samples, rate = self._checked(utterance)
        gap_s, self._gap_s = self._gap_s, 0.0
        samples, _ = typed(samples, self._wanted.dtype)
        return self._newest._replace(
            first_sample=utterance.first_sample,
            sample_rate=rate,
            samples=samples,
            captured_at_ms=self._captured_at_ms(utterance.first_sample, rate),
            clipped_count=0,
            gap_s=gap_s,
            final=False,
        )

    def _checked(self, utterance: Utterance) -> tuple[NDArray[np.int16], int]:
        """Samples and rate of an utterance that can be one."""
        rate, first_sample = utterance.sample_rate, utterance.first_sample
        samples = np.asarray(utterance.samples)
        if samples.dtype != np.int16 or samples.ndim != 1:
            came = f"samples of {samples.dtype} and shape {samples.shape}"
            wanted = "int16 of shape (n,)"
        elif not _is_whole(rate, MIN_RATE_HZ, MAX_RATE_HZ):
            came, wanted = f"sample_rate {rate!r:.80}", f"{MIN_RATE_HZ}..{MAX_RATE_HZ}"
        elif not _is_whole(first_sample, 0, MAX_SAMPLE_INDEX):
            came = f"first_sample {first_sample!r:.80}"
            wanted = "how many samples it was given before, since it was made"
        else:
            return samples, int(rate)
        raise ValueError(f"{self._name} ended an utterance with {came}; expected {wanted}.")

    def _captured_at_ms(self, first_sample: int, rate: int) -> float:
        first, at_ms = next(
            (mark for mark in reversed(self._marks) if mark[0] <= first_sample), self._marks[0]
        )
        return at_ms + (first_sample - first) / rate * 1000


def _is_whole(value: object, lowest: int, highest: int) -> bool:
    is_int = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    return is_int and lowest <= int(value) <= highest  # type: ignore[call-overload]


def _said(value: object) -> str:
    return f"{type(value).__name__} {value!r:.80}"
