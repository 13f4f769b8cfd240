"""Bad input: what comes wrong is said in three parts or dropped and counted, and the stream goes on."""

from __future__ import annotations

import json
import logging
import struct
from typing import Any

import ipywidgets
import numpy as np
import pytest
import traitlets
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import nbstream as nbs
from nbstream.pictures.codecs import encode
from nbstream.testing import FakePage, wait_for

from .streaming import Stream, grey, identity, level_of

# --- when the stream is made -------------------------------------------------------------------


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


# --- what the function returns -----------------------------------------------------------------

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
    wait_for(lambda: stream.binding.error)
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
    wait_for(lambda: stream.binding.error)
    text = stream.page.state["error"]["text"]
    assert "a tuple of 2 values (IntSlider.value, State)" in text
    stream.page.send_frame()
    wait_for(lambda: state.value == 5)
    assert slider.value == 4


def test_of_several_results_the_sound_ones_are_shown_and_the_wrong_one_is_named(kernel):
    view, slider = nbs.ImageView(), ipywidgets.IntSlider()
    stream = Stream(kernel, lambda frame: ("no picture", 7), outputs=[view, slider]).go_live()
    stream.page.send_frame()
    wait_for(lambda: stream.binding.error)
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


# --- what pages send ---------------------------------------------------------------------------


def jpeg_header_of(width_px: int, height_px: int) -> bytes:
    """A small JPEG file that says it is that large."""
    data = bytearray(encode(grey(100)))
    start = data.index(b"\xff\xc0")
    data[start + 5 : start + 9] = struct.pack(">HH", height_px, width_px)
    return bytes(data)


def test_a_huge_jpeg_is_refused_by_its_header_alone(kernel, monkeypatch):
    stream = Stream(kernel).go_live()
    decoded: list[Any] = []
    monkeypatch.setattr("nbstream.widgets.webcam.decode_image", lambda *args: decoded.append(args))
    stream.page.send_frame(jpeg_header_of(60_000, 60_000))
    assert stream.page.credit["rejected"] == 1
    assert decoded == []
    assert stream.webcam.frame is None


SOUND = encode(grey(100))

WRONG_FRAMES: dict[str, tuple[bytes, dict[str, Any]]] = {
    "garbage": (b"\x00" * 500, {}),
    "nothing but a header": (SOUND[:20], {}),
    "a PNG": (encode(grey(100), "png"), {"width_px": 64, "height_px": 48}),
    "another size than stated": (SOUND, {"width_px": 640}),
    "another length than stated": (SOUND, {"byte_length": 5}),
    "no time": (SOUND, {"captured_at_ms": None}),
    "a time that is no number": (SOUND, {"captured_at_ms": float("nan")}),
    "a text as its time": (SOUND, {"sent_at_ms": "now"}),
    "no width": (SOUND, {"width_px": None}),
    "rubbish painted": (SOUND, {"painted": {"x": 3}}),
}


@pytest.mark.parametrize("what", WRONG_FRAMES)
def test_a_wrong_frame_is_counted_its_credit_comes_back_and_the_stream_goes_on(kernel, what):
    data, lies = WRONG_FRAMES[what]
    stream = Stream(kernel).go_live()
    for number in range(1, 8):
        assert stream.may_send()
        stream.page.send_frame(data, **lies)
        assert stream.page.credit["rejected"] == number
    assert stream.webcam.frame is None
    assert stream.one_result(70) == 70


WRONG_NUMBERS: list[dict[str, Any]] = [
    {"captured_at_ms": 1e308},
    {"captured_at_ms": 4_600_000.0},
    {"captured_at_ms": 8.64e15},
    {"captured_at_ms": 0},
    {"sent_at_ms": 1.7e308},
    {"sent_at_ms": -1.7e308},
    {"sent_at_ms": 4_600_000.0},
    {"sent_at_ms": 8.64e15},
    {"width_px": 2**31},
    {"seq": 2**53 - 1},
    {"run": 2**53 - 1},
    {"byte_length": 2**53 - 1},
]


@pytest.mark.parametrize("lies", WRONG_NUMBERS, ids=str)
def test_a_wrong_number_costs_one_message_and_not_the_run(kernel, lies):
    stream = Stream(kernel).go_live()
    assert stream.one_result(70) == 70
    stream.page.send_frame(grey(200), **lies)
    stream.page._captured_at_ms = 0.0  # the page's next picture has the right time again
    stream.page.pass_time(1)
    for number in range(3):
        stream.page.pass_time(0.2)
        wait_for(stream.may_send)
        done = len(stream.page.results(stream.view))
        stream.page.send_frame(grey(90 + 20 * number))
        stream.page.wait_for_result(stream.view, done + 1)
    late_ms = stream.page.credit["late_ms"]
    assert late_ms is not None
    assert late_ms < 2000
    for widget in (stream.webcam, stream.view):
        for _, content, _ in widget.comm.sent:
            json.dumps(content, allow_nan=False)


@pytest.mark.parametrize("buffers", [[], [SOUND, SOUND]], ids=["missing", "two"])
def test_a_frame_without_its_one_buffer_is_counted_and_its_credit_comes_back(kernel, buffers):
    stream = Stream(kernel).go_live()
    for number in range(1, 8):
        seq = stream.page.send_frame(lost=True)
        stream.page.send(
            "frame",
            buffers,
            run=stream.page.state["run"],
            seq=seq,
            captured_at_ms=1.0,
            sent_at_ms=1.0,
            width_px=64,
            height_px=48,
            byte_length=len(SOUND),
        )
        assert stream.page.credit["rejected"] == number
    assert stream.one_result(70) == 70


def test_a_truncated_jpeg_is_counted_and_the_stream_goes_on(kernel):
    stream = Stream(kernel).go_live()
    data = encode(np.random.default_rng(0).integers(0, 255, (48, 64, 3), np.uint8))
    stream.page.send_frame(data[: len(data) // 2])
    wait_for(lambda: stream.webcam._session.bad_message_count == 1)
    assert stream.one_result(70) == 70
    assert stream.binding.error is None
    assert stream.binding.stats["counts"]["frames"] == 1


@pytest.mark.parametrize(
    "lie",
    [{"client": "stranger"}, {"run": 99}, {"seq": 10**9}, {"nbstream": 2}],
    ids=["unknown client", "another run", "beyond the credit", "another version"],
)
def test_a_frame_that_is_not_the_owners_next_is_dropped_and_counted(kernel, lie):
    stream = Stream(kernel).go_live()
    sequence = stream.page.send_frame(lost=True)
    content = {
        "nbstream": 1,
        "type": "frame",
        "client": stream.page.client,
        "run": stream.page.state["run"],
        "seq": sequence,
        "captured_at_ms": 1.0,
        "sent_at_ms": 1.0,
        "width_px": 64,
        "height_px": 48,
        "byte_length": len(SOUND),
        **lie,
    }
    stream.webcam.comm.deliver(content, [SOUND])
    assert stream.webcam._session.bad_message_count == 1
    assert stream.webcam.frame is None
    assert stream.one_result(70) == 70


def test_a_broken_frame_of_an_old_run_uses_up_no_number_of_the_new_one(kernel):
    stream = Stream(kernel).go_live()
    old = stream.page.state["run"]
    stream.page.stop()
    stream.go_live()
    stream.page.send("frame", [SOUND], run=old, seq=3, byte_length=5)
    stream.page.send("beat", seq=2)
    assert stream.one_result(70) == 70
    assert stream.binding.stats["counts"]["frames"] == 1


def test_rubbish_is_logged_once_and_counted(kernel, caplog):
    stream = Stream(kernel).go_live()
    with caplog.at_level(logging.INFO):
        for _ in range(50):
            stream.page.send_frame(b"\x00" * 500)
            stream.webcam.comm.deliver("rubbish")
            stream.webcam.comm.deliver({"nbstream": 1, "type": "frame", "client": 5})
            stream.view.comm.deliver("rubbish")
    assert stream.webcam._session.bad_message_count == 150
    assert len(caplog.records) <= 4
    assert all("[nbstream] dropped a message" in record.message for record in caplog.records)


def test_different_rubbish_cannot_flood_the_log_either(kernel, caplog):
    stream = Stream(kernel).go_live()
    with caplog.at_level(logging.INFO):
        for number in range(500):
            stream.webcam.comm.deliver(
                {"nbstream": 1, "type": f"{number} is unknown", "client": "c"}
            )
            stream.view.comm.deliver({"nbstream": 1, "type": f"{number} is unknown", "client": "c"})
    assert len(caplog.records) <= 40


def test_a_great_many_unknown_clients_do_not_pile_up(kernel):
    stream = Stream(kernel).go_live()
    for number in range(500):
        stream.webcam.comm.deliver({"nbstream": 1, "type": "bye", "client": f"stranger {number}"})
    assert len(stream.webcam._session._pages) < 10
    assert stream.one_result() == 100


RUBBISH: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=5,
)
FIELDS = ["type", "run", "seq", "views", "camera", "painted", "action", "command_index"]
KINDS = ["hello", "beat", "camera", "frame", "painted", "command"]


@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(KINDS), st.dictionaries(st.sampled_from(FIELDS), RUBBISH, max_size=4)
        ),
        max_size=10,
    )
)
def test_whatever_a_strange_page_says_nothing_is_raised_and_the_stream_goes_on(kernel, messages):
    stream = Stream(kernel).go_live()
    for kind, fields in messages:
        content = {"nbstream": 1, "type": kind, "client": "strange page", "views": 1, **fields}
        content.setdefault("command_index", 1)
        if content.get("action") in ("stop", "start", "take_over"):
            continue
        stream.webcam.comm.deliver(content, [b"x"])
        stream.view.comm.deliver(content, [b"x"])
    assert stream.page.status == "live"
    stream.page.send_frame(grey(70))
    wait_for(lambda: stream.binding.stats["counts"].get("frames", 0) == 1)
    stream.webcam.close()
    stream.view.close()


# --- by hand -----------------------------------------------------------------------------------


def test_a_frame_set_by_hand_that_is_no_picture_is_refused_with_what_to_give(kernel):
    webcam: Any = nbs.Webcam()
    with pytest.raises(
        traitlets.TraitError,
        match=r"frame was given bytes that it does not take: 5 bytes that begin",
    ):
        webcam.frame = b"hello"
    with pytest.raises(traitlets.TraitError, match="encoded bytes of a JPEG"):
        webcam.frame = grey(100)
    assert webcam.frame is None


def test_a_value_that_is_no_picture_is_refused_by_the_display(kernel):
    view = nbs.ImageView(grey(70))
    with pytest.raises(nbs.ResultError, match=r"ImageView\.value was given an int64 array"):
        view.value = np.zeros((4, 4), np.int64)
    assert level_of(view.value) == 70
