"""How a pump's pictures get to the streams, and come back where a stream paused before it took them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Generic, TypeVar

from ...feeds.feed import Timed
from ...pictures.frame import Frame
from ...protocol.to_page import CreditContent
from .given import Given
from .pump import Pump

if TYPE_CHECKING:
    from ...streams.binding import StreamBinding

T = TypeVar("T", bound=Timed)


class GivesPictures(ABC, Generic[T]):
    """What streams ask of a source of pictures (`PictureCapture`), of one that a pump reads."""

    def __init__(self) -> None:
        self._given: Given[T] = Given()
        self._newest: Frame | None = None

    @property
    @abstractmethod
    def bindings(self) -> list[StreamBinding]: ...

    @property
    @abstractmethod
    def pump(self) -> Pump[T] | None: ...

    @abstractmethod
    def _counts(self, frame: Frame) -> bool:
        """Whether it is of the run that goes on."""

    # --- for the pump ------------------------------------------------------------------------

    def _all_done(self) -> bool:
        return self._given.is_empty

    def _live(self) -> list[StreamBinding]:
        return [one for one in self.bindings if one.current_status == "live"]

    def _have_room(self) -> bool:
        """Whether every live stream has taken what it was given."""
        return all(one.intake.has_room() for one in self._live())

    def _offer(self, frame: Frame, item: T) -> None:
        self._newest = frame
        takers = self._live()
        self._given.note(frame.seq, item, len(takers))
        if not takers and frame.is_kept:
            self._come_again(frame, item)
        for binding in takers:
            if not binding.intake.offer(frame):
                # It came too early for that stream, or the stream is live no longer.
                self._let_go(frame, was_called=binding.current_status == "live")

    # --- for streams -------------------------------------------------------------------------

    def newest(self) -> Frame | None:
        return self._newest

    def frame_taken(self, frame: Frame, *, at_once: bool) -> None:
        del frame, at_once
        self._look_again()

    def frame_kept(self, frame: Frame) -> Frame:
        return frame

    def frame_rejected(self, frame: Frame, reason: str) -> None:
        del reason
        self._let_go(frame, was_called=True)

    def frame_skipped(self, frame: Frame) -> None:
        # Where the source waits, nothing is skipped but by a stream that pauses or ends.
        self._let_go(frame, was_called=not frame.is_kept)

    def call_ended(self, consumer: Hashable, frame: Frame, call_ms: float) -> None:
        del consumer, call_ms
        self._let_go(frame, was_called=True)

    def carry(self) -> Mapping[str, CreditContent]:
        return {}

    # --- inside ------------------------------------------------------------------------------

    def _let_go(self, frame: Frame, *, was_called: bool) -> None:
        if not self._counts(frame):
            return
        item = self._given.let_go(frame.seq, was_called=was_called)
        if item is not None:
            self._come_again(frame, item)
        self._look_again()

    def _come_again(self, frame: Frame, item: T) -> None:
        if (pump := self.pump) is not None:
            pump.give_back(frame.seq, item)

    def _look_again(self) -> None:
        if (pump := self.pump) is not None:
            pump.look_again()
