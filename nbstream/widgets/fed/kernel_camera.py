"""`KernelCamera`: a camera of the kernel's machine as a source."""

from __future__ import annotations

from typing import Any

import traitlets as t

from ...feeds.camera import CameraFeed, check_cv2
from ...runs.asking.option import plain_number
from ...sources.fed.pump import Speed
from .picture_source import PictureSource


class KernelCamera(PictureSource):
    """A camera of the machine that the kernel runs on, or of its network; takes the extra `cv` (OpenCV).

    For robots and lab cameras, and where the browser's camera cannot be had. It is open from Start to Stop.
    Behind a slow function the newest picture wins.

    Parameters
    ----------
    device
        Number of a camera, from 0; a path, such as "/dev/video0"; or an address, such as "rtsp://host/stream". One that
        is silent for 5 s is taken for gone.
    resolution
        Width and height that it is asked for; `None` = its own.
    color
        What functions get: "rgb", "bgr" or "gray".
    label
        Text above it.

    Raises
    ------
    TypeError
        If `device` is none of these.
    MissingDependencyError
        If OpenCV is not installed.
    """

    _noun = t.Unicode("kernel's camera").tag(sync=True)

    def __init__(
        self,
        device: int | str = 0,
        resolution: tuple[int, int] | None = None,
        **traits: Any,
    ) -> None:
        device = plain_number(device)
        if not _is_device(device):
            raise TypeError(
                f"KernelCamera() was given {type(device).__name__} {device!r:.80}; expected the number of a camera, "
                'from 0, a path such as "/dev/video0", or an address such as "rtsp://host/stream".'
            )
        check_cv2()
        self._device = device
        self._resolution = resolution
        super().__init__(**traits)

    @property
    def speed(self) -> Speed:
        return None

    def open_feed(self) -> CameraFeed:
        return CameraFeed(self._device, self.color, self._resolution)


def _is_device(device: Any) -> bool:
    if isinstance(device, str):
        return device != ""
    return isinstance(device, int) and not isinstance(device, bool) and device >= 0
