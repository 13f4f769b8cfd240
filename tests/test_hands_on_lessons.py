"""The lessons that are done by hand, without a browser: their cells are run, and a page points, collects and draws."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from nbstream.pictures.codecs import decode_image
from nbstream.testing import FakePage, MockKernel, wait_for

from .browser.clip import read_number
from .scene_truth import FPS, _wave

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
WIDTH_PX, HEIGHT_PX = 640, 480
ROOM_PX = HEIGHT_PX - HEIGHT_PX // 12
COLORS = {
    "circle": (0xE2, 0x3D, 0x3D),
    "square": (0x2F, 0xA8, 0x4F),
    "triangle": (0x2F, 0x6F, 0xE0),
}
# As `js/src/capture/synthetic/layout.ts` has them: left, top, right, bottom, in pixels.
ZONES = {
    name: (left * WIDTH_PX, 0.74 * ROOM_PX, right * WIDTH_PX, 0.98 * ROOM_PX)
    for name, left, right in (
        ("circle", 0.02, 0.23),
        ("square", 0.25, 0.43),
        ("triangle", 0.45, 0.64),
    )
}


def place_of(name: str, at_s: float) -> tuple[float, float, float, float]:
    """Middle, radius and turn of a thing of the synthetic scene at a time, as `scene.ts` says."""
    left, top, right, bottom = ZONES[name]
    share, ahead_s = {"circle": (0.3, 0), "square": (0.4, 0), "triangle": (0.4, 3)}[name]
    at_s += ahead_s
    radius = share * min(right - left, bottom - top)
    x = (left + right) / 2 + ((right - left) / 2 - radius) * _wave(at_s, 11, 5.3)
    y = (top + bottom) / 2 + ((bottom - top) / 2 - radius) * _wave(at_s + 2, 8, 3.7)
    return x, y, radius, 0.5 * _wave(at_s, 5, 3.1)


def scene(at_s: float) -> NDArray[np.uint8]:
    """The desk with its three things, with a camera's noise."""
    rng = np.random.default_rng(round(at_s * 1000))
    frame = np.full((HEIGHT_PX, WIDTH_PX, 3), (0xCB, 0xA2, 0x78), np.uint8)
    frame[: int(0.72 * ROOM_PX)] = (0xD8, 0xDC, 0xD4)
    for name, corner_count, first in (
        ("circle", 0, 0.0),
        ("square", 4, -0.75),
        ("triangle", 3, -0.5),
    ):
        x, y, radius, turn = place_of(name, at_s)
        count = corner_count or 60
        turns = turn + first * math.pi + np.arange(count) * 2 * math.pi / count
        corners = np.stack([x + radius * np.cos(turns), y + radius * np.sin(turns)], 1)
        cv2.fillPoly(frame, [np.round(corners).astype(np.int32)], COLORS[name])
    noisy = frame.astype(int) + rng.integers(-8, 9, frame.shape) + int(rng.integers(-15, 16))
    return noisy.clip(0, 255).astype(np.uint8)


def pictures_of_the_page() -> list[tuple[float, NDArray[np.uint8]]]:
    """What a page's synthetic camera drew, and at which time."""
    found = []
    for path in sorted((Path(__file__).parent / "scene").glob("*.jpg")):
        picture = decode_image(path.read_bytes())
        number = read_number(picture)
        assert number is not None
        found.append((number / FPS, picture))
    return found


@pytest.mark.parametrize("name", COLORS)
def test_the_scene_that_is_drawn_here_is_the_one_that_the_page_draws(name):
    left, top, right, bottom = (round(side) for side in ZONES[name])
    for at_s, picture in pictures_of_the_page():
        here, there = (
            np.abs(one[top:bottom, left:right].astype(int) - COLORS[name]).max(axis=2) < 60
            for one in (scene(at_s), picture)
        )
        # OpenCV draws an outline as well, half a pixel wide, and JPEG has blurred the other.
        assert (here & there).sum() > 0.9 * (here | there).sum()


class Lesson:
    """A lesson whose cells were run, and a page on which its camera is live."""

    def __init__(self, kernel: MockKernel, name: str) -> None:
        book = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text("utf-8"))
        self.names: dict[str, Any] = {}
        for cell in book["cells"]:
            if cell["cell_type"] == "code":
                exec("".join(cell["source"]), self.names)
        self.kernel = kernel
        self.page = FakePage(kernel, self["webcam"])
        self.page.start()
        self.page.wait_for_status("live")
        self.at_s = 0.0

    def __getitem__(self, name: str) -> Any:
        return self.names[name]

    def see(self, seconds: float = 0.1) -> NDArray[np.uint8]:
        """Let the scene go on, and the function be called with a picture of it."""
        self.at_s += seconds
        picture = scene(self.at_s)
        binding = self["binding"]
        count = binding.stats["counts"].get("frames", 0)
        self.kernel.clock.advance(seconds)
        self.page.send_frame(picture)
        wait_for(
            lambda: (
                binding.stats["counts"].get("frames", 0) > count and not binding.life.is_in_call
            ),
            what=lambda: str(binding.error),
        )
        return picture

    def zone(self, left: float, top: float, right: float, bottom: float) -> None:
        """Draw a zone, in pixels."""
        x1, y1, x2, y2 = left / WIDTH_PX, top / HEIGHT_PX, right / WIDTH_PX, bottom / HEIGHT_PX
        self.page.point("zone", x2, y2, points=[x1, y1, x2, y1, x2, y2, x1, y2])


@pytest.mark.parametrize("name", COLORS)
def test_a_click_on_a_thing_picks_its_colour_and_the_box_follows_it(kernel, name):
    lesson = Lesson(kernel, "08_pick_a_colour")
    lesson.see()
    x, y, *_ = place_of(name, lesson.at_s)
    lesson.page.point("click", x / WIDTH_PX, y / HEIGHT_PX)
    colour = lesson["colour"]
    wanted = np.array(COLORS[name])

    def is_picked() -> bool:
        picked = [int(colour.value[at : at + 2], 16) for at in (1, 3, 5)]
        return bool(np.abs(picked - wanted).max() < 40)

    wait_for(is_picked, what=lambda: colour.value)
    for _ in range(5):
        picture = lesson.see(0.5)
        (box,) = lesson["follow"](picture, colour.value, 30)
        x, y, radius, _ = place_of(name, lesson.at_s)
        assert box.x < x < box.x + box.width
        assert box.y < y < box.y + box.height
        assert max(box.width, box.height) < 2 * radius + 6
    assert lesson["follow"](picture, "#ff00ff", 30) == []

    binding = lesson["binding"]
    lesson["hold"].value = True
    wait_for(lambda: binding.is_frozen)
    for value, mark_count in ("#ff00ff", 0), (colour.value, 1):
        lesson.page.paint()
        colour.value = value
        wait_for(lambda: len(lesson.page.overlays()[-1]["marks"]) == mark_count)  # noqa: B023
    lesson["hold"].value = False
    lesson.page.wait_for_status("live")


def test_what_was_trained_tells_three_things_apart_in_a_hundred_pictures(kernel):
    lesson = Lesson(kernel, "09_train_your_own")
    lesson.see()
    assert lesson["scores"].value == {}
    for name, zone in ZONES.items():
        lesson.zone(*zone)
        for _ in range(12):
            lesson.see(0.3)
            lesson["collector"].add(name)
    wait_for(lambda: len(lesson["known"]["examples"][1]) == 36)
    lesson.see()
    wait_for(
        lambda: next(iter(lesson["scores"].value)) == "triangle",
        what=lambda: str(lesson["scores"].value),
    )
    right = 0
    names = list(ZONES)
    for count in range(100):
        name = names[count % 3]
        lesson.zone(*ZONES[name])
        picture, scores = lesson["look"](scene(20 + 0.37 * count))
        assert picture.shape[0] < 120
        right += max(scores, key=scores.get) == name
    assert right >= 95
    for _, picture in pictures_of_the_page():
        for name, zone in ZONES.items():
            lesson.zone(*zone)
            _, scores = lesson["look"](picture)
            assert max(scores, key=scores.get) == name
    assert lesson["binding"].error is None


def middle_of(name: str, at_s: float) -> float:
    """How far down the middle of the box round a thing is, in pixels."""
    _, y, radius, turn = place_of(name, at_s)
    if name != "triangle":
        return y
    turns = np.sin(turn - math.pi / 2 + np.arange(3) * 2 * math.pi / 3)
    return y + radius * float(turns.max() + turns.min()) / 2


def test_what_comes_into_a_zone_is_counted_as_the_truth_has_it(kernel):
    lesson = Lesson(kernel, "10_count_objects")
    lesson.see()
    assert lesson["text"].value == "0 in the zone, 0 came in, 3 seen in all"
    left, top, right, bottom = 0, 0, WIDTH_PX, (ZONES["circle"][1] + ZONES["circle"][3]) / 2
    lesson.zone(left, top, right, bottom)
    before: set[str] = set()
    came_in = 0
    for _ in range(60):
        step_s = 0.15
        while any(abs(middle_of(name, lesson.at_s + step_s) - bottom) < 3 for name in ZONES):
            step_s += 0.05  # a pixel would decide
        lesson.see(step_s)
        inside = {name for name in ZONES if middle_of(name, lesson.at_s) < bottom}
        came_in += len(inside - before)
        before = inside
    assert came_in >= 4
    wanted = f"{len(before)} in the zone, {came_in} came in, 3 seen in all"
    wait_for(
        lambda: lesson["text"].value == wanted, what=lambda: f"{wanted}: {lesson['text'].value}"
    )
