"""A picture of each example, and the scene that their tests see: written by `make pictures`."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest

from .notebook_page import NotebookPage
from .shots import shot, without_margins

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(path.stem for path in (ROOT / "docs" / "examples").glob("[a-z]*.md"))
IMAGES = ROOT / "docs" / "images" / "examples"
MAX_BYTES = 80_000
# What has to be so in the kernel before the picture is taken; else that some pictures were shown.
CAPTURED = "webcam.bindings[0].stats['counts'].get('results', 0) >= 20"
READY = {
    "background_removal": "bool((abs(view.value.astype(int) - color) < 30).all(axis=2).mean() > 0.3)",
    "colour_tracking": "len(trail.value) >= 30",
    "echo": "player.playing",
    "motion_alarm": "'MOTION' in alarm.value",
    "pitch": "'Hz' in note.value",
    "qr_attendance": "bool(arrivals.value)",
    "spectrogram": "bool(picture.value[:, 20:60].any())",
    "train_your_own": "len(scores.value) == 2",
    "transcript": "text.value.count('\\n') >= 2",
    "two_people": "all(one.snapshot() is not None for one in (left, right))",
}

pytestmark = [pytest.mark.pictures, pytest.mark.kept_page]


def code_of(name: str) -> str:
    text = (ROOT / "docs" / "examples" / f"{name}.md").read_text("utf-8")
    return "".join(re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL))


def start_all(notebook: NotebookPage, *, synthetic: bool) -> None:
    for source in notebook.page.locator(".nbstream-source").all():
        if synthetic:
            devices = source.locator(".nbstream-device")
            label = devices.locator("option", has_text="Synthetic").inner_text()
            devices.select_option(label=label)
        source.locator(".nbstream-start").click()


def as_a_person_would(notebook: NotebookPage, name: str) -> None:
    """What an example wants besides Start."""
    if name == "background_removal":
        notebook.wait_for_value("background.value is not None", True)
        notebook.page.get_by_role("button", name="Keep").click()
    if name == "train_your_own":
        learn = notebook.page.get_by_role("button", name="Learn")
        for thing in ("cup", "book"):
            notebook.page.locator(".widget-dropdown select").select_option(thing)
            learn.click()
            notebook.wait_for_value(f"sum(one == {thing!r} for one, _ in examples.value) > 9", True)
            learn.click()
    if name == "voice_command":
        notebook.page.locator(".widget-dropdown select").select_option("green")


@pytest.mark.parametrize("name", EXAMPLES)
def test_picture_of(open_notebook, name):
    spoken = name == "transcript"
    notebook = open_notebook([code_of(name)], camera="speech" if spoken else "none")
    notebook.page.locator(".nbstream-source .nbstream-start").first.wait_for()
    start_all(notebook, synthetic=not spoken)
    as_a_person_would(notebook, name)
    notebook.wait_for_value(READY.get(name, CAPTURED), True, timeout_s=60)
    path = IMAGES / f"{name}.jpg"
    path.parent.mkdir(exist_ok=True)
    shown = notebook.page.locator(".jp-OutputArea-output .jupyter-widgets").first
    without_margins(shot(shown)).save(path, quality=75)
    assert path.stat().st_size < MAX_BYTES, f"{path.name}: {path.stat().st_size} bytes"


SCENE = """
import base64
import nbstream as nbs

webcam, frames = nbs.Webcam(device="synthetic", quality=85), []


@webcam.stream(stream_every=0.2)
def keep(frame):
    frames.append(base64.b64encode(webcam.frame).decode())

webcam
"""


def test_the_scene_of_the_tests(open_notebook):
    notebook = open_notebook([SCENE], camera="none")
    notebook.page.locator(".nbstream-start").click()
    notebook.wait_for_value("len(frames) >= 4", True)
    folder = ROOT / "tests" / "scene"
    folder.mkdir(exist_ok=True)
    for number, data in enumerate(notebook.evaluate("frames[1:4]")):
        (folder / f"{number}.jpg").write_bytes(base64.b64decode(data))
