"""`RecordButton`: a person records, and saves what was recorded."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

import traitlets as t

from ...errors import NbstreamError
from ...feeds.media import check_av
from ...kernel.clock import Timer, current_clock
from ...protocol import from_page
from ...protocol.clip import clip_message
from ...recordings.film.asked import check_tracks, format_of, sorted_out
from ...recordings.film.film_recorder import Recorder
from ...recordings.recorder import Recorder as CallRecorder
from ...runs.asking.option import is_number
from ...streams.binding import StreamBinding
from ..base import STATIC, LaneWidget, bundle, new_widget_id

LONGEST_S = 3600.0
_MIMES = {
    "mp4": "video/mp4",
    "webm": "video/webm",
    "gif": "image/gif",
    "wav": "audio/wav",
    "nbs": "application/x-tar",
}


class RecordButton(LaneWidget):
    """A button that records what a source captures or a display shows, until it is pressed again; then a link saves it.

    Nothing is written to the kernel's disk, and nothing is started: it records what comes while streams run. As a
    `Recorder`, which it makes, it takes the extra `video` (PyAV), but for wav.

    Parameters
    ----------
    what
        As for a `Recorder`: a source, an `ImageView`, a microphone, or a list of one with pictures and one with sound.
        Or a stream, whose calls are recorded for `nbs.Replay` as `binding.record` does, in memory.
    format
        "mp4", "webm", "gif" or "wav"; `None` = mp4, wav for sound alone, and "nbs" for a stream.
    max_s
        Seconds after which it ends by itself, up to an hour.
    keep
        How many recordings stay in `recordings`: the newest.
    label
        Text above it.

    Raises
    ------
    TypeError
        If something in `what` is no stream, and gives neither pictures nor sound.
    ValueError
        If the format is none of these, does not go with what is recorded, or a number is out of range.
    MissingDependencyError
        If PyAV is not installed.
    """

    _esm_path = STATIC / "record.js"
    _css_path = STATIC / "record.css"

    _kind = t.Unicode("record").tag(sync=True)

    _is_recording = t.Bool(False).tag(sync=True)

    _note = t.Unicode(None, allow_none=True).tag(sync=True)
    """Why there is no recording, or what is missing in it, in words; `None` = all is well."""

    def __init__(
        self,
        what: Any,
        format: str | None = None,
        *,
        max_s: float = 600.0,
        keep: int = 5,
        **traits: Any,
    ) -> None:
        bundle("record.js")
        self._begin: Callable[[], Recorder | CallRecorder]
        if isinstance(what, StreamBinding):
            self._format = _format_of_calls(format)
            self._begin = partial(what.record, max_s=LONGEST_S)
        else:
            things = list(what) if isinstance(what, (list, tuple)) else [what]
            self._format = _checked_format(things, format)
            self._begin = partial(Recorder, things, format=self._format, max_s=LONGEST_S)
        if not is_number(max_s) or not 0 < max_s <= LONGEST_S:
            raise ValueError(
                f"max_s is {max_s!r:.80}; expected seconds, above 0 and up to {LONGEST_S:g}."
            )
        if not is_number(keep) or keep not in range(1, 101):
            raise ValueError(f"keep is {keep!r:.80}; expected how many recordings, 1 to 100.")
        self._max_s = float(max_s)
        self._clock = current_clock()
        self._changing = threading.Lock()
        """Guards the recorder, its timer and what was recorded."""
        self._recorder: Recorder | CallRecorder | None = None
        self._timer: Timer | None = None
        self._recordings: deque[bytes] = deque(maxlen=int(keep))
        self._last_command: dict[str, int] = {}
        super().__init__(_widget_id=new_widget_id(), **traits)

    @property
    def recordings(self) -> list[bytes]:
        """What was recorded, as files, oldest first."""
        with self._changing:
            return list(self._recordings)

    @property
    def is_recording(self) -> bool:
        """Whether it records now."""
        with self._changing:
            return self._recorder is not None

    def start(self) -> None:
        """Begin to record, as a press does; nothing happens while it records."""
        with self._changing:
            if self._recorder is not None or self.comm is None:
                return
            recorder = self._begin()
            self._recorder = recorder
            self._timer = self._clock.call_later(
                self._max_s, partial(self._news.tell, "end", partial(self._end, recorder))
            )
        self._show(is_recording=True, note=None)

    def stop(self) -> bytes | None:
        """End the recording, as a second press does; returns the file, `None` = nothing was recorded."""
        with self._changing:
            recorder = self._recorder
        return None if recorder is None else self._end(recorder)

    def close(self) -> None:
        """End the recording, and leave all pages."""
        if hasattr(self, "_recordings"):  # else it was refused when it was made
            self.stop()
        super().close()

    def _end(self, recorder: Recorder | CallRecorder) -> bytes | None:
        with self._changing:
            if self._recorder is not recorder:
                return None
            timer = self._timer
            self._recorder = self._timer = None
        if timer is not None:
            timer.cancel()
        note: str | None = None
        try:
            recorder.close()
        except NbstreamError as error:
            note = str(error)
        clip = recorder.clip if _has_any(recorder) else None
        if clip:
            with self._changing:
                self._recordings.append(clip)
        self._show(is_recording=False, note=note or _note_of(recorder))
        return clip or None

    def _show(self, *, is_recording: bool, note: str | None) -> None:
        self.set_and_tell_later("_note", note)
        self.set_and_tell_later("_is_recording", is_recording)

    def _heard(self, message: from_page.PageMessage) -> None:
        match message:
            case from_page.Bye():
                self._last_command.pop(message.client, None)
            case from_page.Command(action="start"):
                self._pressed(message, self._start_for)
            case from_page.Command(action="stop"):
                self._pressed(message, partial(self._stop_for, message.client))

    def _pressed(self, message: from_page.Command, do: Callable[[], None]) -> None:
        if message.command_index <= self._last_command.get(message.client, 0):
            return
        self._last_command[message.client] = message.command_index
        while len(self._last_command) > 64:
            del self._last_command[next(iter(self._last_command))]
        # The end is encoded first, so not in the thread of the messages.
        self._news.tell(message.action, do)

    def _start_for(self) -> None:
        try:
            self.start()
        except (NbstreamError, OSError, RuntimeError) as error:
            self._show(is_recording=False, note=str(error))

    def _stop_for(self, client: str) -> None:
        clip = self.stop()
        if clip is not None:
            name = f"{time.strftime('%Y-%m-%d %H.%M.%S')}.{self._format}"
            message = clip_message(client, name, _MIMES[self._format], len(clip))
            self.send_to_pages(message, [clip])


def _checked_format(things: list[Any], asked: str | None) -> str:
    pictures, sounds = sorted_out(things)
    name: str = format_of(None, asked, has_pictures=bool(pictures))
    check_tracks(name, len(pictures), len(sounds))
    if name != "wav":
        check_av()
    return name


def _format_of_calls(asked: str | None) -> str:
    if asked not in (None, "nbs"):
        raise ValueError(
            f"format is {asked!r:.80}; expected None with a stream, whose calls are recorded for a replay. "
            "For a film give its source or its ImageView."
        )
    return "nbs"


def _has_any(recorder: Recorder | CallRecorder) -> bool:
    return recorder.call_count > 0 if isinstance(recorder, CallRecorder) else bool(recorder.clip)


def _note_of(recorder: Recorder | CallRecorder) -> str | None:
    """What a person should know of a recording that has ended; `None` = all is well."""
    if not _has_any(recorder):
        return "Nothing was recorded: no picture or sound came. Is the source started?"
    skipped_count = 0 if isinstance(recorder, CallRecorder) else recorder.skipped_count
    if skipped_count:
        return f"Pictures that are missing, since the encoder was too slow: {skipped_count}."
    return None
