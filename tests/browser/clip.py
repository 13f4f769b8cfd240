"""The fake camera's clip: every frame carries its number as a barcode along the bottom.

The band is the lowest twelfth of the picture, 20 cells wide: 1 0 1 0, twelve bits of the number (most significant
first), four bits of checksum. `probe.js` reads it in the page from any element that shows the picture, mirrored or
flipped; `read_number` reads it in Python.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

CELLS = 20
DARK, BRIGHT = 20, 235


def barcode(number: int) -> list[int]:
    """Return the cells of a number below 4096: 1 is bright."""
    bits = [(number >> k) & 1 for k in range(11, -1, -1)]
    check = _checksum(bits)
    return [1, 0, 1, 0, *bits, *((check >> k) & 1 for k in range(3, -1, -1))]


def numbered_picture(number: int, width_px: int = 640, height_px: int = 480) -> NDArray[np.uint8]:
    """Return a grey RGB picture, uint8 (height, width, 3), with the number's barcode along the bottom."""
    picture = np.full((height_px, width_px, 3), 128, np.uint8)
    _draw_barcode(picture, number)
    return picture


def read_number(pixels: NDArray[np.uint8]) -> int | None:
    """Read the number off a picture of shape (height, width, 3); None where there is no barcode at the bottom."""
    height_px, width_px = pixels.shape[:2]
    row = pixels[height_px - height_px // 24 - 1].mean(axis=-1)
    cells = [int(row[round((cell + 0.5) * width_px / CELLS)] > 127) for cell in range(CELLS)]
    bits, check = cells[4:16], int("".join(map(str, cells[16:])), 2)
    if cells[:4] != [1, 0, 1, 0] or _checksum(bits) != check:
        return None
    return int("".join(map(str, bits)), 2)


def write_clip(
    path: Path, width_px: int = 640, height_px: int = 480, fps: int = 30, seconds: int = 10
) -> Path:
    """Write a y4m file that Chromium's fake camera plays in a loop."""
    scene = _scene(width_px, height_px)
    with path.open("wb") as out:
        out.write(f"YUV4MPEG2 W{width_px} H{height_px} F{fps}:1 Ip A1:1 C420jpeg\n".encode())
        for number in range(fps * seconds):
            left_px = number * 3 % width_px
            picture = scene[:, left_px : left_px + width_px].copy()
            _draw_barcode(picture, number)
            out.write(b"FRAME\n" + cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420).tobytes())
    return path


def _checksum(bits: list[int]) -> int:
    return sum((k + 1) * bit for k, bit in enumerate(bits)) % 16


def _draw_barcode(picture: NDArray[np.uint8], number: int) -> None:
    height_px, width_px = picture.shape[:2]
    for cell, bit in enumerate(barcode(number)):
        left_px, right_px = (round((cell + k) * width_px / CELLS) for k in (0, 1))
        picture[height_px - height_px // 12 :, left_px:right_px] = BRIGHT if bit else DARK


def _scene(width_px: int, height_px: int) -> NDArray[np.uint8]:
    """Smooth colour noise of several scales, as hard for JPEG as a real scene; twice as wide, so that it can scroll."""
    rng = np.random.default_rng(1)
    picture = np.zeros((height_px, width_px * 2, 3), np.float32)
    for scale in (4, 16, 64):
        shape = (height_px // scale + 2, width_px * 2 // scale + 2, 3)
        noise = rng.random(shape, dtype=np.float32)
        picture += scale * cv2.resize(
            noise, (width_px * 2, height_px), interpolation=cv2.INTER_CUBIC
        )
    picture -= picture.min()
    scene: NDArray[np.uint8] = (picture / picture.max() * 255).astype(np.uint8)
    return scene
