"""One captured picture, as it travels through the kernel, and what a function may learn of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Frame(NamedTuple):
    """An encoded picture from a source.

    `source` is the widget it came from; `data` is a whole JPEG file; sizes in pixels; `seq` counts from 1
    in each `run`; `captured_at_ms` is the page's clock
    (milliseconds since 1970) and `None` for a picture that was set by hand; `received_at_s` is the kernel's
    monotonic clock. `quality` and `scale` are what the page made of it for a slow link, `None` where they are fixed.
    """

    source: object
    run: int
    seq: int
    data: bytes
    width_px: int
    height_px: int
    captured_at_ms: float | None
    received_at_s: float
    sent_at_ms: float | None = None
    quality: int | None = None
    scale: float | None = None


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
