"""`Replay`: a recording as a source of streams, with no page: the function gets the same calls in the same order."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..errors import RecordingError
from ..kernel.clock import current_clock
from ..pictures.encoding import Picture
from ..recordings.recording import Recording
from ..recordings.values import Unrecorded
from ..runs.options import StreamOptions, completed, with_options
from ..runs.plan import InputPort
from ..sounds.chunk import Captured
from ..streams.binding import StreamBinding
from ..streams.making import bind, make_plan
from .fed.pump import Speed, checked_speed, checked_steps
from .fed.replay_session import ReplaySession

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
        1.0 = as recorded in time, 2.0 = twice as fast; `None` = as fast as it goes; "step" = one call with each
        `step()`. May be set at any time.

    Raises
    ------
    RecordingError
        If the file is no recording, is damaged or newer.
    ValueError
        If `speed` is not above 0.
    """

    def __init__(self, path: str | os.PathLike[str], speed: Speed = 1.0) -> None:
        speed = checked_speed(speed)
        self.recording = Recording(path)
        self._clock = current_clock()
        self._session = ReplaySession(self, self.recording, speed, self._clock)

    @property
    def speed(self) -> Speed:
        """How its calls are timed."""
        return self._session.speed

    @speed.setter
    def speed(self, speed: Speed) -> None:
        self._session.speed = checked_speed(speed)

    def seek(self, index: int) -> None:
        """Go on with the recorded call of that number, from 0; while nothing runs, the next start begins there.

        Raises
        ------
        ValueError
            If there is no such call.
        """
        if not 0 <= index < len(self.recording):
            raise ValueError(
                f"seek() was given {index!r:.80}; expected a call from 0 to {len(self.recording) - 1}."
            )
        self._session.seek(index)

    def step(self, count: int = 1) -> None:
        """Make so many more calls in live streams, at speed "step"; returns at once.

        Raises
        ------
        ValueError
            If `count` is not 1 or more.
        """
        count = checked_steps(count)
        if (pump := self._session.pump) is not None:
            pump.step(count)

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
