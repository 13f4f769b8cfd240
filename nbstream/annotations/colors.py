"""Colours of annotations: one for each label, and what is readable around them."""

from __future__ import annotations

import re
import zlib
from typing import Any

import numpy as np

from ..errors import ResultError
from .color_names import COLOR_NAMES

# Light and strong: each stands out on any picture with the dark outline that lines and text get.
PALETTE = (
    "#ff5a5f", "#3ddc84", "#4da3ff", "#ffd23f", "#ff8c42", "#c77dff", "#2ee6d6", "#ff6ec7",
    "#b5e48c", "#f4a3a3", "#8ecae6", "#e0c3fc", "#f9f871", "#00b894", "#fab1a0", "#a29bfe",
)  # fmt: skip


def color_of(label: str) -> str:
    """The colour of a label: always the same."""
    return (
        PALETTE[zlib.crc32(label.encode("utf-8", "replace")) % len(PALETTE)]
        if label
        else PALETTE[0]
    )


def outline_of(color: str) -> str:
    """Black or white, whichever stands out against a colour "#rrggbb"."""
    red, green, blue = channels_of(color)
    return "#000000" if 0.3 * red + 0.59 * green + 0.11 * blue > 90 else "#ffffff"


def channels_of(color: str) -> tuple[int, int, int]:
    """Red, green and blue, 0..255, of a colour "#rrggbb"."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def checked_color(color: Any) -> str:
    """Write a person's colour, or the name that CSS has for it, as "#rrggbb".

    Raises
    ------
    ResultError
        If it is neither such a text, nor a name, nor three numbers.
    """
    if isinstance(color, str):
        if re.fullmatch(r"#[0-9a-fA-F]{6}", color):
            return color.lower()
        if (named := COLOR_NAMES.get(color.lower())) is not None:
            return named
    channels = color if isinstance(color, tuple) and len(color) == 3 else ("",)
    if all(isinstance(one, (int, np.integer)) and 0 <= one <= 255 for one in channels):
        return "#{:02x}{:02x}{:02x}".format(*(int(one) for one in channels))
    raise ResultError(
        f'{color!r:.80} as color of an annotation; expected a name such as "red", "#rrggbb", or (red, green, blue), '
        "each 0..255. Of an array give tuple(x.tolist()); leave a fourth value out."
    )
