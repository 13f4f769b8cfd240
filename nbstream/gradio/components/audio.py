"""`Audio`: a microphone where it is an input, and a player where it is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets

import nbstream as nbs
from nbstream.errors import ResultError
from nbstream.kernel.wiring import set_trait

from ..tree.arguments import check_choice
from .component import Component
from .files import KeptFiles
from .recording import Recording, sound_of, wav_of

if TYPE_CHECKING:
    from nbstream.runs.plan import Origin

    from .recording import Sound

SOURCES = ("upload", "microphone")


class Audio(Component):
    """Sound. One that is an input of an event is the person's microphone; one that is an output only is a player.

    Parameters
    ----------
    value
        What the player begins with: ``(sample rate, array)``, or the name of a WAV file.
    sources
        "microphone" must be among them where it is an input.
    type
        Functions get "numpy", ``(sample rate, int16 array)`` of shape (n,) or (n, channels), or "filepath", the name
        of a WAV file that is kept while the newest eight are.
    streaming
        As an input: functions get pieces while it is recorded. As an output: pieces are played as they come.
    autoplay
        Whether what a function returns is played at once; else the person presses Play.
    """

    EVENTS = ("change", "input", "stream", "start_recording", "stop_recording")

    def __init__(
        self,
        value: Any = None,
        *,
        sources: list[str] | str | None = None,
        type: str = "numpy",
        streaming: bool = False,
        autoplay: bool = False,
        **rest: Any,
    ) -> None:
        check_choice("Audio", "type", type, ("numpy", "filepath"))
        self.type, self.streaming, self.autoplay = type, streaming, autoplay
        self.sources = [sources] if isinstance(sources, str) else list(sources or SOURCES)
        for one in self.sources:
            check_choice("Audio", "sources", one, SOURCES)
        self._files = KeptFiles()
        self._newest: Sound | None = None
        self._recording = Recording()
        super().__init__(value, **rest)

    @property
    def is_microphone(self) -> bool:
        """Whether it captures."""
        return "stream" in self.targeted or (self.is_input and not self.is_result)

    def stream_source(self) -> nbs.Microphone:
        """The microphone.

        Raises
        ------
        TypeError
            If it is a player.
        """
        if not isinstance(self.widget, nbs.Microphone):
            raise TypeError("gr.Audio(interactive=False) is a player only, and has no .stream().")
        return self.widget

    def read(self, frame: Any = None) -> Any:
        """The piece that caused the call; or the newest recording, or what a function has returned."""
        if frame is not None and self.is_microphone:
            self._newest = self.widget.nbstream_input().read(frame)
        return self._as_type(self._newest)

    def follow(self, binding: nbs.StreamBinding) -> None:
        """A stream of it begins and ends with the recording."""
        binding.observe(self._status_changed, "status")

    def close(self) -> None:
        super().close()
        self._files.close()

    def _make(self) -> ipywidgets.Widget:
        return self._make_microphone() if self.is_microphone else self._make_player()

    def _make_microphone(self) -> nbs.Microphone:
        if "microphone" not in self.sources:
            raise ValueError(
                f"gr.Audio(sources={self.sources!r}) as an input is not part of nbstream.gradio: its sound comes from "
                'the microphone. Name "microphone" among the sources, or set interactive=False.'
            )
        microphone = nbs.Microphone(label=self.shown_label)
        if "stream" not in self.targeted:
            microphone.stream(self._record, metadata=True)
        return microphone

    def _make_player(self) -> ipywidgets.Widget:
        self._player = nbs.AudioPlayer(label=self.shown_label)
        self._play = self._wire(ipywidgets.Button(description="Play", icon="play", disabled=True))
        self._play.on_click(lambda _button: self._play_again())
        if self.autoplay or self.streaming:
            self._play.layout.display = "none"
        if (value := self.first_value()) is not None:
            self._hold(sound_of(value))
        return ipywidgets.VBox([self._player, self._play])

    # --- the microphone ----------------------------------------------------------------------

    def _record(self, sound: Sound, *, meta: nbs.SoundMeta) -> None:
        self._recording.add(sound, is_first=meta.index == 1)
        if meta.index == 1:
            self.happened("start_recording")
        if meta.final:
            self._newest = self._recording.sound()
            self.changed()
            self.happened("stop_recording")

    def _status_changed(self, change: Any) -> None:
        if change["new"] == "live":
            self.happened("start_recording")
        elif change["old"] == "live":
            self.happened("stop_recording")

    # --- the player --------------------------------------------------------------------------

    def _show(self, value: Any, origin: Origin | None) -> None:
        if self.is_microphone:
            raise ResultError(
                f"sound for {self.name}, which is a microphone; give it another gr.Audio"
            )
        sound = None if value is None else sound_of(value)
        if self.autoplay or self.streaming:
            if not self.streaming:
                self._player.clear()
            self._newest = sound
            if origin is not None:
                self._player.nbstream_output().write(sound, origin)
            else:
                self._player.play(sound)
        else:
            self._hold(sound)
        self.changed()

    def _hold(self, sound: Sound | None) -> None:
        self._newest = sound
        self._player.clear()
        set_trait(self._play, "disabled", sound is None)

    def _play_again(self) -> None:
        self._player.clear()
        self._player.play(self._newest)

    def _as_type(self, sound: Sound | None) -> Any:
        if sound is None or self.type == "numpy":
            return sound
        return self._files.keep(wav_of(sound), "wav")

    def _set_label(self, value: str | None) -> None:
        self.label = value
        widget = self.widget if self.is_microphone else self._player
        set_trait(widget, "label", self.shown_label)
