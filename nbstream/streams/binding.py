"""`StreamBinding`: the public face of one stream, whose life is in `life`.

Its traits are set by `Telling`, and their observers run in a thread of their own.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol

import traitlets as t

from ..calls.tracebacks import ErrorReport
from ..kernel.clock import Clock
from ..kernel.functions import told
from ..kernel.news import News, tell_observers
from ..kernel.print_tap import catch_prints
from ..kernel.prints import FunctionPrints
from ..pages.notices import Notices
from ..protocol.from_page import MAX_LOG_LINE_CHARS, MAX_LOG_LINES, Status
from ..runs.kinds.call_loop import call_thread
from ..runs.plan import CallWatcher, StreamPlan, Trigger
from ..runs.stats import Stats, StatsContent
from .captures import AnyCapture, Captures
from .intake import Intake
from .life import Life
from .lifecycle import status_of
from .stepping import Freeze
from .telling import Telling

if TYPE_CHECKING:
    from ..recordings.recorder import Recorder


class Capture(AnyCapture, Protocol):
    """A source, as its streams are made and closed."""

    @property
    def bindings(self) -> list[StreamBinding]:
        """The streams of the source, oldest first (a copy)."""

    def check_open(self) -> None:
        """Raise RuntimeError if the source is closed."""

    def take_on(self, binding: StreamBinding, old: Sequence[StreamBinding]) -> bool:
        """Take a stream on; True when it shall start: the camera is on, or one that it replaces was not idle."""

    def show_results_of(self, binding: StreamBinding) -> None:
        """A stream of other sources shows its results here."""

    def binding_closed(self, binding: StreamBinding) -> None:
        """A stream has ended for good."""


class StreamBinding(t.HasTraits):
    """A source, a function, inputs and outputs, tied together; made by `source.stream(...)`.

    Use it as a context manager to close it at the end of a block. All methods may be called from any thread, at any
    time, in any state, and return at once.
    """

    status = t.Enum(
        ("idle", "asking", "waiting", "live", "paused", "failed"), "idle", read_only=True
    )
    """What the stream does now."""

    remaining_s = t.Float(None, allow_none=True, read_only=True)
    """Seconds left of the time limit, told about once a second; `None` without a limit."""

    queue_position = t.Int(None, allow_none=True, read_only=True)
    """How many wait before this stream; `None` when it does not wait."""

    queue_wait_s = t.Float(None, allow_none=True, read_only=True)
    """About how many seconds until it is live, by the time limits of those before it, told about once a second; `None`
    when it does not wait, or when one of them has no limit.
    """

    error = t.Instance(ErrorReport, allow_none=True, read_only=True)
    """The newest error of the function (or why the camera failed, with `status` "failed"); `None` since
    the last start.
    """

    def __init__(self, captures: Mapping[object, Capture], plan: StreamPlan, clock: Clock) -> None:
        super().__init__()
        self._news = News(plan.fn_name)
        self.plan = plan
        self.__wrapped__ = plan.fn
        self.__name__ = plan.fn_name
        self.__doc__ = told(plan.fn, "__doc__")
        self._sources = list(captures)
        self._captures = list(captures.values())
        self._clock = clock
        self._stats = Stats()
        self.log = FunctionPrints(plan.fn_name, MAX_LOG_LINES, MAX_LOG_LINE_CHARS)
        context = plan.context.copy()
        context.run(catch_prints, self.log.write)
        self.notices = Notices(clock, lambda: self.life.changed(soon=True))
        context.run(self.notices.follow)
        # A warm-up tells as the function does.
        self.plan = plan = plan._replace(context=context)
        self._thread = call_thread(f"nbstream-{plan.fn_name}", context)
        self.life = Life(
            plan, Captures(captures), clock, self._stats, self.log, self._thread, self._publish
        )
        self.intake = Intake(self.life, self._stats)
        self._telling = Telling(self, self.life)
        self._unwatch = self._watch(plan.triggers, self.call_now)
        self._freeze = Freeze(self.life, self.call_now)
        self._publish()

    def start(self) -> None:
        """Ask for the camera and a slot, with a full clock; a paused stream resumes, a running one goes on.

        Raises
        ------
        RuntimeError
            If the binding was closed.
        """
        self.life.start()

    def stop(self) -> None:
        """End the stream; the camera goes off with the source's last stream.

        What a running call still returns is dropped. Of a stream that hears sound it is shown, and one more call gets
        the sound that is left.
        """
        self.life.end("stop")

    def pause(self) -> None:
        """Keep camera and preview on, freeze the clock, and give the slot back as soon as no call runs."""
        self.life.end("pause")

    def freeze(self) -> None:
        """Pause, and hold the newest picture: a change of any input calls the function with it, until it resumes."""
        self.pause()
        if self._freeze.begin():
            watched = [port for port in self.plan.inputs if isinstance(port, Trigger)]
            self._unwatch += self._watch(watched, self._freeze.changed)

    @property
    def is_frozen(self) -> bool:
        """Whether it is paused by `freeze`."""
        return self._freeze.is_on

    def resume(self) -> None:
        """Queue at the end again, with the time that was left; nothing happens unless paused."""
        self.life.resume()

    def close(self) -> None:
        """Stop for good, and leave source and gate."""
        if self.life.end("close"):
            for capture in self._captures:
                capture.binding_closed(self)
            self._thread.close()
            for unwatch in self._unwatch:
                unwatch()
            if (watcher := self.life.watcher) is not None:
                watcher.stream_closed()

    def step(self) -> Any:
        """Call the function once with the newest picture or piece of sound, in the thread that calls this.

        So `breakpoint()` in the function and `%debug` after it work. A live stream is paused first, and its running
        call waited for; Resume goes on. The result is shown as ever. A call needs neither slot nor time limit.

        Returns
        -------
        result
            What the function returned, awaited if need be; of a generator the list of what it yielded.

        Raises
        ------
        RuntimeError
            If nothing has come yet, the stream is closed, the function itself calls this, or its running call does not
            return within 10 s.
        Exception
            What the function raises.
        """
        if self.life.state == "closed":
            raise RuntimeError("This stream is closed; call source.stream(...) to make another.")
        from .stepping import check_outside_call, step

        check_outside_call(self.plan, self._thread)
        self.pause()
        sound = self.life.sound
        index = 0 if sound is None else sound.index
        return step(self.plan, self.life.newest_captured(), self._thread, index)

    def record(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        max_bytes: int = 1 << 30,
        max_s: float = 3600.0,
        overwrite: bool = False,
    ) -> Recorder:
        """Record from now on what the function is called with and what it makes of it, for `nbs.Replay`.

        Pictures and sound as they came, their times, the values of all inputs, results or their digests, errors, and
        the versions of packages. Start and stop the stream as ever; what a killed kernel has recorded can be read.

        Parameters
        ----------
        path
            The file, as a rule `*.nbs`; it must not be there yet. `None` = nothing is written, and the recorder's
            `clip` has it.
        max_bytes, max_s
            Size and seconds at which the recording ends by itself; without a path at 256 MiB at most.
        overwrite
            Whether a file that is there is replaced.

        Returns
        -------
        recorder
            A context manager; at its end, or with `close()`, the recording ends.

        Raises
        ------
        FileExistsError
            If there is such a file; any other OSError where it cannot be made.
        ValueError
            If `max_bytes` or `max_s` is no number above 0.
        RuntimeError
            If the stream is being recorded, is closed, or has an `executor`.
        """
        from ..recordings.recorder import Recorder
        from ..recordings.subject import subject_of

        subject = subject_of(self.plan, self._sources)
        with self.life.lock:
            self._check_unwatched()
            recorder = Recorder(
                None if path is None else Path(path),
                subject,
                self._clock,
                max_bytes=max_bytes,
                max_s=max_s,
                overwrite=overwrite,
                on_ended=self.watched_enough,
            )
            self.life.watcher = recorder
        return recorder

    def watch(self, watcher: CallWatcher) -> None:
        """Have somebody told of each call from now on; raises RuntimeError where somebody is, or if closed."""
        with self.life.lock:
            self._check_unwatched()
            self.life.watcher = watcher

    def watched_enough(self, watcher: CallWatcher) -> None:
        """Tell that one no more; harmless when it is not told."""
        with self.life.lock:
            if self.life.watcher is watcher:
                self.life.watcher = None

    def call_now(self) -> None:
        """Have the function called once more with the newest picture, live or paused; returns at once.

        Its result and its errors are shown as ever. Of several that come while a call runs there is
        one. Before the first picture, and in a stream that was stopped, nothing happens.
        """
        self._news.tell("call_now", self._call_again, newest_only=True)

    def _call_again(self) -> None:
        if (
            self.intake.call_again()
            or self.life.state != "paused"
            or not self.life.newest_captured()
        ):
            return
        from .stepping import step

        try:
            step(self.plan, self.life.newest_captured(), self._thread, 0)
        except BaseException as error:
            self.life.call_failed(error)

    @staticmethod
    def _watch(controls: Sequence[Trigger], call: Callable[[], None]) -> list[Callable[[], None]]:
        # A control that outlives the stream keeps it from nothing.
        reference = weakref.WeakMethod(call)

        def changed() -> None:
            if (method := reference()) is not None:
                method()

        return [control.watch(changed) for control in controls]

    def __enter__(self) -> StreamBinding:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def stats(self) -> StatsContent:
        """How the stream is doing: frames per second, counters, milliseconds of each leg."""
        return self._stats.content(self._clock.now_s())

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function itself: what `@webcam.stream(...)` decorates stays a function that can be tested."""
        return self.plan.fn(*args, **kwargs)

    def __repr__(self) -> str:
        return f"StreamBinding({self.plan.fn_name}, status={self.current_status!r})"

    @property
    def current_status(self) -> Status:
        """The status, before the trait has caught up with it."""
        return status_of(self.life.state)

    def notify_change(self, change: Any) -> None:
        """Tell the observers of a trait, in a thread of this stream's: a slow one holds up nothing else."""
        tell_observers(self._news, self, change)

    def _publish(self) -> None:
        self._telling.publish()

    def _check_unwatched(self) -> None:
        if self.life.state == "closed":
            raise RuntimeError("This stream is closed; call source.stream(...) to make another.")
        if self.life.watcher is not None:
            raise RuntimeError(f"{self!r} is being recorded already; end that with its close().")
