"""`Recorder`: writes what a stream's function is called with, and what it makes of it, as it happens.

Whoever records copies what it is told and returns; a thread of the recorder's writes. So a slow disk delays no call.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, NamedTuple

from ..calls.metadata import FrameMeta, SoundMeta
from ..errors import RecordingError
from ..kernel.clock import Clock
from ..pictures.encoding import Picture
from ..pictures.frame import Frame
from ..protocol.page_text import page_text
from ..runs.asking.option import is_count, is_number
from ..runs.plan import InputPort, PictureInput
from ..sounds.chunk import Captured
from .backlog import MAX_WAITING_S, Backlog
from .container import END, member_bytes
from .header import HEADER, header_of
from .members import call_members
from .subject import Subject
from .values import freeze, size_of

logger = logging.getLogger("nbstream")

MAX_BYTES = 1 << 30
MAX_BYTES_IN_MEMORY = 1 << 28
MAX_S = 3600.0
# What waits for the disk.
MAX_WAITING_BYTES = 64 * 1024 * 1024
LAST_CALL_WITHIN_S = 2.0
KNOWN_PICTURES = 8


class _Job(NamedTuple):
    size: int
    write: Callable[[], list[tuple[str, bytes]]]
    """Makes the members; in the recorder's thread."""


class Recorder:
    """A recording that is being written; a context manager that ends it.

    The backlog's lock guards what is counted here as well; the calls' fields belong to the thread that calls the
    function, the file to the recorder's own.

    Attributes
    ----------
    path
        The file; `None` = it is in memory alone.

    Parameters
    ----------
    max_bytes, max_s
        Where the recording ends by itself, whole. In memory there is no room for more than 256 MiB.
    on_ended
        Called when no new call is to be told; perhaps more than once.
    """

    def __init__(
        self,
        path: Path | None,
        subject: Subject,
        clock: Clock,
        *,
        max_bytes: int = MAX_BYTES,
        max_s: float = MAX_S,
        overwrite: bool = False,
        on_ended: Callable[[Recorder], None] = lambda _recorder: None,
    ) -> None:
        if not is_count(max_bytes):
            raise ValueError(
                f"max_bytes is {max_bytes!r:.80}; expected a number of bytes, from 1 on."
            )
        if not is_number(max_s) or not max_s > 0:
            raise ValueError(f"max_s is {max_s!r:.80}; expected seconds above 0.")
        self.path = path
        self._name = "The recording" if path is None else f"The recording {path}"
        self._subject = subject
        self._clock = clock
        self._max_bytes = max_bytes if path is not None else min(max_bytes, MAX_BYTES_IN_MEMORY)
        self._max_s = max_s
        self._on_ended = on_ended
        self._backlog: Backlog[_Job] = Backlog(clock, MAX_WAITING_BYTES)
        self._changed = self._backlog.changed
        self._size_bytes = 0
        self._call_count = 0
        self._frames: dict[int, tuple[bytes, str]] = {}
        self._number = 0
        self._states: dict[int, Any] = {}
        self._call: dict[str, Any] = {}
        self._is_in_call = False
        self._began_s = clock.now_s()
        # Buffered, or a full disk would leave half a write unseen; flushed after each job.
        self._file: BinaryIO = (
            io.BytesIO() if path is None else path.open("wb" if overwrite else "xb")
        )
        self._in_memory = b""
        header = json.dumps(header_of(self._subject), indent=1).encode()
        self._backlog.put(_Job(len(header), lambda: [(HEADER, header)]), 0)
        self._thread = threading.Thread(
            target=self._write_on, name=f"nbstream-recorder-{subject.fn_name}", daemon=True
        )
        self._thread.start()

    # --- for users ---------------------------------------------------------------------------

    @property
    def why_ended(self) -> str | None:
        """A sentence; `None` while it records."""
        return self._backlog.why_ended

    @property
    def size_bytes(self) -> int:
        """How large the file is so far."""
        with self._changed:
            return self._size_bytes

    @property
    def call_count(self) -> int:
        """How many calls were told of so far."""
        with self._changed:
            return self._call_count

    @property
    def clip(self) -> bytes:
        """The recording as bytes, once it has ended; raises RuntimeError before."""
        if self.why_ended is None:
            raise RuntimeError("The recording goes on; call close() first.")
        self._join()
        return self._in_memory if self.path is None else self.path.read_bytes()

    def close(self) -> None:
        """End the recording with the call that runs; the file is whole when this returns.

        A call that has not returned after 2 s is left out.

        Raises
        ------
        RecordingError
            If something could not be written.
        """
        self._on_ended(self)
        with self._changed:
            self._changed.wait_for(lambda: not self._is_in_call, LAST_CALL_WITHIN_S)
        self._end("It was closed.")
        self._join()
        if self._backlog.has_failed:
            raise RecordingError(f"{self._name} ended early: {self.why_ended}")

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
        except RecordingError:
            if kind is None:
                raise

    # --- for the stream ----------------------------------------------------------------------

    def came(self, captured: Captured) -> None:
        """A picture or piece of sound was offered to the stream; from any thread."""
        told: dict[str, Any] = {"received_at_s": captured.received_at_s - self._began_s}
        told |= {name: getattr(captured, name) for name in _TIMES}
        told["source"] = self._subject.number_of(captured.source)
        if isinstance(captured, Frame):
            self._keep_picture(captured.encoded, told)
        else:
            told |= {name: getattr(captured, name) for name in _OF_SOUND}
            self._put_json(f"chunks/{self._next():08}.json", told)

    def call_begins(self, cause: Captured, ports: Sequence[InputPort]) -> list[Any]:
        """Read the inputs of a call, as the stream would, and note them."""
        values: list[Any] = []
        told: list[Any] = []
        size = 0
        for port, state in zip(ports, self._subject.input_states, strict=True):
            if isinstance(port, PictureInput):
                picture = port.read_encoded(cause)
                values.append(None if picture is None else picture.decode())
                told.append(None if picture is None else self._picture(picture))
                continue
            value = port.read(cause)
            values.append(value)
            frozen = self._state(state, value) if state is not None else freeze(value)
            size += size_of(frozen)
            told.append(frozen)
        began_s = self._clock.now_s()
        self._call = {"began_s": began_s - self._began_s, "inputs": told, "results": []}
        self._call |= {
            "source": self._subject.number_of(cause.source),
            "seq": cause.seq,
            "run": cause.run,
        }
        self._call["kind"] = "picture" if isinstance(cause, Frame) else "sound"
        with self._changed:
            self._is_in_call = True
        return values

    def call_has(self, meta: FrameMeta | SoundMeta) -> None:
        """The call gets this as `meta`."""
        self._call["meta"] = [type(meta).__name__, freeze(vars(meta))]

    def call_gave(self, value: Any) -> None:
        """The function returned or yielded this."""
        self._call["results"].append(freeze(value))

    def call_ended(self, error: BaseException | None, *, is_series: bool) -> None:
        """The call is over."""
        call, self._call = self._call, {}
        call["is_series"] = is_series
        # What a State holds at the next call, unless it is set from outside.
        self._states.update(enumerate(state.value for state in self._subject.states))
        call["took_s"] = self._clock.now_s() - self._began_s - call["began_s"]
        if error is not None:
            call["error"] = {"type": type(error).__name__, "text": page_text(str(error), 500)}
        name = f"calls/{self._next():08}.json"
        size = sum(size_of(one) for one in (*call["inputs"], *call["results"]))
        self._put(_Job(size, lambda: call_members(name, call)))
        with self._changed:
            self._call_count += 1
            self._is_in_call = False
            self._changed.notify_all()

    def stream_closed(self) -> None:
        """End with what was recorded; does not wait for the disk."""
        self._end("The stream was closed.")

    # --- inside ------------------------------------------------------------------------------

    def _join(self) -> None:
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _next(self) -> int:
        with self._changed:
            self._number += 1
            return self._number

    def _picture(self, picture: Picture) -> dict[str, Any]:
        with self._changed:
            known = self._frames.get(id(picture.data))
        file = known[1] if known is not None else self._keep_picture(picture.data, {})
        return {"$picture": {"file": file, "color": picture.color, "reduce_by": picture.reduce_by}}

    def _keep_picture(self, data: bytes, told: Mapping[str, Any]) -> str:
        file = f"frames/{self._next():08}.jpg"
        with self._changed:
            # The bytes are kept as well, or another picture could have their id.
            self._frames[id(data)] = data, file
            while len(self._frames) > KNOWN_PICTURES:
                del self._frames[next(iter(self._frames))]
        about = f"{file[:-4]}.json", json.dumps(told).encode()
        self._put(_Job(len(data), lambda: [(file, data), about]))
        return file

    def _state(self, number: int, value: Any) -> dict[str, Any]:
        is_new = number not in self._states or self._states[number] is not value
        self._states[number] = value
        return {"$state": number, **({"value": freeze(value)} if is_new else {})}

    def _put_json(self, name: str, told: Any) -> None:
        self._put(_Job(0, lambda: [(name, json.dumps(told).encode())]))

    def _put(self, job: _Job) -> None:
        if not self._backlog.put(job, job.size):
            text = f"The disk is too slow: {MAX_WAITING_BYTES >> 20} MB or {MAX_WAITING_S:g} s waited for it."
            self._end(text, failed=True)

    def _end(self, why: str, *, failed: bool = False, drop: bool = False) -> None:
        if self._backlog.end(why, failed=failed, drop=drop):
            if failed:
                logger.warning("[nbstream] %s ended early: %s", self._name, why)
            self._on_ended(self)

    def _write_on(self) -> None:
        try:
            while (job := self._backlog.next()) is not None:
                self._write(job)
            self._file.write(END)
            self._close_file()
        except Exception as error:
            with contextlib.suppress(OSError):
                self._close_file()
            self._end(f"It could not be written: {error}.", failed=True, drop=True)

    def _close_file(self) -> None:
        if isinstance(self._file, io.BytesIO):
            self._in_memory = self._file.getvalue()
        self._file.close()

    def _write(self, job: _Job) -> None:
        data = b"".join(member_bytes(name, data) for name, data in job.write())
        is_late = self._clock.now_s() - self._began_s > self._max_s
        if is_late or self._size_bytes + len(data) + len(END) > self._max_bytes:
            limit = f"{self._max_s:g} s" if is_late else f"{self._max_bytes} bytes"
            self._end(f"It reached its limit of {limit}.", drop=True)
            return
        self._file.write(data)
        self._file.flush()
        with self._changed:
            self._size_bytes += len(data)


_TIMES = ("run", "seq", "captured_at_ms", "sent_at_ms")
_OF_SOUND = ("first_sample", "sample_rate", "sample_count", "gap_s", "final")
