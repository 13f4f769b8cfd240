"""Every picture that was sent is ended, superseded or rejected, once, whatever becomes of it; and the page goes on."""

from __future__ import annotations

import contextlib
import threading
import warnings
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import nbstream as nbs
from nbstream.pictures.codecs import encode
from nbstream.testing import FakePage, MockKernel, mock_kernel, wait_for

from .streaming import Stream, grey

SETTINGS = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
PICTURE = encode(grey(90))
BY_HAND = encode(grey(200))
OFTEN = ["send"] * 10 + ["end"] * 5 + ["start"] * 4
PATHS = ["end_late", "fail", "lose", "corrupt", "garbage", "pause", "resume", "stop", "start"]
MORE_PATHS = ["take_over", "replace", "add", "close", "by_hand", "limit", "rival_comes", "beat"]
STEPS = st.lists(
    st.tuples(st.sampled_from([*OFTEN, *PATHS, *MORE_PATHS]), st.integers(0, 1)), max_size=50
)
# Its header is sound, what follows is not: found out when it is decoded.
CORRUPT = PICTURE[: len(PICTURE) // 2]


class Calls:
    """Calls that end when the test says so, each as the test says."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._go_on = threading.Semaphore(0)
        self._fails: deque[bool] = deque()
        self.begun = self.returned = 0
        self.is_over = False

    def __call__(self, *_pictures: Any) -> None:
        with self._lock:
            self.begun += 1
        if not self.is_over:
            self._go_on.acquire()
        with self._lock:
            self.returned += 1
            fails = self._fails.popleft() if self._fails else False
        if fails:
            raise ValueError("as the test said")

    def end_one(self, *, fails: bool = False) -> None:
        if self.begun == self.returned:
            return
        wanted = self.returned + 1
        self._fails.append(fails)
        self._go_on.release()
        wait_for(lambda: self.returned >= wanted)

    def end_all(self) -> None:
        self.is_over = True
        self._go_on.release(1000)


class Camera:
    """A webcam, two pages that show it, and how many pictures of each run have come."""

    def __init__(self, kernel: MockKernel, name: str) -> None:
        self.webcam = nbs.Webcam(label=name)
        self.pages = [FakePage(kernel, self.webcam, client=f"{name}-{n}") for n in (1, 2)]
        self._came: Counter[int] = Counter()

    @property
    def page(self) -> FakePage:
        """The page that captures."""
        owner = self.pages[0].state.get("owner")
        return next((one for one in self.pages if one.client == owner), self.pages[0])

    def send(self, picture: bytes = PICTURE, *, lost: bool = False) -> None:
        page = self.page
        page._follow_run()
        if page.credit.get("run") != page._run or page.credit["may_send_through"] <= page.seq:
            return
        page.send_frame(picture, lost=lost, width_px=64, height_px=48)
        self._came[page._run] += not lost

    def check(self) -> None:
        """Each picture of the run that came is in work, or became one of the three."""
        session = self.webcam._session
        with session._lock:
            account = session._credits
            content = account.content(0.0)
            counted = account.ended + content["superseded"] + content["rejected"] + account.in_work
            assert counted == self._came[account.run], content

    def is_settled(self) -> bool:
        return self.webcam._session._credits.in_work == 0

    def may_send(self) -> bool:
        return bool(self.page.credit["may_send_through"] > self.page.seq)

    def press(self) -> None:
        """What a person presses to go on."""
        if self.page.state.get("can_resume"):
            self.page.command("resume")
        elif self.page.status in ("idle", "failed", ""):
            self.page.start(camera=False)


class Room:
    """Some cameras with one stream, what a person and the world may do to it, and an account to check."""

    def __init__(self, kernel: MockKernel, camera_count: int, options: dict[str, Any]) -> None:
        self.kernel = kernel
        self.calls = Calls()
        self.cameras = [Camera(kernel, f"camera {n}") for n in range(camera_count)]
        group = {"concurrency_limit": 1, "concurrency_id": "room", "time_limit": 5}
        self._options = {"max_errors": 2, "stream_every": 0.1, **options}
        self.binding = self._stream(**group)
        self.rival = Stream(kernel, lambda _picture: None, client="rival", outputs=None, **group)

    def _stream(self, **options: Any) -> nbs.StreamBinding:
        options = {**self._options, **options}
        if len(self.cameras) == 1:
            return self.cameras[0].webcam.stream(self.calls, **options)
        del options["executor"], options["max_parallel"]
        return nbs.stream([one.webcam for one in self.cameras], self.calls, **options)

    def do(self, step: str, number: int) -> None:
        getattr(self, step)(self.cameras[number % len(self.cameras)], number)

    def send(self, camera: Camera, _number: int) -> None:
        camera.send()

    def lose(self, camera: Camera, _number: int) -> None:
        camera.send(lost=True)

    def corrupt(self, camera: Camera, _number: int) -> None:
        camera.send(CORRUPT)

    def garbage(self, camera: Camera, _number: int) -> None:
        camera.send(b"no picture at all")

    def end(self, _camera: Camera, _number: int) -> None:
        self.calls.end_one()

    def end_late(self, _camera: Camera, _number: int) -> None:
        self.kernel.clock.advance(0.2)
        self.calls.end_one()

    def fail(self, _camera: Camera, _number: int) -> None:
        self.calls.end_one(fails=True)

    def press(self, button: str) -> None:
        getattr(self.binding, button)()
        self._cameras_on()

    def take_over(self, camera: Camera, number: int) -> None:
        camera.pages[number].command("take_over")
        self._cameras_on()

    def replace(self, _camera: Camera, _number: int) -> None:
        self.binding = self._stream()
        self._cameras_on()

    def add(self, _camera: Camera, _number: int) -> None:
        self.binding = self._stream(add=True)
        self._cameras_on()

    def close(self, _camera: Camera, _number: int) -> None:
        self.binding.close()
        self.replace(_camera, _number)

    def by_hand(self, camera: Camera, _number: int) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # that no stream is live
            camera.webcam.frame = bytes(bytearray(BY_HAND))

    def limit(self, _camera: Camera, _number: int) -> None:
        self._pass_time(6)

    def rival_comes(self, _camera: Camera, _number: int) -> None:
        self.rival.page.start()
        self._pass_time(6)
        self.rival.page.stop()

    def beat(self, _camera: Camera, _number: int) -> None:
        self._pass_time(1)

    def pause(self, _camera: Camera, _number: int) -> None:
        self.press("pause")

    def resume(self, _camera: Camera, _number: int) -> None:
        self.press("resume")

    def stop(self, _camera: Camera, _number: int) -> None:
        self.press("stop")

    def start(self, _camera: Camera, _number: int) -> None:
        self.press("start")

    def _go_live(self) -> None:
        def is_live() -> bool:
            return all(one.page.status == "live" for one in self.cameras)

        for _ in range(100):
            for camera in self.cameras:
                camera.press()
            self._cameras_on()
            with contextlib.suppress(TimeoutError):
                wait_for(is_live, 0.1)
                return
        raise AssertionError([one.page.state for one in self.cameras])

    def _cameras_on(self) -> None:
        for camera in self.cameras:
            camera.page.camera_on()

    def _pass_time(self, seconds: int) -> None:
        for _ in range(seconds):
            self.kernel.clock.advance(1)
            for page in (*(one.page for one in self.cameras), self.rival.page):
                page.beat()

    def check(self) -> None:
        for camera in self.cameras:
            camera.check()

    def check_that_it_goes_on(self) -> None:
        """Nothing is in work any more: each page may send again, and what it sends is called for."""
        self.calls.end_all()
        for camera in self.cameras:
            wait_for(camera.is_settled)
            camera.check()
        self._go_live()
        for camera in self.cameras:
            self._wait_until_it_may_send(camera)
            self._send_until_called(camera)
            assert all("mended" not in one.stats["counts"] for one in camera.webcam.bindings)

    def _wait_until_it_may_send(self, camera: Camera) -> None:
        """A run that is just ending may still have said "live"; what says it on and on may send."""
        for _ in range(300):
            self._go_live()
            camera.page.beat()
            with contextlib.suppress(TimeoutError):
                wait_for(camera.may_send, 0.1)
                return
        raise AssertionError(camera.page.credit)

    def _send_until_called(self, camera: Camera) -> None:
        """Go on capturing as a page does: a run that is just ending takes no picture any more."""
        begun = self.calls.begun
        for _ in range(100):
            if camera.may_send():
                camera.page.send_frame(PICTURE)
            with contextlib.suppress(TimeoutError):
                wait_for(partial(self._has_begun, begun + 1), 0.1)
                return
        raise AssertionError(camera.page.credit)

    def _has_begun(self, count: int) -> bool:
        return self.calls.begun >= count


@contextlib.contextmanager
def a_room(camera_count: int, max_parallel: int = 1, **options: Any) -> Iterator[Room]:
    with mock_kernel() as kernel, ThreadPoolExecutor(max_parallel) as pool:
        executor = None if max_parallel == 1 else pool
        room = Room(
            kernel, camera_count, {"executor": executor, "max_parallel": max_parallel, **options}
        )
        try:
            room.binding.start()
            room._cameras_on()
            yield room
        finally:
            room.calls.end_all()


def run_through(room: Room, steps: list[tuple[str, int]]) -> None:
    for step, number in steps:
        room.do(step, number)
        room.check()
    room.check_that_it_goes_on()


@SETTINGS
@given(STEPS, st.sampled_from(["rejoin", "stop"]))
def test_every_picture_of_a_camera_counts_once_on_every_path(steps, on_limit):
    with a_room(1, on_limit=on_limit) as room:
        run_through(room, steps)


@SETTINGS
@given(STEPS)
def test_every_picture_of_two_cameras_counts_once_on_every_path(steps):
    with a_room(2) as room:
        run_through(room, steps)


@SETTINGS
@given(STEPS)
def test_every_picture_counts_once_where_calls_run_in_parallel(steps):
    with a_room(1, max_parallel=2) as room:
        run_through(room, steps)
