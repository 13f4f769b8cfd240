"""Pieces of sound on their way to a player, and queues of them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from ..sounds.playable import Pcm
from .outgoing import Carry, carry_nothing


@dataclass(frozen=True)
class Cause:
    """What made a sound: the frame or chunk, and what can ride on its message; nothing for what is played by hand."""

    captured_at_ms: float | None = None
    frame_seq: int | None = None
    carry: Carry = carry_nothing


BY_HAND = Cause()


@dataclass(frozen=True)
class Piece:
    """What one message holds."""

    seq: int
    sound_number: int
    """Which result it is a part of."""
    pcm: Pcm
    cause: Cause


class PieceQueue:
    """Pieces in order, and how long they sound."""

    def __init__(self) -> None:
        self._pieces: deque[Piece] = deque()
        self.seconds = 0.0

    def __len__(self) -> int:
        return len(self._pieces)

    def first(self) -> Piece:
        return self._pieces[0]

    def append(self, piece: Piece) -> None:
        self._pieces.append(piece)
        self.seconds += piece.pcm.duration_s

    def pop_first(self) -> Piece:
        piece = self._pieces.popleft()
        # Of nothing, exactly 0: sums of fractions drift.
        self.seconds = self.seconds - piece.pcm.duration_s if self._pieces else 0.0
        return piece

    def clear(self) -> None:
        self._pieces.clear()
        self.seconds = 0.0
