"""What a stream asks of its sources while it lives: of any, of those that give pictures, of those that give sound."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from ..pictures.frame import Frame
from ..protocol.to_page import CreditContent

if TYPE_CHECKING:
    from ..sounds.store import SoundPosition


class AnyCapture(Protocol):
    """Any source."""

    def refresh(self, *, soon: bool = False) -> None:
        """Something that the source or a page must know has changed; `soon`: it may wait to be told."""


@runtime_checkable
class PictureCapture(Protocol):
    """A source that gives pictures: it is told what becomes of each that a stream took."""

    def newest(self) -> Frame | None:
        """The newest picture; `None` before the first."""

    def frame_taken(self, frame: Frame, *, at_once: bool) -> None:
        """A call has begun; `at_once`: its credit shall not wait for a message that is sent anyway."""

    def frame_rejected(self, frame: Frame, reason: str) -> None:
        """The picture was damaged; there was no call."""

    def frame_skipped(self, frame: Frame) -> None:
        """A newer one took its place."""

    def frame_kept(self, frame: Frame) -> Frame:
        """It waits behind others, for which there is room; returns it as the stream keeps it."""

    def call_ended(self, consumer: Hashable, frame: Frame, call_ms: float) -> None:
        """The call has ended; `consumer` is whose durations are of a kind."""

    def carry(self) -> Mapping[str, CreditContent]:
        """Credits for a message that is sent anyway, by the name of their source."""


@runtime_checkable
class SoundCapture(Protocol):
    """A source that gives sound."""

    def sound_position(self) -> SoundPosition | None:
        """Where the sound of a stream that starts now begins; `None` = with whatever comes."""

    def sound_taken(self) -> None:
        """Some of what waited for a function waits no longer."""

    def sends_last(self, consumer: object) -> bool:
        """Whether the capture ends with that stream, and its last sound is still to come."""


class Captures:
    """The sources of one stream, by widget; never changed."""

    def __init__(self, captures: Mapping[object, AnyCapture]) -> None:
        self.any = list(captures.values())
        self.pictures: dict[object, PictureCapture] = {}
        self.sounds: dict[object, SoundCapture] = {}
        for source, one in captures.items():
            if isinstance(one, PictureCapture):
                self.pictures[source] = one
            if isinstance(one, SoundCapture):
                self.sounds[source] = one

    def refresh(self, *, soon: bool = False) -> None:
        """Tell all of them that something has changed."""
        for one in self.any:
            one.refresh(soon=soon)
