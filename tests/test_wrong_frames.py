"""Wrong pictures of pages are dropped and counted, their credit comes back, and the stream goes on."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np
import pytest

from nbstream.pictures.codecs import encode
from nbstream.testing import wait_for

from .streaming import Stream, grey


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
    counts = stream.binding.stats["counts"]
    assert (counts["frames"], counts["rejected"]) == (1, 1)


def test_of_each_frame_that_was_sent_the_stream_says_once_what_became_of_it(kernel):
    stream = Stream(kernel).go_live()
    assert stream.one_result(70) == 70
    run, sequence = stream.page.state["run"], stream.page.seq
    size = {"width_px": 64, "height_px": 48, "byte_length": len(SOUND)}
    times = {"captured_at_ms": 1.0, "sent_at_ms": 1.0}
    stream.page.send("frame", [SOUND], run=run, seq=sequence, **times, **size)  # it came twice
    stream.page.stop()
    stream.page.send("frame", [SOUND], run=run, seq=sequence + 1, **times, **size)  # too late
    counts = stream.binding.stats["counts"]
    assert (counts["frames"], counts["rejected"]) == (1, 1)


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
