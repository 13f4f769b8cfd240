"""JPEG where simplejpeg cannot be had, as in Pyodide: through Pillow or OpenCV, whichever is there."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import MissingDependencyError
from .headers import refuse_bytes

if TYPE_CHECKING:
    from numpy.typing import NDArray


def decode(data: memoryview, *, is_gray: bool) -> NDArray[np.uint8]:
    """Decode a JPEG as it lies in the file.

    Returns
    -------
    pixels
        uint8, C-contiguous and writable: (height, width) with `is_gray`, else (height, width, 3) in RGB order.

    Raises
    ------
    CorruptFrameError
        If it is cut short or damaged.
    MissingDependencyError
        If neither Pillow nor OpenCV can be imported.
    """
    # Pillow first: OpenCV fills what is missing of a picture that was cut short, and only prints a warning.
    for decode_with in (_decode_with_pillow, _decode_with_cv2):
        try:
            return decode_with(data, is_gray)
        except ImportError:
            continue
    raise _no_codec()


def encode(pixels: NDArray[np.uint8], quality: int) -> bytes:
    """Encode uint8 pixels, (height, width) or (height, width, 3) in RGB order, with a quality of 1 to 100.

    Raises
    ------
    MissingDependencyError
        If neither Pillow nor OpenCV can be imported.
    """
    # OpenCV first: it is quicker.
    for encode_with in (_encode_with_cv2, _encode_with_pillow):
        try:
            return encode_with(pixels, quality)
        except ImportError:
            continue
    raise _no_codec()


def _decode_with_pillow(data: memoryview, is_gray: bool) -> NDArray[np.uint8]:
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=("JPEG",)) as file:
            return np.array(file.convert("L" if is_gray else "RGB"))
    except Exception:  # Pillow raises OSError, SyntaxError, struct.error and more on damaged files.
        refuse_bytes(data, "JPEG")


def _decode_with_cv2(data: memoryview, is_gray: bool) -> NDArray[np.uint8]:
    import cv2

    flags = cv2.IMREAD_GRAYSCALE if is_gray else cv2.IMREAD_COLOR
    raw = np.frombuffer(data, np.uint8)
    pixels: Any = cv2.imdecode(raw, flags | cv2.IMREAD_IGNORE_ORIENTATION)
    if pixels is None:
        refuse_bytes(data, "JPEG")
    return pixels if is_gray else np.ascontiguousarray(pixels[:, :, ::-1])


def _encode_with_cv2(pixels: NDArray[np.uint8], quality: int) -> bytes:
    import cv2

    bgr = pixels if pixels.ndim == 2 else np.ascontiguousarray(pixels[:, :, ::-1])
    _, encoded = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    data: bytes = encoded.tobytes()
    return data


def _encode_with_pillow(pixels: NDArray[np.uint8], quality: int) -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "jpeg", quality=quality, subsampling=2)
    return file.getvalue()


def _no_codec() -> MissingDependencyError:
    return MissingDependencyError(
        "JPEG needs simplejpeg, Pillow or OpenCV, and none can be imported. Install one: pip install simplejpeg, or "
        "in a browser's Python: await micropip.install('pillow')."
    )
