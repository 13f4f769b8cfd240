"""`AudioPlayer`: plays what a function answers, without gaps, in the page."""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from typing import Any

import traitlets as t

from ..errors import ResultError
from ..kernel.clock import current_clock
from ..kernel.wiring import check_open, trait_lock
from ..protocol import from_page
from ..results.sound_outlet import SoundOutlet, SoundOutletNews
from ..results.sound_pieces import BY_HAND, Cause
from ..runs.plan import Origin, OutputPort
from ..sounds.playable import pcm_of
from .base import LaneWidget, bundle, new_widget_id

OnEnded = Callable[["AudioPlayer"], None]


class AudioPlayer(LaneWidget):
    """A display for sound: the output of a stream, or a place to play an array now and then.

    It plays everything that it is given, once and in order, whatever the rate: unlike a picture, sound is never
    replaced by newer sound. `clear()`, and `None` as a result, silence it at once. A function that is a generator is
    heard piece by piece, while it goes on.

    Taken is ``(sample_rate, array)`` with int16, or with floats where 1.0 is full scale, of shape (n,), (n, 1) or
    (n, 2); a mono loudspeaker plays both channels mixed. Floats beyond full scale are cut, counted and shown. An empty
    array is nothing to play; silence is played as a pause. Everything else is refused with an error that says what to
    do: a rate that is no whole number from 3000 to 768000, NaN, other dtypes and shapes.

    Parameters
    ----------
    label
        Text above the player.
    volume
        0..1.
    muted
        Whether sound is played unheard.
    max_queued
        Seconds of sound that may wait to be played; what a function returns beyond that is refused with an error. With
        no page that shows the player, the oldest sounds make room instead, and `dropped_s` counts them.
    """

    _esm_path = bundle("sound.js")
    _css_path = bundle("sound.css")

    _kind = t.Unicode("audio_player").tag(sync=True)

    volume = t.Float(1.0, min=0.0, max=1.0).tag(sync=True)
    """How loud, 0..1; the page's control sets it as well."""

    muted = t.Bool(False).tag(sync=True)
    """Whether sound is played unheard; the page's control sets it as well."""

    max_queued = t.Float(600.0, min=0.0)
    """Seconds of sound that may wait to be played."""

    playing = t.Bool(False, read_only=True)
    """Whether sound is playing: from when it is sent to a page until that has played all, or waits for a click."""

    clipped_count = t.Int(0, read_only=True)
    """How many values beyond full scale have been cut so far."""

    latency_ms = t.Float(None, allow_none=True, read_only=True)
    """From the arrival of sound in the page to the loudspeaker, as the browser tells it; `None` before any."""

    def __init__(self, **traits: Any) -> None:
        self._playback = SoundOutlet(self.send_to_pages, self._tell, current_clock())
        self._on_ended: list[tuple[OnEnded, contextvars.Context]] = []
        super().__init__(_widget_id=new_widget_id(), **traits)

    @property
    def queued_s(self) -> float:
        """Seconds of sound that were given and not played yet, as far as the page has said (about once a second)."""
        return self._playback.queued_s

    @property
    def dropped_s(self) -> float:
        """Seconds of sound that were dropped because no page was there to play them."""
        return self._playback.dropped_s

    def play(self, sound: Any) -> None:
        """Play ``(sample_rate, array)`` after what is queued; from any thread, and without a stream.

        Where no page shows the player yet, it is played once one does. `None` silences the player.

        Raises
        ------
        ResultError
            If it is no sound, or too much is queued.
        """
        try:
            self._play(sound, BY_HAND)
        except ResultError as error:
            raise ResultError(f"AudioPlayer.play() was given {error}") from None

    def clear(self) -> None:
        """Silence: drop what sounds and what is queued, at once. `on_ended` is not called; from any thread."""
        self._playback.clear()

    def on_ended(self, callback: OnEnded, *, remove: bool = False) -> None:
        """Have `callback(player)` called each time when all that was given has been played to its end.

        A generator that yields more slowly than it sounds lets the player run dry between two pieces, which counts as
        well. The callback runs in a thread of the player's; what it prints lands in the cell where it was given.

        Parameters
        ----------
        callback
            Called with the player.
        remove
            Call it no longer.
        """
        self._on_ended = [one for one in self._on_ended if one[0] != callback]
        if not remove:
            self._on_ended.append((callback, contextvars.copy_context()))

    def close(self) -> None:
        """Remove the widget from all pages, and end its timer."""
        self._playback.close()
        super().close()

    def nbstream_output(self) -> OutputPort:
        """How a stream writes this widget."""
        return _PlayerPort(self)

    def _play(self, sound: Any, cause: Cause) -> int:
        """Play, and return how many bytes that takes."""
        if sound is None:
            self.clear()
            return 0
        pcm = pcm_of(sound)
        self._playback.play(pcm, cause, max_queued_s=self.max_queued)
        if pcm.clipped_count:
            with trait_lock(self):
                self.set_trait("clipped_count", self.clipped_count + pcm.clipped_count)
        return pcm.samples.nbytes

    def _tell(self, news: SoundOutletNews) -> None:
        with trait_lock(self):
            self.set_and_tell_later("playing", self._playback.playing)
            if news.latency_ms is not None:
                self.set_and_tell_later("latency_ms", news.latency_ms)
        if news.ended:
            self._news.tell("on_ended", self._call_back)

    def _call_back(self) -> None:
        for callback, context in self._on_ended:
            try:
                # A copy: one context cannot be entered by two threads at once.
                context.copy().run(callback, self)
            except BaseException:  # a callback of the user's failed; the others are told
                self.log.exception("[nbstream] a callback of on_ended failed")

    def _heard(self, message: from_page.PageMessage) -> None:
        match message:
            case from_page.Hello():
                self._playback.hello(message.client)
            case from_page.Bye():
                self._playback.bye(message.client)
            case from_page.Played():
                self._playback.played(message)


class _PlayerPort:
    """An `AudioPlayer` as output of a stream."""

    def __init__(self, player: AudioPlayer) -> None:
        self._player = player
        self.key = player
        self.name = player.label or "AudioPlayer"

    def attach(self) -> None:
        check_open(self._player)

    def detach(self) -> None: ...

    def write(self, value: Any, origin: Origin) -> None:
        cause = Cause(origin.frame.captured_at_ms, origin.frame_seq, origin.carry)
        size_bytes = self._player._play(value, cause)
        if origin.on_encoded is not None and size_bytes:
            origin.on_encoded(size_bytes)

    @property
    def is_playing(self) -> bool:
        return self._player._playback.playing

    def interrupt(self) -> None:
        """Somebody speaks: be silent."""
        self._player.clear()
