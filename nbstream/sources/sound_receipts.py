"""What of a microphone's sound is stored, as absolute numbers, so that a lost or doubled message changes nothing.

Chunks are stored in their order and no other way: one that comes too early shows that one before it is lost, and is
asked for again together with that one.
"""

from __future__ import annotations

from typing import Literal

from ..protocol.sound import MAX_JUMP_S, ReceiptContent

# More than a minute of the shortest chunks: a page keeps no more, so a number far ahead is no news of a loss.
MAX_AHEAD = 4096
# Twice as many as a page makes of the shortest ones.
MOST_CHUNKS_PER_S = 100

Arrival = Literal["next", "repeated", "early", "absurd"]


class SampleNumbers:
    """Up to which sample a run's sound is stored, and which number may be that of the next chunk's first sample.

    A number that cannot be costs its chunk, and no other: a chunk is taken that goes on with the one that was doubted,
    or that fills what a jump left out and so shows that the jump was none. Not thread-safe: its owner holds a lock.
    """

    def __init__(self) -> None:
        self.begin(0.0)

    def begin(self, now_s: float) -> None:
        """Begin a run: samples count from 0 again."""
        self.next_sample = 0
        self._otherwise = range(0)
        self._stored_at_s = now_s

    def fits(self, first_sample: int, sample_rate_hz: int, now_s: float) -> bool:
        """Whether a chunk that begins there can come next."""
        if first_sample in self._otherwise:
            return True
        jump_s = (first_sample - self.next_sample) / sample_rate_hz
        return 0 <= jump_s <= MAX_JUMP_S + now_s - self._stored_at_s

    def stored(self, first_sample: int, end_sample: int, now_s: float) -> None:
        """A chunk was taken."""
        self._otherwise = range(self.next_sample, first_sample)
        self.next_sample, self._stored_at_s = end_sample, now_s

    def doubted(self, end_sample: int) -> None:
        """A chunk was dropped since its number cannot be; the next one may prove it right."""
        self._otherwise = range(end_sample, end_sample + 1)


class Receipts:
    """The account of one microphone. Not thread-safe: its owner holds a lock."""

    def __init__(self) -> None:
        self.run = 0
        self.open = False
        self._index = 0
        self._received_through = 0
        self._known_through = 0
        self._given_up = range(0)
        self._stored_at_s = 0.0

    def begin(self, run: int, now_s: float = 0.0) -> None:
        """Begin a run: chunks count from 1 again."""
        self.run = run
        self._received_through = self._known_through = 0
        self._given_up = range(0)
        self._stored_at_s = now_s

    @property
    def missing_through(self) -> int:
        """Up to which number chunks are known to be lost; 0 = none."""
        return self._known_through if self._known_through > self._received_through else 0

    def arrived(
        self, seq: int, kept_from: int, *, now_s: float = 0.0, is_newest: bool = False
    ) -> Arrival:
        """Sort a chunk; one that is "next" counts as stored.

        Parameters
        ----------
        kept_from
            The page gave up what is older.
        now_s
            By the kernel's clock: a number that a page cannot have reached by then is "absurd".
        is_newest
            Whether its sound is newer than all that is stored. If it was said to be given up, that was untrue.
        """
        if self._is_absurd(seq, now_s):
            return "absurd"
        if is_newest and seq in self._given_up:
            self._received_through = seq - 1
        elif self._received_through < kept_from - 1 < seq:
            self._given_up = range(self._received_through + 1, kept_from)
            self._received_through = kept_from - 1
        if seq <= self._received_through:
            return "repeated"
        if seq == self._received_through + 1:
            self._received_through, self._stored_at_s = seq, now_s
            return "next"
        self._known_through = max(self._known_through, self._reachable(seq))
        return "early"

    def skip(self, seq: int) -> None:
        """A chunk is of no use and will not be better the next time."""
        if seq == self._received_through + 1:
            self._received_through = seq

    def sent_through(self, seq: int, now_s: float = 0.0) -> bool:
        """The page has sent so many; True when some of them are lost. The newest word counts, not the highest."""
        if not self._is_absurd(seq, now_s):
            self._known_through = self._reachable(seq)
        return self.missing_through > 0

    def content(self) -> ReceiptContent:
        """The account as it goes to the page; each one is newer than the one before."""
        self._index += 1
        return {
            "index": self._index,
            "run": self.run,
            "open": self.open,
            "received_through": self._received_through,
            "missing_through": self.missing_through,
        }

    def _is_absurd(self, seq: int, now_s: float) -> bool:
        most = MAX_AHEAD + MOST_CHUNKS_PER_S * max(0.0, now_s - self._stored_at_s)
        return seq > self._received_through + most

    def _reachable(self, seq: int) -> int:
        return min(seq, self._received_through + MAX_AHEAD)
