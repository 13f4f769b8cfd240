"""The session of a source in the kernel that gives sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...errors import MicrophoneError, NbstreamError
from ...feeds.feed import FedSound
from ...kernel.clock import Clock
from ...protocol.to_page import SourceContent, StateContent
from ...recordings.film.taps import Taps
from ...sounds.chunk import Chunk
from ...sounds.store import SoundPosition
from ..picture_credits import Credits
from .session import FedSession, FedWidget

if TYPE_CHECKING:
    from ...streams.binding import StreamBinding

AHEAD_S = 1.0
"""How much sound waits for a function, beside the piece that is due next, where the source waits."""


class FedSounds(FedSession[FedSound]):
    """Gives the sound of a feed to streams. Pages see no more than its state."""

    is_sound = True

    def __init__(self, widget_id: str, widget: FedWidget[FedSound], clock: Clock) -> None:
        super().__init__(widget_id, widget, clock, None)
        self._credits = Credits()
        self.taps: Taps[Chunk] = Taps()
        self._next_sample = 0

    # --- for the pump ------------------------------------------------------------------------

    def has_room(self) -> bool:
        """Whether no stream has more waiting than it can take soon: of a file nothing is lost."""
        live = [one for one in self.bindings if one.current_status == "live"]
        return all(_waiting_s(one) < one.plan.sound_every_s + AHEAD_S for one in live)

    def is_done(self) -> bool:
        return True  # what is held is given to the function after the end

    def give(self, number: int, item: FedSound) -> None:
        chunk = Chunk(
            source=self._widget,
            run=self._run,
            seq=number,
            first_sample=self._next_sample,
            sample_rate=item.sample_rate,
            samples=item.samples,
            captured_at_ms=item.at_s * 1000,
            received_at_s=self._clock.now_s(),
        )
        self._next_sample = chunk.end_sample
        for binding in self.bindings:
            binding.intake.offer(chunk)
        self.taps.tell(chunk)

    # --- for bindings ------------------------------------------------------------------------

    def sound_position(self) -> SoundPosition | None:
        return None

    def sends_last(self, consumer: object) -> bool:
        del consumer
        return False

    def sound_taken(self) -> None:
        if (pump := self.pump) is not None:
            pump.look_again()

    # --- for the session ---------------------------------------------------------------------

    def _begin_capture(self) -> None:
        self._next_sample = 0
        self._credits.begin(self._run)
        super()._begin_capture()

    def _with_account(self, state: SourceContent) -> StateContent:
        # As of a source of pictures that sends none: a page shows it as one.
        return {**state, "credit": self._credits.content(self._clock.now_s())}

    def _error(self, message: str, reason: str) -> NbstreamError:
        failed_with = self._failed_with
        if isinstance(failed_with, NbstreamError):
            return failed_with
        return MicrophoneError(message, reason)


def _waiting_s(binding: StreamBinding) -> float:
    account = binding.life.sound
    return 0.0 if account is None else account.waiting_s
