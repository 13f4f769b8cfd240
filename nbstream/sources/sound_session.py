"""What becomes of a microphone's sound: chunks are stored in their order, lost ones are asked for again."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from ..errors import MicrophoneError
from ..kernel.clock import Clock
from ..pages.lateness import Lateness
from ..protocol import from_page
from ..protocol.sound import ChunkMessage, receipt_message
from ..protocol.to_page import SoundStateContent, SourceContent
from ..recordings.film.taps import Taps
from ..sounds.chunk import Chunk
from ..sounds.chunk_size import ChunkSize
from ..sounds.store import SoundPosition, SoundStore
from .presses import is_held
from .session import SourceSession, SourceWidget
from .sound_receipts import Arrival, Receipts, SampleNumbers

if TYPE_CHECKING:
    from ..streams.binding import StreamBinding


def chunk_of(message: ChunkMessage, source: object, now_s: float) -> Chunk:
    """Make a piece of sound of a message; its samples are those of the message, not copied."""
    samples = np.frombuffer(message.data, np.dtype(message.dtype).newbyteorder("<"))
    return Chunk(
        source,
        message.run,
        message.seq,
        message.first_sample,
        message.sample_rate_hz,
        samples.reshape(-1, message.channels).astype(message.dtype, copy=False),
        captured_at_ms=message.captured_at_ms,
        received_at_s=now_s,
        sent_at_ms=message.sent_at_ms,
        clipped_count=message.clipped_count,
        final=message.final,
    )


class SoundWidget(SourceWidget, Protocol):
    """What a session asks of a microphone."""

    @property
    def max_backlog_s(self) -> float: ...


class SoundSession(SourceSession):
    """The session of a microphone.

    `_order` keeps the order of what the streams are given, and makes a stream that replaces another one hear on exactly
    where that one ends.
    """

    device = "microphone"
    is_sound = True

    def __init__(self, widget_id: str, widget: SoundWidget, clock: Clock) -> None:
        super().__init__(widget_id, widget, clock)
        self._microphone = widget
        self._order = threading.RLock()
        self._receipts = Receipts()
        self._numbers = SampleNumbers()
        self._newest_captured_at_ms = 0.0
        self._lateness, self._chunk_size = Lateness(), ChunkSize()
        self._stops = False
        self._replaced: set[StreamBinding] = set()
        self.taps: Taps[Chunk] = Taps()

    def take_on(self, binding: StreamBinding, old: Sequence[StreamBinding]) -> bool:
        with self._order:
            goes_on = super().take_on(binding, old)
            with self._lock:
                self._replaced.update(one for one in old if goes_on and one in self._bindings)
            if goes_on and (store := self._store_of_heir(old)) is not None:
                binding.intake.keep_sound(self._widget, store)
        return goes_on

    def binding_closed(self, binding: StreamBinding) -> None:
        with self._lock:
            self._replaced.discard(binding)
        super().binding_closed(binding)

    def stop(self) -> None:
        with self._lock:
            self._stops = True
        try:
            super().stop()
        finally:
            with self._lock:
                self._stops = False

    # --- for bindings ------------------------------------------------------------------------

    def sound_position(self) -> SoundPosition | None:
        with self._lock:
            if not self._wanted:
                return SoundPosition(self._run + 1, 0)
            if self._receipts.open or self._camera.state != "on":
                return SoundPosition(self._run, self._numbers.next_sample)
            return None  # it runs and nobody listens: what was said so far is nobody's

    def sound_taken(self) -> None:
        pass  # a microphone waits for nobody

    def sends_last(self, consumer: object) -> bool:
        with self._lock:
            if self._closed or self._camera.state != "on" or self._pages.owner is None:
                return False
            lives = [one.life for one in self._bindings if one.life is not consumer]
            others = any(life.needs_camera for life in lives)
            return self._stops or not (others or self._preview_wanted)

    # --- messages of pages -------------------------------------------------------------------

    def pressed(self, command: from_page.Command) -> None:
        with self._lock:
            is_guest = command.client != self._pages.owner
        if is_guest and command.action in ("hold", "release"):
            self.refresh()  # When it was pressed is told by a clock that the sound does not have.
        else:
            super().pressed(command)

    # --- for the session ---------------------------------------------------------------------

    def _begin_capture(self) -> None:
        now_s = self._clock.now_s()
        self._receipts.begin(self._run, now_s)
        self._numbers.begin(now_s)
        self._newest_captured_at_ms = 0.0
        self._lateness, self._chunk_size = Lateness(), ChunkSize()
        for binding in self._bindings:
            if (holds := binding.intake.holds) is not None:
                holds.forget(self._run)

    def _set_open(self, *, is_on: bool, live: bool) -> None:
        # Who takes a live stream's place wants all that is said until it is live itself.
        waits = any(one.intake.keeps_sound for one in self._bindings)
        self._receipts.open = is_on and (live or waits)

    def _with_account(self, state: SourceContent) -> SoundStateContent:
        return {
            **state,
            "stream_every_s": self._chunk_size.of(state["stream_every_s"]),
            "is_held": is_held(self._bindings),
            "receipt": self._receipts.content(),
        }

    def _error(self, message: str, reason: str) -> MicrophoneError:
        return MicrophoneError(message, reason)

    def owner_beats(self, message: from_page.Beat) -> None:
        with self._lock:
            if message.sent_at_ms is not None:
                self._lateness.note(message.sent_at_ms, self._clock.now_s())
            some_lost = self._receipts.sent_through(message.sent_through, self._clock.now_s())
        if some_lost:
            self._tell_receipt()

    def captured(self, message: from_page.FrameMessage | ChunkMessage) -> None:
        if not isinstance(message, ChunkMessage):
            self._conversation.count_bad("a picture for a microphone")
            return
        with self._order:
            with self._lock:
                arrival, wrong = self._arrived(message)
                some_lost = self._receipts.missing_through > 0
            if wrong is not None:
                self._conversation.count_bad(wrong)
                return
            if arrival == "next":
                self._pass_on(chunk_of(message, self._widget, self._clock.now_s()))
            else:
                self._count(f"chunks_{arrival}")
            # The page sends what is missing as it hears that the kernel gets on with it.
            if some_lost and arrival != "repeated":
                self._tell_receipt()

    def _arrived(self, message: ChunkMessage) -> tuple[Arrival, str | None]:
        """Sort a chunk; the second is what is wrong with it."""
        if message.client != self._pages.owner:
            return "absurd", "sound of a page that does not capture"
        if message.run != self._run:
            return "absurd", "sound of another run"
        now_s = self._clock.now_s()
        is_newest = message.captured_at_ms > self._newest_captured_at_ms
        arrival = self._receipts.arrived(
            message.seq, message.kept_from, now_s=now_s, is_newest=is_newest
        )
        if arrival == "absurd":
            return arrival, f"a seq that no page has reached by now: {message.seq}"
        if arrival != "next":
            return arrival, None
        first_sample = message.first_sample
        end_sample = first_sample + message.sample_count
        expected = self._numbers.next_sample
        if not self._numbers.fits(first_sample, message.sample_rate_hz, now_s):
            self._numbers.doubted(end_sample)
            return arrival, f"a first_sample that cannot be: {first_sample} after {expected}"
        self._numbers.stored(first_sample, end_sample, now_s)
        self._newest_captured_at_ms = message.captured_at_ms
        late_ms = self._lateness.note(message.sent_at_ms, now_s)
        self._chunk_size.note(message.sample_count / message.sample_rate_hz, late_ms)
        return arrival, None

    def _pass_on(self, chunk: Chunk) -> None:
        with self._lock:
            hearers = [one for one in self._bindings if one not in self._replaced]
        for binding in hearers:
            binding.intake.offer(chunk)
        self.taps.tell(chunk)

    def _store_of_heir(self, old: Sequence[StreamBinding]) -> SoundStore | None:
        """Where sound waits for a stream that replaces others; `None` = nothing is heard now."""
        for one in old:
            if (store := one.intake.give_up_sound(self._widget)) is not None:
                return store
        with self._lock:
            if not self._receipts.open:
                return None
            position = SoundPosition(self._run, self._numbers.next_sample)
        return SoundStore(0.0, self._microphone.max_backlog_s, position)

    def broken(self, content: object, reason: str) -> None:
        self._conversation.count_bad(reason)
        if not isinstance(content, Mapping) or content.get("type") != "chunk":
            return
        seq = content.get("seq")
        with self._lock:
            ours = content.get("client") == self._pages.owner and content.get("run") == self._run
            if ours and isinstance(seq, int):
                self._receipts.skip(seq)

    def _count(self, name: str) -> None:
        for binding in self.bindings:
            binding.intake.count(name)

    def _tell_receipt(self) -> None:
        with self._lock:
            if self._closed:
                return
            content = receipt_message(self._receipts.content())
        self._widget.send_to_pages(content, [])
