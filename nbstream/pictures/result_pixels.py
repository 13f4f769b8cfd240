"""What the user's function returns, made into uint8 pixels or encoded bytes.

PIL images and matplotlib figures are known by the modules that made them: a value of such a type cannot
exist before its package was imported, so nothing is imported to find out.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ..errors import LEAVE_AS_IT_IS, CorruptFrameError, ResultError
from .array_pixels import array_to_pixels, check_pixel_count, refuse_result
from .codecs import MAX_PIXELS, Format, check_picture, decode_image, encode, image_size, mime_of
from .figures import was_drawn
from .orientation import TAG as ORIENTATION
from .orientation import UPRIGHT, webp_orientation

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["encode_result", "to_pixels"]

TURNED_QUALITY = 95


def encode_result(
    value: object,
    *,
    format: Format = "jpeg",
    quality: int = 80,
    color: Literal["rgb", "bgr"] = "rgb",
) -> tuple[bytes, str]:
    """Make encoded bytes of one result of the user's function.

    Bytes (also a bytearray or memoryview) are taken as a picture that is encoded already and pass through
    after a look at their header; a WebP that says that it lies on its side is turned. Anything else goes
    through `to_pixels` and `encode`.

    Returns
    -------
    data, mime
        The encoded picture, and ``"image/jpeg"``, ``"image/png"``, ``"image/webp"`` or ``"image/gif"``.

    Raises
    ------
    ResultError
        If the value is no picture, or too large a one.
    MissingDependencyError
        If the format needs a package that is not installed.
    """
    if isinstance(value, (bytes, bytearray, memoryview)):
        return _check_encoded(bytes(value))
    return encode(to_pixels(value, color=color), format, quality), f"image/{format}"


def to_pixels(
    value: object, *, color: Literal["rgb", "bgr"] = "rgb", max_pixels: int = MAX_PIXELS
) -> NDArray[np.uint8]:
    """Make uint8 pixels of one result of the user's function.

    Parameters
    ----------
    value
        An array, or what numpy can read as one, of shape (height, width), (height, width, 1),
        (height, width, 3) or (height, width, 4): uint8, bool (False is 0, True is 255) or floats in 0..1.
        Or a PIL image, or a matplotlib figure.
    color
        Order of an array's channels. PIL images and figures know theirs.
    max_pixels
        Largest width times height, in pixels.

    Returns
    -------
    pixels
        uint8, C-contiguous, of shape (height, width), (height, width, 3) in RGB order or
        (height, width, 4) in RGBA order. It is the user's own array where nothing had to change.

    Raises
    ------
    ResultError
        If the value is nothing of these. The message says what came and what to return instead.
    """
    if _is_instance_of(value, "PIL.Image", "Image"):
        return _read_pil_image(value, max_pixels)
    if _is_instance_of(value, "matplotlib.figure", "Figure"):
        return _draw_figure(value, max_pixels)
    return array_to_pixels(_read_array(value), is_bgr=color == "bgr", max_pixels=max_pixels)


def _check_encoded(data: bytes) -> tuple[bytes, str]:
    mime = mime_of(data)
    if mime is None:
        refuse_result(
            f"{len(data)} bytes of no known picture format (they begin with {data[:8]!r})",
            "Encode the picture first, or return the array itself.",
        )
    try:
        width_px, height_px = image_size(data)
    except CorruptFrameError:
        refuse_result(
            f"{len(data)} bytes with a damaged {mime} header", "Return the whole encoded file."
        )
    check_pixel_count(
        f"an image of type {mime} and {width_px} x {height_px} pixels",
        width_px * height_px,
        MAX_PIXELS,
    )
    try:
        check_picture(data)
    except CorruptFrameError as error:
        raise ResultError(str(error)) from None
    if mime == "image/webp" and webp_orientation(memoryview(data)) != UPRIGHT:
        # Chromium turns a JPEG and a PNG, but not this.
        data = encode(_decoded(data, mime), "webp", TURNED_QUALITY)
    return data, mime


def _decoded(data: bytes, mime: str) -> NDArray[np.uint8]:
    try:
        return decode_image(data)
    except CorruptFrameError:
        refuse_result(f"{len(data)} bytes of a damaged {mime}", "Return the whole encoded file.")


def _is_instance_of(value: object, module_name: str, type_name: str) -> bool:
    kind = getattr(sys.modules.get(module_name), type_name, None)
    return isinstance(kind, type) and isinstance(value, kind)


def _read_pil_image(image: Any, max_pixels: int) -> NDArray[np.uint8]:
    came = f"a PIL image of mode {image.mode} and {image.width} x {image.height} pixels"
    check_pixel_count(came, image.width * image.height, max_pixels)
    if 0 in image.size:
        refuse_result(f"{came}, which is empty", "Check how it was cropped.")
    try:
        array = np.array(_convert_pil_image(image))
    except (OSError, ValueError) as error:
        # OSError: Pillow reads a file only now, and it may be damaged.
        refuse_result(
            f"{came} that Pillow cannot convert ({error})", "Return image.convert('RGB')."
        )
    if image.mode.startswith("I;16"):
        array >>= 8
        return array.astype(np.uint8)
    return array_to_pixels(array, is_bgr=False, max_pixels=max_pixels)


def _convert_pil_image(image: Any) -> Any:
    # Opened from a file and not worked on since: shown as the file is.
    if image.format is not None and image.getexif().get(ORIENTATION, UPRIGHT) != UPRIGHT:
        from PIL import ImageOps

        return _convert_pil_image(ImageOps.exif_transpose(image))
    if image.mode.startswith("I") or image.mode == "F":
        return image  # Pillow would clip these at 255.
    if image.mode in ("1", "L"):
        return image.convert("L")
    if image.mode == "La":  # Pillow has no direct way from here to RGBA.
        image = image.convert("LA")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _draw_figure(figure: Any, max_pixels: int) -> NDArray[np.uint8]:
    # Any: matplotlib has no types for its back ends.
    agg: Any = importlib.import_module("matplotlib.backends.backend_agg")
    # A renderer of our own: a new canvas would take the figure away from the one that it is shown on.
    width_px, height_px = (int(side) for side in figure.bbox.size)
    came = f"a matplotlib figure of {width_px} x {height_px} pixels"
    check_pixel_count(came, width_px * height_px, max_pixels)
    if width_px < 1 or height_px < 1:
        refuse_result(came, "Give it a larger figsize or dpi.")
    renderer = agg.RendererAgg(width_px, height_px, figure.dpi)
    figure.draw(renderer)
    was_drawn(figure)
    return np.asarray(renderer.buffer_rgba())


def _read_array(value: object) -> NDArray[Any]:
    if isinstance(value, np.ndarray):
        return np.asarray(value)
    kind = type(value).__name__
    if not hasattr(value, "__array__"):
        refuse_result(_describe(value), _advice_for_type(value))
    try:
        return np.asarray(value)
    except Exception as error:  # torch alone raises TypeError, RuntimeError and others here.
        refuse_result(
            f"a {kind} that numpy cannot read ({error})",
            "Return an array; of a torch tensor, x.detach().cpu().float().numpy().",
        )


def _describe(value: object) -> str:
    if value is None:
        return "None"
    name = type(value).__name__
    article = "an" if name[:1].lower() in "aeio" else "a"
    if isinstance(value, (list, tuple)):
        return f"{article} {name} of {len(value)}"
    return f"{article} {name}"


def _advice_for_type(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return "Return the picture itself, or np.asarray(x) of nested numbers."
    if hasattr(value, "figure"):
        return "Of something drawn with matplotlib, return its figure."
    if isinstance(value, (str, os.PathLike)):
        return "Of a file return its bytes: pathlib.Path(x).read_bytes()."
    if hasattr(value, "getvalue"):
        return "Return x.getvalue()."
    if isinstance(value, dict):
        return f"Return the picture alone. {LEAVE_AS_IT_IS}."
    return f"Return one of these. {LEAVE_AS_IT_IS}, None to clear it."
