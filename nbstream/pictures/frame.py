"""One captured picture, as it travels through the kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .raw import RawPicture


class Frame(NamedTuple):
    """A picture from a source.

    `source` is the widget it came from; `data` is a whole JPEG file; sizes in pixels; `seq` counts
    from 1 in each `run`; `captured_at_ms` is the page's clock (milliseconds since 1970), of a file
    the place in it, and `None` for a picture set by hand; `received_at_s` is the kernel's monotonic
    clock. `quality` and `scale` are what the page made of it for a slow link, `None` where they are
    fixed. `raw` is the picture where it came as an array: `data` is empty then. `is_kept`: its source
    waits until it is taken, so that it is never too old. `way_bytes` is its size on its way, where it
    came as video.
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
    raw: RawPicture | None = None
    is_kept: bool = False
    way_bytes: int | None = None

    @property
    def encoded(self) -> bytes:
        """The picture as a file."""
        return self.data if self.raw is None else self.raw.encoded()

    @property
    def size_bytes(self) -> int:
        """What it takes of the memory."""
        return len(self.data) if self.raw is None else self.raw.pixels.nbytes
