"""`Recorder`: what a camera captures, a display shows and a microphone hears, as a film or a sound file."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from ...errors import CorruptFrameError, MediaError
from ...feeds.media import check_av
from ...kernel.clock import current_clock
from ...runs.asking.option import is_number
from ...sounds.chunk import Chunk
from ..backlog import Backlog
from .asked import check_tracks, format_of, sorted_out, taps_of
from .film_writer import FilmWriter
from .frames import FrameMaker
from .shot import Shot

logger = logging.getLogger("nbstream")

# Of what waits for the encoder, and no longer than 60 s. Beyond it pictures are left out, counted and told of; sound
# would end the recording.
MAX_WAITING_BYTES = 64 * 1024 * 1024
MAX_CLIP_BYTES = 256 * 1024 * 1024
# The live stream goes first where processors are few: a film may be late, a picture on the screen may not.
NICENESS = 10


class Recorder:
    """A recording for people: mp4, webm, gif or wav; takes the extra `video` (PyAV), but for wav.

    It begins when it is made and ends with `close()`, or at the end of a ``with`` block. It hears what its sources give
    while their streams run; nothing is started for it. A file is written as it comes: when the kernel is killed, it
    can be played up to the last second. Where nothing came there is no file.

    Parameters
    ----------
    what
        A source (what it captures), an `ImageView` (what a function returned), a microphone or `SoundFile`, or a list
        of one with pictures and one with sound.
    path
        The file: `*.mp4`, `*.webm`, `*.gif` (10 pictures per second, at most 480 wide) or `*.wav`. It must not be there
        yet. `None` = nothing is written, and `clip` has it.
    format
        Without a path: "mp4", "webm", "gif" or "wav"; `None` = mp4, and wav for sound alone.
    max_s
        Seconds at which it ends by itself.
    overwrite
        Whether a file that is there is replaced.

    Raises
    ------
    TypeError
        If something in `what` gives neither pictures nor sound.
    ValueError
        If the format is none of these, or does not go with what is recorded.
    FileExistsError
        If there is such a file; any other OSError where it cannot be made.
    MissingDependencyError
        If PyAV is not installed.
    """

    def __init__(
        self,
        what: Any,
        path: str | os.PathLike[str] | None = None,
        *,
        format: str | None = None,
        max_s: float = 3600.0,
        overwrite: bool = False,
    ) -> None:
        things = list(what) if isinstance(what, (list, tuple)) else [what]
        pictures, sounds = sorted_out(things)
        self._format = format_of(path, format, has_pictures=bool(pictures))
        check_tracks(self._format, len(pictures), len(sounds))
        if not is_number(max_s) or not max_s > 0:
            raise ValueError(f"max_s is {max_s!r:.80}; expected seconds above 0.")
        if self._format != "wav":
            check_av()
        self.path = None if path is None else Path(path)
        self._max_s = max_s
        channels = min(2, sounds[0].sound_format.channels) if sounds else 0
        self._file = _opened(self.path, overwrite=overwrite)
        self._backlog: Backlog[tuple[Shot | Chunk, float]] = Backlog(
            current_clock(), MAX_WAITING_BYTES
        )
        # The backlog's lock guards them.
        self._skipped_count = 0
        self._picture_count = 0
        self._clip = b""
        # The thread's own.
        self._frames = FrameMaker()
        self._writer = FilmWriter(self._file, self._format, channels)
        self._begin_ms: float | None = None
        self._thread = threading.Thread(target=self._write_on, name="nbstream-film", daemon=True)
        self._remove: list[Callable[[], None]] = []
        self._thread.start()
        self._remove += [taps_of(one).add(self._came) for one in (*pictures, *sounds)]
        if self.why_ended is not None:  # already, by the first that came
            self._hear_no_more()

    # --- for users ---------------------------------------------------------------------------

    @property
    def why_ended(self) -> str | None:
        """A sentence; `None` while it records."""
        return self._backlog.why_ended

    @property
    def picture_count(self) -> int:
        """How many pictures are in it so far."""
        with self._backlog.changed:
            return self._picture_count

    @property
    def skipped_count(self) -> int:
        """How many pictures were left out: the encoder or the disk was too slow, or they were damaged."""
        with self._backlog.changed:
            return self._skipped_count

    @property
    def clip(self) -> bytes:
        """The film as bytes, once it has ended, empty where nothing came; raises RuntimeError before."""
        if self.why_ended is None:
            raise RuntimeError("The recording goes on; call close() first.")
        self._join()
        if self.path is None:
            return self._clip
        return self.path.read_bytes() if self.path.exists() else b""

    def close(self) -> None:
        """End the recording; the file is whole when this returns.

        Raises
        ------
        MediaError
            If something could not be written.
        """
        self._end("It was closed.")
        self._join()
        if self._backlog.has_failed:
            where = "" if self.path is None else f" {self.path}"
            raise MediaError(f"The recording{where} ended early: {self.why_ended}")

    def __enter__(self) -> Recorder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        try:
            self.close()
        except MediaError:
            if kind is None:
                raise

    # --- for sources and displays ------------------------------------------------------------

    def _came(self, thing: Shot | Chunk) -> None:
        """Keep it for the thread; from any thread."""
        size = thing.size_bytes if isinstance(thing, Shot) else thing.samples.nbytes
        if self._backlog.put((thing, time.time() * 1000), size):
            return
        if isinstance(thing, Shot):
            with self._backlog.changed:
                self._skipped_count += 1
                is_first = self._skipped_count == 1
            if is_first:
                logger.warning(
                    "[nbstream] a film leaves pictures out: the encoder or the disk is too slow for them."
                )
        else:
            self._end("The encoder or the disk is too slow for the sound.", failed=True)

    # --- the thread --------------------------------------------------------------------------

    def _write_on(self) -> None:
        # Of this thread alone; elsewhere it would be the whole kernel's.
        if sys.platform == "linux":
            os.nice(NICENESS)
        try:
            while (next_one := self._backlog.next()) is not None:
                self._write(*next_one)
                self._file.flush()
            self._writer.close()
            self._file.flush()
        except Exception as error:
            self._end(f"It could not be written: {error}.", failed=True, drop=True)
            with contextlib.suppress(Exception):  # the first one is told
                self._writer.close()
        finally:
            if isinstance(self._file, io.BytesIO):
                self._clip = self._file.getvalue()
            with contextlib.suppress(OSError):
                self._file.close()
            self._leave_no_empty_file()

    def _leave_no_empty_file(self) -> None:
        if self.path is None or not self.path.is_file() or self.path.stat().st_size:
            return
        with contextlib.suppress(OSError):
            self.path.unlink()
        logger.warning(
            "[nbstream] %s was not made: nothing came that could be recorded. Is the source started?",
            self.path,
        )

    def _write(self, thing: Shot | Chunk, came_at_ms: float) -> None:
        at_ms = thing.captured_at_ms
        if isinstance(thing, Chunk) and not thing.sample_count:
            return
        at_s = self._place(came_at_ms if at_ms is None else at_ms)
        if at_s > self._max_s:
            self._end(f"It reached its limit of {self._max_s:g} s.")
        elif self.path is None and self._file.tell() > MAX_CLIP_BYTES:
            self._end(f"It reached its limit of {MAX_CLIP_BYTES >> 20} MB; give a path for more.")
        elif isinstance(thing, Chunk):
            self._writer.add_sound(thing, at_s)
        else:
            self._write_picture(thing, at_s)

    def _write_picture(self, shot: Shot, at_s: float) -> None:
        try:
            picture = self._frames.frame_of(shot)
        except CorruptFrameError:
            with self._backlog.changed:
                self._skipped_count += 1
            return
        self._writer.add_picture(picture, max(0.0, at_s))
        with self._backlog.changed:
            self._picture_count += 1

    def _place(self, at_ms: float) -> float:
        if self._begin_ms is None:
            self._begin_ms = at_ms
        return (at_ms - self._begin_ms) / 1000

    def _end(self, why: str, *, failed: bool = False, drop: bool = False) -> None:
        if self._backlog.end(why, failed=failed, drop=drop):
            if failed:
                logger.warning("[nbstream] a recording ended early: %s", why)
            self._hear_no_more()

    def _hear_no_more(self) -> None:
        for remove in self._remove:
            remove()

    def _join(self) -> None:
        if threading.current_thread() is not self._thread:
            self._thread.join()


def _opened(path: Path | None, *, overwrite: bool) -> BinaryIO:
    return io.BytesIO() if path is None else path.open("w+b" if overwrite else "x+b")
