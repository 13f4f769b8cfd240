"""One piece of sound, as it travels through the kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ..pictures.frame import Frame

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Chunk(NamedTuple):
    """A contiguous piece of sound from a source.

    `source` is the widget it came from; `samples` is int16 or float32 (1.0 = full scale) of shape (n, channels), or
    (n,) once it is made ready for a function that wants one channel; `first_sample` counts from 0 in each `run`;
    `captured_at_ms` is the page's clock (milliseconds since 1970) at the first sample, `sent_at_ms` and `received_at_s`
    (the kernel's monotonic clock) are of the newest message that is in it. `gap_s` is how much sound is missing
    before it, `final` says that the capture has ended with it.
    """

    source: object
    run: int
    seq: int
    first_sample: int
    sample_rate: int
    samples: NDArray[Any]
    captured_at_ms: float
    received_at_s: float
    sent_at_ms: float | None = None
    clipped_count: int = 0
    gap_s: float = 0.0
    final: bool = False

    @property
    def sample_count(self) -> int:
        """Samples per channel."""
        return len(self.samples)

    @property
    def end_sample(self) -> int:
        """Number of the first sample after this piece."""
        return self.first_sample + len(self.samples)

    @property
    def duration_s(self) -> float:
        return len(self.samples) / self.sample_rate

    @property
    def ended_at_ms(self) -> float:
        """By the page's clock, when the last sample was over."""
        return self.captured_at_ms + self.duration_s * 1000

    def goes_on_with(self, later: Chunk) -> bool:
        """Whether `later` begins where this one ends, in the same form."""
        return (
            (later.run, later.first_sample) == (self.run, self.end_sample)
            and later.sample_rate == self.sample_rate
            and later.samples.shape[1:] == self.samples.shape[1:]
            and later.samples.dtype == self.samples.dtype
        )


Captured = Frame | Chunk
"""What causes a call."""
