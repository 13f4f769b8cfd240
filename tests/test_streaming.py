"""Inputs, outputs and kinds of functions, through a whole stream."""

from __future__ import annotations

import asyncio
import functools
import threading
from typing import Any

import ipywidgets
import numpy as np
import pytest

import nbstream as nbs
from nbstream.pictures.codecs import decode_image, encode
from nbstream.testing import FakePage, wait_for
from nbstream.testing.fake_page import STILL

from .streaming import Stream, grey, level_of

# --- inputs ------------------------------------------------------------------------------------


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


# --- outputs -----------------------------------------------------------------------------------


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


# --- state -------------------------------------------------------------------------------------


def count_up(frame, count):
    return frame, count + 1


def test_a_state_goes_from_call_to_call_and_survives_stop(kernel):
    webcam, view, count = nbs.Webcam(), nbs.ImageView(), nbs.State(0)
    webcam.stream(count_up, inputs=[webcam, count], outputs=[view, count])
    page = FakePage(kernel, webcam, view)
    for calls in (1, 2):
        page.start()
        page.wait_for_status("live")
        page.send_frame()
        wait_for(lambda: count.value == calls)  # noqa: B023 - waited for at once
        page.stop()
    count.reset()
    assert count.value == 0


def test_a_state_is_not_rolled_back_by_an_error(kernel):
    seen = nbs.State([])

    def fails(frame, seen):
        seen.append(1)
        raise ValueError("a fault")

    webcam = nbs.Webcam()
    binding = webcam.stream(fails, inputs=[webcam, seen], outputs=None)
    page = FakePage(kernel, webcam)
    page.start()
    page.wait_for_status("live")
    page.send_frame()
    wait_for(lambda: binding.error)
    assert seen.value == [1]


# --- kinds of functions ------------------------------------------------------------------------


async def asynchronous(frame):
    await asyncio.sleep(0)
    return 255 - frame


def generator(frame):
    yield frame
    yield 255 - frame


async def async_generator(frame):
    yield frame
    await asyncio.sleep(0)
    yield 255 - frame


class Inverter:
    def __call__(self, frame):
        return 255 - frame


@pytest.mark.parametrize(
    ("fn", "levels"),
    [
        (asynchronous, [60]),
        (generator, [200, 60]),
        (async_generator, [200, 60]),
        (functools.partial(np.subtract, 255), [60]),
        (Inverter(), [60]),
        (np.invert, [60]),
    ],
    ids=["async", "generator", "async generator", "partial", "object", "ufunc"],
)
def test_every_kind_of_function_streams_and_can_be_stopped_and_started_again(kernel, fn, levels):
    stream = Stream(kernel, fn)
    for runs in (1, 2):
        stream.go_live()
        stream.page.send_frame(grey(200))
        stream.page.wait_for_result(stream.view, runs * len(levels))
        shown = [level_of(one) for one in stream.page.results(stream.view)]
        assert shown == levels * runs
        stream.page.stop()
        wait_for(lambda: stream.binding.life.runner is None)
    assert stream.binding.error is None


def test_stop_ends_an_awaited_call_at_once(kernel):
    entered = threading.Event()

    async def waits_for_ever(frame):
        entered.set()
        await asyncio.Event().wait()

    stream = Stream(kernel, waits_for_ever).go_live()
    stream.page.send_frame()
    assert entered.wait(10)
    stream.page.stop()
    wait_for(lambda: stream.binding.life.runner is None)
    assert stream.binding.error is None


def test_an_error_in_the_middle_of_a_generator_is_shown_and_what_came_before_too(kernel):
    def breaks(frame):
        yield frame
        raise ValueError("a fault")

    stream = Stream(kernel, breaks).go_live()
    assert stream.one_result(70) == 70
    wait_for(lambda: stream.binding.error)
    assert stream.binding.status == "live"


@pytest.mark.parametrize("kind", [ValueError, SystemExit, asyncio.CancelledError])
def test_an_async_function_may_fail_in_any_way(kernel, kind):
    faults = iter([kind("a fault"), None])

    async def fails(frame):
        if (fault := next(faults)) is not None:
            raise fault
        return frame

    stream = Stream(kernel, fails).go_live()
    stream.page.send_frame()
    wait_for(lambda: stream.binding.error)
    assert stream.one_result(70) == 70


# --- the display by hand -----------------------------------------------------------------------


def test_a_display_shows_an_array_without_any_stream(kernel):
    view = nbs.ImageView(label="result")
    page = FakePage(kernel, nbs.Webcam(), view)
    view.value = grey(70)
    assert level_of(page.wait_for_result(view)) == 70
    assert level_of(view.value) == 70
    view.value = None
    assert page.wait_for_result(view, 2) is None
    assert view.value is None


def test_a_display_shows_the_newest_picture_to_a_page_that_comes_later(kernel):
    view = nbs.ImageView(grey(70))
    page = FakePage(kernel, nbs.Webcam(), view)
    assert level_of(page.wait_for_result(view)) == 70


def test_a_displays_frame_can_be_set_and_observed(kernel):
    one, two = nbs.ImageView(), nbs.ImageView()
    seen: list[Any] = []
    one.observe(lambda change: seen.append(change["new"]), "frame")
    page = FakePage(kernel, nbs.Webcam(), one, two)
    one.value = grey(70)
    two.frame = one.frame
    assert seen == [one.frame]
    assert level_of(page.wait_for_result(two)) == 70


def test_a_png_display_loses_nothing(kernel):
    view = nbs.ImageView(format="png")
    picture = np.random.default_rng(0).integers(0, 255, (8, 8, 3), np.uint8)
    view.value = picture
    assert np.array_equal(view.value, picture)


def test_a_display_paces_itself_by_what_the_page_has_painted(kernel):
    view = nbs.ImageView()
    page = FakePage(kernel, nbs.Webcam(), view, paints=False)
    for level in (10, 20, 30, 40, 50):
        view.value = grey(level)
    assert len(page.results(view)) == 3
    page.paint(view)
    assert [level_of(one) for one in page.results(view)] == [10, 20, 30, 50]


def test_a_display_hears_by_itself_what_was_painted_and_who_goes_away(kernel):
    view = nbs.ImageView()
    page = FakePage(kernel, nbs.Webcam(), view, paints=False)
    for level in (10, 20, 30, 40):
        view.value = grey(level)
    of_another = {
        nbs.ImageView()._widget_id: {"seq": 2, "received_at_ms": 1.0, "painted_at_ms": 1.0}
    }
    view.comm.deliver(page._message("painted", painted=of_another))
    assert len(page.results(view)) == 3
    painted = {view._widget_id: {"seq": 2, "received_at_ms": 1.0, "painted_at_ms": 1.0}}
    view.comm.deliver(page._message("painted", painted=painted))
    assert [level_of(one) for one in page.results(view)] == [10, 20, 30, 40]
    view.comm.deliver(page._message("bye"))
    view.value = grey(50)
    assert len(page.results(view)) == 4


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
