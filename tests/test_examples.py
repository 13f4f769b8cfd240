"""What is in docs/examples/ runs as it stands, on the synthetic scene, a voice or a tone, and does what it says."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

import nbstream as nbs
from nbstream.pictures.codecs import decode_image
from nbstream.testing import FakeMicrophone, FakePage, FakeSpeaker, MockKernel, wait_for

from .spoken import HAS_ESPEAK, babble, quiet, say

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "docs" / "examples").glob("[a-z]*.md"))
SCENE = [path.read_bytes() for path in sorted((ROOT / "tests" / "scene").glob("*.jpg"))]
RATE = 16000


def picture(number: int) -> np.ndarray:
    """One of the scene's pictures, RGB."""
    return decode_image(SCENE[number], "rgb")


def code_of(page: Path) -> str:
    [code] = re.findall(r"^```python\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return str(code)


class Example:
    """The names of an example that has run, and the pages that show it."""

    def __init__(self, kernel: MockKernel, name: str) -> None:
        self.kernel = kernel
        page = ROOT / "docs" / "examples" / f"{name}.md"
        self.names: dict[str, Any] = {}
        exec(compile(code_of(page), page.name, "exec"), self.names)

    def __getattr__(self, name: str) -> Any:
        return self.names[name]

    def see(self, *pictures: bytes | np.ndarray, camera: str = "webcam") -> FakePage:
        """Start a camera and send it pictures; the page shows all displays."""
        displays = [one for one in self.names.values() if isinstance(one, nbs.ImageView)]
        page = FakePage(self.kernel, self.names[camera], *displays)
        page.start()
        page.wait_for_status("live")
        self.show(page, *pictures)
        return page

    def show(self, page: FakePage, *pictures: bytes | np.ndarray) -> None:
        """Send pictures, each when the one before was dealt with."""
        binding = page.source.bindings[0]

        def count() -> int:
            return int(binding.stats["counts"].get("results", 0))

        for one in pictures:
            wanted = count() + 1
            page.send_frame(one)
            wait_for(partial(lambda wanted: count() >= wanted, wanted))
            assert binding.error is None, binding.error

    def hear(self, *sounds: np.ndarray, rate: int = RATE) -> FakeMicrophone:
        """Start the microphone and let it hear sounds."""
        displays = [one for one in self.names.values() if isinstance(one, nbs.ImageView)]
        page = FakeMicrophone(self.kernel, self.microphone, *displays, sample_rate=rate)
        page.start()
        page.wait_for_status("live")
        for sound in sounds:
            for start in range(0, len(sound), rate // 10):
                page.speak(sound[start : start + rate // 10])
        return page


@pytest.fixture
def example(request, nbstream_kernel) -> Example:
    return Example(nbstream_kernel, request.node.name.removeprefix("test_"))


def labels(page: FakePage) -> list[str]:
    """The texts of the newest overlay."""
    return [mark["text"] for mark in page.wait_for_overlay(count=1)["marks"]]


def test_motion_alarm(example):
    page = example.see(SCENE[0])
    wait_for(lambda: example.alarm.value == "Watching")
    example.show(page, SCENE[2])
    wait_for(lambda: "MOTION" in example.alarm.value)
    example.show(page, SCENE[2])
    wait_for(lambda: example.alarm.value == "All quiet")


def test_qr_attendance(example):
    page = example.see(*SCENE)
    wait_for(lambda: len(example.names["names"].value) == 1)
    [(name, at)] = example.names["names"].value.items()
    assert example.arrivals.value == f"{at}  {name}"
    assert labels(page) == [name]


def test_colour_tracking(example):
    example.see(*SCENE)
    wait_for(lambda: len(example.trail.value) == len(SCENE))
    x, y = example.trail.value[-1]
    red, green, blue = picture(2)[round(y), round(x)].tolist()
    assert red > 180
    assert max(green, blue) < 100


def test_background_removal(example):
    page = example.see(SCENE[0])
    example.keep.value = False
    example.show(page, SCENE[2])
    result = page.wait_for_result(example.view, 2)
    is_green = (np.abs(result.astype(int) - example.color) < 30).all(axis=2)
    assert 0.5 < is_green.mean() < 0.99


def test_face_blur(example):
    page = example.see(SCENE[0])
    changed = np.abs(page.wait_for_result().astype(int) - picture(0)).max(axis=2) > 40
    y, x = np.nonzero(changed)
    # The drawn face is left of the middle, above the table.
    assert 240 < np.median(x) < 360
    assert 140 < np.median(y) < 300
    assert changed.mean() < 0.1


def test_document_scan(example):
    page = example.see(SCENE[0])
    assert labels(page) == ["page"]
    text, *_ = cv2.QRCodeDetector().detectAndDecode(page.wait_for_result(example.view))
    assert text == cv2.QRCodeDetector().detectAndDecode(picture(0))[0] != ""


def test_before_after(example):
    page = example.see(SCENE[0])
    result = page.wait_for_result().astype(int)
    change = np.abs(result - picture(0)).mean(axis=(0, 2))
    assert change[:310].max() < 12
    assert change[330:].min() > 12


def test_live_histogram(example):
    page = example.see(SCENE[0])
    assert page.wait_for_result(example.view).shape == (375, 500, 3)


def test_count_objects(example):
    page = example.see(SCENE[0])
    wait_for(lambda: example.count.value == "3 things")
    assert labels(page) == ["1", "2", "3"]


def test_train_your_own(example):
    page = example.see()
    dark, bright = np.full((48, 64, 3), 40, np.uint8), np.full((48, 64, 3), 200, np.uint8)
    example.learn.value = True
    for thing, shown in (("cup", dark), ("book", bright)):
        example.names["name"].value = thing
        example.show(page, *[shown] * 5)
    example.learn.value = False
    example.show(page, dark)
    wait_for(lambda: example.scores.value == {"cup": 1.0})
    example.show(page, bright)
    wait_for(lambda: example.scores.value == {"book": 1.0})


def test_transcript(example):
    if HAS_ESPEAK:
        rate, spoken = say(
            "this is a story about the people in the city", "-v", "en-us", "-s", "140"
        )
    else:
        rate, spoken = RATE, babble(RATE, 1.5)
    example.names["microphone"].sample_rate = None
    example.hear(quiet(rate, 0.5), spoken, quiet(rate, 1.5), rate=rate)
    wait_for(lambda: bool(example.text.value) or not HAS_ESPEAK, timeout_s=30)
    assert not HAS_ESPEAK or "people" in example.text.value


def test_voice_command(example):
    # What the small recogniser makes of a word is not ours; the rest is.
    example.names["recognise"] = lambda sound: "make it green please"
    example.hear(quiet(RATE, 0.5), babble(RATE, 1), quiet(RATE, 1.5))
    wait_for(lambda: example.names["color"].value == "green")
    page = example.see(np.full((48, 64, 3), 200, np.uint8))
    red, green, _ = page.wait_for_result().reshape(-1, 3).mean(axis=0)
    assert red < 20 < 150 < green


@pytest.mark.parametrize(("hertz", "name"), [(440, "A4"), (262, "C4"), (82.4, "E2")])
def test_pitch(nbstream_kernel, hertz, name):
    example = Example(nbstream_kernel, "pitch")
    at_s = np.arange(RATE) / RATE
    tone = sum(np.sin(2 * np.pi * hertz * over * at_s) / over for over in (1, 2, 3))
    example.hear((5000 * tone).astype(np.int16))
    wait_for(lambda: example.note.value.startswith(name))
    assert abs(example.cents.value) < 20


def test_spectrogram(example):
    at_s = np.arange(RATE) / RATE
    page = example.hear((8000 * np.sin(2 * np.pi * 2000 * at_s)).astype(np.int16))
    wait_for(lambda: bool(example.picture.value[:, -20:].any()))
    # 256 rows are 8000 hertz, high ones on top.
    assert abs(int(example.picture.value[:, -5].argmax()) - 192) <= 1
    assert page.wait_for_result(example.view).shape == (256, 640, 3)


def test_echo(example):
    speaker = FakeSpeaker(example.kernel, example.player)
    example.hear(quiet(RATE, 0.5), babble(RATE, 1), quiet(RATE, 1.5))
    speaker.wait_for_pieces()
    [(rate, heard)] = speaker.sounds()
    assert rate == RATE
    assert len(heard) > 2 * RATE  # what was said, and five echoes 0.2 s apart


def test_two_people(example):
    red, blue = (np.full((48, 64, 3), color, np.uint8) for color in ((200, 0, 0), (0, 0, 200)))
    example.see(blue, camera="right")
    page = example.see(red, camera="left")
    room = page.wait_for_result(example.together)
    assert room[24, 10, 0] > 150 > room[24, 10, 2]
    assert room[24, 54, 2] > 150 > room[24, 54, 0]
    assert page.wait_for_result()[24, 54, 0] > 150


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_an_example_is_short_and_has_a_picture_a_test_and_its_place_in_the_gallery(page):
    lines = [line for line in code_of(page).splitlines() if line]
    assert 10 <= len(lines) <= 25
    text = page.read_text("utf-8")
    assert f"](../images/examples/{page.stem}.jpg)" in text
    assert f"def test_{page.stem}(" in Path(__file__).read_text("utf-8")
    assert f"]({page.name})" in page.with_name("README.md").read_text("utf-8")
