"""Bad input when a stream is made: what was given, what was expected, what to do."""

from __future__ import annotations

from typing import Any

import ipywidgets
import numpy as np
import pytest

import nbstream as nbs

from .streaming import Stream, identity


def test_a_function_that_takes_too_few_arguments_is_refused_when_the_stream_is_made(kernel):
    webcam, effect = nbs.Webcam(), ipywidgets.Dropdown(options=["flip"])

    def apply_effect(frame):
        return frame

    with pytest.raises(TypeError) as caught:
        webcam.stream(apply_effect, inputs=[webcam, effect])
    text = str(caught.value)
    assert "apply_effect(frame)" in text
    assert "2 arguments (Webcam, Dropdown.value)" in text
    assert webcam.bindings == []


def test_a_function_that_takes_no_meta_is_refused_where_it_is_asked_for(kernel):
    with pytest.raises(TypeError, match="keyword argument meta"):
        nbs.Webcam().stream(identity, metadata=True)


@pytest.mark.parametrize("role", ["inputs", "outputs"])
@pytest.mark.parametrize("thing", ["slider", 3, object()])
def test_what_is_no_port_is_refused_when_the_stream_is_made(kernel, role, thing):
    webcam: Any = nbs.Webcam()
    with pytest.raises(TypeError, match="expected a source, a display, an ipywidget"):
        webcam.stream(identity, **{role: [thing]})


def test_what_is_no_function_is_refused(kernel):
    webcam: Any = nbs.Webcam()
    with pytest.raises(TypeError, match="something callable"):
        webcam.stream("flip")


@pytest.mark.parametrize(
    ("options", "allowed"),
    [
        ({"time_limit": 0}, "seconds > 0"),
        ({"time_limit": -1}, "seconds > 0"),
        ({"time_limit": float("nan")}, "seconds > 0"),
        ({"time_limit": float("inf")}, "seconds > 0"),
        ({"time_limit": "30"}, "seconds > 0"),
        ({"time_limit": True}, "seconds > 0"),
        ({"stream_every": -0.1}, "seconds >= 0"),
        ({"stream_every": float("nan")}, "seconds >= 0"),
        ({"stream_every": None}, "seconds >= 0"),
        ({"concurrency_limit": 0}, "an integer >= 1"),
        ({"concurrency_limit": 1.5}, "an integer >= 1"),
        ({"concurrency_limit": True}, "an integer >= 1"),
        ({"on_limit": "restart"}, '"rejoin" or "stop"'),
        ({"max_errors": 0}, "an integer >= 1"),
    ],
    ids=str,
)
def test_numbers_out_of_range_are_refused_with_the_range(kernel, options, allowed):
    webcam = nbs.Webcam()
    (name, value), *_ = options.items()
    with pytest.raises(ValueError, match=r"; expected ") as caught:
        webcam.stream(identity, **options)
    assert str(caught.value).startswith(f"{name} is {value!r}")
    assert allowed in str(caught.value)
    assert webcam.bindings == []


def test_numpys_numbers_are_numbers(kernel):
    webcam: Any = nbs.Webcam()
    binding = webcam.stream(
        identity,
        time_limit=np.float32(2.5),
        stream_every=np.int64(1),
        concurrency_limit=np.int64(2),
        max_errors=np.int32(3),
    )
    assert binding.plan.options["time_limit"] == 2.5


def test_a_stream_that_is_refused_leaves_the_one_there_is(kernel):
    stream = Stream(kernel).go_live()
    with pytest.raises(ValueError, match="time_limit"):
        stream.webcam.stream(identity, time_limit=0)
    assert stream.webcam.bindings == [stream.binding]
    assert stream.one_result() == 100
