"""What a person presses over a picture: pause, freeze, snapshot, numbers, size and quality."""

from __future__ import annotations

import threading

import ipywidgets
import numpy as np
import pytest
import traitlets

import nbstream as nbs
from nbstream.testing import FakePage, wait_for

from .streaming import Stream, grey, identity, level_of


def test_pause_and_resume_by_the_page(kernel):
    stream = Stream(kernel).go_live()
    stream.page.command("pause")
    stream.page.wait_for_status("paused")
    assert stream.page.state["can_resume"]
    assert not stream.page.state["is_frozen"]
    stream.page.command("resume")
    stream.page.wait_for_status("live")


def brighter(frame, more):
    return np.clip(frame.astype(int) + more, 0, 255).astype(np.uint8)


def test_a_frozen_picture_is_worked_on_again_whenever_an_input_changes(kernel):
    more = ipywidgets.IntSlider(0, 0, 200)
    stream = Stream(kernel)
    stream.binding.close()
    webcam, view = stream.webcam, stream.view
    binding = webcam.stream(brighter, inputs=[webcam, more], outputs=view)
    stream.go_live()
    assert stream.one_result(50) == 50
    stream.page.command("freeze")
    stream.page.wait_for_status("paused")
    wait_for(lambda: stream.page.state["is_frozen"])
    more.value = 100
    wait_for(lambda: view.value is not None and level_of(view.value) == 150)
    binding.resume()
    stream.page.wait_for_status("live")
    assert not binding.is_frozen
    more.value = 0
    binding.pause()
    stream.page.wait_for_status("paused")
    assert not binding.is_frozen
    more.value = 50
    assert level_of(view.value) == 150


def test_freeze_watches_the_inputs_once_and_lets_go_of_them(kernel):
    more = ipywidgets.IntSlider(0, 0, 200)
    watchers = len(more._trait_notifiers.get("value", {}).get("change", []))
    webcam = nbs.Webcam()
    binding = webcam.stream(brighter, inputs=[webcam, more])

    def watching() -> int:
        return len(more._trait_notifiers["value"]["change"]) - watchers

    for _ in range(3):
        binding.freeze()
    assert watching() == 1
    binding.close()
    assert watching() == 0


def test_snapshots_are_kept_as_arrays_the_newest_hundred(kernel):
    stream = Stream(kernel).go_live()
    stream.page.command("snapshot")
    assert stream.webcam.snapshots == []
    stream.one_result(100)
    stream.page.command("snapshot")
    wait_for(lambda: len(stream.webcam.snapshots) == 1)
    assert stream.webcam.snapshots[0].shape == grey(0).shape
    for _ in range(120):
        stream.webcam.keep_snapshot()
    assert len(stream.webcam.snapshots) == 100


def test_numbers_are_told_while_they_are_wanted(kernel):
    stream = Stream(kernel).go_live()
    assert stream.page.state["stats"] is None
    stream.page.command("toggle_stats")
    wait_for(lambda: stream.webcam.show_stats)
    stream.one_result(100)

    def call_is_told() -> bool:
        stream.webcam._session.refresh()
        numbers = stream.page.state["stats"]
        return numbers is not None and "call" in numbers["legs_ms"] and numbers["bytes_up"] > 0

    wait_for(call_is_told)
    stream.page.command("toggle_stats")
    wait_for(lambda: stream.page.state["stats"] is None)


def test_size_and_quality_that_a_person_chose_are_the_cameras(kernel):
    stream = Stream(kernel)
    stream.page.command("adjust", width_px=1280, height_px=720, quality=90)
    wait_for(lambda: (stream.webcam.resolution, stream.webcam.quality) == ((1280, 720), 90))
    stream.page.command("adjust", width_px=320, height_px=240)
    wait_for(lambda: stream.webcam.resolution == (320, 240))
    assert stream.webcam.quality == 90


def test_a_microphone_has_no_pictures_to_keep_or_to_adjust(kernel):
    microphone = nbs.Microphone()
    microphone.keep_snapshot()
    assert not hasattr(microphone, "snapshots")


def test_a_notice_is_shown_for_a_while_in_place_of_the_one_before(kernel):
    def told(frame):
        nbs.notice("Too dark", kind="warning", seconds=3)
        return frame

    stream = Stream(kernel, told).go_live()
    stream.one_result()
    kernel.clock.advance(1)
    wait_for(lambda: stream.page.state["note"] == "⚠ Too dark")
    for _ in range(4):
        stream.page.beat()
        kernel.clock.advance(1)
    assert stream.page.state["note"] is None


def test_progress_is_shown_until_its_call_ends(kernel):
    go_on = threading.Event()

    def slow(frame):
        nbs.progress(0.25, "A quarter")
        nbs.progress(0.251, "A quarter")  # no news
        go_on.wait(10)
        return frame

    stream = Stream(kernel, slow).go_live()
    stream.page.send_frame(grey(100))
    wait_for(lambda: stream.binding.notices.share is not None)
    kernel.clock.advance(1)
    wait_for(lambda: stream.page.state["progress"] == 0.25)
    assert stream.page.state["note"] == "A quarter"
    go_on.set()
    stream.page.wait_for_result(stream.view)
    wait_for(lambda: stream.binding.notices.share is None)
    kernel.clock.advance(1)
    wait_for(lambda: stream.page.state["progress"] is None)
    assert stream.page.state["note"] is None


def test_a_warm_up_tells_how_far_it_is(kernel):
    go_on = threading.Event()

    def load():
        nbs.progress(0.5, "Loading the model")
        go_on.wait(10)

    webcam = nbs.Webcam()
    page = FakePage(kernel, webcam)
    binding = webcam.stream(identity, warm_up=load)
    page.start()
    wait_for(lambda: binding.notices.share == 0.5)
    kernel.clock.advance(1)
    wait_for(lambda: page.state["progress"] == 0.5)
    assert (page.status, page.state["note"]) == ("waiting", "Loading the model")
    go_on.set()
    page.wait_for_status("live")
    assert binding.notices.share is None


def test_a_notice_from_nowhere_or_of_no_kind_is_refused():
    with pytest.raises(RuntimeError, match="outside of a stream's function"):
        nbs.notice("Hello")
    with pytest.raises(ValueError, match="expected one of info, success, warning, error"):
        nbs.notice("Hello", kind="loud")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"expected 0\.\.3600"):
        nbs.notice("Hello", seconds=-1)
    with pytest.raises(
        RuntimeError, match=r"progress\(\) was called outside of a stream's function"
    ):
        nbs.progress(0.5)
    for share in (-0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match=r"expected 0\.\.1, or None"):
            nbs.progress(share)


def test_controls_are_named_or_refused():
    assert nbs.Webcam(controls=("start", "devices")).controls == ("start", "devices")
    with pytest.raises(
        traitlets.TraitError, match="controls has 'zoom'; expected a tuple of some of start"
    ):
        nbs.Webcam(controls=("zoom",))


def test_a_view_is_compared_with_a_camera_and_with_nothing_else(kernel):
    webcam = nbs.Webcam()
    view = nbs.ImageView(compare=webcam)
    compared = [view._compared_id]
    view.compare = None
    assert [*compared, view._compared_id] == [webcam._widget_id, None]
    with pytest.raises(traitlets.TraitError, match="given str; expected a Webcam or Screen"):
        nbs.ImageView(compare="webcam")
