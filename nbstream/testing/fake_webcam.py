"""A camera for tests that has its pictures."""

from __future__ import annotations

import itertools
from typing import Any

import nbstream as nbs

from .fake_page import FakePage
from .mock_comm import MockKernel
from .pictures import Pictures, pictures_of


class FakeWebcam(FakePage):
    """A `Webcam`, `source`, and the page that captures for it, with pictures to send.

    Parameters
    ----------
    kernel
        What `mock_kernel` gave.
    displays
        Displays that the page shows as well.
    pictures
        As for `pictures_of`.
    size_px
        Width and height of numbered and coloured pictures.
    traits
        Of the `Webcam`.
    """

    def __init__(
        self,
        kernel: MockKernel,
        *displays: Any,
        pictures: Pictures = "numbered",
        size_px: tuple[int, int] = (64, 48),
        **traits: Any,
    ) -> None:
        super().__init__(kernel, nbs.Webcam(**traits), *displays)
        self._pictures = pictures_of(pictures, size_px)

    def send_next(self, count: int = 1) -> int:
        """Send the next pictures, one after the other; returns how many there were."""
        sent = 0
        for picture in itertools.islice(self._pictures, count):
            self.send_frame(picture)
            sent += 1
        return sent
