"""How like the clip's picture is what came of it."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.browser.clip import read_number

WIDTH_PX, HEIGHT_PX = 640, 480
FRAME_MARK = b"FRAME\n"
BEST_DB = 99.0


def likeness_db(picture: NDArray[np.uint8], clip: Path) -> float:
    """Return the PSNR of a picture's colours against the clip's picture of the same number.

    Browsers disagree on levels and on what colour the clip means: the linear change of colours that fits best is taken.

    Parameters
    ----------
    picture
        uint8 (480, 640, 3), RGB, with its number along the bottom.
    clip
        What `write_clip` has written, of that size.

    Raises
    ------
    ValueError
        If it has no number.
    """
    number = read_number(picture)
    if number is None:
        raise ValueError("a picture without a number came; expected one of the clip's")
    there = picture.reshape(-1, 3).astype(np.float64)
    here = _picture(clip, number).reshape(-1, 3).astype(np.float64)
    known = np.column_stack([here, np.ones(len(here))])
    fitted, *_ = np.linalg.lstsq(known, there, rcond=None)
    error = float(np.mean((there - known @ fitted) ** 2))
    return BEST_DB if error == 0 else min(BEST_DB, float(10 * np.log10(255**2 / error)))


def _picture(clip: Path, number: int) -> NDArray[np.uint8]:
    size = WIDTH_PX * HEIGHT_PX * 3 // 2
    with clip.open("rb") as file:
        file.readline()
        file.seek(number * (len(FRAME_MARK) + size) + len(FRAME_MARK), 1)
        planes = np.frombuffer(file.read(size), np.uint8).reshape(-1, WIDTH_PX)
    pixels: NDArray[np.uint8] = cv2.cvtColor(planes, cv2.COLOR_YUV2RGB_I420).astype(np.uint8)
    return pixels
