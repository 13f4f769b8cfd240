"""The lessons that a person does with the hands: pointing, collecting, drawing a zone; the synthetic camera's scene."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from .lessons import open_lesson, start_synthetic_camera
from .notebook_page import NotebookPage

pytestmark = [pytest.mark.kept_page, pytest.mark.slow]

# Where each thing moves, as shares of the picture: left, top, right, bottom. The layout of the scene has the numbers.
ROOM = 440 / 480
ZONES = {
    "circle": (0.02, 0.74 * ROOM, 0.23, 0.98 * ROOM),
    "square": (0.25, 0.74 * ROOM, 0.43, 0.98 * ROOM),
    "triangle": (0.45, 0.74 * ROOM, 0.64, 0.98 * ROOM),
}
# In a kernel with a lesson: the middle of what is blue, as shares.
MIDDLE_OF_BLUE = """
import numpy as np
def middle_of_blue():
    frame = webcam.snapshot().astype(int)
    rows, columns = np.nonzero((frame[:, :, 2] > frame[:, :, 0] + 110) & (frame[:, :, 2] > 180))
    return [float(columns.mean() / frame.shape[1]), float(rows.mean() / frame.shape[0])]
"""


# How many pixels the overlay paints.
DRAWN = """() => {
    const canvas = document.querySelector('.nbstream-overlay');
    if (canvas.hidden) return 0;
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.filter((value, place) => place % 4 === 3 && value > 0).length;
}"""


def picture_box(page: Any) -> dict[str, float]:
    picture = page.locator(".nbstream-source .nbstream-picture")
    picture.scroll_into_view_if_needed()
    box: dict[str, float] = picture.bounding_box()
    return box


def drag(page: Any, zone: tuple[float, float, float, float]) -> None:
    """Drag from corner to corner of a zone, as shares of the picture."""
    box = picture_box(page)
    left, top, right, bottom = zone
    page.mouse.move(box["x"] + left * box["width"], box["y"] + top * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + right * box["width"], box["y"] + bottom * box["height"], steps=4)
    page.mouse.up()


def go_live(open_notebook: Any, lesson: str) -> NotebookPage:
    notebook = open_lesson(open_notebook, lesson)
    start_synthetic_camera(notebook)
    notebook.wait_for_value("binding.stats['counts'].get('frames', 0) > 3", True, timeout_s=30)
    return notebook


def test_a_click_picks_a_colour_a_box_follows_it_and_a_held_picture_shows_what_controls_do(
    open_notebook,
):
    notebook = go_live(open_notebook, "08_pick_a_colour")
    page = notebook.page
    notebook.execute(MIDDLE_OF_BLUE)
    box = picture_box(page)
    x, y = notebook.evaluate("middle_of_blue()")
    page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    blueness = "int(colour.value[5:], 16) - int(colour.value[1:3], 16) > 110"
    notebook.wait_for_value(blueness, True)
    expect(page.locator(".nbstream-overlay")).to_be_visible()
    found = notebook.evaluate(
        "[one.x + one.width / 2 for one in follow(webcam.snapshot(), colour.value, 30)]"
    )
    left, _, right, _ = ZONES["triangle"]
    assert [left * 640 < middle < right * 640 for middle in found] == [True]

    # What the controls do is tried out on one picture, which stands still.
    hold = page.locator(".widget-toggle-button")
    hold.click()
    notebook.wait_for_value("binding.is_frozen", True)
    page.wait_for_function("() => document.querySelector('.nbstream-preview').paused")
    for value, drawn in (("#00ff00", "=== 0"), ("#2f6fe0", "> 0"), ("#ff00ff", "=== 0")):
        notebook.execute(f"colour.value = {value!r}")
        page.wait_for_function(f"({DRAWN})() {drawn}")
    hold.click()
    page.wait_for_function("() => !document.querySelector('.nbstream-preview').paused")
    notebook.wait_for_value("binding.status", "live")
    notebook.execute("colour.value = '#2f6fe0'")
    page.wait_for_function(f"({DRAWN})() > 0")
    assert notebook.evaluate("binding.error is None")


def test_what_was_trained_by_hand_tells_three_things_apart_in_a_hundred_pictures(open_notebook):
    notebook = go_live(open_notebook, "09_train_your_own")
    page = notebook.page
    buttons = page.locator(".nbstream-collect")
    for index, (name, zone) in enumerate(ZONES.items()):
        if index == 0:
            drag(page, zone)  # by hand
        else:
            notebook.execute(f"pointer.zone = {corners_of(zone)}")
        # The view has caught up with the zone.
        notebook.execute("was = binding.stats['counts']['frames']")
        notebook.wait_for_value("binding.stats['counts']['frames'] > was + 3", True)
        button = buttons.nth(index)
        button.scroll_into_view_if_needed()
        at = button.bounding_box()
        assert at is not None
        page.mouse.move(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2)
        page.mouse.down()
        notebook.wait_for_value(f"collector.counts[{name!r}] >= 15", True, timeout_s=40)
        page.mouse.up()
        expect(button).to_have_attribute("aria-pressed", "false")
    shown = page.locator(".nbstream-class").nth(0).locator(".nbstream-example")
    before = notebook.evaluate("collector.counts['circle']")
    shown.first.click()
    notebook.wait_for_value("collector.counts['circle']", before - 1)

    notebook.execute(LOOK_AT_ALL.format(zones=ZONES))
    right, count = notebook.evaluate("(right, count)")
    assert count >= 100
    assert right >= 0.95 * count
    expect(page.locator(".widget-label", has_text="triangle")).to_contain_text("%")
    assert notebook.evaluate("binding.error is None")


# A hundred pictures, each of the three things in 34 frames: how many are told right.
LOOK_AT_ALL = """
import time
right = count = 0
last = None
while count < 100:
    frame = webcam.snapshot()
    if last is not None and (frame == last).all():
        time.sleep(0.02)
        continue
    last = frame
    for name, (x1, y1, x2, y2) in {zones}.items():
        part = frame[round(y1 * 480):round(y2 * 480), round(x1 * 640):round(x2 * 640)]
        said = recognise(part)
        right += max(said, key=said.get) == name
        count += 1
"""


def corners_of(zone: tuple[float, float, float, float]) -> list[list[float]]:
    left, top, right, bottom = zone
    return [[left, top], [right, top], [right, bottom], [left, bottom]]


def test_what_comes_into_a_zone_that_was_drawn_is_counted_once(open_notebook):
    notebook = go_live(open_notebook, "10_count_objects")
    page = notebook.page
    text = page.locator(".widget-label")
    expect(text).to_have_text("0 in the zone, 0 came in, 3 seen in all")
    drag(page, (0.01, 0.65, 0.66, 0.91))
    expect(text).to_have_text("3 in the zone, 3 came in, 3 seen in all", timeout=20_000)
    calls = "binding.stats['counts']['frames']"
    notebook.execute(f"was = {calls}")
    notebook.wait_for_value(f"{calls} > was + 60", True, timeout_s=40)
    expect(text).to_have_text("3 in the zone, 3 came in, 3 seen in all")
    page.keyboard.press("Delete")
    expect(text).to_have_text("0 in the zone, 3 came in, 3 seen in all", timeout=20_000)
    assert notebook.evaluate("binding.error is None")
