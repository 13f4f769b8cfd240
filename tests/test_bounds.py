"""Every table, list and queue has a bound: ten times the events, and not more is kept."""

from __future__ import annotations

import gc
import sys
import types
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import numpy as np
import pytest

import nbstream as nbs
from nbstream.calls.tracebacks import report
from nbstream.testing import MockKernel
from nbstream.testing.waiting import happened

from .siege import CHUNK, GOOD_JPEG, OWNER, RATE_HZ, Siege, Wire

FEW, MANY = 400, 4000
# Less than one for two events: statistics keep their last numbers, and have them after some hundred calls.
MAX_MORE_OBJECTS = 2000
MAX_MORE_BYTES = 200_000
NOT_OURS = (types.ModuleType, type, types.CodeType, types.FrameType, types.BuiltinFunctionType)


def held_by(*roots: Any) -> tuple[int, int]:
    """How many objects these keep alive, and about how many bytes they take."""
    seen: dict[int, Any] = {}
    waiting = list(roots)
    while waiting:
        one = waiting.pop()
        if id(one) in seen or isinstance(one, NOT_OURS):
            continue
        seen[id(one)] = one
        if isinstance(one, types.FunctionType):
            waiting += [*(one.__closure__ or ()), *(one.__defaults__ or ())]
        else:
            waiting += gc.get_referents(one)
    return len(seen), sum(sys.getsizeof(one) for one in seen.values())


class Scene:
    """Widgets of a kind, one event for them after the other, and what is asked how much it keeps."""

    def __init__(self, events: Iterator[None], *widgets: Any) -> None:
        self._events = events
        self._widgets = widgets

    def play(self, events: int) -> tuple[int, int]:
        for _ in range(events):
            next(self._events)
            for widget in self._widgets:
                with happened:
                    widget.comm.sent.clear()
        return held_by(*self._widgets)


def frames_of_a_camera_alone(kernel: MockKernel) -> Scene:
    webcam = nbs.Webcam()
    wire = on_air(webcam)

    def events() -> Iterator[None]:
        for seq in count(1):
            at_ms = kernel.clock.now_s() * 1000
            times = {"captured_at_ms": at_ms, "sent_at_ms": at_ms, "byte_length": len(GOOD_JPEG)}
            size = {"width_px": 64, "height_px": 48}
            wire.say("frame", [GOOD_JPEG], run=1, seq=seq, **times, **size)
            kernel.clock.advance(0.01)
            assert webcam.frame == GOOD_JPEG
            yield

    return Scene(events(), webcam)


def on_air(source: Any) -> Wire:
    """A source whose page captures."""
    wire = Wire(source)
    wire.say("hello", views=1)
    wire.say("command", action="start", command_index=1)
    of_kind = {} if isinstance(source, nbs.Webcam) else {"sample_rate_hz": RATE_HZ, "channels": 1}
    wire.say("camera", run=1, camera={"state": "on", "devices": [], **of_kind})
    return wire


def frames_that_no_stream_takes(kernel: MockKernel) -> Scene:
    webcam = nbs.Webcam()
    webcam.stream(lambda frame: None, stream_every=3600, add=True)
    wire = on_air(webcam)

    def events() -> Iterator[None]:
        for seq in count(1):
            now_ms = kernel.clock.now_s() * 1000
            times = {"captured_at_ms": now_ms + seq, "sent_at_ms": now_ms + seq}
            size = {"width_px": 64, "height_px": 48, "byte_length": len(GOOD_JPEG)}
            wire.say("frame", [GOOD_JPEG], run=1, seq=seq, **times, **size)
            yield

    return Scene(events(), webcam)


def said(make: Callable[[int], dict[str, Any]], *, seconds: float = 0.0) -> Any:
    """To each widget, again and again, a message that `make` makes for a number."""

    def scene(kernel: MockKernel) -> Scene:
        siege = Siege(kernel)

        def events() -> Iterator[None]:
            for number in count(1):
                content = {"nbstream": 1, "client": OWNER, **make(number)}
                for widget in siege.widgets:
                    widget._hear(widget, content, [])
                kernel.clock.advance(seconds)
                yield

        return Scene(events(), *siege.widgets)

    return scene


def camera(number: int) -> dict[str, Any]:
    return {"state": "on", "devices": [{"id": f"{number}", "label": f"{number}"}]}


def pictures_that_nobody_sees(kernel: MockKernel) -> Scene:
    view = nbs.ImageView()
    overlay = nbs.Overlay(view)

    def events() -> Iterator[None]:
        for number in count(1):
            view.value = np.full((8, 8, 3), number % 200, np.uint8)
            overlay.show([(0, 0, 1, 1, f"box {number}")])
            yield

    return Scene(events(), view)


def sounds_that_nobody_hears(kernel: MockKernel) -> Scene:
    player = nbs.AudioPlayer(max_queued=10.0)

    def events() -> Iterator[None]:
        while True:
            player.play((RATE_HZ, CHUNK))
            yield

    return Scene(events(), player)


def pictures_that_are_set(kernel: MockKernel) -> Scene:
    siege = Siege(kernel)

    def events() -> Iterator[None]:
        while True:
            siege.webcam.frame = GOOD_JPEG
            yield

    return Scene(events(), siege.webcam)


def prints(kernel: MockKernel) -> Scene:
    siege = Siege(kernel)

    def events() -> Iterator[None]:
        for number in count(1):
            siege.picture_stream.log.write(f"line {number}\n" * (number % 30) + "\r" + "x" * number)
            yield

    return Scene(events(), siege.webcam)


SCENES: dict[str, Callable[[MockKernel], Scene]] = {
    "frames of a camera alone": frames_of_a_camera_alone,
    "frames that no stream takes": frames_that_no_stream_takes,
    "messages of unknown kinds": said(lambda number: {"type": f"{number} is unknown"}),
    "messages without a type": said(lambda number: {"type": number}),
    "pages that come": said(
        lambda number: {"type": "hello", "views": 1, "client": f"{number}"}, seconds=0.1
    ),
    "pages that come at once": said(
        lambda number: {"type": "hello", "views": 1, "client": f"{number}"}
    ),
    "pages that go": said(lambda number: {"type": "bye", "client": f"{number}"}),
    "pages that have painted": said(
        lambda number: {
            "type": "painted",
            "client": f"{number}",
            "painted": {f"{number}": {"seq": 1, "received_at_ms": 1, "painted_at_ms": 1}},
        }
    ),
    "pages that have played": said(
        lambda number: {
            "type": "played",
            "client": f"{number}",
            "stream": number,
            "played_through": number,
            "state": "playing",
            "latency_ms": 1,
        }
    ),
    "buttons": said(
        lambda number: {
            "type": "command",
            "client": f"{number}",
            "action": "resume",
            "command_index": number,
        }
    ),
    "devices": said(lambda number: {"type": "camera", "run": 1, "camera": camera(number)}),
    "beats": said(
        lambda number: {
            "type": "beat",
            "run": 1,
            "views": 1,
            "sent_through": number,
            "camera": camera(number),
            "sent_at_ms": 1000.0 * number,
        },
        seconds=0.1,
    ),
    "broken frames": said(lambda number: {"type": "frame", "run": 1, "seq": number}),
    "broken chunks": said(lambda number: {"type": "chunk", "run": 1, "seq": number}),
    "pictures that nobody sees": pictures_that_nobody_sees,
    "sounds that nobody hears": sounds_that_nobody_hears,
    "pictures that are set": pictures_that_are_set,
    "prints": prints,
}


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
def test_ten_times_as_many_events_keep_no_more_in_memory(kernel, scene):
    played = scene(kernel)
    objects, size_bytes = played.play(FEW)
    more_objects, more_bytes = played.play(MANY - FEW)
    assert more_objects - objects < MAX_MORE_OBJECTS
    assert more_bytes - size_bytes < MAX_MORE_BYTES


def test_one_error_raised_again_and_again_keeps_the_frames_of_one_call():
    error, seen = ValueError("again"), None

    def fail() -> None:
        raise error

    sizes = []
    for _ in range(200):
        try:
            fail()
        except ValueError as raised:
            seen = report(raised, seen)
        depth, link = 0, error.__traceback__
        while link is not None:
            depth, link = depth + 1, link.tb_next
        sizes.append(depth)
    assert sizes[-1] <= sizes[0]
    assert seen is not None
    assert seen.count == 200
