"""The way of sound to the pages that play it: lossless and in order, paced by what has been played.

At most `AHEAD_S` seconds are in the pages and unplayed; the rest waits here, bounded. With no page nothing is
sent: the server would pile it up without bound. To pages that only fell silent goes no more than they can hold.
Each piece goes to all pages that are there, and counts as played once one of those that have it has played it. What is
only in pages that went away goes out again, to those that are left.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ..errors import ResultError
from ..kernel.clock import Clock, Timer
from ..pages.pages import SILENT_AFTER_S, Page, Pages
from ..protocol.from_page import GONE_AFTER_S, MAX_PIECE_BYTES, Played, PlayState
from ..protocol.to_page import silence_message, sound_message
from ..sounds.playable import Pcm
from .sound_pieces import BY_HAND, Cause, Piece, PieceQueue

AHEAD_S = 60.0
LOOK_AGAIN_S = 1.0


class _PlayingPage(Page):
    def __init__(self) -> None:
        super().__init__()
        self.state: PlayState | None = None
        self.first_seq = 0
        """It has the pieces from this one on, as far as they were sent."""
        self.played_through = 0


@dataclass(frozen=True)
class SoundOutletNews:
    """What the owner is told; it asks for `SoundOutlet.playing` itself, so that the newest value counts."""

    ended: bool = False
    """All that was given has been played."""
    latency_ms: float | None = None


class SoundOutlet:
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
        tell: Callable[[SoundOutletNews], None],
        clock: Clock,
    ) -> None:
        self._lock = threading.Lock()
        self._send = send
        self._tell = tell
        self._clock = clock
        self._stream = 1
        self._seq = 0
        self._sent_through = 0
        self._fell_silent = False
        self._unheard_s = 0.0
        self._sound_number = 0
        self._sent = PieceQueue()
        self._waiting = PieceQueue()
        self._pages = Pages(clock, _PlayingPage)
        self._stream_was_used = False
        self._dropped_s = 0.0
        self._timer: Timer | None = None

    @property
    def playing(self) -> bool:
        """Whether a page has sound to play and lets it out, as far as it has said."""
        with self._lock:
            heard = any(page.state != "blocked" for page in self._pages)
            return heard and self._queued_s() > 0

    @property
    def queued_s(self) -> float:
        """Seconds of sound that were given and not yet played, as far as the pages have said."""
        with self._lock:
            return self._queued_s()

    @property
    def dropped_s(self) -> float:
        """Seconds of sound that no page was there to play, or that went away with the page that had it."""
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
                self._waiting.append(Piece(self._seq, self._sound_number, part, cause))
            self._pump()
        self._tell(SoundOutletNews())

    def clear(self) -> None:
        """Drop what waits and what sounds, at once."""
        with self._lock:
            self._waiting.clear()
            self._sent.clear()
            if self._stream_was_used:
                self._stream += 1
                self._stream_was_used = False
                if len(self._pages) or self._fell_silent:
                    self._send(silence_message(self._stream), [])
            self._watch()
        self._tell(SoundOutletNews())

    def hello(self, client: str) -> None:
        """A page has a model of the player. What was not played goes to it, if no other page is playing that."""
        with self._lock:
            self._pages.left(client)
            if not any(self._is_heard_of(page) for page in self._pages):
                self._take_back()
            self._heard(client).first_seq = self._sent_through + 1
            self._settle()
            self._pump()
        self._tell(SoundOutletNews())

    def bye(self, client: str) -> None:
        """A page has gone."""
        with self._lock:
            had_sound = self._queued_s() > 0
            self._pages.left(client)
            self._settle()
            self._pump()
            ended = had_sound and self._queued_s() == 0
        self._tell(SoundOutletNews(ended))

    def played(self, message: Played) -> None:
        """A page says how far it is."""
        with self._lock:
            # One that was taken for gone has what was sent to it: `first_seq` is 0.
            page = self._heard(message.client)
            had_sound = self._queued_s() > 0
            # What was never sent cannot have been played.
            if message.stream == self._stream and message.played_through <= self._seq:
                page.state = message.state
                page.played_through = max(page.played_through, message.played_through)
                self._settle()
            self._pump()
            ended = had_sound and self._queued_s() == 0
        self._tell(SoundOutletNews(ended, message.latency_ms))

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
            if len(self._pages):
                is_blocked = all(page.state == "blocked" for page in self._pages)
                raise ResultError(_too_much(duration_s, queued_s, max_queued_s, is_blocked))
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        self._take_back()
        oldest = self._waiting.first().sound_number
        while self._waiting and self._waiting.first().sound_number == oldest:
            self._dropped_s += self._waiting.pop_first().pcm.duration_s

    def _take_back(self) -> None:
        """Let what was sent and not played wait again, with the numbers it had."""
        again = PieceQueue()
        for queue in (self._sent, self._waiting):
            while queue:
                again.append(queue.pop_first())
        self._waiting = again

    def _heard(self, client: str) -> _PlayingPage:
        self._fell_silent, self._unheard_s = False, 0.0
        return self._pages.heard(client)

    def _settle(self) -> None:
        """Let go of what was played; what no page has that is here goes out again, or is lost."""
        while self._sent and len(self._pages):
            seq = self._sent.first().seq
            holders = [page for page in self._pages if page.first_seq <= seq]
            if any(page.played_through >= seq for page in holders):
                self._sent.pop_first()
            elif holders:
                return
            elif any(self._has_nothing(page) for page in self._pages):
                self._take_back()
            else:
                # Pages play in the order of the numbers: those that are here have newer pieces already.
                self._dropped_s += self._sent.pop_first().pcm.duration_s

    def _has_nothing(self, page: _PlayingPage) -> bool:
        return page.first_seq > self._sent_through

    def _is_awaited(self, page: _PlayingPage) -> bool:
        """Whether a page should say how far it is, as it does once a second while it has something to play."""
        return (
            len(self._sent) > 0
            and page.first_seq <= self._sent_through
            and page.played_through < self._sent_through
        )

    def _is_heard_of(self, page: _PlayingPage) -> bool:
        """Whether a page has what is to be played, and lives: such a page speaks once a second."""
        return not self._has_nothing(page) and self._pages.silent_s(page) < SILENT_AFTER_S

    def _pump(self) -> None:
        while self._waiting and self._sent.seconds < AHEAD_S and self._may_send():
            piece = self._waiting.pop_first()
            for page in self._pages:
                if not self._is_awaited(page):
                    self._pages.expect(page)
                if self._has_nothing(page):
                    page.first_seq = piece.seq
            self._sent.append(piece)
            self._sent_through = max(self._sent_through, piece.seq)
            self._unheard_s += piece.pcm.duration_s
            self._send_piece(piece)
        self._watch()

    def _may_send(self) -> bool:
        """Whether a page is there. One that only fell silent may be, too, and gets no more than a page can hold."""
        return len(self._pages) > 0 or (self._fell_silent and self._unheard_s < AHEAD_S)

    def _send_piece(self, piece: Piece) -> None:
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
        heard_at_s = [page.heard_at_s for page in self._pages if self._is_awaited(page)]
        if heard_at_s:
            wait_s = max(min(heard_at_s) + GONE_AFTER_S - self._clock.now_s(), LOOK_AGAIN_S)
            self._timer = self._clock.call_later(wait_s, self._look_for_pages)

    def _look_for_pages(self) -> None:
        """Give up on pages that have been silent for long; one that had played all it had never got the rest."""
        with self._lock:
            had_sound = self._queued_s() > 0
            for page in self._pages:
                if page.state == "ended" and self._is_awaited(page) and self._pages.is_gone(page):
                    self._give_up(page)
            if self._pages.forget_gone(self._is_awaited):
                self._fell_silent = True
            self._settle()
            self._pump()
            ended = bool(len(self._pages)) and had_sound and self._queued_s() == 0
        self._tell(SoundOutletNews(ended))

    def _give_up(self, page: _PlayingPage) -> None:
        """What was sent to it last has not reached it; another page may play that."""
        page.first_seq = self._sent_through + 1
        if not any(self._is_awaited(one) for one in self._pages):
            self._dropped_s += self._sent.seconds
            self._sent.clear()


def _cut(pcm: Pcm) -> Iterator[Pcm]:
    """Pieces that a message can hold; the values that were cut are told with the first."""
    longest = MAX_PIECE_BYTES // (2 * pcm.samples.shape[1])
    for start in range(0, len(pcm.samples), longest):
        part = pcm.samples[start : start + longest]
        yield Pcm(pcm.sample_rate_hz, part, pcm.clipped_count if start == 0 else 0)


def _too_much(duration_s: float, queued_s: float, max_queued_s: float, is_blocked: bool) -> str:
    why = " (the page waits for a click before it lets sound out)" if is_blocked else ""
    return (
        f"{duration_s:.1f} s of sound, while {queued_s:.1f} s wait to be played{why}; expected at most "
        f"{max_queued_s:g} s in all. Return less, call the player's clear() before, or raise its max_queued."
    )
