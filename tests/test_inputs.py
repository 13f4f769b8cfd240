"""What a function is called with, through a whole stream."""

from __future__ import annotations

import threading
from typing import Any

import ipywidgets

import nbstream as nbs
from nbstream.testing import FakePage, wait_for

from .streaming import Stream, grey, level_of


def apply_effect(frame, effect):
    return 255 - frame if effect == "invert" else frame


def test_the_value_of_a_dropdown_counts_from_the_next_call_on(kernel):
    effect = ipywidgets.Dropdown(options=["none", "invert"])
    webcam, view = nbs.Webcam(), nbs.ImageView()
    webcam.stream(apply_effect, inputs=[webcam, effect], outputs=view)
    page = FakePage(kernel, webcam, view)
    page.start()
    page.wait_for_status("live")
    page.send_frame(grey(200))
    assert level_of(page.wait_for_result(view)) == 200
    effect.value = "invert"
    page.send_frame(grey(200))
    assert level_of(page.wait_for_result(view, 2)) == 60


def test_a_change_in_the_page_counts_as_well(kernel):
    slider = ipywidgets.IntSlider(10, max=255)
    webcam, view = nbs.Webcam(), nbs.ImageView()
    webcam.stream(grey, inputs=slider, outputs=view)
    page = FakePage(kernel, webcam, view)
    page.start()
    page.wait_for_status("live")
    slider.comm.deliver_update(value=120)
    page.send_frame()
    assert level_of(page.wait_for_result(view)) == 120


def test_values_are_read_when_the_call_starts(kernel):
    slider = ipywidgets.IntSlider(10, max=255)
    entered, go_on = threading.Event(), threading.Event()
    seen: list[int] = []

    def look(frame, value):
        seen.append(value)
        entered.set()
        go_on.wait(10)
        return frame

    webcam, view = nbs.Webcam(), nbs.ImageView()
    webcam.stream(look, inputs=[webcam, slider], outputs=view)
    page = FakePage(kernel, webcam, view)
    page.start()
    page.wait_for_status("live")
    page.send_frame()
    assert entered.wait(10)
    page.send_frame()
    slider.value = 20
    go_on.set()
    page.wait_for_result(view, 2)
    assert seen == [10, 20]


def test_inputs_come_in_their_order_and_need_not_hold_the_camera(kernel):
    seen: list[Any] = []
    slider, state = ipywidgets.IntSlider(3), nbs.State("kept")
    webcam = nbs.Webcam()
    webcam.stream(lambda *values: seen.append(values), inputs=[state, (slider, "max"), slider])
    page = FakePage(kernel, webcam)
    page.start()
    page.wait_for_status("live")
    page.send_frame()
    wait_for(lambda: seen)
    assert seen == [("kept", 100, 3)]


def test_widgets_have_the_lanes_routing_while_live_and_their_own_afterwards(kernel):
    slider = ipywidgets.IntSlider()
    webcam = nbs.Webcam()
    binding = webcam.stream(lambda frame, value: None, inputs=[webcam, slider])
    page = FakePage(kernel, webcam)
    assert "handle_msg" not in vars(slider.comm)
    page.start()
    wait_for(lambda: "handle_msg" in vars(slider.comm))
    binding.stop()
    wait_for(lambda: "handle_msg" not in vars(slider.comm))


def test_a_display_of_one_stream_can_be_the_input_of_another(kernel):
    stream = Stream(kernel, lambda frame: frame).go_live()
    inverted = nbs.ImageView()
    stream.webcam.stream(
        lambda shown: None if shown is None else 255 - shown,
        inputs=stream.view,
        outputs=inverted,
        add=True,
    ).start()
    page = FakePage(kernel, stream.webcam, stream.view, inverted, client="page-2")
    stream.one_result(200)
    wait_for(lambda: stream.view.value is not None)
    count = len(page.results(inverted))
    stream.page.send_frame(grey(200))
    assert level_of(page.wait_for_result(inverted, count + 1)) == 60


def test_two_cameras_meet_in_one_function(kernel):
    left, right, view = nbs.Webcam(), nbs.Webcam(), nbs.ImageView()
    left.stream(
        lambda one, other: one if other is None else other, inputs=[left, right], outputs=view
    )
    page, right_page = FakePage(kernel, left, view), FakePage(kernel, right)
    page.start()
    page.wait_for_status("live")
    page.send_frame(grey(70))
    assert level_of(page.wait_for_result(view)) == 70
    right_page.start()
    right_page.send_frame(grey(200))
    page.send_frame(grey(70))
    assert level_of(page.wait_for_result(view, 2)) == 200
