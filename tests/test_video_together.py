"""Video with what else a stream can: limits, errors, several cameras, guests, reloads, overlays, recordings."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import av
import numpy as np
import pytest

import nbstream as nbs
from nbstream.testing import FakePage, MockKernel, number_of, numbered, wait_for

from .streaming import Holdup, Picture, Stream, grey, identity, level_of
from .test_film import pictures_of
from .test_video_results import Screen, say_video

BOX = nbs.Box(16, 12, 32, 24, label="cat", score=0.5)


class VideoCamera:
    """The camera of a page, that sends H.264: each frame builds on the one before, as long as the run and size stay."""

    def __init__(self, page: FakePage) -> None:
        self.page = page
        self._made_for: tuple[Any, ...] = ()
        self._encoder: Any = None
        self._count = 0
        self._last_seq = 0

    def send(self, picture: Picture | int) -> int:
        """Send the next frame, of one grey level or a whole picture; return its number."""
        pixels = grey(picture) if isinstance(picture, int) else picture
        height_px, width_px = pixels.shape[:2]
        self.page._follow_run()
        wanted = self.page.state["run"], width_px, height_px
        if wanted != self._made_for:
            self._begin(*wanted)
        frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
        frame.pts = self._count
        self._count += 1
        (packet,) = self._encoder.encode(frame)
        after = 0 if packet.is_keyframe else self._last_seq
        size: dict[str, Any] = {"width_px": width_px, "height_px": height_px}
        self._last_seq = self.page.send_frame(bytes(packet), after=after, codec="h264", **size)
        return self._last_seq

    def _begin(self, run: int, width_px: int, height_px: int) -> None:
        self._made_for = run, width_px, height_px
        encoder: Any = av.CodecContext.create("libx264", "w")
        encoder.width, encoder.height, encoder.pix_fmt = width_px, height_px, "yuv420p"
        encoder.time_base = Fraction(1, 30)
        encoder.options = {"preset": "ultrafast", "tune": "zerolatency", "crf": "12"}
        self._encoder, self._count = encoder, 0


class Far:
    """A stream with video both ways, its page, camera and screen; live unless asked otherwise."""

    def __init__(self, kernel: MockKernel, fn: Any = identity, **options: Any) -> None:
        self.stream = Stream(kernel, fn, **{"stream_every": 0, **options})
        self.stream.webcam.codec = self.stream.view.codec = "video"
        self.page, self.binding = self.stream.page, self.stream.binding
        say_video(self.page, self.stream.view)
        self.camera = VideoCamera(self.page)
        self.screen = Screen(self.page, self.stream.view)

    def go_live(self) -> Far:
        self.stream.go_live()
        return self

    def shown(self, picture: Picture | int) -> None:
        """Send a frame and wait until what becomes of it is there."""
        count = len(self.screen.came)
        self.camera.send(picture)
        self.screen.wait_for(count + 1)

    def one_result(self, level: int) -> int:
        """The level that comes back of a frame of that one."""
        self.shown(level)
        return self.screen.levels()[-1]

    @property
    def counts(self) -> dict[str, int]:
        return self.binding.stats["counts"]


def test_a_paused_stream_goes_on_with_the_video_that_went_on(kernel):
    far = Far(kernel).go_live()
    assert far.one_result(40) == 40
    far.binding.pause()
    for level in (60, 80, 100):
        far.camera.send(level)
    wait_for(lambda: not far.stream.webcam._session._arrivals.are_waiting)
    far.binding.resume()
    far.page.wait_for_status("live")
    assert far.one_result(120) == 120
    assert far.page.credit.get("key_after") is None
    assert far.counts.get("rejected", 0) == 0


def test_two_videos_take_turns_at_their_limit_and_each_goes_on(kernel):
    options: dict[str, Any] = {"concurrency_limit": 1, "concurrency_id": "g", "time_limit": 5}
    first, second = Far(kernel, **options).go_live(), Far(kernel, client="page-2", **options)
    second.page.start()
    second.page.wait_for_status("waiting")
    assert first.one_result(40) == 40
    for level, (here, there) in enumerate([(first, second), (second, first)] * 2, 5):
        kernel.clock.advance(5)
        there.page.wait_for_status("live")
        here.page.wait_for_status("waiting")
        assert there.one_result(10 * level) == 10 * level
    for far in (first, second):
        assert far.counts.get("rejected", 0) == 0


def test_after_a_limit_that_ends_it_a_stream_begins_with_a_key_frame(kernel):
    far = Far(kernel, time_limit=5, on_limit="stop").go_live()
    assert far.one_result(40) == 40
    kernel.clock.advance(5)
    wait_for(lambda: far.binding.status == "idle")
    far.go_live()
    assert far.one_result(80) == 80
    assert far.counts.get("rejected", 0) == 0


def test_too_many_errors_pause_it_and_resume_goes_on(kernel):
    fails = True

    def fn(frame: Picture) -> Picture:
        if fails:
            raise ValueError("a test")
        return frame

    far = Far(kernel, fn, max_errors=2).go_live()
    for level in (40, 60):
        far.camera.send(level)
        wait_for(lambda: not far.stream.webcam._session._arrivals.are_waiting)
        wait_for(lambda: far.stream.webcam._session._credits.in_work == 0)
    far.page.wait_for_status("paused")
    fails = False
    far.page.start()
    far.page.wait_for_status("live")
    assert far.one_result(100) == 100


def test_behind_a_slow_function_the_newest_frame_waits_and_all_are_decoded(
    kernel: MockKernel, holdup: Holdup
):
    far = Far(kernel, holdup).go_live()
    far.camera.send(40)
    holdup.wait_until_entered()
    for level in (60, 80, 100):
        far.camera.send(level)
    wait_for(lambda: not far.stream.webcam._session._arrivals.are_waiting)
    holdup.release(2)
    far.screen.wait_for(2)
    assert far.screen.levels() == [40, 100]
    assert far.counts["superseded"] == 2
    holdup.release(99)


def test_two_cameras_are_two_videos_of_one_function(kernel):
    left, right, view = nbs.Webcam(codec="video"), nbs.Webcam(codec="video"), nbs.ImageView()
    view.codec = "video"
    binding = nbs.stream(
        [left, right], lambda one, two: np.hstack([one, two]), outputs=view, stream_every=0
    )
    pages = [FakePage(kernel, one, view) for one in (left, right)]
    say_video(pages[0], view)
    for page in pages:
        page.start()
    wait_for(lambda: binding.status == "live")
    cameras = [VideoCamera(page) for page in pages]
    for k in range(4):
        for camera, level in zip(cameras, (40 + 10 * k, 200), strict=True):
            camera.send(level)
    wait_for(lambda: [round(half.mean(), -1) for half in halves(view)] == [70, 200])
    assert binding.stats["counts"].get("rejected", 0) == 0
    left.close()
    right.close()


def halves(view: nbs.ImageView) -> list[Any]:
    picture = view.value
    return [] if picture is None else [picture[:, :64].astype(float), picture[:, 64:].astype(float)]


def test_marks_are_drawn_over_a_result_that_is_video(kernel):
    far = Far(kernel, lambda frame: (frame, BOX))
    overlay = nbs.Overlay(far.stream.view)
    far.stream.webcam.stream(
        lambda frame: (frame, BOX), outputs=[far.stream.view, overlay], stream_every=0
    )
    far.go_live()
    assert far.one_result(60) == 60
    (mark,) = far.page.wait_for_overlay(far.stream.view)["marks"]
    assert mark["points"] == [0.25, 0.25, 0.75, 0.75]


def test_a_guest_gets_a_key_frame_and_the_owner_goes_on(kernel):
    far = Far(kernel).go_live()
    assert far.one_result(40) == 40
    guest = FakePage(kernel, far.stream.webcam, far.stream.view, client="guest")
    say_video(guest, far.stream.view)
    far.page.beat()
    assert far.one_result(60) == 60
    assert Screen(guest, far.stream.view).chain == [None, 0]
    assert far.one_result(80) == 80
    guest.bye()
    assert far.one_result(100) == 100


def test_a_page_that_is_loaded_anew_gets_and_sends_video_again(kernel):
    far = Far(kernel).go_live()
    assert far.one_result(40) == 40
    far.page.bye()
    page = FakePage(kernel, far.stream.webcam, far.stream.view, client="loaded anew")
    say_video(page, far.stream.view)
    page.start()
    page.wait_for_status("live")
    camera, screen = VideoCamera(page), Screen(page, far.stream.view)
    for level in (60, 80):
        count = len(screen.came)
        camera.send(level)
        screen.wait_for(count + 1)
    assert screen.levels()[-2:] == [60, 80]
    assert far.counts.get("rejected", 0) == 0


@pytest.mark.parametrize("size_px", [(96, 32), (32, 96), (64, 48)])
def test_a_size_that_changes_in_mid_stream_begins_a_video_both_ways(kernel, size_px):
    far = Far(kernel).go_live()
    assert far.one_result(40) == 40
    width_px, height_px = size_px
    far.shown(np.full((height_px, width_px, 3), 100, np.uint8))
    assert far.screen.levels()[-1] == 100
    assert far.one_result(60) == 60
    assert far.counts.get("rejected", 0) == 0


def test_half_of_a_video_s_picture_can_be_an_input(kernel):
    shapes = []
    webcam = nbs.Webcam(codec="video")
    webcam.stream(lambda half: shapes.append(half.shape), [nbs.Reduced(webcam, 2)], stream_every=0)
    page = FakePage(kernel, webcam)
    page.start()
    page.wait_for_status("live")
    VideoCamera(page).send(40)
    wait_for(lambda: shapes == [(24, 32, 3)])
    webcam.close()


def test_a_film_and_a_replay_are_made_of_pictures_that_came_as_video(kernel, tmp_path):
    far = Far(kernel).go_live()
    with (
        nbs.Recorder(far.stream.webcam) as captured,
        nbs.Recorder(far.stream.view) as shown,
        far.binding.record(tmp_path / "a.nbs"),
    ):
        for number in range(5):
            far.shown(numbered(number))
            far.page.pass_time(0.2)
        wait_for(lambda: captured.picture_count == shown.picture_count == 5)
    for recorder in (captured, shown):
        film = pictures_of(recorder.clip)
        assert [number_of(picture) for _at_s, picture in film] == list(range(5))
    assert [number_of(one) for one in nbs.replay(tmp_path / "a.nbs", identity)] == list(range(5))


def test_snapshots_and_frames_are_as_ever(kernel):
    far = Far(kernel).go_live()
    far.shown(numbered(3))
    snapshot, frame = far.stream.webcam.snapshot(), far.stream.webcam.frame
    assert snapshot is not None
    assert frame is not None
    assert number_of(snapshot) == 3
    assert frame[:2] == b"\xff\xd8"
    assert level_of(far.stream.view.value) == level_of(numbered(3))
