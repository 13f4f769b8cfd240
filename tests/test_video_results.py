"""Results that go to pages as video: only to pages that show it, each built on the one that was sent before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import av
import numpy as np
import pytest

import nbstream as nbs
from nbstream.pictures.codecs import decode_image
from nbstream.protocol.fields import Painted
from nbstream.results import video_coder
from nbstream.testing import FakePage, wait_for

from .streaming import Picture, Stream, grey, level_of
from .test_video import encoded

MIME = "video/h264"
SIZE: dict[str, Any] = {"width_px": 64, "height_px": 48}


def say_video(page: FakePage, display: Any, key_after: int | None = 0) -> None:
    """The page shows video, and wants a key frame after that result."""
    head = {"nbstream": 1, "type": "video", "client": page.client, "key_after": key_after}
    display._handle_custom_msg(head, [])


def paint_all(page: FakePage, view: nbs.ImageView) -> None:
    """The page has painted what came."""
    view._results.painted(page.client, Painted(len(page._received.results(view)), 0.0, 0.0))


class Screen:
    """What a page shows of a display: it decodes each frame of video in order."""

    def __init__(self, page: FakePage, display: Any) -> None:
        self._page, self._display = page, display
        self._decoder: Any = None
        self._last = 0

    @property
    def came(self) -> list[tuple[dict[str, Any], list[bytes]]]:
        """Every result, oldest first."""
        return self._page._received.results(self._display)

    def wait_for(self, count: int) -> dict[str, Any]:
        """Wait until so many results have come, and return the newest message."""
        wait_for(lambda: len(self.came) >= count)
        return self.came[-1][0]

    @property
    def chain(self) -> list[int | None]:
        """On which each result builds; `None` = it is no video."""
        return [content.get("after") for content, _ in self.came]

    def levels(self) -> list[int]:
        """What a page would show of all frames of video."""
        found = []
        for content, (data,) in self.came:
            if content["mime"] != MIME:
                continue
            if content["after"] == 0:
                self._decoder = av.CodecContext.create("h264", "r")
                self._decoder.thread_count = 1
            assert content["after"] in (0, self._last)
            self._last = content["seq"]
            (frame,) = self._decoder.decode(av.Packet(data))
            found.append(level_of(frame.to_ndarray(format="rgb24")))
        return found


@pytest.fixture
def stream(kernel) -> Iterator[Stream]:
    made = Stream(kernel, stream_every=0)
    made.view.codec = "video"
    yield made.go_live()
    made.webcam.close()


@pytest.fixture
def screen(stream: Stream) -> Screen:
    return Screen(stream.page, stream.view)


def send(stream: Stream, screen: Screen, picture: Picture) -> dict[str, Any]:
    """Send a picture, and return what comes of it."""
    count = len(screen.came)
    stream.page.send_frame(picture)
    return screen.wait_for(count + 1)


def test_a_page_that_shows_video_gets_it_and_each_builds_on_the_one_before(stream, screen):
    say_video(stream.page, stream.view)
    for level in (40, 100, 160):
        content = send(stream, screen, grey(level))
        assert content["mime"] == MIME
    assert screen.chain == [0, 1, 2]
    assert screen.levels() == [40, 100, 160]
    counts = stream.binding.stats["counts"]
    assert counts["bytes_down"] == sum(content["byte_length"] for content, _ in screen.came)
    assert counts["video_results"] == 3


def test_a_page_that_has_not_said_so_gets_jpegs_and_so_do_all_until_it_has(stream, screen, kernel):
    assert send(stream, screen, grey(40))["mime"] == "image/jpeg"
    say_video(stream.page, stream.view)
    assert send(stream, screen, grey(50))["mime"] == MIME
    guest = FakePage(kernel, stream.webcam, stream.view, client="page-2")
    assert send(stream, screen, grey(60))["mime"] == "image/jpeg"
    say_video(guest, stream.view)
    content = send(stream, screen, grey(70))
    assert (content["mime"], content["after"]) == (MIME, 0), "it has none that it could build on"
    assert send(stream, screen, grey(80))["after"] == content["seq"]
    say_video(guest, stream.view, content["seq"])
    assert screen.came[-1][0]["after"] == 0, "what it could not show comes again, as a key frame"
    assert screen.levels()[-1] == 80
    guest.bye()


def test_what_a_page_could_not_show_is_sent_again_as_a_key_frame_and_once(stream, screen):
    say_video(stream.page, stream.view)
    send(stream, screen, grey(40))
    bad = send(stream, screen, grey(100))["seq"]
    for _ in range(3):
        say_video(stream.page, stream.view, bad)
    assert screen.chain == [0, 1, 0]
    assert send(stream, screen, grey(160))["after"] == bad + 1
    assert screen.levels() == [40, 100, 100, 160]


def test_a_number_that_no_result_has_makes_no_key_frames_of_all_that_come(stream, screen):
    say_video(stream.page, stream.view, 2**53 - 1)
    for level in (40, 100, 160):
        send(stream, screen, grey(level))
    assert screen.chain == [0, 1, 2]


def test_a_page_that_shows_video_no_longer_gets_the_newest_as_a_jpeg(stream, screen):
    say_video(stream.page, stream.view)
    send(stream, screen, grey(40))
    say_video(stream.page, stream.view, None)
    assert screen.chain == [0, None]
    assert send(stream, screen, grey(100))["mime"] == "image/jpeg"


def test_what_is_never_sent_is_never_encoded(kernel):
    view = nbs.ImageView(codec="video")
    page = FakePage(kernel, view)
    say_video(page, view)
    screen = Screen(page, view)
    for level in range(10, 250, 10):
        view.value = grey(level)
    assert len(screen.came) < 10
    paint_all(page, view)
    assert screen.chain == [0, *range(1, len(screen.came))]
    assert screen.levels()[-1] == 240
    view.close()


UNFIT = {
    "an odd side": np.full((47, 64, 3), 100, np.uint8),
    "transparency": np.full((48, 64, 4), 100, np.uint8),
}


@pytest.mark.parametrize("picture", UNFIT.values(), ids=UNFIT)
def test_what_no_video_can_hold_travels_as_a_picture(kernel, picture):
    view = nbs.ImageView(codec="video")
    page = FakePage(kernel, view)
    say_video(page, view)
    view.value = picture
    view.value = grey(100)
    assert Screen(page, view).chain == [None, 0]
    view.close()


def test_png_and_encoded_pictures_travel_as_they_are(kernel):
    view = nbs.ImageView(codec="video", format="png")
    page = FakePage(kernel, view)
    say_video(page, view)
    view.value = grey(100)
    png = view.frame
    view.format = "jpeg"
    view.value = png
    assert [content["mime"] for content, _ in page._received.results(view)] == ["image/png"] * 2
    view.close()


def test_another_size_or_quality_begins_with_a_key_frame(kernel):
    view = nbs.ImageView(codec="video")
    page = FakePage(kernel, view)
    say_video(page, view)
    for size in ((48, 64), (48, 64), (32, 96), (32, 96)):
        view.value = np.full(size, 100, np.uint8)
        paint_all(page, view)
    assert Screen(page, view).chain == [0, 1, 0, 3]
    view.close()


def test_what_a_view_shows_can_be_read_as_ever(stream, screen):
    say_video(stream.page, stream.view)
    picture = grey(100)
    send(stream, screen, picture)
    wait_for(lambda: stream.view.frame is not None)
    assert stream.view.frame[:2] == b"\xff\xd8"
    assert level_of(stream.view.value) == 100
    told: list[Any] = []
    stream.view.observe(lambda change: told.append(change["new"]), "frame")
    send(stream, screen, grey(160))
    wait_for(lambda: [data[:2] for data in told] == [b"\xff\xd8"])
    stream.view.value = None
    assert screen.came[-1][0]["mime"] is None
    assert stream.view.frame is None


def test_auto_is_video_where_the_pictures_came_as_video(kernel):
    stream = Stream(kernel, stream_every=0)
    stream.view.codec, stream.webcam.codec = "auto", "auto"
    stream.go_live()
    screen = Screen(stream.page, stream.view)
    say_video(stream.page, stream.view)
    assert send(stream, screen, grey(40))["mime"] == "image/jpeg"
    for number, data in enumerate(encoded([grey(40), grey(100)])):
        stream.page.send_frame(data, **SIZE, codec="vp8", after=number and stream.page.seq)
        screen.wait_for(number + 2)
    assert screen.chain == [None, 0, 2]
    assert send(stream, screen, grey(160))["mime"] == "image/jpeg"
    stream.webcam.close()


def test_a_camera_that_shows_its_own_result_does_it_as_video_as_well(kernel):
    stream = Stream(kernel, stream_every=0, outputs=None)
    stream.webcam.codec = "video"
    stream.webcam.stream(lambda frame: frame, outputs=stream.webcam, stream_every=0)
    stream.go_live()
    say_video(stream.page, stream.webcam)
    screen = Screen(stream.page, stream.webcam)
    assert send(stream, screen, grey(40))["mime"] == MIME
    assert screen.levels() == [40]
    shown = stream.webcam.shown_picture()
    assert shown is not None
    assert level_of(decode_image(shown)) == 40
    stream.webcam.close()


def test_without_an_encoder_results_are_jpegs_and_the_log_says_so_once(kernel, monkeypatch, caplog):
    def none_there(*_size: int) -> None:
        raise ValueError("libx264")

    monkeypatch.setattr(video_coder, "_new_encoder", none_there)
    view = nbs.ImageView(codec="video")
    page = FakePage(kernel, view)
    say_video(page, view)
    for level in (40, 100):
        view.value = grey(level)
    assert Screen(page, view).chain == [None, None]
    assert [one.getMessage() for one in caplog.records if "H.264" in one.getMessage()] == [
        "[nbstream] results travel as JPEG: H.264 cannot be encoded here (libx264)"
    ]
    view.close()


def test_a_changed_array_does_not_change_what_waits(kernel):
    view = nbs.ImageView(codec="video")
    picture = grey(40)
    view.value = picture
    picture[:] = 200
    page = FakePage(kernel, view)
    say_video(page, view)
    assert level_of(view.value) == 40
    view.close()
