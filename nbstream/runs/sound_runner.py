"""The worker of a stream that hears: it takes sound as well as pictures, and drains what is held when it ends."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from ..calls.call_thread import CallThread
from ..calls.metadata import FrameMeta, SoundMeta, sound_meta
from ..kernel.clock import Clock, Timer
from ..sounds.account import SoundAccount
from ..sounds.chunk import Captured, Chunk
from ..sounds.format import SoundConverter
from ..sounds.speech import Interruptible
from ..sounds.store import UtteranceQueue
from .inbox import Inbox
from .listener import Listener
from .plan import StreamPlan
from .runner import RunEvents, Runner
from .stats import Stats

# The last sound is still on its way when Stop is pressed.
FINAL_WITHIN_S = 2.0


class SoundRunner(Runner):
    """A `Runner` whose inbox holds sound. `_lock` guards the timer and what stands beside `_is_answering`."""

    def __init__(
        self,
        plan: StreamPlan,
        events: RunEvents,
        clock: Clock,
        stats: Stats,
        thread: CallThread,
        account: SoundAccount,
    ) -> None:
        self._account = account
        self._converters: dict[object, SoundConverter] = {}
        for source in plan.sounds:
            self._converters[source] = SoundConverter(source.sound_format)
        self._index = 0
        self._lock = threading.Lock()
        self._timer: Timer | None = None
        self._ending_is_final = False
        self._utterances: UtteranceQueue | None = None
        self._is_answering = False
        self._was_deaf = False
        """Whether the piece that came last fell into an answer."""
        # A segmenter hears sound as it comes.
        every_s = plan.sound_every_s if plan.segmenter is None else 0.0
        stores = account.open_stores(every_s)
        self._ear: Listener | None = None
        awaited = thread.condition(), self._left_unread, events.sound_taken
        if plan.segmenter is None:
            self._inbox = self._calls = Inbox(stores, *awaited)
        else:
            (source,) = plan.sounds
            self._inbox = Inbox(stores, sound_taken=events.sound_taken)
            keeps_newest = plan.options["keep"] == "newest"
            self._utterances = utterances = account.open_utterances(
                source, keeps_newest=keeps_newest
            )
            self._calls = Inbox({source: utterances}, *awaited)
            wanted = source.sound_format
            self._ear = Listener(
                self._inbox, wanted, plan.segmenter, self, plan.context, plan.fn_name
            )
        super().__init__(plan, events, clock, stats, thread, self._calls)

    def start(self) -> None:
        super().start()
        if self._ear is not None:
            self._ear.start()

    def offer(self, frame: Captured) -> bool:
        if not isinstance(frame, Chunk):
            return super().offer(frame)
        is_deaf = self._is_deaf()
        if is_deaf and not frame.final:
            return True  # What comes next is told how much is missing.
        if not self._inbox.put(_without_sound(frame) if is_deaf else frame):
            return False
        self._stats.count("samples", frame.sample_count)
        return True

    def end(self, *, results_wanted: bool, cancel: bool) -> None:
        self._inbox.close()
        super().end(results_wanted=results_wanted, cancel=cancel)

    def drain(self, *, final: bool, await_end: bool) -> None:
        """Take nothing new, call the function with what is held, show what it returns, and end.

        Parameters
        ----------
        final
            Whether the stream stops, so that its last piece is marked.
        await_end
            Whether sound is still on its way from a capture that ends; waited for `FINAL_WITHIN_S` at most.
        """
        self._ending_is_final = final
        self._caller.interrupt(cancel=False)
        if await_end:
            with self._lock:
                if self._timer is None:
                    self._timer = self._clock.call_later(FINAL_WITHIN_S, self.stop_waiting)
        self.is_draining = True
        self._inbox.end(final=final, await_end=await_end)

    def stop_waiting(self) -> None:
        """The last sound is not coming; harmless when it is not waited for."""
        self._inbox.stop_waiting()

    # --- for the listener --------------------------------------------------------------------

    def speech_began(self) -> None:
        if not self._plan.options["can_interrupt"]:
            return
        players = self._players()
        if players:
            self._caller.abandon()
        for player in players:
            player.interrupt()

    def utterance_ended(self, utterance: Chunk) -> None:
        with self._lock:
            self._is_answering = True
            self._calls.put(utterance)

    def listening_failed(self, chunk: Chunk, error: BaseException) -> None:
        self._stats.count("errors")
        self._events.call_ended(chunk, 0.0, error)

    def listening_ended(self, last: Sequence[Chunk]) -> None:
        self._calls.end(final=self._ending_is_final, await_end=False, last=last)

    # --- inside ------------------------------------------------------------------------------

    def _is_deaf(self) -> bool:
        """Whether the piece of sound that came now shall not be heard."""
        if not self._plan.options["mute_while_answering"]:
            return False
        is_playing = any(player.is_playing for player in self._players())
        with self._lock:
            is_deaf = self._is_answering or is_playing
            # The answer ended while the first piece afterwards was being captured: that has some of it.
            was_deaf, self._was_deaf = self._was_deaf, is_deaf
        return is_deaf or was_deaf

    def _players(self) -> list[Interruptible]:
        return [port for port in self._plan.outputs if isinstance(port, Interruptible)]

    def _work(self) -> None:
        try:
            super()._work()
            if self._inbox.has_ended and self._ear is None:
                self._call_with_rests()
        finally:
            self._inbox.close()
            with self._lock:
                if self._timer is not None:
                    self._timer.cancel()
            if self._ear is not None:
                self._ear.join()

    def _work_on(self, frame: Captured) -> None:
        if not isinstance(frame, Chunk):
            super()._work_on(frame)
            return
        for piece in self._ready(frame):
            # An empty last piece has nothing to say but that it is the last.
            if piece.sample_count or self._plan.options["metadata"]:
                self._call_with(piece)

    def _call_with_rests(self) -> None:
        """Before a pause no piece is the last of its capture; what the resamplers hold would be lost uncounted."""
        for converter in self._converters.values():
            for piece in converter.rest():
                self._call_with(piece)

    def _call_with(self, piece: Chunk) -> None:
        self._index = self._account.next_index()
        self._account.clipped_count += piece.clipped_count
        self._stats.count("clipped", piece.clipped_count)
        self._call(piece)

    def _call(self, frame: Captured) -> None:
        try:
            super()._call(frame)
        finally:
            with self._lock:
                waiting = self._utterances
                self._is_answering = waiting is not None and waiting.waiting_count > 0

    def _ready(self, chunk: Chunk) -> list[Chunk]:
        self._stats.gauge("overrun_s", round(self._account.overrun_s, 3))
        if self._ear is not None:
            return [chunk]
        began_s = self._clock.now_s()
        try:
            pieces = self._converters[chunk.source].convert(chunk)
        except Exception as error:
            self._stats.count("errors")
            self._events.call_ended(chunk, 0.0, error)
            return []
        self._stats.leg("convert", (self._clock.now_s() - began_s) * 1000)
        return pieces

    def _meta(self, frame: Captured) -> FrameMeta | SoundMeta | list[FrameMeta]:
        if not isinstance(frame, Chunk):
            return super()._meta(frame)
        return sound_meta(frame, self._index)


def _without_sound(last: Chunk) -> Chunk:
    return last._replace(
        first_sample=last.end_sample, samples=last.samples[:0], captured_at_ms=last.ended_at_ms
    )
