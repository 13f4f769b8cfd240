"""What of a microphone's sound is stored, as absolute numbers, so that a lost or doubled message changes nothing.

Chunks are stored in their order and no other way: one that comes too early shows that one before it is lost, and is
asked for again together with that one.
"""

from __future__ import annotations

from typing import Literal

from .lane_sound import ReceiptContent

# More than a minute of the shortest chunks: a page keeps no more, so a number far ahead is no news of a loss.
MAX_AHEAD = 4096

Arrival = Literal["next", "repeated", "early"]


class Receipts:
    """The account of one microphone. Not thread-safe: its owner holds a lock."""

    def __init__(self) -> None:
        self.run = 0
        self.open = False
        self._index = 0
        self._received_through = 0
        self._known_through = 0

    def begin(self, run: int) -> None:
        """Begin a run: chunks count from 1 again."""
        self.run = run
        self._received_through = self._known_through = 0

    @property
    def missing_through(self) -> int:
        """Up to which number chunks are known to be lost; 0 = none."""
        return self._known_through if self._known_through > self._received_through else 0

    def arrived(self, seq: int, kept_from: int) -> Arrival:
        """Sort a chunk; one that is "next" counts as stored. `kept_from`: the page gave up what is older."""
        if self._received_through < kept_from - 1 < seq:
            self._received_through = kept_from - 1
        if seq <= self._received_through:
            return "repeated"
        if seq == self._received_through + 1:
            self._received_through = seq
            return "next"
        self._note(seq)
        return "early"

    def skip(self, seq: int) -> None:
        """A chunk is of no use and will not be better the next time."""
        if seq == self._received_through + 1:
            self._received_through = seq

    def sent_through(self, seq: int) -> bool:
        """The page has sent so many; True when some of them are lost."""
        self._note(seq)
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

    def _note(self, seq: int) -> None:
        reachable = min(seq, self._received_through + MAX_AHEAD)
        self._known_through = max(self._known_through, reachable)
