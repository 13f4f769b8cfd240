"""Arrays of the shapes and dtypes that users return, made into uint8 pixels.

What is no picture is refused here, with a message of three parts: what came, what was expected, what to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from ..errors import ResultError
from .codecs import swap_red_blue

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["array_to_pixels", "check_pixel_count", "refuse_result"]

_EXPECTED = (
    "expected a uint8 array of shape (height, width, 3), (height, width, 4) or (height, width), "
    "a bool mask, floats in 0..1, a PIL image, a matplotlib figure, or encoded JPEG, PNG, WebP or GIF bytes"
)
# Interpolation and sharpening overshoot by as much.
_RANGE_TOLERANCE = 0.05


def array_to_pixels(array: NDArray[Any], *, is_bgr: bool, max_pixels: int) -> NDArray[np.uint8]:
    """Make uint8 pixels of an array, as `nbstream.pictures.result_pixels.to_pixels` describes."""
    _check_shape(array, max_pixels)
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if is_bgr and array.ndim == 3:
        array = swap_red_blue(array)
    return np.ascontiguousarray(_to_uint8(array))


def refuse_result(came: str, todo: str) -> NoReturn:
    """Raise the `ResultError` that says what came, what was expected and what to do."""
    raise ResultError(f"{came}; {_EXPECTED}. {todo}")


def check_pixel_count(came: str, pixel_count: int, max_pixels: int) -> None:
    """Refuse what has more than `max_pixels` pixels."""
    if pixel_count > max_pixels:
        raise ResultError(
            f"{came}; expected at most {max_pixels} pixels in all. Return a smaller picture, such as x[::2, ::2]."
        )


def _describe_array(array: NDArray[Any]) -> str:
    article = "an" if array.dtype.name[0] in "io" else "a"
    return f"{article} {array.dtype.name} array of shape {array.shape}"


def _check_shape(array: NDArray[Any], max_pixels: int) -> None:
    came = _describe_array(array)
    shape = array.shape
    if array.dtype == object:
        refuse_result(
            came,
            "Its rows may differ in length, or it holds no numbers; make one array of numbers.",
        )
    if array.ndim not in (2, 3) or (array.ndim == 3 and shape[2] not in (1, 3, 4)):
        refuse_result(came, _advice_for_shape(shape))
    if array.size == 0:
        refuse_result(f"{came}, which is empty", "Check how it was sliced.")
    check_pixel_count(came, shape[0] * shape[1], max_pixels)


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
    refuse_result(_describe_array(array), _advice_for_dtype(array))


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
        refuse_result(
            f"{_describe_array(array)} with NaN or infinity in it", "Return np.nan_to_num(x)."
        )
    if low < -_RANGE_TOLERANCE or high > 1 + _RANGE_TOLERANCE:
        refuse_result(
            f"{_describe_array(array)} with values from {low:.4g} to {high:.4g}",
            _advice_for_range(low, high),
        )
    if low < 0 or high > 1:
        array = np.clip(array, 0, 1)
    scaled = array.astype(np.float32)
    scaled *= 255
    scaled += 0.5
    return scaled.astype(np.uint8)


def _advice_for_range(low: float, high: float) -> str:
    if low >= -1 and 1 < high <= 2:
        return "If its values are 0..1 but for a few, return np.clip(x, 0, 1)."
    if low >= 0 and high <= 255:
        return "If its values are 0..255, return x.astype('uint8')."
    if low >= -1 and high <= 1:
        return "If its values are -1..1, return (x + 1) / 2."
    return "Return np.clip(x, 0, 255).astype('uint8'), or scale it to 0..1."
