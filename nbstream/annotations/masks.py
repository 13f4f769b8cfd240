"""Masks: checked, and all of one picture laid into one another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import ResultError
from .colors import channels_of
from .kinds import Mask
from .palette_png import encode_palette_png

MAX_SIDE_PX = 640
OPACITY = 110
MAX_COLORS = 255
"""And one for what no mask covers. Masks of more colours get the last one."""


@dataclass(frozen=True)
class Tint:
    """All masks of a picture as one, to be stretched over it.

    `entries`: uint8 of shape (height, width), for each pixel a row of `palette`. `palette`: uint8 of shape (n, 4), red,
    green, blue and opacity; the first is transparent.
    """

    entries: NDArray[np.uint8]
    palette: NDArray[np.uint8]

    def png(self) -> bytes:
        """The picture as a file."""
        return encode_palette_png(self.entries, self.palette)


def mask_pixels(mask: Mask) -> NDArray[np.bool_]:
    """What of a mask counts.

    Raises
    ------
    ResultError
        If it is no mask.
    """
    pixels = np.asarray(mask.pixels)
    if pixels.ndim != 2 or pixels.dtype.kind not in "biuf":
        raise ResultError(
            f"a mask of shape {pixels.shape} and dtype {pixels.dtype}; expected bool of shape (height, width). "
            + ("Give x[0]." if pixels.ndim == 3 else "Give x > limit.")
        )
    return np.asarray(pixels if pixels.dtype == bool else pixels > 0.5, bool)


def middle_of(pixels: NDArray[np.bool_]) -> tuple[float, float] | None:
    """The mean place of what counts, as shares of width and height; `None` where there is nothing."""
    if not pixels.any():
        return None
    by_row, by_column = pixels.sum(axis=1), pixels.sum(axis=0)
    return _mean_share(by_column), _mean_share(by_row)


def _mean_share(weights: NDArray[np.int_]) -> float:
    places = np.arange(len(weights)) + 0.5
    return float(weights @ places / weights.sum() / len(weights))


def tint_of(masks: list[tuple[Mask, str]], size_px: tuple[int, int]) -> Tint | None:
    """Lay masks over one another.

    Parameters
    ----------
    masks
        Each with its colour "#rrggbb", the best first: it lies on top.
    size_px
        Width and height of the picture. No tint is larger than it, or than a page needs.

    Returns
    -------
    tint
        `None` = there are no masks.
    """
    if not masks:
        return None
    shrink = min(1.0, MAX_SIDE_PX / max(size_px))
    height, width = (max(1, round(side * shrink)) for side in reversed(size_px))
    entries = np.zeros((height, width), np.uint8)
    colors = list(dict.fromkeys(color for _, color in masks))[:MAX_COLORS]
    number_of = {color: number for number, color in enumerate(colors, 1)}
    for mask, color in reversed(masks):
        number = np.uint8(number_of.get(color, len(colors)))
        np.copyto(entries, number, where=_scaled(mask_pixels(mask), height, width))
    rows = [(0, 0, 0, 0), *((*channels_of(color), OPACITY) for color in colors)]
    return Tint(entries, np.array(rows, np.uint8))


def _scaled(pixels: NDArray[np.bool_], height: int, width: int) -> NDArray[np.bool_]:
    if pixels.shape == (height, width):
        return pixels
    rows = (np.arange(height) * pixels.shape[0]) // height
    columns = (np.arange(width) * pixels.shape[1]) // width
    scaled: NDArray[np.bool_] = pixels[rows].take(columns, axis=1)
    return scaled
