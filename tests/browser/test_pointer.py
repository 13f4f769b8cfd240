"""What a person points at on the screen is that pixel of the function's picture, however it is shown."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from .live_stream import Source

pytestmark = pytest.mark.kept_page

SETUP = """
import ipywidgets, nbstream as nbs

AT = (150.5, 90.5)
webcam = nbs.Webcam(device="synthetic", {options})
overlay = nbs.Overlay(webcam)
pointer = nbs.Pointer(webcam)
clicks, drags = [], []
pointer.on_click(clicks.append)
pointer.on_drag(drags.append)

def mark(frame):
    return nbs.Points([AT], color="magenta", line_px=6)

binding = webcam.stream(mark, outputs=overlay)
"""
SHOW = 'ipywidgets.Box([webcam], layout=ipywidgets.Layout(width="{width}"))'

CASES: dict[str, dict[str, Any]] = {
    "plain": {},
    "mirrored": {"options": 'mirror="preview"'},
    "a crop, mirrored for the function, narrow": {
        "options": 'crop=(0.25, 0.25, 0.5, 0.5), mirror="pixels"',
        "width": "240px",
    },
    "a zoom of 150 %": {"options": 'mirror="preview"', "zoom": 1.5},
}

# The page has painted what it had to.
TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
EVERYDAY = [CASES["a crop, mirrored for the function, narrow"], CASES["a zoom of 150 %"]]


def dot_in(page: Any) -> tuple[float, float] | None:
    """Where the middle of the magenta dot is, in pixels of the page; None: it is not drawn yet."""
    shown = page.locator(".nbstream-picture").first
    shown.scroll_into_view_if_needed()
    box = shown.bounding_box()
    screen = np.array(Image.open(io.BytesIO(page.screenshot())).convert("RGB"), int)
    rows, columns = np.nonzero((np.abs(screen - (255, 0, 255)) < 60).all(axis=2))
    inside = (columns >= box["x"]) & (columns < box["x"] + box["width"])
    inside &= (rows >= box["y"]) & (rows < box["y"] + box["height"])
    if inside.sum() <= 20:
        return None
    return float(columns[inside].mean()) + 0.5, float(rows[inside].mean()) + 0.5


def settled_dot(page: Any) -> tuple[float, float]:
    """The same, once it is drawn and stays where it is."""
    before = None
    for _ in range(100):
        found = dot_in(page)
        if found is not None and found == before:
            return found
        before = found
        page.evaluate(TWO_FRAMES)
    raise AssertionError("the dot is not drawn, or moves")


# Everyday the two that hold most at once.
@pytest.mark.parametrize(
    "case",
    [
        name if CASES[name] in EVERYDAY else pytest.param(name, marks=[pytest.mark.slow])
        for name in CASES
    ],
)
def test_a_click_on_a_pixel_as_it_is_seen_arrives_as_that_pixel(open_notebook, case):
    given = {"options": "", "width": "640px", "zoom": 1, **CASES[case]}
    notebook = open_notebook(
        [SETUP.format(options=given["options"]), SHOW.format(width=given["width"])]
    )
    page = notebook.page
    Source(notebook).go_live()
    page.evaluate(f"document.body.style.zoom = {given['zoom']}")
    notebook.wait_for_value("webcam.frame is not None", True)
    x, y = settled_dot(page)
    page.mouse.click(x, y)
    notebook.wait_for_value("len(clicks)", 1)
    arrived = notebook.evaluate("(clicks[0].x, clicks[0].y)")
    shown = page.locator(".nbstream-picture").first.bounding_box()
    width_px, height_px = notebook.evaluate("clicks[0].size_px")
    # What is drawn lies on whole pixels of the page; one of a narrow page is several of the picture.
    page_px = max(1.0, width_px / shown["width"])
    assert arrived == pytest.approx((150.5, 90.5), abs=page_px)
    is_mirrored = "preview" in given["options"]

    def pixel_at(place: tuple[float, float]) -> tuple[float, float]:
        """Which pixel of the function's picture is seen at a place of the page."""
        across = (place[0] - shown["x"]) / shown["width"]
        down = (place[1] - shown["y"]) / shown["height"]
        return (1 - across if is_mirrored else across) * width_px, down * height_px

    quarter = shown["x"] + shown["width"] / 4, shown["y"] + shown["height"] / 8
    page.mouse.click(*quarter)
    notebook.wait_for_value("len(clicks)", 2)
    near = 0.5 * page_px
    assert notebook.evaluate("(clicks[1].x, clicks[1].y)") == pytest.approx(
        pixel_at(quarter), abs=near
    )
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    notebook.wait_for_value("len(clicks)", 3)
    # From the middle a hundredth to the right, as it is seen.
    across = 0.49 if is_mirrored else 0.51
    assert notebook.evaluate("(clicks[2].x, clicks[2].y)") == pytest.approx(
        (across * width_px, height_px / 2)
    )
    end = x + 20, y + 20
    page.mouse.down()
    page.mouse.move(*end, steps=3)
    page.mouse.up()
    notebook.wait_for_value("len(drags)", 1)
    (x1, y1), (x2, y2) = pixel_at(quarter), pixel_at(end)
    box = (min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))
    assert notebook.evaluate("drags[0].box") == pytest.approx(box, abs=near)
    assert notebook.evaluate("binding.error is None")
