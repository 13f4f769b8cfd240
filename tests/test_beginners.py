"""What a beginner does by mistake, and the sentence that says what to do: one test each."""

from __future__ import annotations

import contextlib
import functools
import sys

import ipywidgets
import numpy as np
import pytest

import nbstream as nbs
from nbstream.kernel.functions import is_outdated, returns_nothing
from nbstream.testing import wait_for

from .streaming import Stream, identity, wait_for_error


def note_of(stream: Stream) -> str:
    """The sentence that the page has after the next beat."""
    stream.page.beat()
    stream.webcam._session.refresh()
    note = stream.page.state["note"]
    return note or ""


def test_return_was_forgotten(kernel):
    def negative(frame):
        255 - frame

    stream = Stream(kernel, negative).go_live()
    assert note_of(stream) == (
        "negative() returns nothing, so nothing goes to ImageView. "
        "End it with return and what shall be shown, such as: return frame"
    )


def test_a_function_without_outputs_needs_no_return(kernel):
    def look(frame):
        frame.mean()

    assert note_of(Stream(kernel, look, outputs=None).go_live()) == ""


async def _async_nothing(frame):
    frame.mean()


async def _async_value(frame):
    return frame


def _series(frame):
    yield frame


def _sometimes(frame):
    if frame is None:
        return None
    return frame


def _raises(frame):
    raise NotImplementedError


def _always_none(frame):
    if frame is None:
        return
    frame.mean()


@pytest.mark.parametrize(
    ("fn", "expected"),
    [
        (_async_nothing, True),
        (_always_none, True),
        (lambda frame: None, True),
        (_raises, False),
        (_async_value, False),
        (_series, False),
        (_sometimes, False),
        (identity, False),
        (np.flipud, False),
        (len, False),
        (print, False),
    ],
)
def test_whether_a_return_was_forgotten_is_read_from_the_code(fn, expected):
    assert returns_nothing(fn) is expected


def test_the_cell_of_the_function_was_run_again_and_not_the_one_that_streams(kernel, monkeypatch):
    main = sys.modules["__main__"]

    def define():
        def process(frame):
            return frame

        process.__module__, process.__qualname__ = "__main__", "process"
        monkeypatch.setattr(main, "process", process, raising=False)
        return process

    stream = Stream(kernel, define()).go_live()
    assert note_of(stream) == ""
    define()
    assert note_of(stream) == (
        "process() was defined anew; this stream calls the one of before. Run the cell with stream() again, and "
        "then the one that shows this widget."
    )


def test_a_decorated_function_is_not_outdated(kernel, monkeypatch):
    def process(frame):
        return frame

    process.__module__, process.__qualname__ = "__main__", "process"
    binding = nbs.Webcam().stream(process)
    monkeypatch.setattr(sys.modules["__main__"], "process", binding, raising=False)
    assert not is_outdated(process)


@pytest.mark.parametrize(
    "wrap", [functools.cache, contextlib.contextmanager], ids=["cache", "wraps"]
)
def test_a_wrapper_that_streams_is_outdated_with_what_it_wraps(wrap, monkeypatch):
    main = sys.modules["__main__"]

    def define():
        def process(frame):
            yield frame

        process.__module__, process.__qualname__ = "__main__", "process"
        monkeypatch.setattr(main, "process", process, raising=False)
        return process

    wrapper = wrap(define())
    assert not is_outdated(wrapper)
    define()
    assert is_outdated(wrapper)


def test_a_state_is_missing_from_the_outputs(kernel):
    def count(frame, seen):
        return frame, seen + 1

    webcam, view, seen = nbs.Webcam(), nbs.ImageView(), nbs.State(0)
    stream = Stream(kernel, count, inputs=[webcam, seen], outputs=view)
    stream.go_live()
    stream.page.send_frame()
    error = wait_for_error(stream.binding)
    assert error.endswith(
        "A State is among the inputs and not among the outputs: to keep what the function returns for it, name it "
        "in outputs= as well."
    )


def test_a_state_is_missing_from_several_outputs(kernel):
    def count(frame, seen):
        return frame, "text", seen + 1

    webcam, seen = nbs.Webcam(), nbs.State(0)
    outputs = [nbs.ImageView(), ipywidgets.Label()]
    stream = Stream(kernel, count, inputs=[webcam, seen], outputs=outputs).go_live()
    stream.page.send_frame()
    error = wait_for_error(stream.binding)
    assert "count() returned 3 values" in error
    assert "name it in outputs= as well" in error


def test_a_tuple_that_does_not_fit_says_nothing_of_a_state_that_is_an_output(kernel):
    seen = nbs.State(0)

    def count(frame):
        return frame, "text", 1

    stream = Stream(kernel, count, outputs=[nbs.ImageView(), seen]).go_live()
    stream.page.send_frame()
    assert "State is among" not in wait_for_error(stream.binding)


def test_an_endless_loop_is_told_while_live_and_after_stop(kernel, holdup):
    stream = Stream(kernel, holdup).go_live()
    stream.page.send_frame()
    holdup.wait_until_entered()
    stream.page.stop()
    for _ in range(12):
        kernel.clock.advance(1)
    assert stream.page.status == "idle"
    assert stream.page.state["note"] == (
        "The function has not returned for 10 s. If it never ends, as an endless loop does, only a restart of the "
        "kernel ends it."
    )
    holdup.release()
    wait_for(lambda: stream.page.state["note"] is None)


def test_a_source_is_started_and_shown_nowhere(kernel, caplog):
    webcam = nbs.Webcam()
    binding = webcam.stream(identity)
    binding.start()
    for _ in range(20):
        kernel.clock.advance(1)
    assert binding.status == "asking"
    told = [one.getMessage() for one in caplog.records if "shown nowhere" in one.getMessage()]
    sentence = (
        "The camera was started and is shown nowhere, so it waits. A browser opens it only where its widget is seen: "
        "write the widget's name on the last line of a cell and run that."
    )
    assert told == [sentence]


def test_a_source_that_is_shown_is_not_told_of(kernel, caplog):
    stream = Stream(kernel).go_live()
    for _ in range(20):
        stream.page.beat()
        kernel.clock.advance(1)
    assert "shown nowhere" not in caplog.text


def test_a_button_is_given_as_an_input(kernel):
    webcam = nbs.Webcam()
    with pytest.raises(TypeError, match=r"only pressed.*State.*on_click"):
        webcam.stream(lambda frame, go: frame, inputs=[webcam, ipywidgets.Button()])


def test_an_output_is_given_by_its_name(kernel):
    with pytest.raises(TypeError, match="Give the widget itself, without quotes"):
        nbs.Webcam().stream(identity, outputs="view")


def test_a_display_is_dimmed_when_its_stream_is_live_no_longer(kernel):
    stream = Stream(kernel)
    assert stream.view._is_live is None
    stream.go_live()
    wait_for(lambda: stream.view._is_live is True)
    stream.page.stop()
    wait_for(lambda: stream.view._is_live is False)
    stream.view.value = np.zeros((10, 10, 3), np.uint8)
    assert stream.view._is_live is None
