"""What becomes of a function's results, through a whole stream."""

from __future__ import annotations

import ipywidgets
import numpy as np
import pytest

import nbstream as nbs
from nbstream.pictures.codecs import decode_image
from nbstream.testing import FakePage, wait_for

from .streaming import Stream, grey, level_of


def test_results_are_dealt_out_to_all_outputs(kernel):
    view, slider, state = nbs.ImageView(), ipywidgets.IntSlider(max=255), nbs.State()
    stream = Stream(
        kernel, lambda frame: (frame, int(frame.mean()), "kept"), outputs=[view, slider, state]
    ).go_live()
    page = FakePage(kernel, stream.webcam, view, client="page-2")
    stream.page.send_frame(grey(70))
    assert level_of(page.wait_for_result(view)) == 70
    wait_for(lambda: state.value == "kept")
    assert slider.value == pytest.approx(70, abs=2)


def test_a_dict_of_outputs_changes_those_it_names(kernel):
    one, two = ipywidgets.IntSlider(1), ipywidgets.IntSlider(2)
    stream = Stream(
        kernel, lambda frame: {two: 20, (one, "max"): 50}, outputs=[one, two, (one, "max")]
    ).go_live()
    stream.page.send_frame()
    wait_for(lambda: two.value == 20 and one.max == 50)
    assert one.value == 1


def test_skip_leaves_an_output_as_it_is(kernel):
    one, two = ipywidgets.IntSlider(1), ipywidgets.IntSlider(2)
    stream = Stream(kernel, lambda frame: (nbs.skip(), 20), outputs=[one, two]).go_live()
    stream.page.send_frame()
    wait_for(lambda: two.value == 20)
    assert one.value == 1
    assert stream.binding.error is None


def test_without_outputs_what_is_returned_is_ignored(kernel):
    stream = Stream(kernel, lambda frame: "anything", outputs=None).go_live()
    stream.page.send_frame()
    wait_for(lambda: stream.binding.stats["counts"].get("results"))
    assert stream.binding.error is None


def test_none_clears_a_display(kernel):
    results = iter([grey(70), None])
    stream = Stream(kernel, lambda frame: next(results)).go_live()
    stream.one_result()
    stream.page.send_frame()
    assert stream.page.wait_for_result(stream.view, 2) is None
    assert stream.page.results(stream.view)[1] is None
    wait_for(lambda: stream.view.value is None)


def test_an_image_widget_shows_what_a_function_returns(kernel):
    image = ipywidgets.Image(format="jpeg")
    stream = Stream(kernel, lambda frame: 255 - frame, outputs=image).go_live()
    stream.page.send_frame(grey(200))
    data = wait_for(lambda: image.value)
    assert level_of(decode_image(data)) == 60


@pytest.mark.parametrize(
    ("result", "level"),
    [
        (np.full((4, 4), 0.5), 130),
        (np.ones((4, 4), bool), 260),
        (np.full((4, 4, 4), 255, np.uint8), 260),
        (np.full((4, 4), 100, np.uint8), 100),
    ],
    ids=["floats", "mask", "RGBA", "grey"],
)
def test_a_display_takes_many_forms(kernel, result, level):
    stream = Stream(kernel, lambda frame: result).go_live()
    stream.page.send_frame()
    assert level_of(stream.page.wait_for_result(stream.view)) == level
