"""`make gallery`: every state that people see, as a picture in docs/gallery, and all of them on a contact sheet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .face_states import (
    LIMITED,
    LIVE,
    STATES,
    WITH_TEXTS,
    FaceState,
    show,
    show_compared,
    show_muted,
    show_others,
)
from .stage import VIEW, WEBCAM, Stage

GALLERY = Path(__file__).parents[2] / "docs" / "gallery"
SHEET_PX = 1400
MARGIN_PX = 8

pytestmark = pytest.mark.pictures

SHEET = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Gallery</title><style>
body {{ display: grid; grid-template-columns: repeat(4, 1fr); gap: 18px; margin: 18px; background: #f4f4f4;
  font: 600 14px system-ui, sans-serif; align-items: start; }}
figure {{ margin: 0; padding: 10px; border-radius: 6px; background: #fff; box-shadow: 0 1px 3px rgb(0 0 0 / 20%); }}
img {{ display: block; max-width: 100%; max-height: 320px; margin: 6px auto 0; }}
</style>{figures}</html>"""


@pytest.fixture
def open_stage(browsers):
    stages: list[Stage] = []

    def open_it(theme: Any = "light", **media: Any) -> Stage:
        stages.append(stage := Stage(browsers.new_context(), theme))
        stage.page.emulate_media(reduced_motion="reduce", **media)
        return stage

    yield open_it
    for stage in stages:
        stage.page.context.close()


def take(stage: Stage, name: str) -> Path:
    """Write what is on the stage."""
    path = GALLERY / f"{name.replace(',', '').replace(' ', '_')}.png"
    box = stage.page.evaluate(
        """() => {
            const shown = [...document.querySelectorAll('#stage > div')].map(one => one.getBoundingClientRect());
            return [Math.max(...shown.map(one => one.right)), Math.max(...shown.map(one => one.bottom))];
        }"""
    )
    clip: Any = {"x": 0, "y": 0, "width": box[0] + MARGIN_PX, "height": box[1] + MARGIN_PX}
    stage.page.screenshot(path=path, clip=clip, full_page=True)
    return path


def show_ten_seconds(stage: Stage, one: FaceState) -> None:
    """Let the kernel tell its numbers once a second: the line is made of them."""
    for second in range(1, 11):
        stage.page.wait_for_timeout(1000)  # the line has time on it
        numbers = {**one.state["stats"], "bytes_up": 2_000_000 + 420_000 * second}
        stage.say("camera", **{**one.state, "stats": {**numbers, "fps": 29.6 - 9 * (second == 5)}})


def themed(stage: Stage, name: str) -> Path:
    """The camera and a view beside each other, live."""
    stage.clear()
    stage.width(900)
    stage.show("camera", WEBCAM, {**LIVE, **LIMITED}, label="Camera")
    stage.show("view", VIEW, label="Result")
    stage.result("view")
    stage.page.wait_for_selector(".nbstream-preview:not([hidden])")
    stage.page.wait_for_selector(".nbstream-display .nbstream-result:not([hidden])")
    return take(stage, name)


def test_the_gallery(open_stage):
    GALLERY.mkdir(exist_ok=True)
    for old in GALLERY.glob("*.png"):
        old.unlink()
    taken: list[Path] = []
    stage = open_stage()
    stage.width(420)
    for one in [*STATES, *WITH_TEXTS]:
        show(stage, one)
        if one.state.get("stats"):
            show_ten_seconds(stage, one)
        taken.append(take(stage, one.name))
    stage.width(900)
    show_others(stage)
    taken.append(take(stage, "view, microphone, player"))
    show_compared(stage)
    taken.append(take(stage, "before and after"))
    show_muted(stage)
    taken.append(take(stage, "muted"))
    taken.append(themed(stage, "light theme"))
    for theme in ("dark", "dark-high-contrast"):
        path = themed(open_stage(theme), f"{theme.replace('-', ' ')} theme")
        taken.append(path)
    taken.append(themed(open_stage("none"), "no theme"))
    taken.append(themed(open_stage("dark", forced_colors="active"), "forced colours"))
    narrow = open_stage()
    narrow.width(160)
    show(narrow, FaceState("narrow", {**LIVE, **LIMITED}))
    narrow.page.wait_for_selector(".nbstream-preview:not([hidden])")
    taken.append(take(narrow, "narrow"))
    make_sheet(open_stage("none"), taken)


def make_sheet(stage: Stage, taken: list[Path]) -> None:
    """Put all of them on one picture, each with its name."""
    import base64

    figures = "".join(
        f"<figure>{path.stem.replace('_', ' ')}"
        f'<img alt="" src="data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}"></figure>'
        for path in taken
    )
    stage.page.set_viewport_size({"width": SHEET_PX, "height": 1000})
    stage.page.set_content(SHEET.format(figures=figures))
    stage.page.screenshot(
        path=GALLERY / "contact_sheet.jpg", full_page=True, type="jpeg", quality=80
    )
