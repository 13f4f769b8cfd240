"""A camera of the kernel's machine, or of its network, by OpenCV."""

from __future__ import annotations

import re
import time
from typing import Any

from ..errors import CameraError, MissingDependencyError
from ..pictures.codecs import MAX_PIXELS, Channels
from ..pictures.raw import RawPicture
from .feed import FedPicture

WITHIN_MS = 5000
"""A camera of the network that is silent for so long is not there."""


def check_cv2() -> None:
    """Make sure that OpenCV is installed.

    Raises
    ------
    MissingDependencyError
        With the command that installs it.
    """
    try:
        import cv2  # noqa: F401
    except ImportError:
        raise MissingDependencyError(
            'A camera of the kernel takes OpenCV. Install it with pip install "nbstream[cv]".'
        ) from None


class CameraFeed:
    """Reads one camera.

    Parameters
    ----------
    device
        Number of a camera, its path, or an address.
    resolution
        Width and height that it is asked for; `None` = its own.
    """

    is_live = True

    def __init__(
        self, device: int | str, color: Channels, resolution: tuple[int, int] | None
    ) -> None:
        self._device = device
        self._color = color
        self._resolution = resolution
        self._camera: Any = None

    def open(self) -> None:
        import cv2

        self._camera = camera = _opened(self._device)
        if not camera.isOpened():
            self.close()
            raise CameraError(_why_not(self._device), "missing")
        # The newest picture, and not one that has waited.
        camera.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        if self._resolution is not None:
            camera.set(cv2.CAP_PROP_FRAME_WIDTH, self._resolution[0])
            camera.set(cv2.CAP_PROP_FRAME_HEIGHT, self._resolution[1])

    def read(self) -> FedPicture | None:
        import cv2

        is_there, pixels = self._camera.read()
        if not is_there or pixels is None:
            raise CameraError(
                f"The camera {_shown(self._device)} gives no picture any more. Connect it, and press Start again.",
                "unplugged",
            )
        if pixels.shape[0] * pixels.shape[1] > MAX_PIXELS:
            raise CameraError(
                f"The camera {_shown(self._device)} gives pictures of {pixels.shape[1]} x {pixels.shape[0]}; expected "
                f"at most {MAX_PIXELS} pixels. Give a smaller resolution=.",
                "constraints",
            )
        if self._color == "rgb":
            pixels = cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)
        elif self._color == "gray":
            pixels = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
        return FedPicture(time.time(), RawPicture(pixels, self._color))

    def close(self) -> None:
        if self._camera is not None:
            self._camera.release()
            self._camera = None


def _opened(device: int | str) -> Any:
    import cv2

    if isinstance(device, int):
        return cv2.VideoCapture(device)
    timeouts = [
        cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
        WITHIN_MS,
        cv2.CAP_PROP_READ_TIMEOUT_MSEC,
        WITHIN_MS,
    ]
    if "://" in device:
        return cv2.VideoCapture(device, cv2.CAP_FFMPEG, timeouts)
    return cv2.VideoCapture(device)


def _shown(device: int | str) -> str:
    """The device in a sentence, without a password."""
    return repr(re.sub(r"//[^/@]*@", "//", device) if isinstance(device, str) else device)[:200]


def _why_not(device: int | str) -> str:
    if isinstance(device, int):
        return (
            f"The kernel's machine has no camera {device}, or another program uses it. Connect one, or give another "
            "number, from 0; of the camera of who sees the notebook make an nbs.Webcam."
        )
    if "://" in device:
        return f"The camera {_shown(device)} does not answer. Look whether the address is right and can be reached."
    return f"The kernel's machine has no camera {_shown(device)}, or another program uses it."
