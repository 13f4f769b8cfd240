"""Finding utterances in the sound of a stream while its function is busy: one thread per live stream."""

from __future__ import annotations

import contextvars
import threading
from collections import deque
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from .chunks import Chunk
from .inbox import Inbox
from .sound_format import SoundConverter, SoundFormat, typed
from .speech import SpeechEvent, SpeechSegmenter, Utterance


class ListenerEvents(Protocol):
    """Whom a listener tells what it heard; from its thread."""

    def speech_began(self) -> None: ...

    def utterance_ended(self, utterance: Chunk) -> None: ...

    def listening_failed(self, chunk: Chunk, error: BaseException) -> None: ...

    def listening_ended(self) -> None:
        """All sound has been heard, nothing comes any more."""


class Listener:
    """Takes sound from an inbox as it comes and gives it to a segmenter.

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
        self._events = events
        self._marks: deque[tuple[int, float]] = deque(maxlen=4096)
        """Of each piece that was given to the segmenter: number of its first sample, and when that was captured."""
        self._given = 0
        self._gap_s = 0.0
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
        try:
            # What was said before this admission is no part of what comes.
            self._segmenter.flush()
            while (chunk := self.inbox.take()) is not None:
                if isinstance(chunk, Chunk):
                    self._hear(chunk)
            self._tell(self._segmenter.flush())
        finally:
            self._events.listening_ended()

    def _hear(self, chunk: Chunk) -> None:
        try:
            for piece in self._converter.convert(chunk):
                self._push(piece)
        except Exception as error:
            self._events.listening_failed(chunk, error)

    def _push(self, piece: Chunk) -> None:
        if piece.gap_s:
            self._tell(self._segmenter.flush())
            self._gap_s += piece.gap_s
        self._newest = piece
        self._marks.append((self._given, piece.captured_at_ms))
        self._given += piece.sample_count
        if piece.sample_count:
            self._tell(self._segmenter.push(piece.sample_rate, piece.samples))

    def _tell(self, events: Sequence[SpeechEvent]) -> None:
        for event in events:
            if isinstance(event, Utterance):
                self._events.utterance_ended(self._chunk_of(event))
            else:
                self._events.speech_began()

    def _chunk_of(self, utterance: Utterance) -> Chunk:
        assert self._newest is not None
        gap_s, self._gap_s = self._gap_s, 0.0
        samples, _ = typed(np.asarray(utterance.samples, np.int16), self._wanted.dtype)
        return self._newest._replace(
            first_sample=utterance.first_sample,
            sample_rate=utterance.sample_rate,
            samples=samples,
            captured_at_ms=self._captured_at_ms(utterance),
            gap_s=gap_s,
            final=False,
        )

    def _captured_at_ms(self, utterance: Utterance) -> float:
        first, at_ms = next(
            (mark for mark in reversed(self._marks) if mark[0] <= utterance.first_sample),
            self._marks[0],
        )
        return at_ms + (utterance.first_sample - first) / utterance.sample_rate * 1000
