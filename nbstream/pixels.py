"""What the user's function returns, made into uint8 pixels or encoded bytes.

PIL images and matplotlib figures are known by the modules that made them: a value of such a type cannot
exist before its package was imported, so nothing is imported to find out.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any, Literal, NoReturn

import numpy as np

from .codecs import MAX_PIXELS, Format, encode, image_size, mime_of, swap_red_blue
from .errors import CorruptFrameError, ResultError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["encode_result", "to_pixels"]

_EXPECTED = (
    "expected a uint8 array of shape (height, width, 3), (height, width, 4) or (height, width), "
    "a bool mask, floats in 0..1, a PIL image, a matplotlib figure, or encoded JPEG, PNG, WebP or GIF bytes"
)
_RANGE_TOLERANCE = 1e-3


def encode_result(
    value: object,
    *,
    format: Format = "jpeg",
    quality: int = 80,
    color: Literal["rgb", "bgr"] = "rgb",
) -> tuple[bytes, str]:
    """Make encoded bytes of one result of the user's function.

    Bytes (also a bytearray or memoryview) are taken as a picture that is encoded already and pass through
    after a look at their header. Anything else goes through `to_pixels` and `encode`.

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
    array = _read_array(value)
    _check_shape(array, max_pixels)
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if color == "bgr" and array.ndim == 3:
        array = swap_red_blue(array)
    return np.ascontiguousarray(_to_uint8(array))


def _check_encoded(data: bytes) -> tuple[bytes, str]:
    mime = mime_of(data)
    if mime is None:
        _fail(
            f"{len(data)} bytes of no known picture format (they begin with {data[:8]!r})",
            "Encode the picture first, or return the array itself.",
        )
    try:
        width_px, height_px = image_size(data)
    except CorruptFrameError:
        _fail(f"{len(data)} bytes with a damaged {mime} header", "Return the whole encoded file.")
    _check_size(
        f"an image of type {mime} and {width_px} x {height_px} pixels",
        width_px * height_px,
        MAX_PIXELS,
    )
    return data, mime


def _fail(came: str, todo: str) -> NoReturn:
    raise ResultError(f"{came}; {_EXPECTED}. {todo}")


def _is_instance_of(value: object, module_name: str, type_name: str) -> bool:
    kind = getattr(sys.modules.get(module_name), type_name, None)
    return isinstance(kind, type) and isinstance(value, kind)


def _check_size(came: str, pixel_count: int, max_pixels: int) -> None:
    if pixel_count > max_pixels:
        raise ResultError(
            f"{came}; expected at most {max_pixels} pixels in all. Return a smaller picture, such as x[::2, ::2]."
        )


def _read_pil_image(image: Any, max_pixels: int) -> NDArray[np.uint8]:
    came = f"a PIL image of mode {image.mode} and {image.width} x {image.height} pixels"
    _check_size(came, image.width * image.height, max_pixels)
    if 0 in image.size:
        _fail(f"{came}, which is empty", "Check how it was cropped.")
    if image.mode.startswith("I;16"):
        return (np.asarray(image) >> 8).astype(np.uint8)
    if image.mode in ("I", "F"):
        return to_pixels(np.asarray(image), max_pixels=max_pixels)
    try:
        return np.array(_convert_pil_image(image))
    except (OSError, ValueError) as error:
        # OSError: Pillow reads a file only now, and it may be damaged.
        _fail(f"{came} that Pillow cannot convert ({error})", "Return image.convert('RGB').")


def _convert_pil_image(image: Any) -> Any:
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
    _check_size(came, width_px * height_px, max_pixels)
    if width_px < 1 or height_px < 1:
        _fail(came, "Give it a larger figsize or dpi.")
    renderer = agg.RendererAgg(width_px, height_px, figure.dpi)
    figure.draw(renderer)
    return np.array(renderer.buffer_rgba())


def _read_array(value: object) -> NDArray[Any]:
    if isinstance(value, np.ndarray):
        return np.asarray(value)
    kind = type(value).__name__
    if not hasattr(value, "__array__"):
        _fail(_describe(value), _advice_for_type(value))
    try:
        return np.asarray(value)
    except Exception as error:  # torch alone raises TypeError, RuntimeError and others here.
        _fail(
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
    return "Return one of these."


def _describe_array(array: NDArray[Any]) -> str:
    article = "an" if array.dtype.name[0] in "io" else "a"
    return f"{article} {array.dtype.name} array of shape {array.shape}"


def _check_shape(array: NDArray[Any], max_pixels: int) -> None:
    came = _describe_array(array)
    shape = array.shape
    if array.dtype == object:
        _fail(
            came,
            "Its rows may differ in length, or it holds no numbers; make one array of numbers.",
        )
    if array.ndim not in (2, 3) or (array.ndim == 3 and shape[2] not in (1, 3, 4)):
        _fail(came, _advice_for_shape(shape))
    if array.size == 0:
        _fail(f"{came}, which is empty", "Check how it was sliced.")
    _check_size(came, shape[0] * shape[1], max_pixels)


def _advice_for_shape(shape: tuple[int, ...]) -> str:
    if len(shape) == 3 and shape[0] in (1, 3, 4):
        return "Its channels come first: return np.moveaxis(x, 0, -1)."
    if len(shape) == 4:
        return "Return one picture, such as x[0]."
    return "Return one picture, row by row, with 1, 3 or 4 channels last."


def _to_uint8(array: NDArray[Any]) -> NDArray[np.uint8]:
    if array.dtype == np.uint8:
        return array
    if array.dtype == np.bool_:
        return array.astype(np.uint8) * np.uint8(255)
    if array.dtype.kind == "f":
        return _scale_floats(array)
    _fail(_describe_array(array), _advice_for_dtype(array))


def _advice_for_dtype(array: NDArray[Any]) -> str:
    if array.dtype.kind == "c":
        return "Return np.abs(x), scaled to 0..1."
    if array.dtype.kind not in "iu":
        return "Return numbers."
    if array.min() >= 0 and array.max() <= 255:
        return "Its values are 0..255: return x.astype('uint8')."
    if array.dtype == np.uint16:
        return "Of 16-bit samples return (x >> 8).astype('uint8')."
    return "Return np.clip(x, 0, 255).astype('uint8')."


def _scale_floats(array: NDArray[Any]) -> NDArray[np.uint8]:
    low, high = float(array.min()), float(array.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        _fail(f"{_describe_array(array)} with NaN or infinity in it", "Return np.nan_to_num(x).")
    if low < -_RANGE_TOLERANCE or high > 1 + _RANGE_TOLERANCE:
        _fail(
            f"{_describe_array(array)} with values from {low:.4g} to {high:.4g}",
            _advice_for_range(low, high),
        )
    # Adding a half rounds; and the tolerance stays within -0.5..0.5 of a step, so nothing wraps around.
    scaled = array.astype(np.float32)
    scaled *= 255
    scaled += 0.5
    return scaled.astype(np.uint8)


def _advice_for_range(low: float, high: float) -> str:
    if low >= 0 and high <= 255:
        return "If its values are 0..255, return x.astype('uint8')."
    if low >= -1 - _RANGE_TOLERANCE and high <= 1 + _RANGE_TOLERANCE:
        return "If its values are -1..1, return (x + 1) / 2."
    return "Return np.clip(x, 0, 255).astype('uint8'), or scale it to 0..1."
