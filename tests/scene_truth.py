"""Where the synthetic camera's codes are: what `js/src/capture/synthetic/scene.ts` says, for tests in Python.

`scene_corners.json` has some of its answers; both test suites compare with it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

FPS = 30


@dataclass(frozen=True)
class Card:
    """A printed code: its zone as shares of width and of height above the barcode, and how it moves in it."""

    left: float
    top: float
    right: float
    bottom: float
    cells: int
    quiet_cells: int
    max_angle_rad: float
    share_of_zone: float
    ahead_s: float


MARKER = Card(0.01, 0.02, 0.31, 0.7, 6, 1, 0.14, 0.76, 0)
QR_CODE = Card(0.58, 0.02, 0.99, 0.7, 21, 4, 0.06, 0.86, 20)


def corners_of(
    card: Card, frame_number: int, width_px: int = 640, height_px: int = 480
) -> list[tuple[float, float]]:
    """Corners of the code in a frame wider than high, clockwise from its top left one, in pixels of a canvas."""
    at_s = frame_number / FPS + card.ahead_s
    room_px = height_px - height_px // 12
    width, height = (card.right - card.left) * width_px, (card.bottom - card.top) * room_px
    side_px = card.share_of_zone * min(width, height)
    tilt = card.max_angle_rad
    reach_px = side_px / 2 * (math.cos(tilt) + math.sin(tilt))
    x = card.left * width_px + width / 2 + (width / 2 - reach_px) * _wave(at_s, 11, 5.3)
    y = card.top * room_px + height / 2 + (height / 2 - reach_px) * _wave(at_s + 2, 8, 3.7)
    angle_rad = tilt * _wave(at_s, 9, 4.3)
    code_px = side_px * card.cells / (card.cells + 2 * card.quiet_cells)
    turns = (angle_rad + math.pi / 4 * (2 * k - 3) for k in range(4))
    reach = code_px / math.sqrt(2)
    return [(x + reach * math.cos(turn), y + reach * math.sin(turn)) for turn in turns]


def _wave(at_s: float, slow_period_s: float, fast_period_s: float) -> float:
    turn = 2 * math.pi * at_s
    return 0.75 * math.sin(turn / slow_period_s) + 0.25 * math.sin(turn / fast_period_s)
