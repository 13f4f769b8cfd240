"""`Replay`: a recording as a source of streams, with no page: the function gets the same calls in the same order."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import RecordingError
from ..kernel.clock import Clock, current_clock
from ..pictures.encoding import Picture
from ..pictures.frame import Frame
from ..recordings.recording import RecordedCall, Recording
from ..recordings.values import Unrecorded
from ..runs.options import StreamOptions, completed, with_options
from ..runs.plan import InputPort
from ..sounds.chunk import Captured
from ..streams.binding import StreamBinding
from ..streams.making import bind, make_plan
from .fed.giving import GivesPictures
from .fed.pump import Pump, Speed

if TYPE_CHECKING:
    from typing_extensions import Unpack


class Replay:
    """A recording that streams: `nbs.Replay("lesson.nbs").stream(fn, outputs=view).start()`.

    Each recorded call is made again, the next one when the one before has ended; at the end the stream stops. It can be
    paused, and Start begins anew. No page is needed, and `metadata` tells of pictures only.

    Parameters
    ----------
    path
        What `binding.record` has written.
    speed
        1.0 = as recorded in time, 2.0 = twice as fast; `None` = as fast as it goes.

    Raises
    ------
    RecordingError
        If the file is no recording, is damaged or newer.
    ValueError
        If `speed` is not above 0.
    """

    def __init__(self, path: str | os.PathLike[str], speed: float | None = 1.0) -> None:
        if speed is not None and not speed > 0:
            raise ValueError(
                f"speed is {speed!r:.80}; expected a number above 0, or None for as fast as it goes."
            )
        self.recording = Recording(path)
        self._clock = current_clock()
        self._session = ReplaySession(self, self.recording, speed, self._clock)

    @with_options(StreamOptions, stream_every=0.0)
    def stream(
        self,
        fn: Callable[..., Any],
        inputs: Any = None,
        outputs: Any = None,
        **options: Unpack[StreamOptions],
    ) -> StreamBinding:
        """Call `fn` with what was recorded; show what it returns.

        Parameters
        ----------
        fn
            Plain, async or generator function.
        inputs
            As for `Webcam.stream`; this replay stands for the recorded stream's first input, `input(n)` for its others.
            `None` = all of them.
        outputs
            What the function's results go to. `None` = results are ignored.
        {options}

        Returns
        -------
        binding
            The stream, idle until `start()`.

        Raises
        ------
        TypeError
            If the function cannot take the inputs, or an input or output is no port.
        ValueError
            If a number is out of range, or a `State` was recorded and `inputs` does not say which is in its place.
        """
        asked = completed(options, StreamOptions, stream_every=0.0)
        if asked["add"]:
            raise ValueError("add is True; a Replay has one stream at a time, expected False.")
        ports = self._all_inputs() if inputs is None else inputs
        plan = make_plan(
            [self], fn, ports, outputs, asked, pictures_every_s=asked["stream_every"] or 0.0
        )
        return bind([self], plan, self._clock, replace=True)

    def input(self, number: int) -> ReplayInput:
        """What the recorded stream's input `number`, from 0, was at each call."""
        return ReplayInput(self._session, number)

    def close(self) -> None:
        """Close its stream."""
        for binding in self._session.bindings:
            binding.close()

    def nbstream_session(self) -> ReplaySession:
        return self._session

    def nbstream_input(self) -> InputPort:
        """How a stream reads this: the recorded stream's first input."""
        return self.input(0).nbstream_input()

    def _all_inputs(self) -> list[ReplayInput]:
        if any(one.state is not None for one in self.recording.inputs):
            raise ValueError(
                f"{self.recording.path} is of a stream with a State; say what is in its place, such as "
                "inputs=[replay, nbs.State(0)], outputs=[view, that State]. nbs.replay(path, fn) needs none."
            )
        return [self.input(number) for number in range(len(self.recording.inputs))]


class ReplayInput:
    """One recorded input, as an input of a stream."""

    def __init__(self, session: ReplaySession, number: int) -> None:
        if not 0 <= number < len(session.recording.inputs):
            raise ValueError(
                f"input({number!r:.40}): the recorded stream has {len(session.recording.inputs)} inputs, from 0."
            )
        if session.recording.inputs[number].state is not None:
            raise ValueError(
                f"input({number}) was a State, which goes on with what the function returns; give an nbs.State."
            )
        self._session = session
        self._number = number

    def nbstream_input(self) -> InputPort:
        """How a stream reads this."""
        recording = self._session.recording
        calls = recording.calls
        is_picture = any(recording.picture(one, self._number) is not None for one in calls[:1])
        return (_PicturePort if is_picture else _ValuePort)(self._session, self._number)


class _ValuePort:
    def __init__(self, session: ReplaySession, number: int) -> None:
        self._session = session
        self._number = number
        self.name = session.recording.inputs[number].name

    def attach(self) -> None: ...

    def detach(self) -> None: ...

    def read(self, frame: Captured) -> Any:
        value = self._session.recording.value(self._session.call_of(frame), self._number)
        if isinstance(value, Unrecorded):
            raise RecordingError(
                f"the recording has no value of {self.name}: it was a {value.type_name}."
            )
        return value


class _PicturePort(_ValuePort):
    def read_encoded(self, frame: Captured) -> Picture | None:
        return self._session.recording.picture(self._session.call_of(frame), self._number)

    def read(self, frame: Captured) -> Any:
        picture = self.read_encoded(frame)
        return None if picture is None else picture.decode()


class _Due(NamedTuple):
    """A recorded call, and when it began."""

    at_s: float
    call: RecordedCall
    is_jump: bool = False


class _Calls:
    """The calls of a recording, as a feed; see `Feed`."""

    is_live = False

    def __init__(self, recording: Recording) -> None:
        self._calls = recording.calls
        self._index = 0

    def open(self) -> None:
        self._index = 0

    def read(self) -> _Due | None:
        if self._index >= len(self._calls):
            return None
        call = self._calls[self._index]
        self._index += 1
        return _Due(call.began_s, call)

    def close(self) -> None: ...


class ReplaySession(GivesPictures[_Due]):
    """Gives the calls to one stream, in order. `_lock` guards the fields."""

    def __init__(
        self, source: object, recording: Recording, speed: float | None, clock: Clock
    ) -> None:
        super().__init__()
        self.recording = recording
        self._source = source
        self._speed = speed
        self._clock = clock
        self._lock = threading.RLock()
        self._bindings: list[StreamBinding] = []
        self._run = 0
        self._pump: Pump[_Due] | None = None

    def call_of(self, frame: Captured) -> RecordedCall:
        """The recorded call that a frame stands for."""
        return self.recording.calls[frame.seq - 1]

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
                self._pump = Pump(_Calls(self.recording), self, self._clock, "replay", None)
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

    def ended(self, pump: Pump[_Due], error: Exception | None) -> None:
        """Stop the stream after the last call, or where the file cannot be read any more."""
        if self.pump is not pump:
            return
        for binding in self.bindings:
            if error is None:
                binding.stop()
            else:
                binding.life.end("camera_failed", error=error)

    def give(self, number: int, item: _Due) -> None:
        self._offer(self._frame(item.call), item)

    # --- inside ------------------------------------------------------------------------------

    def _counts(self, frame: Frame) -> bool:
        return frame.run == self._run

    def _frame(self, call: RecordedCall) -> Frame:
        width_px, height_px = 0, 0
        picture = self.recording.picture(call, 0) if self.recording.inputs else None
        if picture is not None:
            width_px, height_px = picture.size_px
        data = b"" if picture is None else picture.data
        now_s = self._clock.now_s()
        frame = Frame(self._source, self._run, call.number, data, width_px, height_px, None, now_s)
        return frame._replace(is_kept=True)
