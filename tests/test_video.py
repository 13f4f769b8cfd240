"""Pictures that come as video: decoded in order, and what is broken is dropped, counted and asked for anew."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import av
import numpy as np
import pytest

import nbstream as nbs
from nbstream.errors import CorruptFrameError
from nbstream.feeds import video_track
from nbstream.feeds.video_track import VideoTrack, key_frame_size

from .streaming import Picture, Stream, grey, level_of

SIZE = {"width_px": 64, "height_px": 48}
LEVELS = (40, 100, 160, 220)


def encoded(pictures: list[Picture]) -> list[bytes]:
    """Frames of VP8, as a browser makes them: the first a key frame, each other built on the one before."""
    height_px, width_px = pictures[0].shape[:2]
    encoder: Any = av.CodecContext.create("libvpx", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width_px, height_px, "yuv420p"
    encoder.bit_rate, encoder.time_base = 2_000_000, Fraction(1, 30)
    encoder.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
    found: list[bytes] = []
    for number, picture in enumerate(pictures):
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
        frame.pts = number
        found += [bytes(packet) for packet in encoder.encode(frame)]
    return found


@pytest.fixture(scope="module")
def frames() -> list[bytes]:
    return encoded([grey(level) for level in LEVELS])


@pytest.fixture
def stream(kernel) -> Iterator[Stream]:
    made = Stream(kernel, stream_every=0)
    made.webcam.codec = "video"
    yield made.go_live()
    made.webcam.close()


def send(stream: Stream, data: bytes, after: int, **fields: Any) -> None:
    stream.page.send_frame(data, **{**SIZE, "codec": "vp8", "after": after, **fields})


def key_after(stream: Stream) -> int | None:
    found: int | None = stream.page.credit.get("key_after")
    return found


def level_shown(stream: Stream, count: int) -> int:
    return level_of(stream.page.wait_for_result(stream.view, count))


def test_each_frame_of_a_video_reaches_the_function_as_a_picture(stream, frames):
    for number, (data, level) in enumerate(zip(frames, LEVELS, strict=True), 1):
        send(stream, data, number - 1)
        assert level_shown(stream, number) == level
    assert stream.binding.stats["counts"]["bytes_up"] == sum(map(len, frames))
    assert stream.binding.stats["gauges"]["video"] == 1
    assert stream.webcam.frame[:3] == b"\xff\xd8\xff", "webcam.frame is a JPEG as ever"
    assert level_of(stream.webcam.snapshot()) == LEVELS[-1]


def test_frames_that_no_call_takes_are_decoded_all_the_same(stream, frames):
    stream.binding.pause()
    for number, data in enumerate(frames, 1):
        send(stream, data, number - 1)
    assert level_of(stream.webcam.snapshot()) == LEVELS[-1]
    assert key_after(stream) is None


BROKEN = {
    "cut": lambda frames: (frames[1][: len(frames[1]) // 4], 1, {}),
    "of another frame's place": lambda frames: (frames[2], 7, {}),
    "of rubbish that says it is a key frame": lambda _: (b"\xff" * 300, 0, {}),
    "a key frame that is none": lambda frames: (frames[1], 0, {}),
    "stated as another size": lambda frames: (frames[1], 1, {"width_px": 128}),
    "a key frame stated as another size": lambda frames: (frames[0], 0, {"height_px": 96}),
    "a key frame of more pixels than is allowed": lambda frames: (
        frames[0][:6] + b"\xff\x3f\xff\x3f" + frames[0][10:],
        0,
        {"width_px": 16383, "height_px": 16383},
    ),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_broken_frame_is_dropped_and_counted_and_a_key_frame_asked_for(stream, frames, broken):
    send(stream, frames[0], 0)
    assert level_shown(stream, 1) == LEVELS[0]
    data, after, fields = broken(frames)
    stream.page.seq += after == 7
    send(stream, data, min(after, stream.page.seq), **fields)
    bad = stream.page.seq
    assert (key_after(stream), stream.page.credit["rejected"]) == (bad, 1)
    # What builds on it is of no use either, and says so again.
    send(stream, frames[2], bad)
    assert (key_after(stream), stream.page.credit["rejected"]) == (bad + 1, 2)
    send(stream, frames[0], 0)
    assert (level_shown(stream, 2), key_after(stream)) == (LEVELS[0], None)
    send(stream, frames[1], stream.page.seq)
    assert level_shown(stream, 3) == LEVELS[1]


def test_a_frame_that_is_lost_on_its_way_is_noticed_by_the_next(stream, frames):
    send(stream, frames[0], 0)
    stream.page.send_frame(frames[1], lost=True, **SIZE, codec="vp8", after=1)
    send(stream, frames[2], 2)
    assert key_after(stream) == 3


def test_a_size_may_change_with_a_key_frame(stream, frames):
    send(stream, frames[0], 0)
    assert level_shown(stream, 1) == LEVELS[0]
    wide = encoded([np.full((32, 96, 3), 100, np.uint8)])
    send(stream, wide[0], 0, width_px=96, height_px=32)
    assert stream.page.wait_for_result(stream.view, 2).shape == (32, 96, 3)


def test_jpeg_is_taken_at_any_time_and_does_not_break_the_video(stream, frames):
    send(stream, frames[0], 0)
    assert level_shown(stream, 1) == LEVELS[0]
    stream.page.send_frame(grey(70))
    assert level_shown(stream, 2) == 70
    send(stream, frames[1], 1)
    assert level_shown(stream, 3) == LEVELS[1]


def test_a_new_run_begins_with_a_key_frame(stream, frames):
    send(stream, frames[0], 0)
    stream.page.stop()
    stream.go_live()
    assert key_after(stream) is None
    send(stream, frames[1], 0)
    assert key_after(stream) == 1


def test_a_browser_that_goes_on_with_jpeg_is_told_of(stream):
    for _ in range(20):
        stream.one_result()
    stream.webcam._session.refresh()
    assert "WebCodecs" in stream.page.state["note"]


def test_without_pyav_pictures_travel_as_jpeg_and_this_is_said(monkeypatch):
    monkeypatch.setattr(video_track, "has_pyav", lambda: False)
    with pytest.warns(UserWarning, match=r"nbstream\[video\]"):
        webcam = nbs.Webcam(codec="video")
    assert webcam._wire == "jpeg"
    webcam.codec = "auto"
    assert webcam._wire == "jpeg"
    webcam.close()


def test_the_codec_can_be_changed_while_the_stream_runs(stream):
    assert stream.webcam._wire == "vp8"
    for codec in ("jpeg", "auto"):
        stream.webcam.codec = codec
        assert stream.webcam._wire == codec


def test_the_size_is_read_before_anything_is_decoded(frames):
    assert key_frame_size(frames[0]) == (64, 48)
    for bad in (b"", frames[1], b"\x00" * 10):
        with pytest.raises(CorruptFrameError, match="no key frame"):
            key_frame_size(bad)


def test_any_bytes_are_a_picture_or_an_error_and_the_next_key_frame_is_decoded(frames):
    chance = np.random.default_rng(0)
    track = VideoTrack()
    for number in range(1, 200):
        data = bytearray(frames[int(chance.integers(len(frames)))])
        for _ in range(int(chance.integers(1, 5))):
            data[int(chance.integers(len(data)))] = int(chance.integers(256))
        with contextlib.suppress(CorruptFrameError):
            track.to_jpeg(bytes(data), 1, number, int(chance.integers(2)) * (number - 1), (64, 48))
    assert track.to_jpeg(frames[0], 1, 200, 0, (64, 48))[:2] == b"\xff\xd8"
