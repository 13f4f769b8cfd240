"""What a feed gives, and what it can be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ..pictures.raw import RawPicture


class Timed(Protocol):
    """Something that a feed gives."""

    @property
    def at_s(self) -> float | None:
        """When it is due, in seconds from the feed's beginning; `None` = as soon as it is there."""

    @property
    def is_jump(self) -> bool:
        """Whether it does not follow in time on the one before: the feed was moved to another place."""


T_co = TypeVar("T_co", bound=Timed, covariant=True)


class Feed(Protocol[T_co]):
    """Where a source in the kernel reads; its capture's thread alone calls it.

    Whatever it raises ends the capture, and is shown as the source's error.
    """

    @property
    def is_live(self) -> bool:
        """Whether it goes on by itself: what is not taken is lost, and it is read while streams are paused."""

    def open(self) -> None:
        """Begin, from the start."""

    def read(self) -> T_co | None:
        """The next; waits for it if need be. `None` = that was all."""

    def close(self) -> None:
        """Let go of files and devices; harmless when it is not open."""


class FedPicture(NamedTuple):
    """A picture that a feed gives: as an array, or as encoded bytes."""

    at_s: float | None
    raw: RawPicture | None
    data: bytes = b""
    is_jump: bool = False


class FedSound(NamedTuple):
    """A piece of sound that a feed gives: int16 or float32 of shape (n, channels)."""

    at_s: float
    sample_rate: int
    samples: NDArray[np.int16 | np.float32]
    is_jump: bool = False
