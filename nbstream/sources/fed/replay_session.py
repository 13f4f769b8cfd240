"""The calls of a recording, given to a stream as captures are."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from ...kernel.clock import Clock
from ...pictures.frame import Frame
from ...recordings.recording import RecordedCall, Recording
from ...sounds.chunk import Captured
from .giving import GivesPictures
from .pump import Pump, Speed

if TYPE_CHECKING:
    from ...streams.binding import StreamBinding

# Those that wait, are in a call, or may be stepped with.
KEPT_CALLS = 64


class _Due(NamedTuple):
    """A recorded call, and when it began."""

    at_s: float
    call: RecordedCall
    is_jump: bool = False


class _Calls:
    """The calls of a recording from one on, as a feed; see `Feed`."""

    is_live = False

    def __init__(self, recording: Recording, begin: int) -> None:
        self._calls = recording.calls
        self._index = begin
        self._is_jump = False

    def open(self) -> None: ...

    def seek(self, index: int) -> None:
        self._index, self._is_jump = index, True

    def read(self) -> _Due | None:
        if self._index >= len(self._calls):
            return None
        call = self._calls[self._index]
        self._index += 1
        is_jump, self._is_jump = self._is_jump, False
        return _Due(call.began_s, call, is_jump)

    def close(self) -> None: ...


class ReplaySession(GivesPictures[_Due]):
    """Gives the calls to one stream, in order. `_lock` guards the fields."""

    def __init__(self, source: object, recording: Recording, speed: Speed, clock: Clock) -> None:
        super().__init__()
        self.recording = recording
        self._source = source
        self._speed: Speed = speed
        self._clock = clock
        self._lock = threading.RLock()
        self._bindings: list[StreamBinding] = []
        self._run = 0
        self._begin = 0
        self._calls: dict[int, RecordedCall] = {}
        """By number of the frame: the newest ones."""
        self.position_changed: Callable[[int], None] = lambda _index: None
        """Told of each call that is made, from 0; in the thread that reads."""
        self._pump: Pump[_Due] | None = None

    def call_of(self, frame: Captured) -> RecordedCall:
        """The recorded call that a frame stands for."""
        with self._lock:
            return self._calls[frame.seq]

    # --- for streams -------------------------------------------------------------------------

    @property
    def bindings(self) -> list[StreamBinding]:
        with self._lock:
            return list(self._bindings)

    def check_open(self) -> None: ...

    def take_on(self, binding: StreamBinding, old: Any) -> bool:
        with self._lock:
            self._bindings.append(binding)
        return any(one.current_status in ("waiting", "live") for one in old)

    def show_results_of(self, binding: StreamBinding) -> None: ...

    def binding_closed(self, binding: StreamBinding) -> None:
        with self._lock:
            self._bindings.remove(binding)
        self.refresh()

    def refresh(self, *, soon: bool = False) -> None:
        """Let streams that ask begin, and read as long as one of them is not at its end."""
        del soon
        with self._lock:
            wanted = any(one.life.needs_camera for one in self._bindings)
            if wanted and self._pump is None:
                self._run += 1
                self._given.forget()
                feed = _Calls(self.recording, self._begin)
                self._begin = 0
                self._pump = Pump(feed, self, self._clock, "replay", None)
                self._pump.start()
            pump = self._pump
            if not wanted:
                self._pump = None
        if pump is not None and not wanted:
            pump.stop()
        for binding in self.bindings:
            if binding.current_status == "asking":
                binding.life.camera_on(self)
        self._look_again()

    # --- for the pump ------------------------------------------------------------------------

    @property
    def speed(self) -> Speed:
        return self._speed

    @speed.setter
    def speed(self, speed: Speed) -> None:
        self._speed = speed
        self._look_again()

    def seek(self, index: int) -> None:
        """Go on with that call, from 0; while nothing runs, the next start begins there."""
        with self._lock:
            pump = self._pump
            if pump is None:
                self._begin = index
        if pump is not None:
            pump.move(lambda feed: feed.seek(index))

    @property
    def pump(self) -> Pump[_Due] | None:
        with self._lock:
            return self._pump

    def wants(self) -> bool:
        return bool(self._live())

    def has_room(self) -> bool:
        return self._have_room()

    def is_done(self) -> bool:
        return self._all_done()

    def opened(self, pump: Pump[_Due]) -> None: ...

    def ended(self, pump: Pump[_Due], error: BaseException | None) -> None:
        """Stop the stream after the last call, or where the file cannot be read any more."""
        if self.pump is not pump:
            return
        for binding in self.bindings:
            if error is None:
                binding.stop()
            else:
                binding.life.end("camera_failed", error=error)

    def give(self, number: int, item: _Due) -> None:
        with self._lock:
            self._calls[number] = item.call
            while len(self._calls) > KEPT_CALLS:
                del self._calls[next(iter(self._calls))]
        self.position_changed(item.call.number - 1)
        self._offer(self._frame(number, item.call), item)

    # --- inside ------------------------------------------------------------------------------

    def _counts(self, frame: Frame) -> bool:
        return frame.run == self._run

    def _frame(self, number: int, call: RecordedCall) -> Frame:
        width_px, height_px = 0, 0
        picture = self.recording.picture(call, 0) if self.recording.inputs else None
        if picture is not None:
            width_px, height_px = picture.size_px
        data = b"" if picture is None else picture.data
        now_s = self._clock.now_s()
        frame = Frame(self._source, self._run, number, data, width_px, height_px, None, now_s)
        return frame._replace(is_kept=True)
