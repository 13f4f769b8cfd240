"""`run_stream`: a function called as a stream calls it, picture by picture, on a clock that nobody waits for."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple

import nbstream as nbs
from nbstream.runs.plan import InputPort
from nbstream.runs.stats import StatsContent
from nbstream.sounds.chunk import Captured
from nbstream.streams.ports import as_list

from .fake_microphone import FakeMicrophone, Samples
from .fake_page import FakePage
from .mock_comm import MockKernel
from .pictures import Pictures, pictures_of
from .waiting import happened, wait_for


class CallTiming(NamedTuple):
    """One call: when it began, in seconds of the injected clock since the first, and how long it took in real ones."""

    at_s: float
    took_s: float


class StreamRun(NamedTuple):
    """What came of a run.

    Attributes
    ----------
    results
        What the function returned, call by call; of a generator the list of what it yielded. A call that failed has
        none.
    errors
        What it raised.
    timings
        Of each call.
    status
        Of the stream before it was stopped: "live", unless a limit or errors have ended it.
    stats
        The stream's own counters.
    """

    results: list[Any]
    errors: list[BaseException]
    timings: list[CallTiming]
    status: str
    stats: StatsContent


def run_stream(
    kernel: MockKernel,
    fn: Callable[..., Any],
    frames: int = 30,
    every: float = 0.1,
    *,
    inputs: Any = None,
    outputs: Any = None,
    pictures: Pictures = "numbered",
    sounds: Iterable[Samples] | None = None,
    call_within_s: float = 60.0,
    **options: Any,
) -> StreamRun:
    """Stream through `fn` without a browser, one call after the other.

    Parameters
    ----------
    kernel
        What `mock_kernel` gave.
    frames
        How many pictures or pieces of sound at most.
    every
        Seconds between them on the kernel's clock; none of them is waited for.
    inputs
        What `fn` gets after the picture: widgets, `(widget, "trait")`, `State`; `None` = nothing.
    outputs
        Where results go as well; `None` = nowhere else.
    pictures
        As for `pictures_of`.
    sounds
        In place of pictures: int16 or float32 arrays of shape (n,) or (n, channels), at 8000 Hz.
    call_within_s
        Real seconds that a call may take.
    options
        Of `Webcam.stream` or `Microphone.stream`, such as `time_limit=2`.

    Raises
    ------
    TimeoutError
        If a call has not returned after `call_within_s`.
    """
    source: Any = nbs.Webcam() if sounds is None else nbs.Microphone(max_backlog_s=3600.0)
    options = {"stream_every": every if sounds is None else 0.0, **options}
    binding = source.stream(fn, inputs=[source, *as_list(inputs)], outputs=outputs, **options)
    calls = _Calls(kernel)
    binding.watch(calls)
    page, send = _gone_live(kernel, source, is_sound=sounds is not None)
    given = pictures_of(pictures) if sounds is None else iter(sounds)
    for count, one in enumerate(itertools.islice(given, frames), 1):
        send(one)
        end = f"the end of call {count} of {binding.plan.fn_name}"
        wait_for(partial(calls.have_ended, count, binding), call_within_s, end)
        if binding.status != "live":
            break
        page.pass_time(every)
    status = binding.status
    binding.close()
    return StreamRun(calls.results, calls.errors, calls.timings, status, binding.stats)


def _gone_live(
    kernel: MockKernel, source: Any, *, is_sound: bool
) -> tuple[FakePage, Callable[[Any], int]]:
    """A page on which Start was pressed, and how it sends one picture or piece of sound."""
    page: FakePage
    if is_sound:
        page = microphone = FakeMicrophone(kernel, source)
        send: Callable[[Any], int] = microphone.speak
    else:
        page = FakePage(kernel, source)
        send = page.send_frame
    page.start()
    page.wait_for_status("live")
    return page, send


class _Calls:
    """Hears of each call; in its thread. `happened` guards the count of those that ended."""

    def __init__(self, kernel: MockKernel) -> None:
        self._clock = kernel.clock
        self._began_at_s: float | None = None
        self._at_s = self._began_s = 0.0
        self._given: list[Any] = []
        self.ended_count = 0
        self.results: list[Any] = []
        self.errors: list[BaseException] = []
        self.timings: list[CallTiming] = []

    def have_ended(self, count: int, binding: nbs.StreamBinding) -> bool:
        """Whether so many calls have ended, or no more will."""
        return self.ended_count >= count or binding.status != "live"

    def came(self, captured: Captured) -> None: ...

    def call_begins(self, cause: Captured, ports: Sequence[InputPort]) -> list[Any]:
        values = [port.read(cause) for port in ports]
        now_s = self._clock.now_s()
        self._began_at_s = now_s if self._began_at_s is None else self._began_at_s
        self._at_s, self._given = now_s - self._began_at_s, []
        self._began_s = time.perf_counter()
        return values

    def call_has(self, meta: Any) -> None: ...

    def call_gave(self, value: Any) -> None:
        self._given.append(value)

    def call_ended(self, error: BaseException | None, *, is_series: bool) -> None:
        self.timings.append(CallTiming(self._at_s, time.perf_counter() - self._began_s))
        if error is not None:
            self.errors.append(error)
        else:
            self.results.append(self._given if is_series else self._given[0])
        with happened:
            self.ended_count += 1
            happened.notify_all()

    def stream_closed(self) -> None: ...
