"""Scripts in the style of Gradio's guide, import line aside, with a page that a test plays."""

from __future__ import annotations

import numpy as np
import pytest

import nbstream as nbs
from nbstream.testing import FakeMicrophone, FakePage, wait_for

from .gradio_app import SCRIPTS, run_script, set_by_person

UPPER_HALF_BRIGHT = np.zeros((48, 64, 3), np.uint8)
UPPER_HALF_BRIGHT[:24] = 200


def live_page(kernel, names, result="result") -> FakePage:
    camera = next(one.widget for one in names["demo"].walk() if isinstance(one.widget, nbs.Webcam))
    displays = [names[result].widget] if result in names else []
    page = FakePage(kernel, camera, *(one for one in displays if one is not camera))
    page.start()
    page.wait_for_status("live")
    return page


def one_result(page, display=None):
    count = len(page.results(display))
    page.send_frame(UPPER_HALF_BRIGHT)
    picture = page.wait_for_result(display, count + 1)
    assert picture is not None
    return picture


def rows(picture) -> list[int]:
    """How bright the upper and the lower half are, to the next ten."""
    return [round(float(half.mean()) / 10) * 10 for half in (picture[:24], picture[24:])]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_runs_as_a_cell_and_leaves_nothing_behind_when_closed(kernel, path):
    names = run_script(path.stem)
    assert names["demo"].widget.comm is not None
    names["demo"].close()
    assert names["demo"].widget.comm is None


def test_identity_shows_what_the_camera_sees(kernel):
    names = run_script("identity")
    page = live_page(kernel, names)
    assert rows(one_result(page, names["result"].widget)) == [200, 0]
    names["demo"].close()


def test_the_camera_of_a_script_is_mirrored_also_for_the_function(kernel):
    names = run_script("identity")
    assert names["camera"].widget.mirror == "pixels"
    names["demo"].close()


def test_a_filter_that_is_chosen_counts_from_the_next_call_on(kernel):
    names = run_script("filters")
    page, view = live_page(kernel, names), names["result"].widget
    assert rows(one_result(page, view)) == [200, 0]
    set_by_person(names["choice"], index=2)
    assert rows(one_result(page, view)) == [0, 200]
    assert page.state["remaining_s"] == pytest.approx(30, abs=1)
    names["demo"].close()


def test_one_image_as_input_and_output_shows_the_result_in_place_of_the_preview(kernel):
    names = run_script("same_image")
    page = live_page(kernel, names)
    assert rows(one_result(page)) == [0, 200]
    set_by_person(names["turn"], value=False)
    assert rows(one_result(page)) == [200, 0]
    names["demo"].close()


def test_a_microphone_with_a_state_writes_its_transcript(kernel):
    names = run_script("transcript")
    page = FakeMicrophone(kernel, names["microphone"].widget)
    page.start()
    page.wait_for_status("live")
    page.speak(np.full(4000, 5000, np.int16))
    wait_for(lambda: len(names["heard"].read()) == 1)
    page.speak(np.full(4000, 10, np.int16))
    wait_for(lambda: len(names["heard"].read()) == 2)
    assert names["heard"].read() == [(8000, 4000, 5000), (8000, 4000, 10)]
    wait_for(lambda: names["transcript"].read() == "loud quiet")
    names["demo"].close()


def test_a_live_interface_calls_its_function_with_each_picture(kernel):
    names = run_script("live_interface")
    demo = names["demo"]
    view, share = demo.output_components[0].widget, demo.input_components[1]
    names["result"] = demo.output_components[0]
    page = live_page(kernel, names)
    assert rows(one_result(page, view)) == [200, 0]
    set_by_person(share, value=1.0)
    assert rows(one_result(page, view)) == [0, 200]
    demo.close()


def test_a_detector_shows_picture_scores_and_names(kernel):
    names = run_script("detector")
    page, view = live_page(kernel, names), names["result"].widget
    assert one_result(page, view)[2, 2].tolist() == pytest.approx([0, 255, 0], abs=10)
    wait_for(lambda: names["names"].read() == "bright, dark")
    assert names["scores"].read() == {"bright": 0.39, "dark": 0.61}
    set_by_person(names["least_score"], value=0.9)
    assert one_result(page, view)[2, 2].tolist() == pytest.approx([255, 0, 0], abs=10)
    wait_for(lambda: names["names"].read() == "nothing")
    names["demo"].close()
