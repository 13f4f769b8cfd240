"""What must hold in every state that people see: nothing is wrong for a screen reader, and nothing jumps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from .face_states import (
    LIMITED,
    PATIENCE_MS,
    STATES,
    WITH_TEXTS,
    show,
    show_compared,
    show_muted,
    show_others,
)
from .notebook_page import NotebookPage
from .stage import ROOT, Stage

pytestmark = pytest.mark.browser

AXE = ROOT / "js" / "node_modules" / "axe-core" / "axe.min.js"
# The page is the test's own: it has no headings, and what it holds is one widget.
RULES_OF_PAGES = ["region", "page-has-heading-one", "landmark-one-main"]
# The same elements stand in each theme; what differs are their colours.
RULES_OF_COLOURS = ["color-contrast", "link-in-text-block"]
RUN_AXE = """async ([off, only]) => {
  const rules = Object.fromEntries(off.map(name => [name, {enabled: false}]));
  const {violations} = await axe.run('#stage', only ? {runOnly: only} : {rules});
  const told = nodes => nodes.map(node => node.html.slice(0, 160)).join(' | ');
  return violations.map(({id, impact, nodes}) => `${impact}: ${id}: ${told(nodes)}`);
}"""
HEIGHT = "document.querySelector('.nbstream-source').getBoundingClientRect().height"
PICTURE_WIDTH = "document.querySelector('.nbstream-picture').getBoundingClientRect().width"
SHOW_APART = """(() => {
  const [left, ...others] = ['timebar-text', 'meter', 'muted'].map(
    name => document.querySelector(`.nbstream-${name}`).getBoundingClientRect());
  return left.height > 0 && others.every(({top, bottom}) => bottom <= left.top || top >= left.bottom);
})()"""
WIDTHS = [None, 400, 160]
CELLS = [
    """import nbstream as nbs
import numpy as np

captured_s = []
webcam = nbs.Webcam()

@webcam.stream(stream_every=0.05, metadata=True)
def note(frame, meta):
    captured_s.append(meta.captured_at_s)

webcam""",
    "nbs.Webcam()",
]


def violations(stage: Stage, only: list[str] | None = None) -> list[str]:
    found: list[str] = stage.page.evaluate(RUN_AXE, [RULES_OF_PAGES, only])
    return found


@pytest.fixture
def open_stage(browsers):
    stages: list[Stage] = []

    def open_it(theme: Any = "light", **media: Any) -> Stage:
        stage = Stage(browsers.new_context(), theme)
        stage.page.emulate_media(reduced_motion="reduce", **media)
        stage.page.add_script_tag(path=Path(AXE))
        stages.append(stage)
        return stage

    yield open_it
    for stage in stages:
        stage.page.context.close()


def test_no_state_is_wrong_for_a_screen_reader_nor_changes_the_height(open_stage):
    wrong: dict[str, list[str]] = {}
    for theme, rules in (("light", None), ("dark", RULES_OF_COLOURS)):
        stage = open_stage(theme)
        for one in [*STATES, *WITH_TEXTS]:
            show(stage, one)
            if found := violations(stage, rules):
                wrong[f"{theme}, {one.name}"] = found
        show_others(stage)
        if found := violations(stage, rules):
            wrong[f"{theme}, the others"] = found
        show_compared(stage)
        if found := violations(stage):
            wrong[f"{theme}, before and after"] = found
    assert wrong == {}
    stage = open_stage()
    for width in WIDTHS:
        stage.width(width)
        heights = {}
        for one in STATES:
            if "controls" not in one.traits and "captures_waiting" not in one.state:
                show(stage, one)
                heights[one.name] = stage.page.evaluate(HEIGHT)
        assert len(set(heights.values())) == 1, (width, heights)
        assert stage.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    stage.width(None)
    assert stage.page.evaluate(PICTURE_WIDTH) == 640, "a pixel of the screen for each of a picture"
    show_muted(stage, **LIMITED)
    assert stage.page.evaluate(SHOW_APART), "what is left of the time hides something of the sound"


def test_keys_never_reach_the_notebook_and_a_chosen_camera_is_used_at_once(open_notebook):
    notebook: NotebookPage = open_notebook(CELLS, camera="two")
    page = notebook.page
    count_cells = "window.jupyterapp.shell.currentWidget.content.widgets.length"
    before = page.evaluate(count_cells)
    start, stop = (page.locator(f".nbstream-{one}").first for one in ("start", "stop"))
    devices = page.locator(".nbstream-device")
    # In command mode, where letters are the notebook's commands.
    page.evaluate("window.jupyterapp.commands.execute('notebook:enter-command-mode')")
    for control in (start, devices.first):
        control.focus()
        for key in ("b", "a", "d", "d", "x", "ArrowUp"):
            page.keyboard.press(key)
        assert page.evaluate(count_cells) == before
    devices.first.select_option("synthetic")
    start.focus()
    page.keyboard.press("Space")
    page.wait_for_function(
        "document.activeElement.classList.contains('nbstream-stop')", timeout=PATIENCE_MS
    )
    page.locator(".nbstream-status", has_text="Live").wait_for(timeout=PATIENCE_MS)
    switch_between(notebook)
    inserted = page.locator(".jp-RenderedImage img")
    expect(inserted).to_have_count(0)
    page.locator(".nbstream-insert").first.click()
    expect(inserted).to_have_count(1)
    stop.focus()
    page.keyboard.press("Enter")
    page.wait_for_function(
        "document.activeElement.classList.contains('nbstream-start')", timeout=PATIENCE_MS
    )
    assert page.evaluate(count_cells) == before


@pytest.mark.slow
def test_a_chosen_camera_is_remembered_for_the_next_widget(open_notebook):
    notebook: NotebookPage = open_notebook(CELLS, camera="two")
    devices = notebook.page.locator(".nbstream-device")
    devices.first.select_option("synthetic")
    notebook.run_cell(1)
    expect(devices.nth(1).locator("option:checked")).to_have_text("Synthetic camera")


def switch_between(notebook: NotebookPage) -> None:
    """Choose one of two cameras and then the other, twice, while live."""
    devices = notebook.page.locator(".nbstream-device").first
    options = devices.locator("option")
    expect(options).to_have_count(4)  # the default one, two, the synthetic one
    ids = [options.nth(number).get_attribute("value") for number in (1, 2, 1, 2)]
    for device in ids:
        seen = notebook.evaluate("len(captured_s)")
        devices.select_option(device)
        notebook.page.wait_for_function(
            """device => {
                const live = [...window.__probe.tracks].filter(one => one.readyState === 'live');
                return live.length === 1 && live[0].getSettings().deviceId === device;
            }""",
            arg=device,
            timeout=PATIENCE_MS,
        )
        notebook.wait_for_value(f"len(captured_s) > {seen} + 10", True)
    # Between one camera and the next there are no pictures; the machine may have been busy at one of the four.
    gaps_s = notebook.evaluate("sorted(float(one) for one in np.diff(captured_s))[-4:]")
    assert gaps_s[0] <= 1.0, gaps_s
