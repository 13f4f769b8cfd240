"""By hand: buttons that are held, examples that are collected, a zone drawn by its corners; and a turned box."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from .live_stream import Source
from .notebook_page import NotebookPage

pytestmark = pytest.mark.kept_page

SETUP = """
import ipywidgets
import nbstream as nbs

microphone = nbs.Microphone(device="synthetic")
said_s = []

def hear(sound):
    said_s.append(len(sound[1]) / sound[0])

talk = microphone.stream(hear, on="hold", pre_roll=0)
webcam = nbs.Webcam(device="synthetic")
pointer = nbs.Pointer(webcam, draws_zone="polygon")
collector = nbs.Collector(webcam, classes=["cup", "phone"])
overlay = nbs.Overlay(webcam)
look = webcam.stream(lambda frame: None, outputs=None)
"""
SHOW = """ipywidgets.VBox([
    microphone, ipywidgets.Box([webcam], layout=ipywidgets.Layout(width="400px")), collector
])"""
# What ultralytics returns of a model for turned boxes, by its attributes.
TURNED = """
import numpy as np
from types import SimpleNamespace

turned = SimpleNamespace(
    xyxyxyxy=np.array([[[320.0, 120], [440, 240], [320, 360], [200, 240]]]),
    xyxy=np.array([[200.0, 120, 440, 360]]), conf=np.array([0.75]), cls=np.array([1]), id=None,
)
overlay.show(SimpleNamespace(
    obb=turned, boxes=None, masks=None, keypoints=None, probs=None, names={1: "dog"}, orig_shape=(480, 640),
))
"""
# In the middle of each side, then where nothing is: within, and near the corners of the box around it.
SIDES = [(380, 180), (380, 300), (260, 300), (260, 180)]
NOWHERE = [(320, 240), (430, 350), (210, 350), (430, 130)]
# Whether the overlay has painted something there, within two pixels of the page.
IS_PAINTED = """([x, y]) => {
    const canvas = document.querySelector('.nbstream-overlay');
    const [left, top] = [x / 640 * canvas.width - 2, y / 480 * canvas.height - 2];
    const { data } = canvas.getContext('2d').getImageData(Math.round(left), Math.round(top), 5, 5);
    return data.some((value, place) => place % 4 === 3 && value > 0);
}"""
IS_HELD = "talk.intake.holds.is_held"
HEARD = "talk.stats['counts']['samples']"
SEEN = "look.stats['counts'].get('frames', 0)"
CORNERS = [(0.25, 0.25), (0.75, 0.25), (0.5, 0.75)]
ZONE = "pointer.zone.shares.round(2).tolist()"
TOLERANCE_S = 0.1


def middle_of(place: Locator) -> tuple[float, float]:
    place.scroll_into_view_if_needed()
    box = place.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def hold(page: Any, button: Locator) -> None:
    """Move the mouse onto it, and press."""
    page.mouse.move(*middle_of(button))
    page.mouse.down()


def talk(notebook: NotebookPage, press: Callable[[], Any], let_go: Callable[[], Any]) -> None:
    """Hold the button while half a second is heard: the function is called with what was said meanwhile."""
    now_s = "() => performance.now() / 1000"
    page = notebook.page
    count = notebook.evaluate("len(said_s)")
    before_s = page.evaluate(now_s)
    press()
    pressed_s = page.evaluate(now_s)
    expect(page.locator(".nbstream-hold")).to_have_text("Listening…")
    notebook.wait_for_value(IS_HELD, True)
    heard = notebook.evaluate(HEARD)
    notebook.wait_for_value(f"{HEARD} > {heard} + 24000", True)
    held_s = page.evaluate(now_s) - pressed_s
    let_go()
    at_most_s = page.evaluate(now_s) - before_s
    expect(page.locator(".nbstream-hold")).to_have_text("Hold to talk")
    notebook.wait_for_value("len(said_s)", count + 1)
    said_s = notebook.evaluate("said_s[-1]")
    assert held_s - TOLERANCE_S < said_s < at_most_s + TOLERANCE_S


def talk_by_mouse_and_by_space(notebook: NotebookPage) -> None:
    page = notebook.page
    Source(notebook, 0).go_live()
    button = page.locator(".nbstream-hold")
    talk(notebook, lambda: hold(page, button), page.mouse.up)
    button.focus()
    talk(notebook, lambda: page.keyboard.down("Space"), lambda: page.keyboard.up("Space"))
    # It is let go when the focus leaves, as when another window is chosen.
    talk(notebook, lambda: page.keyboard.down("Space"), button.blur)
    page.keyboard.up("Space")
    Source(notebook, 0).stop.click()


def collect_by_mouse_and_by_key(notebook: NotebookPage) -> None:
    page = notebook.page
    buttons = page.locator(".nbstream-collect")
    hold(page, buttons.nth(0))
    expect(buttons.nth(0)).to_have_attribute("aria-pressed", "true")
    notebook.wait_for_value("collector.counts['cup'] >= 3", True)
    page.mouse.up()
    expect(buttons.nth(0)).to_have_attribute("aria-pressed", "false")
    buttons.nth(0).focus()
    page.keyboard.down("2")
    notebook.wait_for_value("collector.counts['phone'] >= 2", True)
    page.keyboard.up("2")
    expect(buttons.nth(1)).to_have_attribute("aria-pressed", "false")
    counts, seen = notebook.evaluate(f"(dict(collector.counts), {SEEN})")
    notebook.wait_for_value(f"{SEEN} > {seen} + 10", True)
    assert notebook.evaluate("dict(collector.counts)") == counts, "nobody holds one any more"
    expect(page.locator(".nbstream-class-count").nth(0)).to_have_text(str(counts["cup"]))

    page.wait_for_function(
        "() => [...document.querySelectorAll('.nbstream-example img')].every(one => one.naturalWidth > 0)"
    )
    newest = page.locator(".nbstream-example").nth(0).element_handle()
    newest.click()
    newest.wait_for_element_state("hidden")
    notebook.wait_for_value("collector.counts['cup']", counts["cup"] - 1)


def draw_move_and_delete_a_zone(notebook: NotebookPage) -> None:
    page = notebook.page
    layer = page.locator(".nbstream-pointer")
    drawn = page.locator(".nbstream-zone")
    layer.scroll_into_view_if_needed()
    box = layer.bounding_box()
    assert box is not None

    def at(x: float, y: float) -> tuple[float, float]:
        return box["x"] + x * box["width"], box["y"] + y * box["height"]

    for count, corner in enumerate(CORNERS, 1):
        page.mouse.click(*at(*corner))
        page.wait_for_function(
            "([zone, count]) => zone.points.length === count", arg=[drawn.element_handle(), count]
        )
        assert notebook.evaluate("pointer.zone is None"), "it is not closed yet"
    page.mouse.click(*at(*CORNERS[0]))
    notebook.wait_for_value(f"pointer.zone is not None and {ZONE}", [list(one) for one in CORNERS])

    page.mouse.move(*at(0.5, 0.4))
    page.mouse.down()
    page.mouse.move(*at(0.6, 0.5), steps=4)
    page.mouse.up()
    moved = [[round(x + 0.1, 2), round(y + 0.1, 2)] for x, y in CORNERS]
    notebook.wait_for_value(ZONE, moved)
    shown = drawn.evaluate("zone => [...zone.points].map(({x, y}) => [x, y])")
    assert shown == [pytest.approx(corner, abs=0.01) for corner in moved]
    page.keyboard.press("Delete")
    notebook.wait_for_value("pointer.zone is None", True)


def look_at_a_turned_box(notebook: NotebookPage) -> None:
    page = notebook.page
    notebook.execute(TURNED)
    expect(page.locator(".nbstream-overlay")).to_be_visible()
    for side in SIDES:
        page.wait_for_function(IS_PAINTED, arg=side)
    assert [page.evaluate(IS_PAINTED, place) for place in NOWHERE] == [False] * 4


def test_a_person_collects_examples_draws_a_zone_sees_a_turned_box_and_holds_to_talk(open_notebook):
    notebook = open_notebook([SETUP, SHOW])
    Source(notebook, 1).go_live()
    notebook.wait_for_value(f"{SEEN} > 0", True)
    collect_by_mouse_and_by_key(notebook)
    draw_move_and_delete_a_zone(notebook)
    look_at_a_turned_box(notebook)
    talk_by_mouse_and_by_space(notebook)
    assert notebook.evaluate("(talk.error is None, look.error is None)") == [True, True]
