"""Video of a page that goes wrong for long: out of order, without a key frame, and with a decoder that hangs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from nbstream.feeds import arrivals
from nbstream.feeds.arrivals import HUNG_AFTER_S, MOST_HUNG
from nbstream.feeds.video_track import VideoTrack
from nbstream.testing import wait_for

from .streaming import Stream, grey
from .test_video import (
    LEVELS,
    STATED,
    encoded,
    key_after,
    level_shown,
    send,
    wait_for_asking,
)


@pytest.fixture
def stream(kernel) -> Iterator[Stream]:
    made = Stream(kernel, stream_every=0)
    made.webcam.codec = "video"
    yield made.go_live()
    made.webcam.close()


@pytest.fixture
def frames(monkeypatch) -> list[bytes]:
    monkeypatch.setitem(STATED, "codec", "h264")
    return encoded([grey(level) for level in LEVELS], "h264")


class HangingDecoder:
    """Does not come back while `hangs`; `let_go` ends all that hang."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.hangs = True
        self.may_go_on = threading.Event()
        self.hung_count = 0
        picture_of = VideoTrack.picture_of

        def maybe(track: VideoTrack, *frame: Any) -> Any:
            if self.hangs:
                self.hung_count += 1
                assert self.may_go_on.wait(20)
            return picture_of(track, *frame)

        monkeypatch.setattr(VideoTrack, "picture_of", maybe)

    def let_go(self) -> None:
        self.hangs = False
        self.may_go_on.set()


@pytest.fixture
def decoder(stream, monkeypatch) -> Iterator[HangingDecoder]:
    made = HangingDecoder(monkeypatch)
    yield made
    made.let_go()


def test_a_frame_that_another_has_overtaken_is_dropped_and_a_key_frame_asked_for(stream, frames):
    send(stream, frames[0], 0)
    assert level_shown(stream, 1) == LEVELS[0]
    stream.page.seq = 2
    send(stream, frames[2], 2)
    wait_for_asking(stream, 3, 1)
    stream.page.seq = 1
    send(stream, frames[1], 1)
    wait_for(lambda: stream.binding.stats["counts"]["rejected"] == 2)
    stream.page.seq = 3
    send(stream, frames[0], 0)
    assert (level_shown(stream, 2), key_after(stream)) == (LEVELS[0], None)


def test_where_no_key_frame_comes_each_frame_is_dropped_counted_and_credited(stream, frames):
    stream.page.seq = 1
    for number in range(1, 101):
        send(stream, frames[1], stream.page.seq)
        wait_for_asking(stream, stream.page.seq, number)
        assert stream.may_send()
    counts = stream.binding.stats["counts"]
    assert (counts["rejected"], counts.get("frames", 0)) == (100, 0)
    stream.page.send_frame(grey(70))
    assert level_shown(stream, 1) == 70, "a JPEG needs no other"
    send(stream, frames[0], 0)
    assert (level_shown(stream, 2), key_after(stream)) == (LEVELS[0], None)


def test_a_frame_whose_decoding_fails_in_any_way_is_dropped_and_a_key_frame_asked_for(
    stream, frames, monkeypatch, caplog
):
    with monkeypatch.context() as patch:
        patch.setattr(VideoTrack, "_decode", lambda _track, _data: 1 / 0)
        send(stream, frames[0], 0)
        wait_for_asking(stream, 1, 1)
    assert "a frame that could not be decoded (ZeroDivisionError" in caplog.text
    send(stream, frames[0], 0)
    assert (level_shown(stream, 1), key_after(stream)) == (LEVELS[0], None)


def test_a_jpeg_whose_reading_fails_in_any_way_is_dropped_and_credited(stream, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(arrivals, "jpeg_of", lambda _message: 1 / 0)
        for _ in range(3):
            stream.page.send_frame(grey(50))
    credit = stream.page.credit
    assert (credit["rejected"], credit["settled_through"]) == (3, 3)
    stream.page.send_frame(grey(90))
    assert level_shown(stream, 1) == 90


def test_a_decoder_that_hangs_is_given_up_and_the_stream_goes_on_with_a_key_frame(
    stream, frames, decoder
):
    send(stream, frames[0], 0)
    send(stream, frames[1], 1)
    wait_for(lambda: decoder.hung_count == 1)
    stream.page.pass_time(HUNG_AFTER_S)
    assert stream.page.state["run"] == 2, "the camera has begun anew"
    decoder.hangs = False
    send(stream, frames[0], 0)
    assert (level_shown(stream, 1), key_after(stream)) == (LEVELS[0], None)
    decoder.let_go()
    send(stream, frames[1], 1)
    assert level_shown(stream, 2) == LEVELS[1], "what came back from where it hung is of no use"
    counts = stream.binding.stats["counts"]
    assert (counts["frames"], counts["rejected"]) == (2, 2)


def test_a_frame_of_an_earlier_run_that_is_refused_late_costs_the_new_run_nothing(
    stream, frames, decoder
):
    send(stream, b"no frame", 0)
    wait_for(lambda: decoder.hung_count == 1)
    stream.page.stop()
    stream.go_live()
    send(stream, frames[0], 0)
    decoder.let_go()
    assert level_shown(stream, 1) == LEVELS[0]
    assert key_after(stream) is None
    wait_for(lambda: stream.webcam._session._credits.ended == 1)


def test_decoders_that_hang_again_and_again_are_bounded(stream, frames, decoder):
    for number in range(1, 3 * MOST_HUNG):
        send(stream, frames[0], 0)
        expected = min(number, MOST_HUNG + 1)
        wait_for(lambda expected=expected: decoder.hung_count == expected)  # type: ignore[misc]
        stream.page.pass_time(HUNG_AFTER_S)
    alive = [one for one in threading.enumerate() if one.name == "nbstream-video"]
    assert len(alive) == MOST_HUNG + 1
