"""Encoded pictures to arrays and back.

JPEG goes through simplejpeg, and where that cannot be had through the others. PNG, WebP and GIF go through OpenCV or
Pillow, whichever is there. None is imported before it is needed: these two take longer to import than all the rest of
nbstream.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ..errors import CorruptFrameError, MissingDependencyError, ResultError
from .headers import (
    Encoded,
    byte_view,
    check_scans,
    image_size,
    mime_of,
    orientation_of,
    read_jpeg_size,
    refuse_bytes,
)
from .orientation import upright

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "MAX_PIXELS",
    "ChannelOrder",
    "Channels",
    "Encoded",
    "Format",
    "ReduceBy",
    "check_picture",
    "decode_image",
    "decode_jpeg",
    "encode",
    "image_size",
    "mime_of",
    "read_jpeg_size",
    "swap_red_blue",
]

ChannelOrder = Literal["rgb", "bgr"]
Channels = Literal["rgb", "bgr", "gray"]
Format = Literal["jpeg", "png", "webp"]
ReduceBy = Literal[1, 2, 4, 8]

MAX_PIXELS = 4096 * 4096
"""Largest picture, width times height in pixels, that is decoded or shown."""

_MAX_SIDE_PX: dict[Format, int] = {"jpeg": 65_500, "webp": 16_383, "png": 2**31 - 1}


def decode_jpeg(
    data: Encoded,
    color: Channels = "rgb",
    max_pixels: int = MAX_PIXELS,
    reduce_by: ReduceBy = 1,
) -> NDArray[np.uint8]:
    """Decode one JPEG picture.

    Parameters
    ----------
    data
        A complete JPEG file.
    color
        Order of the channels: ``"rgb"``, ``"bgr"`` (as OpenCV wants it), or ``"gray"`` for lightness alone.
    max_pixels
        Largest width times height, in pixels, that is decoded; of the whole picture, also when it is reduced.
    reduce_by
        Width and height are divided by this and rounded up. A JPEG is decoded at that size to begin with; each pixel
        is the mean of those that it stands for.

    Returns
    -------
    pixels
        uint8, C-contiguous and writable, row 0 at the top. Shape (height, width, 3), or
        (height, width) with ``color="gray"``; height and width as reduced. A rotation noted in the file is applied.

    Raises
    ------
    CorruptFrameError
        If the data is no JPEG, is cut short or damaged, or has more than `max_pixels` pixels or too many scans.
    """
    flat = byte_view(data)
    width_px, height_px = size = read_jpeg_size(flat)
    _check_pixels(size, max_pixels)
    check_scans(flat)
    try:
        import simplejpeg
    except ImportError:
        return _decode_other_jpeg(flat, color, reduce_by)
    # The smallest size that libjpeg can decode to and that is no smaller: this one exactly.
    least_px = {"min_width": -(-width_px // reduce_by), "min_height": -(-height_px // reduce_by)}
    try:
        # strict: libjpeg fills the missing part of a truncated picture with grey and only warns.
        pixels: NDArray[np.uint8] = simplejpeg.decode_jpeg(
            flat, colorspace=color, strict=True, **least_px
        )
    except ValueError:
        refuse_bytes(flat, "JPEG")
    pixels = pixels[:, :, 0] if color == "gray" else pixels
    return upright(pixels, orientation_of(flat))


def check_picture(data: Encoded, max_pixels: int = MAX_PIXELS) -> tuple[int, int]:
    """Make sure, by the header alone, that a picture can be decoded within bounds, and return its size.

    Returns
    -------
    width_px, height_px
        As `image_size` has them.

    Raises
    ------
    CorruptFrameError
        If the bytes are of another format, the header is damaged, or the picture has too many pixels or scans.
    """
    flat = byte_view(data)
    size = image_size(flat)
    _check_pixels(size, max_pixels)
    check_scans(flat)
    return size


def decode_image(
    data: Encoded,
    color: Channels = "rgb",
    max_pixels: int = MAX_PIXELS,
    reduce_by: ReduceBy = 1,
) -> NDArray[np.uint8]:
    """Decode one JPEG, PNG, WebP or GIF picture; of an animation the first.

    Transparency is dropped, 16-bit samples are reduced to 8 bits, and a rotation noted in the file (EXIF) is
    applied, as browsers do. Parameters, result and errors are those of `decode_jpeg`, and also:

    Raises
    ------
    MissingDependencyError
        If the picture is no JPEG, and neither Pillow nor OpenCV can be imported.
    """
    flat = byte_view(data)
    if mime_of(flat) == "image/jpeg":
        return decode_jpeg(flat, color, max_pixels, reduce_by)
    _check_pixels(image_size(flat), max_pixels)
    pixels = _decode_other(flat, color, max_pixels)
    pixels = upright(pixels, orientation_of(flat))
    return pixels if reduce_by == 1 else _mean_of_blocks(pixels, reduce_by)


def encode(pixels: NDArray[np.uint8], format: Format = "jpeg", quality: int = 80) -> bytes:
    """Encode one picture.

    Parameters
    ----------
    pixels
        uint8 of shape (height, width), (height, width, 3) in RGB order, or (height, width, 4) in RGBA
        order. Transparency is kept by PNG and WebP; in a JPEG the picture lies on white.
    format
        ``"jpeg"``, ``"png"`` or ``"webp"``.
    quality
        1 to 100; PNG loses nothing and ignores it.

    Raises
    ------
    ResultError
        If a side is longer than the format allows (65500 pixels for JPEG, 16383 for WebP).
    MissingDependencyError
        If the format is not JPEG, and neither OpenCV nor Pillow can be imported.
    """
    _check_encoding(pixels, format, quality)
    pixels = np.ascontiguousarray(pixels)
    if format == "jpeg":
        return _encode_jpeg(pixels, quality)
    try:
        return _encode_with_cv2(pixels, format, quality)
    except ImportError:
        pass
    try:
        return _encode_with_pillow(pixels, format, quality)
    except ImportError:
        raise _missing_codec(format.upper()) from None


def swap_red_blue(pixels: NDArray[Any]) -> NDArray[Any]:
    """Copy RGB(A) pixels as BGR(A), or the reverse.

    Parameters
    ----------
    pixels
        Shape (height, width, 3) or (height, width, 4), of any dtype.
    """
    # Channel by channel: four times as fast as a copy of pixels[:, :, ::-1].
    swapped = np.array(pixels, order="C")
    swapped[:, :, 0] = pixels[:, :, 2]
    swapped[:, :, 2] = pixels[:, :, 0]
    return swapped


def _decode_other_jpeg(data: memoryview, color: Channels, reduce_by: ReduceBy) -> NDArray[np.uint8]:
    from . import other_jpeg

    pixels = upright(other_jpeg.decode(data, is_gray=color == "gray"), orientation_of(data))
    pixels = swap_red_blue(pixels) if color == "bgr" else pixels
    return pixels if reduce_by == 1 else _mean_of_blocks(pixels, reduce_by)


def _decode_other(data: memoryview, color: Channels, max_pixels: int) -> NDArray[np.uint8]:
    # Pillow first: OpenCV prints to stderr about a damaged picture.
    try:
        return _decode_with_pillow(data, color, max_pixels)
    except ImportError:
        pass
    try:
        return _decode_with_cv2(data, color)
    except ImportError:
        raise _missing_codec("PNG, WebP or GIF") from None


def _mean_of_blocks(pixels: NDArray[np.uint8], side_px: int) -> NDArray[np.uint8]:
    height_px, width_px = pixels.shape[:2]
    missing = [(0, -height_px % side_px), (0, -width_px % side_px), (0, 0)][: pixels.ndim]
    whole = np.pad(pixels, missing, "edge")
    rows, columns = whole.shape[0] // side_px, whole.shape[1] // side_px
    blocks = whole.reshape(rows, side_px, columns, side_px, *pixels.shape[2:])
    means: NDArray[np.uint8] = blocks.mean(axis=(1, 3)).astype(np.uint8)
    return means


def _check_pixels(size: tuple[int, int], max_pixels: int) -> None:
    width_px, height_px = size
    if width_px * height_px > max_pixels:
        raise CorruptFrameError(
            f"a picture of {width_px} x {height_px} pixels is too large; expected at most "
            f"{max_pixels} pixels in all. Send a smaller one."
        )


def _check_encoding(pixels: NDArray[np.uint8], format: Format, quality: int) -> None:
    if format not in _MAX_SIDE_PX:
        raise ValueError(f"format is {format!r}; expected 'jpeg', 'png' or 'webp'.")
    if not 1 <= quality <= 100:
        raise ValueError(f"quality is {quality}; expected 1 to 100.")
    height_px, width_px = pixels.shape[:2]
    limit_px = _MAX_SIDE_PX[format]
    if max(height_px, width_px) > limit_px:
        raise ResultError(
            f"a picture of {width_px} x {height_px} pixels; expected at most {limit_px} on a side for "
            f"{format}. Return a smaller picture or choose format='png'."
        )


def _encode_jpeg(pixels: NDArray[np.uint8], quality: int) -> bytes:
    if pixels.ndim == 2:
        return _simplejpeg_encode(pixels[:, :, np.newaxis], quality, "GRAY", "Gray")
    if pixels.shape[2] == 3:
        return _simplejpeg_encode(pixels, quality, "RGB", "420")
    if pixels[:, :, 3].min() < 255:
        return _simplejpeg_encode(_over_white(pixels), quality, "RGB", "420")
    return _simplejpeg_encode(pixels, quality, "RGBX", "420")


def _simplejpeg_encode(
    pixels: NDArray[np.uint8], quality: int, colorspace: str, subsampling: str
) -> bytes:
    try:
        import simplejpeg
    except ImportError:
        from . import other_jpeg

        return other_jpeg.encode(
            pixels[:, :, 0] if colorspace == "GRAY" else pixels[:, :, :3], quality
        )
    data: bytes = simplejpeg.encode_jpeg(pixels, quality, colorspace, subsampling)
    return data


def _over_white(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    # uint16 holds the largest sum, 255 * 255.
    alpha = rgba[:, :, 3:].astype(np.uint16)
    mixed = rgba[:, :, :3] * alpha + 255 * (255 - alpha)
    return (mixed // 255).astype(np.uint8)


def _encode_with_cv2(pixels: NDArray[np.uint8], format: Format, quality: int) -> bytes:
    import cv2

    if pixels.ndim == 3:
        pixels = swap_red_blue(pixels)
    options = {
        # The fastest compression: a live picture is shown once.
        "png": [cv2.IMWRITE_PNG_COMPRESSION, 1],
        "webp": [cv2.IMWRITE_WEBP_QUALITY, quality],
    }
    _, encoded = cv2.imencode(f".{format}", pixels, options[format])
    return encoded.tobytes()


def _encode_with_pillow(pixels: NDArray[np.uint8], format: Format, quality: int) -> bytes:
    from PIL import Image

    options: dict[str, Any] = {"png": {"compress_level": 1}, "webp": {"quality": quality}}[format]
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format, **options)
    return file.getvalue()


def _decode_with_pillow(data: memoryview, color: Channels, max_pixels: int) -> NDArray[np.uint8]:
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "WEBP", "GIF")) as file:
            # A GIF's first frame can be larger than the canvas that its header states.
            _check_pixels(file.size, max_pixels)
            image: Image.Image = file
            if file.mode.startswith("I"):
                # 16-bit grey, which convert() would clip at 255.
                image = Image.fromarray((np.asarray(file) >> 8).astype(np.uint8))
            pixels = np.array(image.convert("L" if color == "gray" else "RGB"))
    except CorruptFrameError:
        raise
    except Exception:  # Pillow raises OSError, SyntaxError, struct.error and more on damaged files.
        refuse_bytes(data, "PNG, WebP or GIF")
    return swap_red_blue(pixels) if color == "bgr" else pixels


def _decode_with_cv2(data: memoryview, color: Channels) -> NDArray[np.uint8]:
    import cv2

    flags = cv2.IMREAD_GRAYSCALE if color == "gray" else cv2.IMREAD_COLOR
    raw = np.frombuffer(data, np.uint8)
    pixels: Any = cv2.imdecode(raw, flags | cv2.IMREAD_IGNORE_ORIENTATION)
    if pixels is None:
        refuse_bytes(data, "PNG, WebP or GIF")
    return swap_red_blue(pixels) if color == "rgb" else pixels


def _missing_codec(wanted: str) -> MissingDependencyError:
    return MissingDependencyError(
        f"{wanted} needs OpenCV or Pillow and neither can be imported. Install one with "
        'pip install "nbstream[cv]" (opencv-python-headless) or pip install pillow. '
        "Do not install opencv-python and opencv-python-headless together: they overwrite each other's files."
    )
