"""`interact`: a function becomes a camera, its controls and its result."""

from __future__ import annotations

import ipywidgets
import numpy as np
import pytest
from IPython.utils.capture import capture_output

import nbstream as nbs
from nbstream.testing import FakeMicrophone, FakePage, FakeSpeaker, wait_for

from .streaming import grey, level_of, wait_for_error


def shift(frame, by=10, *, mode="up"):
    return frame + np.uint8(by) if mode == "up" else frame - np.uint8(by)


def _forgets_return(frame, by=10):
    frame + np.uint8(by)


def _prints(frame):
    print(frame.mean())  # noqa: T201


def play(kernel, widget, *displays):
    page = FakePage(kernel, widget.source, *displays)
    page.start()
    page.wait_for_status("live")
    return page


def test_the_camera_is_for_the_first_parameter_and_ipywidgets_rules_for_the_rest(kernel):
    widget = nbs.interactive(shift, by=(0, 100, 10), mode=["up", "down"])
    by, mode = widget.kwargs_widgets
    assert isinstance(widget, ipywidgets.interactive)
    assert isinstance(widget.source, nbs.Webcam)
    assert (type(by), by.max, by.value) == (ipywidgets.IntSlider, 100, 10)
    assert (type(mode), mode.options) == (ipywidgets.Dropdown, ("up", "down"))
    assert widget.children[:2] == (by, mode)
    assert widget.children[2].children[0] is widget.source


def test_the_controls_count_from_the_next_call_on(kernel):
    widget = nbs.interactive(shift, by=(0, 100, 10), mode=["up", "down"])
    page = play(kernel, widget, widget._display.view)
    page.send_frame(grey(100))
    assert level_of(page.wait_for_result(widget._display.view)) == 110
    widget.kwargs_widgets[0].value = 50
    widget.kwargs_widgets[1].value = "down"
    page.send_frame(grey(100))
    assert level_of(page.wait_for_result(widget._display.view, 2)) == 50


@pytest.mark.parametrize(
    ("fn", "note"),
    [
        (_forgets_return, "_forgets_return() returns nothing, so nothing goes to the display. "),
        (_prints, ""),
        (shift, ""),
    ],
)
def test_a_forgotten_return_is_told_unless_the_function_prints(kernel, fn, note):
    widget = nbs.interactive(fn)
    page = play(kernel, widget)
    page.beat()
    widget.source._session.refresh()
    assert (page.state["note"] or "").partition("End it")[0] == note


def test_a_parameter_without_an_abbreviation_has_the_control_of_its_default(kernel):
    by, mode = nbs.interactive(shift).kwargs_widgets
    assert (type(by), by.value) == (ipywidgets.IntSlider, 10)
    assert (type(mode), mode.value) == (ipywidgets.Text, "up")


def test_fixed_values_and_controls_by_keyword_of_any_name_are_given(kernel):
    got = []

    def collect(frame, **values):
        got.append(values)

    widget = nbs.interactive(collect, model=ipywidgets.fixed("a model"), size=(1, 5))
    play(kernel, widget).send_frame(grey(10))
    wait_for(lambda: got)
    assert got == [{"model": "a model", "size": 3}]


def hear(sound: nbs.Sound, gain=1.0):
    return float(sound[1].max() * gain)


def test_the_annotation_sound_picks_the_microphone(kernel):
    widget = nbs.interactive(hear, {"stream_every": 0.0}, gain=(0.0, 4.0))
    widget.kwargs_widgets[0].value = 2.0
    page = FakeMicrophone(kernel, widget.source)
    page.start()
    page.wait_for_status("live")
    page.speak(np.full(800, 300, np.int16))
    wait_for(lambda: widget._display.text.value == "600.0")


def test_sound_that_is_returned_is_heard(kernel):
    def echo(sound: nbs.Sound):
        return sound

    widget = nbs.interactive(echo, {"stream_every": 0.0})
    speaker = FakeSpeaker(kernel, widget._display.player)
    page = FakeMicrophone(kernel, widget.source)
    page.start()
    page.wait_for_status("live")
    page.speak(np.full(800, 300, np.int16))
    speaker.wait_for_pieces()
    assert speaker.sounds()[0][1].tolist() == [300] * 800


@pytest.mark.parametrize(
    ("result", "text"),
    [("words", "words"), (3, "3"), (np.float64(1.5), "1.5"), ([1, 2], "[1, 2]"), (None, "")],
)
def test_what_is_no_picture_is_shown_as_text(kernel, result, text):
    widget = nbs.interactive(lambda frame: result)
    widget._display.text.value = "before"
    play(kernel, widget).send_frame(grey(10))
    wait_for(lambda: widget._display.text.value == text)


def test_sound_of_a_camera_function_says_how_it_is_heard(kernel):
    widget = nbs.interactive(lambda frame: (8000, np.zeros(8, np.int16)))
    play(kernel, widget).send_frame(grey(10))
    assert "-> nbs.Sound" in wait_for_error(widget.binding)


def test_metadata_is_no_control(kernel):
    got = []

    def look(frame, by=1, meta=None):
        got.append(meta.width_px)

    widget = nbs.interactive(look, {"metadata": True})
    assert [one._kwarg for one in widget.kwargs_widgets] == ["by"]
    play(kernel, widget).send_frame(grey(10))
    wait_for(lambda: got)
    assert got == [64]


def test_interact_shows_the_widget_and_returns_the_function(kernel):
    with capture_output() as shown:
        returned = nbs.interact(shift, by=(0, 9))
    assert returned is shift
    assert shift.widget.kwargs_widgets[0].max == 9
    assert "interactive(" in shown.stdout


def test_interact_is_a_decorator_with_and_without_arguments(kernel):
    with capture_output():

        @nbs.interact
        def one(frame, by=5):
            return frame

        @nbs.interact.options(time_limit=30)(by=(0, 7))
        def two(frame, by=5):
            return frame

        bound = nbs.interact(Filters().shift)
    assert one(grey(1)) is not None
    assert one.widget.binding.plan.options["time_limit"] is None
    assert two.widget.binding.plan.options["time_limit"] == 30
    assert two.widget.kwargs_widgets[0].max == 7
    assert level_of(bound(grey(10), by=20)) == 30
    assert bound.widget.source


class Filters:
    def shift(self, frame, by=10):
        return frame + np.uint8(by)


def test_a_source_of_ones_own_is_used_and_stays(kernel):
    webcam = nbs.Webcam()
    widget = nbs.interactive(shift, frame=webcam)
    assert widget.source is webcam
    widget.close()
    assert webcam.bindings == []
    assert webcam.comm is not None


def test_closing_leaves_nothing(kernel):
    widget = nbs.interactive(shift)
    play(kernel, widget).send_frame(grey(10))
    widget.close()
    assert [one.comm for one in (widget, widget.source, widget._display.view)] == [None] * 3


def test_functions_that_cannot_be_controlled_are_refused_with_advice(kernel):
    with pytest.raises(TypeError, match="takes no picture or sound"):
        nbs.interactive(lambda: 1)
    with pytest.raises(TypeError, match=r"shift\(\) has no parameter 'bye' .* did you mean by"):
        nbs.interactive(shift, bye=3)
    with pytest.raises(TypeError, match="for frame, the first parameter; expected a source"):
        nbs.interactive(shift, frame=(0, 3))
    with pytest.raises(ValueError, match="cannot find widget or abbreviation for argument: 'by'"):
        nbs.interactive(lambda frame, by: frame)
