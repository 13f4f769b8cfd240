"""How many of a camera's pictures reach a function."""

from __future__ import annotations

from typing import Any

import nbstream as nbs
from nbstream.pictures.codecs import encode
from nbstream.testing import wait_for
from nbstream.testing.fake_page import STILL

from .streaming import Stream


def frames_called(kernel, captured_at_ms, **options):
    """The capture times, in milliseconds, of the frames that reach a function."""
    seen: list[float] = []

    def note(frame: Any, meta: nbs.FrameMeta) -> None:
        seen.append(round((meta.captured_at_s or 0) * 1000))

    stream = Stream(kernel, note, outputs=None, metadata=True, **options).go_live()
    # A second stream wants every frame, as another function on the same camera would.
    every = stream.webcam.stream(lambda frame: None, stream_every=0, add=True)
    every.start()
    for count, at_ms in enumerate(captured_at_ms, 1):
        stream.page.send_frame(captured_at_ms=at_ms)
        wait_for(lambda: every.stats["counts"].get("frames") == count)  # noqa: B023
        accepted_count = stream.binding.stats["counts"]["bytes_up"] // len(encode(STILL))
        wait_for(lambda: len(seen) == accepted_count)  # noqa: B023
    stream.page.stop()
    return seen


def test_a_cameras_jitter_costs_no_frame(kernel):
    captured_at_ms = [5000, 5083, 5200, 5284, 5401, 5517, 5583]
    assert frames_called(kernel, captured_at_ms, stream_every=0.1) == captured_at_ms


def test_of_a_quicker_source_a_stream_takes_as_many_frames_as_it_asked_for(kernel):
    captured_at_ms = [5000 + round(100 / 3 * number) for number in range(91)]
    called = frames_called(kernel, captured_at_ms, stream_every=0.25)
    assert len(called) == 13
    assert called[0] == 5000
