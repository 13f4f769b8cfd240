"""What is closed is forgotten: widgets, streams, functions and results, of every kind."""

from __future__ import annotations

import gc
import weakref
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import ipywidgets
import numpy as np
import pytest

import nbstream as nbs
from nbstream.kernel.clock import SystemClock
from nbstream.testing import FakeMicrophone, FakePage, FakeSpeaker, MockKernel, wait_for

from .conftest import stream_threads
from .streaming import Holdup, Stream, grey, level_of
from .test_utterances import SILENCE, LoudOrNot, said


class Watched:
    """Says of objects whether they are still in memory."""

    def __init__(self) -> None:
        self._references: dict[str, weakref.ref[Any]] = {}

    def add(self, name: str, thing: Any) -> Any:
        """Watch an object; returns it."""
        self._references[name] = weakref.ref(thing)
        return thing

    def kept(self) -> list[str]:
        """The names of those that are still there."""
        gc.collect()
        return [name for name, reference in self._references.items() if reference() is not None]


class Function:
    """A function as users have them: an object that holds much."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call
        self.weights = np.zeros(1000)

    def __call__(self, *values: Any) -> Any:
        return self._call(*values)


def show(frame: Any) -> Any:
    return frame


def yield_twice(frame: Any) -> Any:
    yield frame
    yield frame


async def await_it(frame: Any) -> Any:
    return frame


async def yield_it(frame: Any) -> Any:
    yield frame


def fail(frame: Any) -> Any:
    raise ValueError(f"of {frame.shape}")


def draw(frame: Any) -> Any:
    return [(1, 1, 20, 20, "box", 0.9)]


Scene = Callable[[MockKernel, Watched], None]


def watch_stream(watched: Watched, binding: Any, *widgets: Any) -> None:
    watched.add("binding", binding)
    watched.add("function", binding.plan.fn)
    for widget in widgets:
        watched.add(type(widget).__name__, widget)


def camera(fn: Callable[..., Any], *, wait: bool = True, **options: Any) -> Scene:
    """A camera that streams through `fn` into a view: live, one picture, Stop, all closed."""

    def scene(kernel: MockKernel, watched: Watched) -> None:
        stream = Stream(kernel, Function(fn), **options).go_live()
        watch_stream(watched, stream.binding, stream.webcam, stream.view)
        stream.page.send_frame(grey(100))
        if wait:
            stream.page.wait_for_result(stream.view)
        else:
            wait_for(lambda: stream.binding.error)
        stream.page.stop()
        close(stream.webcam, stream.view)

    return scene


def live(fn: Callable[..., Any]) -> Scene:
    """The same, closed while it is live."""

    def scene(kernel: MockKernel, watched: Watched) -> None:
        stream = Stream(kernel, Function(fn)).go_live()
        watch_stream(watched, stream.binding, stream.webcam, stream.view)
        stream.one_result()
        close(stream.webcam, stream.view)

    return scene


def close(*widgets: Any) -> None:
    for widget in widgets:
        widget.close()
        if hasattr(widget, "style"):
            close(widget.layout, widget.style)  # ipywidgets leave the parts of theirs open


def a_camera_alone(kernel: MockKernel, watched: Watched) -> None:
    webcam = watched.add("Webcam", nbs.Webcam())
    page = FakePage(kernel, webcam)
    page.start()
    page.send_frame(grey(100))
    close(webcam)


def a_picture_by_hand(kernel: MockKernel, watched: Watched) -> None:
    view = watched.add("ImageView", nbs.ImageView(grey(100)))
    close(view)


def with_an_executor(kernel: MockKernel, watched: Watched) -> None:
    with ThreadPoolExecutor(2) as pool:
        camera(show, executor=pool, max_parallel=2)(kernel, watched)


def with_pools_of_its_own(kernel: MockKernel, watched: Watched) -> None:
    camera(show, executor=lambda: ThreadPoolExecutor(2), max_parallel=2)(kernel, watched)


def with_a_warm_up(kernel: MockKernel, watched: Watched) -> None:
    warm_up = watched.add("warm_up", Function(lambda: None))
    camera(show, warm_up=warm_up)(kernel, watched)


def in_a_queue(kernel: MockKernel, watched: Watched) -> None:
    first, second = (
        Stream(kernel, Function(show), concurrency_id="room", concurrency_limit=1) for _ in range(2)
    )
    first.go_live()
    second.page.start()
    second.page.wait_for_status("waiting")
    for stream in (second, first):
        watch_stream(watched, stream.binding, stream.webcam, stream.view)
        close(stream.webcam, stream.view)


def while_a_call_runs(kernel: MockKernel, watched: Watched) -> None:
    holdup = watched.add("holdup", Holdup())
    stream = Stream(kernel, Function(holdup)).go_live()
    watch_stream(watched, stream.binding, stream.webcam, stream.view)
    stream.page.send_frame()
    holdup.wait_until_entered()
    close(stream.webcam, stream.view)
    holdup.release()


def with_many_ports(kernel: MockKernel, watched: Watched) -> None:
    webcam, slider, label = nbs.Webcam(), ipywidgets.IntSlider(), ipywidgets.Label()
    state = nbs.State(np.zeros(1000))
    binding = webcam.stream(
        Function(lambda frame, value, held: (str(value), held)),
        inputs=[nbs.Reduced(webcam, 2), (slider, "value"), state],
        outputs=[label, state],
    )
    watch_stream(watched, binding, webcam, slider, label, state)
    page = FakePage(kernel, webcam)
    page.start()
    page.send_frame(grey(100))
    wait_for(lambda: label.value)
    close(webcam, slider, label)


def with_an_overlay(kernel: MockKernel, watched: Watched) -> None:
    webcam = nbs.Webcam()
    overlay = nbs.Overlay(webcam)
    binding = webcam.stream(Function(draw), outputs=overlay)
    watch_stream(watched, binding, webcam, overlay)
    page = FakePage(kernel, webcam)
    page.start()
    page.send_frame(grey(100))
    page.wait_for_overlay()
    close(webcam)


def a_replaced_stream(kernel: MockKernel, watched: Watched) -> None:
    stream = Stream(kernel, Function(show)).go_live()
    watch_stream(watched, stream.binding)
    stream.one_result()
    stream.binding = stream.webcam.stream(show, outputs=stream.view)
    assert stream.binding.status == "live"


def a_stream_replaced_while_its_call_runs(kernel: MockKernel, watched: Watched) -> None:
    holdup = Holdup()
    stream = Stream(kernel, Function(holdup)).go_live()
    watch_stream(watched, stream.binding)
    stream.page.send_frame()
    holdup.wait_until_entered()
    stream.binding = stream.webcam.stream(show, outputs=stream.view)
    holdup.release()
    stream.page.wait_for_status("live")


def a_microphone(kernel: MockKernel, watched: Watched) -> None:
    microphone, player = nbs.Microphone(), nbs.AudioPlayer()
    player.on_ended(watched.add("on_ended", Function(lambda player: None)))
    binding = microphone.stream(Function(lambda sound: sound), outputs=player, stream_every=0.05)
    watch_stream(watched, binding, microphone, player)
    page, speaker = FakeMicrophone(kernel, microphone), FakeSpeaker(kernel, player)
    page.start()
    page.speak(np.ones(800, np.int16))
    speaker.wait_for_pieces()
    close(microphone, player)


def what_was_said(kernel: MockKernel, watched: Watched) -> None:
    microphone, segmenter = nbs.Microphone(), watched.add("segmenter", LoudOrNot())
    label = ipywidgets.Label()
    binding = microphone.stream(Function(lambda sound: "heard"), outputs=label, on=segmenter)
    watch_stream(watched, binding, microphone, label)
    page = FakeMicrophone(kernel, microphone)
    page.start()
    page.speak(said())
    page.speak(SILENCE)
    wait_for(lambda: label.value)
    close(microphone, label)


SCENES: dict[str, Scene] = {
    "a camera alone": a_camera_alone,
    "a picture by hand": a_picture_by_hand,
    "a function": camera(show),
    "a generator": camera(yield_twice),
    "an async function": camera(await_it),
    "an async generator": camera(yield_it),
    "a function that fails": camera(fail, wait=False),
    "too many errors": camera(fail, wait=False, max_errors=1),
    "a time limit": camera(show, time_limit=30),
    "closed while live": live(show),
    "closed while live, async": live(await_it),
    "an executor": with_an_executor,
    "pools of its own": with_pools_of_its_own,
    "a warm-up": with_a_warm_up,
    "a queue": in_a_queue,
    "closed while a call runs": while_a_call_runs,
    "many ports": with_many_ports,
    "an overlay": with_an_overlay,
    "a replaced stream": a_replaced_stream,
    "a stream replaced while its call runs": a_stream_replaced_while_its_call_runs,
    "a microphone and a player": a_microphone,
    "what was said": what_was_said,
}


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
def test_what_is_closed_is_forgotten_with_its_function(kernel, scene):
    watched = Watched()
    scene(kernel, watched)
    wait_for(lambda: not watched.kept(), what=lambda: f"the end of {watched.kept()}")


@pytest.mark.parametrize("painted", [True, False])
def test_a_view_that_goes_on_showing_a_result_keeps_no_stream(kernel, painted):
    watched, view = Watched(), nbs.ImageView()
    overlay = nbs.Overlay(view)

    def stream_into_them() -> None:
        webcam = nbs.Webcam()
        binding = webcam.stream(
            Function(lambda frame: (frame, draw(frame))), outputs=[view, overlay]
        )
        watch_stream(watched, binding, webcam)
        page = FakePage(kernel, webcam, view, paints=painted)
        page.start()
        page.send_frame(grey(100))
        page.wait_for_result(view)
        page.wait_for_overlay(view)
        close(webcam)

    stream_into_them()
    wait_for(lambda: not watched.kept(), what=lambda: f"the end of {watched.kept()}")
    later = FakePage(kernel, nbs.Webcam(), view, client="later")
    assert level_of(later.wait_for_result(view)) == 100


def test_a_player_whose_sound_still_waits_keeps_no_stream(kernel):
    watched, player = Watched(), nbs.AudioPlayer()

    def speak_into_it() -> None:
        microphone = nbs.Microphone()
        binding = microphone.stream(
            Function(lambda sound: sound), outputs=player, stream_every=0.05
        )
        watch_stream(watched, binding, microphone)
        page = FakeMicrophone(kernel, microphone)
        page.start()
        page.speak(np.ones(800, np.int16))
        wait_for(lambda: player.queued_s)
        close(microphone)

    speak_into_it()
    wait_for(lambda: not watched.kept(), what=lambda: f"the end of {watched.kept()}")
    assert player.queued_s > 0


def test_the_clock_keeps_no_callback_that_has_run():
    watched, clock, ran = Watched(), SystemClock(), []
    later = clock.call_later(60, lambda: None)
    clock.call_later(0, watched.add("callback", Function(lambda: ran.append(1))))
    wait_for(lambda: ran)
    wait_for(lambda: not watched.kept(), what="the end of a callback")
    later.cancel()


def test_after_a_hundred_rounds_there_are_as_many_objects_as_after_five(kernel):
    def play(rounds: int) -> Counter[str]:
        for _ in range(rounds):
            camera(show)(kernel, Watched())
            a_microphone(kernel, Watched())
        wait_for(lambda: not stream_threads())
        gc.collect()
        return Counter(type(one).__name__ for one in gc.get_objects())

    counts = [play(5), play(45), play(45)]
    first, second = (after - before for before, after in pairwise(counts))
    # What grows once only is a cache, such as that of the types which an abstract class was asked for.
    assert {name for name in first if min(first[name], second[name]) >= 45} == set()


def test_a_layout_that_was_given_stays_when_its_widget_is_closed(kernel):
    layout = ipywidgets.Layout(width="50%")
    close(nbs.ImageView(layout=layout))
    assert layout.comm is not None
