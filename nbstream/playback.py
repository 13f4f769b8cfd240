"""The way of sound to the pages that play it: lossless and in order, paced by what has been played.

At most `AHEAD_S` seconds are in the pages and unplayed; the rest waits here, bounded. With no page nothing is
sent: the server would pile it up without bound.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from .clock import Clock, Timer
from .errors import ResultError
from .host import cell_is_running, in_main_thread
from .lane import (
    GONE_AFTER_S,
    MAX_PIECE_BYTES,
    Played,
    PlayState,
    silence_message,
    sound_message,
)
from .pcm import Pcm
from .results import Carry, carry_nothing

AHEAD_S = 60.0


@dataclass(frozen=True)
class Cause:
    """What made a sound: the frame or chunk, and what can ride on its message; nothing for what is played by hand."""

    captured_at_ms: float | None = None
    frame_seq: int | None = None
    carry: Carry = carry_nothing


BY_HAND = Cause()


@dataclass(frozen=True)
class _Piece:
    seq: int
    sound_number: int
    """Which result it is a part of."""
    pcm: Pcm
    cause: Cause


class _Queue:
    """Pieces in order, and how long they sound."""

    def __init__(self) -> None:
        self._pieces: deque[_Piece] = deque()
        self.seconds = 0.0

    def __len__(self) -> int:
        return len(self._pieces)

    def first(self) -> _Piece:
        return self._pieces[0]

    def append(self, piece: _Piece) -> None:
        self._pieces.append(piece)
        self.seconds += piece.pcm.duration_s

    def pop_first(self) -> _Piece:
        piece = self._pieces.popleft()
        # Of nothing, exactly 0: sums of fractions drift.
        self.seconds = self.seconds - piece.pcm.duration_s if self._pieces else 0.0
        return piece

    def clear(self) -> None:
        self._pieces.clear()
        self.seconds = 0.0


@dataclass
class _Page:
    heard_at_s: float
    state: PlayState | None = None


@dataclass(frozen=True)
class PlaybackNews:
    """What the owner is told; it asks for `Playback.playing` itself, so that the newest value counts."""

    ended: bool = False
    """All that was given has been played."""
    latency_ms: float | None = None


class Playback:
    """Sound of one player, on its way. `_lock` guards all fields and keeps the order of what is sent.

    Parameters
    ----------
    send
        Hands one message to the carrier; must not block.
    tell
        Told that something has changed; called with no lock held, from any thread.
    clock
        For giving up on pages that fall silent.
    """

    def __init__(
        self,
        send: Callable[[dict[str, Any], list[bytes]], None],
        tell: Callable[[PlaybackNews], None],
        clock: Clock,
    ) -> None:
        self._lock = threading.Lock()
        self._send = send
        self._tell = tell
        self._clock = clock
        self._stream = 1
        self._seq = 0
        self._sound_number = 0
        self._sent = _Queue()
        self._waiting = _Queue()
        self._pages: dict[str, _Page] = {}
        self._heard_in_main_thread = False
        self._stream_was_used = False
        self._dropped_s = 0.0
        self._timer: Timer | None = None

    @property
    def playing(self) -> bool:
        """Whether a page has sound to play and lets it out, as far as it has said."""
        with self._lock:
            heard = any(page.state != "blocked" for page in self._pages.values())
            return heard and self._queued_s() > 0

    @property
    def queued_s(self) -> float:
        """Seconds of sound that were given and not yet played, as far as the pages have said."""
        with self._lock:
            return self._queued_s()

    @property
    def dropped_s(self) -> float:
        """Seconds of sound that waited for a page in vain."""
        with self._lock:
            return self._dropped_s

    def play(self, pcm: Pcm, cause: Cause = BY_HAND, *, max_queued_s: float) -> None:
        """Play after all that was given before.

        Where no page is there to play it, the oldest sounds make room; the newest is kept whole.

        Raises
        ------
        ResultError
            If more than `max_queued_s` seconds would wait to be played.
        """
        if not len(pcm.samples):
            return
        with self._lock:
            self._make_room(pcm.duration_s, max_queued_s)
            self._sound_number += 1
            for part in _cut(pcm):
                self._seq += 1
                self._waiting.append(_Piece(self._seq, self._sound_number, part, cause))
            self._pump()
        self._tell(PlaybackNews())

    def clear(self) -> None:
        """Drop what waits and what sounds, at once."""
        with self._lock:
            self._waiting.clear()
            self._sent.clear()
            if self._stream_was_used:
                self._stream += 1
                self._stream_was_used = False
                if self._pages:
                    self._send(silence_message(self._stream), [])
            self._watch()
        self._tell(PlaybackNews())

    def hello(self, client: str) -> None:
        """A page has a model of the player. What was not played goes to it, if no other page is playing that."""
        with self._lock:
            if not self._pages.keys() - {client}:
                self._take_back()
            self._heard(client).state = None
            self._pump()
        self._tell(PlaybackNews())

    def bye(self, client: str) -> None:
        """A page has gone."""
        with self._lock:
            self._pages.pop(client, None)
            self._watch()
        self._tell(PlaybackNews())

    def played(self, message: Played) -> None:
        """A page says how far it is."""
        with self._lock:
            page = self._heard(message.client)
            had_sound = self._queued_s() > 0
            if message.stream == self._stream:
                page.state = message.state
                while self._sent and self._sent.first().seq <= message.played_through:
                    self._sent.pop_first()
            self._pump()
            ended = had_sound and self._queued_s() == 0
        self._tell(PlaybackNews(ended, message.latency_ms))

    def close(self) -> None:
        """Forget sound, pages and timer; nothing is sent afterwards."""
        with self._lock:
            self._pages.clear()
            self._waiting.clear()
            self._sent.clear()
            self._watch()

    # --- inside; the lock is held ------------------------------------------------------------

    def _queued_s(self) -> float:
        return self._sent.seconds + self._waiting.seconds

    def _make_room(self, duration_s: float, max_queued_s: float) -> None:
        while (queued_s := self._queued_s()) and queued_s + duration_s > max_queued_s:
            if self._pages:
                raise ResultError(self._too_much(duration_s, max_queued_s))
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        self._take_back()
        oldest = self._waiting.first().sound_number
        while self._waiting and self._waiting.first().sound_number == oldest:
            self._dropped_s += self._waiting.pop_first().pcm.duration_s

    def _too_much(self, duration_s: float, max_queued_s: float) -> str:
        blocked = all(page.state == "blocked" for page in self._pages.values())
        why = " (the page waits for a click before it lets sound out)" if blocked else ""
        return (
            f"{duration_s:.1f} s of sound, while {self._queued_s():.1f} s wait to be played{why}; expected at most "
            f"{max_queued_s:g} s in all. Return less, call the player's clear() before, or raise its max_queued."
        )

    def _take_back(self) -> None:
        """Let what was sent and not played wait again, with the numbers it had."""
        again = _Queue()
        for queue in (self._sent, self._waiting):
            while queue:
                again.append(queue.pop_first())
        self._waiting = again

    def _heard(self, client: str) -> _Page:
        self._heard_in_main_thread = in_main_thread()
        now_s = self._clock.now_s()
        page = self._pages.setdefault(client, _Page(now_s))
        page.heard_at_s = now_s
        return page

    def _pump(self) -> None:
        while self._pages and self._waiting and self._sent.seconds < AHEAD_S:
            if not self._sent:
                # The pages had nothing to say so far: their silence counts from now on.
                for page in self._pages.values():
                    page.heard_at_s = self._clock.now_s()
            piece = self._waiting.pop_first()
            self._sent.append(piece)
            self._send_piece(piece)
        self._watch()

    def _send_piece(self, piece: _Piece) -> None:
        self._stream_was_used = True
        samples = piece.pcm.samples
        content = sound_message(
            self._stream,
            piece.seq,
            sample_rate_hz=piece.pcm.sample_rate_hz,
            channels=samples.shape[1],
            sample_count=len(samples),
            byte_length=samples.nbytes,
            clipped_count=piece.pcm.clipped_count,
            captured_at_ms=piece.cause.captured_at_ms,
            frame_seq=piece.cause.frame_seq,
            credits=piece.cause.carry(),
        )
        self._send(content, [samples.tobytes()])

    def _watch(self) -> None:
        """Have a timer while pages should be playing, and only then."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        heard_at_s = [page.heard_at_s for page in self._pages.values() if page.state != "blocked"]
        if self._sent and heard_at_s:
            wait_s = max(max(heard_at_s) + GONE_AFTER_S - self._clock.now_s(), 0.0)
            self._timer = self._clock.call_later(wait_s, self._nothing_heard)

    def _nothing_heard(self) -> None:
        """No page has said anything for long. One that had played all it had never got the rest; others are gone."""
        with self._lock:
            is_deaf = self._heard_in_main_thread and cell_is_running()
            for client, page in list(self._pages.items()):
                silent_s = self._clock.now_s() - page.heard_at_s
                if page.state == "blocked" or silent_s < GONE_AFTER_S:
                    continue
                if is_deaf:
                    page.heard_at_s = self._clock.now_s()
                elif page.state == "ended":
                    self._sent.clear()
                else:
                    del self._pages[client]
            ended = bool(self._pages) and self._queued_s() == 0
            self._pump()
        self._tell(PlaybackNews(ended))


def _cut(pcm: Pcm) -> Iterator[Pcm]:
    """Pieces that a message can hold; the values that were cut are told with the first."""
    longest = MAX_PIECE_BYTES // (2 * pcm.samples.shape[1])
    for start in range(0, len(pcm.samples), longest):
        part = pcm.samples[start : start + longest]
        yield Pcm(pcm.sample_rate_hz, part, pcm.clipped_count if start == 0 else 0)
