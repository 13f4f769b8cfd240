"""What many tests begin with: a camera, a stream and a page that plays the browser."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

import nbstream as nbs
from nbstream.testing import FakePage, MockKernel, wait_for

Picture = NDArray[np.uint8]


def grey(level: int) -> Picture:
    """A small picture of one grey level, which JPEG keeps nearly as it is."""
    return np.full((48, 64, 3), level, np.uint8)


def level_of(picture: Picture | None) -> int:
    """The grey level of a picture that `grey` made, to the next ten."""
    assert picture is not None
    return round(float(picture.mean()) / 10) * 10


def identity(frame: Picture) -> Picture:
    return frame


class Stream:
    """A webcam that streams through `fn` into a view, and a page that shows both; idle."""

    def __init__(
        self,
        kernel: MockKernel,
        fn: Callable[..., Any] = identity,
        client: str = "page-1",
        **options: Any,
    ) -> None:
        self.webcam, self.view = nbs.Webcam(), nbs.ImageView()
        self.binding = self.webcam.stream(fn, **{"outputs": self.view, **options})
        self.page = FakePage(kernel, self.webcam, self.view, client=client)

    def go_live(self) -> Stream:
        """Press Start and allow the camera."""
        self.page.start()
        self.page.wait_for_status("live")
        return self

    def one_result(self, level: int = 100) -> int:
        """Send one frame, wait for what the function makes of it, and return its grey level."""
        count = len(self.page.results(self.view))
        self.page.send_frame(grey(level))
        return level_of(self.page.wait_for_result(self.view, count + 1))

    def may_send(self) -> bool:
        """Whether the page holds a credit."""
        return bool(self.page.credit["may_send_through"] > self.page.seq)


class Holdup:
    """A function that does not return until it is let go; one release for all calls, or one each."""

    def __init__(self) -> None:
        self.entered = threading.Semaphore(0)
        self._go_on = threading.Semaphore(0)
        self.call_count = 0
        self.overlapped = False
        self._busy = threading.Lock()

    def __call__(self, frame: Picture) -> Picture:
        self.overlapped = self.overlapped or not self._busy.acquire(blocking=False)
        self.call_count += 1
        self.entered.release()
        self._go_on.acquire()
        if self._busy.locked():
            self._busy.release()
        return frame

    def wait_until_entered(self) -> None:
        """Wait until one more call has begun."""
        assert self.entered.acquire(timeout=10)

    def release(self, calls: int = 1) -> None:
        """Let this many calls return."""
        self._go_on.release(calls)


def wait_for_error(binding: nbs.StreamBinding) -> str:
    """Wait until the function has failed, and return what is shown of it."""
    wait_for(lambda: binding.error is not None)
    return str(binding.error)
