"""Pictures that come as video: decoded in order, and what is broken is dropped, counted and asked for anew."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import av
import numpy as np
import pytest

import nbstream as nbs
from nbstream.errors import CorruptFrameError
from nbstream.feeds.in_turn import MAX_WAITING
from nbstream.feeds.video_track import VideoTrack, key_frame_size
from nbstream.pictures import raw
from nbstream.pictures.codecs import decode_image, encode
from nbstream.testing import wait_for
from nbstream.widgets.face import video_traits

from .streaming import Picture, Stream, grey, level_of

CODECS = {
    "h264": ("libx264", {"preset": "ultrafast", "tune": "zerolatency", "forced-idr": "1"}),
    "vp8": ("libvpx", {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}),
}
STATED: dict[str, Any] = {"width_px": 64, "height_px": 48}
LEVELS = (40, 100, 160, 220)


class Video(list[bytes]):
    """Frames as a browser makes them: the first a key frame, each other built on the one before."""

    codec = "vp8"


def encoded(pictures: list[Picture], codec: str = "vp8") -> Video:
    height_px, width_px = pictures[0].shape[:2]
    name, options = CODECS[codec]
    encoder: Any = av.CodecContext.create(name, "w")
    encoder.width, encoder.height, encoder.pix_fmt = width_px, height_px, "yuv420p"
    encoder.bit_rate, encoder.time_base = 2_000_000, Fraction(1, 30)
    encoder.options = options
    found = Video()
    found.codec = codec
    for number, picture in enumerate(pictures):
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
        frame.pts = number
        found += [bytes(packet) for packet in encoder.encode(frame)]
    return found


@pytest.fixture(scope="module", params=CODECS)
def frames(request) -> Video:
    return encoded([grey(level) for level in LEVELS], request.param)


@pytest.fixture(autouse=True)
def wire(request, monkeypatch) -> None:
    """What is sent by `send` is stated as what the frames of the test are."""
    if "frames" in request.fixturenames:
        monkeypatch.setitem(STATED, "codec", request.getfixturevalue("frames").codec)


@pytest.fixture
def stream(kernel) -> Iterator[Stream]:
    made = Stream(kernel, stream_every=0)
    made.webcam.codec = "video"
    yield made.go_live()
    made.webcam.close()


def send(stream: Stream, data: bytes, after: int, **fields: Any) -> None:
    stream.page.send_frame(data, **{**STATED, "after": after, **fields})


def key_after(stream: Stream) -> int | None:
    found: int | None = stream.page.credit.get("key_after")
    return found


def wait_for_asking(stream: Stream, after: int, rejected: int) -> None:
    """Wait until so many frames were dropped, and a key frame after that one is asked for."""
    wait_for(lambda: (key_after(stream), stream.page.credit["rejected"]) == (after, rejected))


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
    wait_for(lambda: stream.webcam.frame and level_of(stream.webcam.snapshot()) == LEVELS[-1])
    assert key_after(stream) is None


def test_a_jpeg_of_a_frame_is_made_only_for_those_who_ask(stream, frames, monkeypatch):
    made: list[Picture] = []

    def noted(pixels: Picture, *how: Any) -> bytes:
        made.append(pixels)
        return encode(pixels, *how)

    monkeypatch.setattr(raw, "encode", noted)
    for number, (data, level) in enumerate(zip(frames[:2], LEVELS, strict=False), 1):
        send(stream, data, number - 1)
        assert level_shown(stream, number) == level
    assert made == []
    assert level_of(decode_image(stream.webcam.frame)) == LEVELS[1]
    assert stream.webcam.frame is stream.webcam.frame, "it is made once"
    assert len(made) == 1
    told = []
    stream.webcam.observe(
        lambda change: told.append((change["old"][:2], change["new"][:2])), "frame"
    )
    send(stream, frames[2], 2)
    wait_for(lambda: told == [(b"\xff\xd8", b"\xff\xd8")])


@pytest.mark.parametrize(("color", "shape"), [("bgr", (48, 64, 3)), ("gray", (48, 64))])
def test_functions_get_the_channels_that_they_want(stream, frames, color, shape):
    got = []
    stream.webcam.color = color
    stream.webcam.stream(
        lambda frame, half: got.append((frame.shape, half.shape)),
        [stream.webcam, nbs.Reduced(stream.webcam, 2)],
        stream_every=0,
    )
    stream.page.wait_for_status("live")
    send(stream, frames[0], 0)
    wait_for(lambda: got == [(shape, (24, 32, *shape[2:]))])
    assert level_of(stream.webcam.snapshot()) == LEVELS[0]


class SlowDecoder:
    """Lets nothing be decoded until `may_decode` is set; `given` is what the function was called with."""

    def __init__(self, stream: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
        self.may_decode = threading.Event()
        self.given: list[int] = []
        picture_of = VideoTrack.picture_of

        def slow(track: VideoTrack, *frame: Any) -> Any:
            assert self.may_decode.wait(10)
            return picture_of(track, *frame)

        monkeypatch.setattr(VideoTrack, "picture_of", slow)
        stream.webcam.stream(lambda frame: self.given.append(level_of(frame)), stream_every=0)
        stream.page.wait_for_status("live")

    def wait_until_given(self, level: int) -> None:
        """Wait until that was the last."""
        wait_for(lambda: self.given[-1:] == [level])


def test_what_comes_behind_frames_that_are_not_decoded_yet_waits_as_well(
    stream, frames, monkeypatch
):
    decoder = SlowDecoder(stream, monkeypatch)
    for number, data in enumerate(frames, 1):
        send(stream, data, number - 1)
    stream.page.send_frame(grey(70))
    assert decoder.given == []
    decoder.may_decode.set()
    decoder.wait_until_given(70)
    assert stream.page.credit["rejected"] == 0


def test_more_frames_than_can_be_decoded_are_dropped_and_a_key_frame_is_asked_for(
    stream, frames, monkeypatch
):
    decoder = SlowDecoder(stream, monkeypatch)
    for number in range(1, MAX_WAITING + 4):
        send(stream, frames[min(number, 2) - 1], number - 1)
    assert stream.page.credit["rejected"] >= 1
    assert key_after(stream) == MAX_WAITING + 3
    decoder.may_decode.set()
    wait_for(lambda: not stream.webcam._session._arrivals.are_waiting)
    send(stream, frames[0], 0)
    decoder.wait_until_given(LEVELS[0])
    stream.webcam._session.refresh()
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
    wait_for_asking(stream, bad, 1)
    # What builds on it is of no use either, and says so again.
    send(stream, frames[2], bad)
    wait_for_asking(stream, bad + 1, 2)
    send(stream, frames[0], 0)
    assert (level_shown(stream, 2), key_after(stream)) == (LEVELS[0], None)
    send(stream, frames[1], stream.page.seq)
    assert level_shown(stream, 3) == LEVELS[1]


def test_a_frame_that_is_lost_on_its_way_is_noticed_by_the_next(stream, frames):
    send(stream, frames[0], 0)
    stream.page.send_frame(frames[1], lost=True, **STATED, after=1)
    send(stream, frames[2], 2)
    wait_for_asking(stream, 3, 1)


def test_a_size_may_change_with_a_key_frame(stream, frames):
    send(stream, frames[0], 0)
    assert level_shown(stream, 1) == LEVELS[0]
    wide = encoded([np.full((32, 96, 3), 100, np.uint8)], frames.codec)
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
    wait_for_asking(stream, 1, 1)


def test_a_browser_that_goes_on_with_jpeg_is_told_of(stream):
    for _ in range(20):
        stream.one_result()
    stream.webcam._session.refresh()
    assert "WebCodecs" in stream.page.state["note"]


def test_the_thread_that_decodes_ends_with_its_camera(stream, frames):
    send(stream, frames[0], 0)
    assert level_shown(stream, 1) == LEVELS[0]
    stream.webcam.close()
    wait_for(lambda: "nbstream-video" not in {one.name for one in threading.enumerate()})


def test_without_pyav_pictures_travel_as_jpeg_and_this_is_said(monkeypatch):
    monkeypatch.setattr(video_traits, "has_pyav", lambda: False)
    with pytest.warns(UserWarning, match=r"nbstream\[video\]"):
        webcam = nbs.Webcam(codec="video")
    assert webcam._wire == "jpeg"
    webcam.codec = "auto"
    assert webcam._wire == "jpeg"
    webcam.close()


def test_the_codec_can_be_changed_while_the_stream_runs(stream):
    assert stream.webcam._wire == "video"
    for codec in ("jpeg", "auto"):
        stream.webcam.codec = codec
        assert stream.webcam._wire == codec


def test_the_size_of_vp8_is_read_before_anything_is_decoded():
    frames = encoded([grey(level) for level in LEVELS])
    assert key_frame_size(frames[0]) == (64, 48)
    for bad in (b"", frames[1], b"\x00" * 10):
        with pytest.raises(CorruptFrameError, match="no key frame"):
            key_frame_size(bad)


def test_h264_of_more_pixels_than_stated_is_refused_before_there_is_memory_for_them():
    (large,) = encoded([np.full((960, 1280, 3), 100, np.uint8)], "h264")
    with pytest.raises(CorruptFrameError, match="avcodec_send_packet"):
        VideoTrack().picture_of(large, 1, 1, 0, (64, 48), "rgb", "h264")
    (odd,) = encoded([np.full((242, 322, 3), 100, np.uint8)], "h264")
    assert VideoTrack().picture_of(odd, 1, 1, 0, (322, 242), "rgb", "h264").size_px == (322, 242)


def test_another_codec_begins_with_a_key_frame(stream):
    h264, vp8 = (encoded([grey(level) for level in LEVELS], codec) for codec in CODECS)
    send(stream, h264[0], 0, codec="h264")
    send(stream, vp8[1], 1, codec="vp8")
    wait_for_asking(stream, 2, 1)
    send(stream, vp8[0], 0, codec="vp8")
    send(stream, vp8[1], 3, codec="vp8")
    wait_for(lambda: level_of(stream.webcam.snapshot()) == LEVELS[1])


def test_any_bytes_are_a_picture_or_an_error_and_the_next_key_frame_is_decoded(frames):
    chance = np.random.default_rng(0)
    track = VideoTrack()
    for number in range(1, 200):
        data = bytearray(frames[int(chance.integers(len(frames)))])
        for _ in range(int(chance.integers(1, 5))):
            data[int(chance.integers(len(data)))] = int(chance.integers(256))
        with contextlib.suppress(CorruptFrameError):
            after = int(chance.integers(2)) * (number - 1)
            track.picture_of(bytes(data), 1, number, after, (64, 48), "rgb", frames.codec)
    key = track.picture_of(frames[0], 1, 200, 0, (64, 48), "rgb", frames.codec)
    assert level_of(key.pixels) == LEVELS[0]
