"""`Webcam`: options, the newest picture, and pictures that are set by hand."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import Any

import numpy as np
import pytest
import traitlets

import nbstream as nbs
from nbstream.pictures.codecs import encode
from nbstream.testing import FakePage, wait_for

from .streaming import Stream, grey, identity, level_of


@pytest.mark.parametrize(
    "options",
    [
        {"device": "synthetic"},
        {"resolution": (1280, 720)},
        {"crop": (0.25, 0.0, 0.5, 1.0)},
        {"crop": (2 / 3, 2 / 3, 1 / 3, 1 / 3)},
        {"crop": None},
        {"facing_mode": "environment"},
        {"mirror": "preview"},
        {"mirror": "pixels"},
        {"quality": 1},
        {"quality": (40, 85)},
        {"hold": "rate"},
        {"color": "gray"},
        {"constraints": {"frameRate": 30}},
        {"label": "Left eye"},
    ],
    ids=str,
)
def test_options_travel_to_the_page(kernel, options):
    webcam = nbs.Webcam(**options)
    state = next(data for kind, data, _ in webcam.comm.sent if kind == "comm_open")["state"]
    (name, value), *_ = options.items()
    assert state[name] == (list(value) if isinstance(value, list) else value)


@pytest.mark.parametrize(
    "options",
    [
        {"resolution": (640,)},
        {"resolution": (8, 480)},
        {"resolution": (640, 5000)},
        {"resolution": 640},
        {"crop": (0.0, 0.0, 1.0)},
        {"crop": (-0.1, 0.0, 0.5, 0.5)},
        {"crop": (0.0, 0.6, 0.5, 0.5)},
        {"crop": (0.0, 0.0, 0.0, 1.0)},
        {"crop": (0.0, 0.0, 640, 480)},
        {"crop": (0.0, 0.0, float("nan"), 1.0)},
        {"crop": "left half"},
        {"facing_mode": "left"},
        {"mirror": True},
        {"mirror": "both"},
        {"quality": 0},
        {"quality": 101},
        {"quality": (40, 101)},
        {"quality": (85, 40)},
        {"quality": (40,)},
        {"quality": "high"},
        {"hold": "quality"},
        {"color": "hsv"},
        {"constraints": 30},
        {"device": 3},
    ],
    ids=str,
)
def test_options_out_of_range_are_refused(kernel, options):
    with pytest.raises(traitlets.TraitError, match=next(iter(options))):
        nbs.Webcam(**options)


def test_a_crop_that_leaves_the_picture_says_what_is_wanted(kernel):
    with pytest.raises(
        traitlets.TraitError, match=r"0\.5, 0\.0, 0\.6.*left \+ width.*give \(0\.25"
    ):
        nbs.Webcam(crop=(0.5, 0.0, 0.6, 1.0))


def test_an_option_that_does_not_exist_is_refused(kernel):
    with pytest.raises((TypeError, traitlets.TraitError, DeprecationWarning), match="reso"):
        nbs.Webcam(reso=(640, 480))


def test_each_widget_has_a_name_of_its_own(kernel):
    assert nbs.Webcam()._widget_id != nbs.Webcam()._widget_id


def test_no_picture_is_ever_in_the_synced_state(kernel):
    stream = Stream(kernel).go_live()
    stream.one_result()
    for widget in (stream.webcam, stream.view):
        assert "frame" not in widget.get_state()
        updates = [
            set(data["state"]) for _, data, _ in widget.comm.sent if data.get("method") == "update"
        ]
        assert set().union(*updates) <= {"_is_live"}


# --- the newest picture ------------------------------------------------------------------------


def test_before_the_first_picture_there_is_none(kernel):
    webcam = nbs.Webcam()
    assert webcam.frame is None
    assert webcam.snapshot() is None


@pytest.mark.parametrize(("color", "shape"), [("rgb", (48, 64, 3)), ("gray", (48, 64))])
def test_a_snapshot_is_the_newest_picture(kernel, color, shape):
    stream = Stream(kernel)
    stream.webcam.color = color
    stream.go_live()
    stream.one_result(70)
    snapshot = stream.webcam.snapshot()
    assert snapshot is not None
    assert snapshot.shape == shape
    assert level_of(snapshot) == 70


def test_the_frame_can_be_observed(kernel):
    stream = Stream(kernel)
    seen: list[bytes] = []
    stream.webcam.observe(lambda change: seen.append(change["new"]), "frame")
    stream.go_live()
    data = encode(grey(70))
    stream.page.send_frame(data)
    wait_for(lambda: seen == [data])


def test_an_observer_of_the_frame_that_waits_holds_up_no_message_and_hears_of_the_newest(kernel):
    stream = Stream(kernel)
    entered, go_on = threading.Event(), threading.Event()
    seen: list[bytes] = []

    def observer(change):
        seen.append(change["new"])
        entered.set()
        go_on.wait(10)

    stream.webcam.observe(observer, "frame")
    stream.go_live()
    stream.one_result(10)
    assert entered.wait(10)
    for level in (20, 30, 40):
        assert stream.one_result(level) == level
    go_on.set()
    wait_for(lambda: seen[-1:] == [stream.webcam.frame])
    assert len(seen) == 2


def test_a_frame_that_the_users_code_sets_is_observed_at_once(kernel):
    stream = Stream(kernel).go_live()
    seen: list[bytes] = []
    stream.webcam.observe(lambda change: seen.append(change["new"]), "frame")
    stream.webcam.frame = data = encode(grey(70))
    assert seen == [data]


def test_the_capture_is_seen_as_it_came_whatever_the_function_returns(kernel):
    stream = Stream(kernel, lambda frame: 255 - frame).go_live()
    assert stream.one_result(200) == 60
    assert level_of(stream.webcam.snapshot()) == 200


# --- set by hand -------------------------------------------------------------------------------


def test_a_frame_set_by_hand_feeds_the_live_streams(kernel):
    stream = Stream(kernel, lambda frame: 255 - frame).go_live()
    stream.webcam.frame = encode(grey(200))
    assert level_of(stream.page.wait_for_result(stream.view)) == 60


def test_the_same_frame_set_again_is_a_frame_like_any_other(kernel):
    stream = Stream(kernel).go_live()
    data = encode(grey(70))
    for count in (1, 2):
        stream.webcam.frame = data
        stream.page.wait_for_result(stream.view, count)


def test_a_frame_set_by_hand_uses_no_credit_and_no_number(kernel):
    seen: list[Any] = []

    def look(frame, meta):
        seen.append(meta)
        return frame

    stream = Stream(kernel, look, metadata=True).go_live()
    stream.webcam.frame = encode(grey(70))
    stream.page.wait_for_result(stream.view)
    assert stream.page.credit["taken_through"] == 0
    assert seen[0].captured_at_s is None
    stream.page.send_frame()
    stream.page.wait_for_result(stream.view, 2)
    assert seen[1].index == 1


@pytest.mark.filterwarnings("ignore:webcam.frame was set")
def test_a_frame_set_by_hand_is_not_called_for_while_idle(kernel):
    stream = Stream(kernel)
    stream.webcam.frame = encode(grey(70))
    assert level_of(stream.webcam.snapshot()) == 70
    assert stream.page.results(stream.view) == []


def test_with_a_range_of_quality_results_have_the_best(kernel):
    def result_bytes(quality):
        webcam = nbs.Webcam(quality=quality)
        webcam.stream(identity, outputs=webcam)
        page = FakePage(kernel, webcam, client=f"page {quality}")
        page.start()
        page.wait_for_status("live")
        page.send_frame(np.random.default_rng(1).integers(0, 255, (48, 64, 3), np.uint8))
        page.wait_for_result()
        messages = webcam.comm.custom_messages()
        return next(buffers for content, buffers in messages if content["type"] == "result")

    assert result_bytes((40, 85)) == result_bytes(85) != result_bytes(40)


def test_a_frame_may_be_taken_from_one_camera_to_another(kernel):
    stream = Stream(kernel).go_live()
    other = Stream(kernel, client="page-2").go_live()
    stream.one_result(70)
    other.webcam.frame = stream.webcam.frame
    assert level_of(other.page.wait_for_result(other.view)) == 70


@pytest.mark.filterwarnings("ignore:webcam.frame was set")
@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_any_bytes_may_be_set(kernel, kind):
    webcam = nbs.Webcam()
    webcam.frame = kind(encode(grey(70)))
    assert isinstance(webcam.frame, bytes)
    webcam.frame = None
    assert webcam.snapshot() is None


# --- what a function gets ----------------------------------------------------------------------


def test_a_function_gets_an_array_that_it_may_write_on(kernel):
    seen: list[Any] = []

    def paint(frame):
        frame[:] = 0
        seen.append(frame)
        return frame

    stream = Stream(kernel, paint).go_live()
    assert stream.one_result(200) == 0
    assert seen[0].shape == (48, 64, 3)
    assert seen[0].dtype == np.uint8
    assert seen[0].flags.c_contiguous


def test_metadata_tells_of_the_frame(kernel):
    seen: list[nbs.FrameMeta] = []

    def look(frame, meta):
        seen.append(meta)
        return frame

    stream = Stream(kernel, look, metadata=True).go_live()
    stream.one_result()
    stream.page.send_frame(lost=True)
    stream.one_result()
    assert [meta.index for meta in seen] == [1, 3]
    assert seen[0].width_px == 64
    assert seen[0].height_px == 48
    assert seen[1].captured_at_s == pytest.approx(stream.page._captured_at_ms / 1000)
    assert (seen[0].gap_s, seen[0].final) == (0.0, False)


def test_the_newest_frame_wins_while_the_function_is_busy(kernel, holdup):
    stream = Stream(kernel, holdup).go_live()
    stream.page.send_frame(grey(10))
    holdup.wait_until_entered()
    for level in (50, 70, 200):
        stream.page.send_frame(grey(level))
    kernel.clock.advance(1)
    assert stream.page.credit["superseded"] == 2
    holdup.release(2)
    assert level_of(stream.page.wait_for_result(stream.view, 2)) == 200
    assert holdup.call_count == 2
    assert stream.binding.stats["counts"]["superseded"] == 2


def test_with_bgr_blue_comes_first_and_goes_out_first(kernel):
    blue = np.zeros((48, 64, 3), np.uint8)
    blue[..., 2] = 250
    seen: list[Any] = []

    def look(frame):
        seen.append(frame)
        return frame

    webcam = nbs.Webcam(color="bgr")
    webcam.stream(look, outputs=webcam)
    page = FakePage(kernel, webcam)
    page.start()
    page.wait_for_status("live")
    page.send_frame(blue)
    result = page.wait_for_result()
    assert seen[0][0, 0, 0] > 200
    assert result is not None
    assert result[0, 0, 2] > 200


# --- the end -----------------------------------------------------------------------------------


def test_a_closed_webcam_turns_the_camera_off_by_leaving_the_page(kernel):
    stream = Stream(kernel).go_live()
    comm = stream.webcam.comm
    stream.webcam.close()
    assert stream.binding.status == "idle"
    assert comm.sent[-1][0] == "comm_close"


def test_a_host_that_closes_the_comm_behind_a_live_webcam_has_closed_it(kernel):
    # marimo, when the cell that made the widget runs again.
    stream = Stream(kernel).go_live()
    comm = stream.webcam.comm
    comm.close()
    said = len(comm.sent)
    kernel.clock.advance(2)
    assert stream.webcam.comm is None
    assert not stream.webcam.bindings
    kernel.clock.advance(60)
    assert len(comm.sent) == said


def test_closing_twice_is_harmless(kernel):
    stream = Stream(kernel).go_live()
    for _ in range(2):
        stream.webcam.close()
        stream.view.close()
        stream.binding.close()


def test_closing_while_a_call_runs_ends_its_thread_when_it_returns(kernel, holdup):
    stream = Stream(kernel, holdup).go_live()
    stream.page.send_frame()
    holdup.wait_until_entered()
    stream.webcam.close()
    stream.view.close()
    holdup.release()
    wait_for(lambda: stream.binding.life.runner is None)


def test_a_closed_binding_and_its_function_are_let_go(kernel):
    class Model:
        def __call__(self, frame):
            return frame

    model = Model()
    webcam = nbs.Webcam()
    gone = weakref.ref(model)
    webcam.stream(model).close()
    webcam.stream(identity)
    del model
    gc.collect()
    assert gone() is None
