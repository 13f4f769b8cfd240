"""Bad input from the function and its ports: an error in three parts, and the stream goes on."""

from __future__ import annotations

import ipywidgets
import numpy as np
import pytest
import traitlets

import nbstream as nbs
from nbstream.testing import FakePage, wait_for

from .streaming import Stream, grey

PICTURE = grey(100)

WRONG_RESULTS = {
    "a wrong dtype": (PICTURE.astype(np.int32), "an int32 array of shape (48, 64, 3)", "astype"),
    "a wrong shape": (np.zeros((3, 48, 64), np.uint8), "shape (3, 48, 64)", "moveaxis"),
    "one dimension": (np.zeros(5, np.uint8), "shape (5,)", "Return one picture"),
    "objects": (np.array([[None, None]]), "an object array", "make one array of numbers"),
    "nothing in it": (np.zeros((0, 5, 3), np.uint8), "which is empty", "Check how it was sliced"),
    "far too much": (
        np.broadcast_to(np.uint8(0), (50_000, 50_000)),
        "shape (50000, 50000)",
        "Return a smaller picture",
    ),
    "NaN": (np.full((4, 4), np.nan), "NaN or infinity", "nan_to_num"),
    "floats above one": (np.full((4, 4), 200.0), "values from 200 to 200", "astype('uint8')"),
    "a number": (5, "an int", "Return one of these"),
    "a text": ("picture", "a str", "read_bytes()"),
    "a tuple": ((PICTURE, 1), "a tuple of 2", "Return the picture itself"),
    "no picture's bytes": (b"hello", "5 bytes of no known picture format", "Encode the picture"),
}


@pytest.mark.parametrize("what", WRONG_RESULTS)
def test_a_wrong_result_is_an_error_in_three_parts_and_the_stream_goes_on(kernel, what):
    wrong, came, todo = WRONG_RESULTS[what]
    results = iter([wrong, PICTURE])
    stream = Stream(kernel, lambda frame: next(results)).go_live()
    stream.page.send_frame()
    wait_for(lambda: stream.page.state["error"])
    text = stream.page.state["error"]["text"]
    assert text.startswith("<lambda>() returned ")
    assert came in text
    assert "expected" in text
    assert todo in text
    assert "Traceback" not in text
    assert stream.one_result() == 100


@pytest.mark.parametrize("value", [1, (1,), (1, 2, 3), None])
def test_a_wrong_number_of_results_is_an_error_and_the_stream_goes_on(kernel, value):
    slider, state = ipywidgets.IntSlider(), nbs.State()
    results = iter([value, (4, 5)])
    stream = Stream(kernel, lambda frame: next(results), outputs=[slider, state]).go_live()
    stream.page.send_frame()
    wait_for(lambda: stream.page.state["error"])
    text = stream.page.state["error"]["text"]
    assert "a tuple of 2 values (IntSlider.value, State)" in text
    stream.page.send_frame()
    wait_for(lambda: state.value == 5)
    assert slider.value == 4


def test_of_several_results_the_sound_ones_are_shown_and_the_wrong_one_is_named(kernel):
    view, slider = nbs.ImageView(), ipywidgets.IntSlider()
    stream = Stream(kernel, lambda frame: ("no picture", 7), outputs=[view, slider]).go_live()
    stream.page.send_frame()
    wait_for(lambda: stream.page.state["error"])
    assert slider.value == 7
    assert "returned for ImageView a str" in stream.page.state["error"]["text"]


def test_an_input_that_cannot_be_read_is_an_error_like_one_of_the_function(kernel):
    class Fragile(ipywidgets.Widget):  # type: ignore[misc]
        value = traitlets.Any()
        readable = False

        @traitlets.default("value")
        def _read(self) -> int:
            if not self.readable:
                raise RuntimeError("cannot be read now")
            return 7

    fragile, webcam, slider = Fragile(), nbs.Webcam(), ipywidgets.IntSlider()
    binding = webcam.stream(lambda frame, value: value, inputs=[webcam, fragile], outputs=slider)
    page = FakePage(kernel, webcam)
    page.start()
    page.wait_for_status("live")
    page.send_frame()
    wait_for(lambda: binding.error)
    assert "cannot be read now" in str(binding.error)
    assert binding.status == "live"
    fragile.readable = True
    page.send_frame()
    wait_for(lambda: slider.value == 7)
