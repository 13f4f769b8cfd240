"""A binding as a function, and what it tells of its calls."""

from __future__ import annotations

import numpy as np

import nbstream as nbs
from nbstream.codecs import encode
from nbstream.testing import wait_for

from .streaming import Stream, grey


def test_without_a_function_stream_is_a_decorator(kernel):
    webcam, view = nbs.Webcam(), nbs.ImageView()

    @webcam.stream(outputs=view)
    def invert(frame):
        """Invert."""
        return 255 - frame

    assert webcam.bindings == [invert]
    assert invert.__name__ == "invert"
    assert invert.__doc__ == "Invert."
    assert np.array_equal(invert(grey(200)), grey(55))
    assert "invert" in repr(invert)


def test_prints_are_shown_in_the_page(kernel):
    def talks(frame):
        print("one\ntwo")  # noqa: T201
        return frame

    stream = Stream(kernel, talks).go_live()
    stream.one_result()
    kernel.clock.advance(1)
    assert stream.page.state["log"] == ["one", "two"]


def test_the_function_runs_in_the_context_in_which_the_stream_was_made(kernel):
    import contextvars

    place = contextvars.ContextVar("place", default="elsewhere")
    seen: list[str] = []

    def look(frame):
        seen.append(place.get())
        place.set("changed in the worker")
        return frame

    token = place.set("the cell")
    stream = Stream(kernel, look)
    place.reset(token)
    stream.go_live()
    stream.one_result()
    stream.page.stop()
    stream.go_live()
    stream.one_result()
    assert seen == ["the cell", "the cell"]


def test_the_numbers_of_a_stream_are_told(kernel):
    stream = Stream(kernel).go_live()
    stream.one_result()
    stream.one_result()
    stream.page.beat()
    wait_for(lambda: stream.binding.stats["counts"]["results"] == 2)
    stats = stream.binding.stats
    assert stats["counts"]["frames"] == 2
    assert stats["counts"]["bytes_up"] == 2 * len(encode(grey(100)))
    assert stats["counts"]["bytes_down"] == sum(
        len(buffers[0]) for _, buffers in stream.view.comm.custom_messages()
    )
    assert {"encode", "up", "queue", "decode", "call", "write", "down", "paint", "total"} == stats[
        "legs_ms"
    ].keys()


def test_what_the_page_makes_of_pictures_for_a_slow_link_is_told(kernel):
    stream = Stream(kernel).go_live()
    stream.page.send_frame(quality=60, scale=0.75)
    assert stream.binding.stats["gauges"] == {"quality": 60, "scale": 0.75}
    stream.page.wait_for_result(stream.view)
    stream.page.send_frame()
    assert stream.binding.stats["gauges"] == {}
