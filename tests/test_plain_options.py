"""Options of widgets that are numpy's numbers, or text that cannot be sent: taken, and plain for the pages."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from typing import Any

import anywidget
import numpy as np
import pytest

import nbstream as nbs
from nbstream.protocol.page_text import MAX_TEXT_CHARS, for_pages
from nbstream.widgets.base import LaneWidget
from nbstream.widgets.option_names import own_options

WIDGETS: dict[str, Callable[..., LaneWidget]] = {
    "Webcam": nbs.Webcam,
    "Screen": nbs.Screen,
    "Microphone": nbs.Microphone,
    "ImageView": nbs.ImageView,
    "AudioPlayer": nbs.AudioPlayer,
    "FrameSource": lambda **options: nbs.FrameSource([], **options),
    "KernelCamera": lambda **options: nbs.KernelCamera(0, **options),
    "Collector": lambda **options: nbs.Collector(nbs.Webcam(), ["a", "b"], **options),
    "RecordButton": lambda **options: nbs.RecordButton(nbs.Webcam(), **options),
}
# By its type, an option as numpy has it, and what it is then.
AS_NUMPY: dict[type, Callable[[Any], Any]] = {
    bool: np.bool_,
    int: np.int64,
    float: np.float32,
    str: np.str_,
    tuple: lambda value: tuple(map(of_numpy, value)),
}
GIVEN = {
    "crop": (0.25, 0.25, 0.5, 0.5),
    "facing_mode": "user",
    "sample_rate": 16_000,
    "constraints": {"frameRate": {"max": 15}, "zoom": [True, 0.5]},
    "controls": ("pause",),
}


def of_numpy(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: of_numpy(one) for name, one in value.items()}
    if isinstance(value, list):
        return [of_numpy(one) for one in value]
    return AS_NUMPY[type(value)](value)


def options_of(name: str) -> dict[str, Any]:
    """Each option of a widget, with a value that it may have."""
    widget = WIDGETS[name]()
    found = {
        option: GIVEN.get(option, getattr(widget, option))
        for option in own_options(type(widget), anywidget.AnyWidget)
    }
    widget.close()
    return {option: value for option, value in found.items() if type(value) in (*AS_NUMPY, dict)}


def synced(widget: LaneWidget) -> dict[str, Any]:
    """What pages are told of a widget, without its code."""
    return {
        name: value for name, value in widget.get_state().items() if name not in ("_esm", "_css")
    }


@pytest.mark.parametrize("name", WIDGETS)
def test_numbers_and_texts_of_numpy_are_taken_and_are_plain_for_the_pages(kernel, name):
    options = options_of(name)
    made = WIDGETS[name](**of_numpy(options))
    changed = WIDGETS[name]()
    for option, value in options.items():
        setattr(changed, option, of_numpy(value))
    for widget in (made, changed):
        assert {option: getattr(widget, option) for option in options} == options
        assert [type(getattr(widget, option)) for option in options] == [
            type(value) for value in options.values()
        ]
        json.dumps(synced(widget) | {"layout": None}, allow_nan=False)
        widget.close()


def makes_controls(frame, level, is_on, name, share):
    return frame


makes_controls.__defaults__ = (np.int64(3), np.bool_(True), np.str_("a"), np.float32(0.5))


def of(kind: str, value: float) -> Any:
    """A number as numpy has it."""
    return np.dtype(kind).type(value)


ARGUMENTS: dict[str, Callable[[], Any]] = {
    "a number of recordings": lambda: nbs.RecordButton(
        nbs.ImageView(), max_s=of("float32", 3), keep=of("int64", 2)
    ),
    "the number of a camera": lambda: nbs.KernelCamera(of("int64", 0)),
    "pictures per second": lambda: nbs.FrameSource([], of("float32", 30)),
    "a size in megabytes": lambda: nbs.UploadedFile(max_mb=of("int64", 3), speed=of("float32", 2)),
    "seconds and counts of a collector": lambda: nbs.Collector(
        nbs.Webcam(), ["a", "b"], every_s=of("float32", 0.5), max_per_class=of("int64", 9)
    ),
    "controls by defaults": lambda: nbs.interactive(makes_controls),
    "a control by its range": lambda: nbs.interactive(
        lambda frame, level: frame, level=(of("float32", 0), of("float32", 1))
    ),
    "options of a stream": lambda: nbs.Webcam().stream(
        lambda frame: frame,
        time_limit=of("float32", 3),
        stream_every=of("float32", 0.1),
        max_errors=of("int64", 3),
        concurrency_limit=of("uint8", 1),
    ),
}


@pytest.mark.parametrize("what", ARGUMENTS)
def test_arguments_of_numpy_are_taken(kernel, what):
    made = ARGUMENTS[what]()
    made.close()


def test_so_many_pictures_as_numpy_says(kernel):
    with pytest.raises(TimeoutError, match="burst"):
        nbs.Webcam().burst(of("int64", 1), within_s=of("float64", 0.01))


@pytest.mark.parametrize("name", [*WIDGETS, "UploadedFile"])
def test_an_option_that_is_misspelt_is_an_error_with_the_nearest_name(kernel, name):
    make = WIDGETS.get(name, nbs.UploadedFile)
    parameters = inspect.signature(getattr(nbs, name)).parameters
    options = {*parameters, "label"} - {"traits", "of"}
    for option in options:
        misspelt = f"{option[0]}x{option[1:]}"
        with pytest.raises(TypeError, match=f"{name}.* Did you mean '{option}'"):
            make(**{misspelt: 1})


@pytest.mark.parametrize("dtype", [np.int16, np.dtype("int16"), "int16", np.str_("int16")])
def test_a_type_of_numpy_is_named(kernel, dtype):
    microphone = nbs.Microphone(dtype=dtype)
    assert microphone.dtype == "int16"
    assert type(microphone.dtype) is str


def test_a_number_that_equals_a_choice_is_that_choice(kernel):
    webcam = nbs.Webcam(mirror="pixels")
    webcam.mirror = 0
    assert webcam.mirror is False


@pytest.mark.parametrize("text", ["a\ud83d", "\udcff", "x" * 100_000], ids=["half", "byte", "long"])
@pytest.mark.parametrize("name", WIDGETS)
def test_no_text_of_an_option_keeps_the_rest_from_the_pages(kernel, name, text):
    widget = WIDGETS[name](label=text)
    given = {"device": text, "constraints": {text: {text: [text, float("nan")]}}}
    for option in given.keys() & options_of(name).keys():
        setattr(widget, option, given[option])
    told = synced(widget) | {"layout": None}
    assert json.dumps(for_pages(told)) == json.dumps(told)
    assert len(json.dumps(told)) < 10 * MAX_TEXT_CHARS
    widget.close()
