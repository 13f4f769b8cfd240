"""One captured picture, as it travels through the kernel."""

from typing import NamedTuple


class Frame(NamedTuple):
    """An encoded picture from a source.

    `source` is the widget it came from; `data` is a whole JPEG file; sizes in pixels; `seq` counts
    from 1 in each `run`; `captured_at_ms` is the page's clock (milliseconds since 1970) and `None`
    for a picture that was set by hand; `received_at_s` is the kernel's monotonic clock. `quality`
    and `scale` are what the page made of it for a slow link, `None` where they are fixed.
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
