"""What `metadata=True` tells the user's function of the picture or sound that it is called with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..pictures.frame import Frame
    from ..sounds.chunk import Chunk


@dataclass(frozen=True)
class FrameMeta:
    """What `metadata=True` gives to the function as `meta`.

    Attributes
    ----------
    index
        Number of the frame within its run, from 1. Numbers that are missing were never shown to the function.
    captured_at_s
        When the picture was taken: seconds since 1970 by the clock of the page; `None` for a picture set by
        hand.
    width_px, height_px
        Size of the picture in pixels.
    gap_s
        Seconds of sound missing before this piece; always 0.0 for pictures, which may be skipped by design.
    final
        Whether this is the last piece before Stop; always False for pictures.
    """

    index: int
    captured_at_s: float | None
    width_px: int
    height_px: int
    gap_s: float = 0.0
    final: bool = False


@dataclass(frozen=True)
class SoundMeta:
    """What `metadata=True` gives to the function as `meta`, when sound caused the call.

    Attributes
    ----------
    index
        Number of the piece since Start: 1, 2, 3, ...; none is left out.
    captured_at_s
        When its first sample was taken: seconds since 1970 by the clock of the page, the same as for pictures.
    gap_s
        Seconds of sound that are missing before it: what waited longer than the microphone's `max_backlog_s`, what was
        lost on the way, and what was said while the stream waited or was paused. 0.0 as a rule.
    final
        Whether this is the last piece before Stop. It may be empty, shape (0,) or (0, channels).
    clipped_count
        How many of its samples were beyond full scale.
    """

    index: int
    captured_at_s: float
    gap_s: float
    final: bool
    clipped_count: int


def frame_meta(frame: Frame) -> FrameMeta:
    """Describe a picture."""
    at_ms = frame.captured_at_ms
    return FrameMeta(
        index=frame.seq,
        captured_at_s=None if at_ms is None else at_ms / 1000,
        width_px=frame.width_px,
        height_px=frame.height_px,
    )


def sound_meta(chunk: Chunk, index: int) -> SoundMeta:
    """Describe the `index`-th piece of sound since Start."""
    return SoundMeta(
        index=index,
        captured_at_s=chunk.captured_at_ms / 1000,
        gap_s=chunk.gap_s,
        final=chunk.final,
        clipped_count=chunk.clipped_count,
    )
