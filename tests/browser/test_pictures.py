"""The pictures of README and guide, written to docs/images by `make pictures`: the widgets of the lessons."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from .captions import note_captions
from .lessons import open_lesson, start_synthetic_camera

IMAGES = Path(__file__).parents[2] / "docs" / "images"
MAX_BYTES = 200_000

pytestmark = pytest.mark.pictures


def take(notebook, element: str, name: str) -> None:
    """Write `element` (CSS) of the page to docs/images."""
    IMAGES.mkdir(exist_ok=True)
    path = IMAGES / f"{name}.png"
    # The mouse would leave its mark on whatever it points at.
    notebook.page.mouse.move(0, 0)
    shown = notebook.page.locator(element).first
    shown.scroll_into_view_if_needed()
    box = shown.bounding_box()
    # An element can begin between two pixels; the first whole one is its own, the one before is half a neighbour's.
    left, top = math.ceil(box["x"]), math.ceil(box["y"])
    width, height = box["x"] + box["width"] - left, box["y"] + box["height"] - top
    clip = {"x": left, "y": top, "width": math.floor(width), "height": math.floor(height)}
    notebook.page.screenshot(path=path, clip=clip)
    assert path.stat().st_size < MAX_BYTES, f"{path.name}: {path.stat().st_size} bytes"


def test_hello(open_notebook):
    notebook = open_lesson(open_notebook, "01_hello_webcam")
    notebook.watch(".nbstream-display")
    start_synthetic_camera(notebook)
    notebook.wait_for_shown(20)
    take(notebook, ".widget-hbox", "hello")


def test_filters(open_notebook):
    notebook = open_lesson(open_notebook, "02_filters")
    notebook.page.locator(".widget-dropdown select").select_option("cartoon")
    notebook.watch(".nbstream-display")
    start_synthetic_camera(notebook)
    notebook.wait_for_shown(60)
    take(notebook, ".widget-hbox", "filters")


def test_same_widget(open_notebook):
    notebook = open_lesson(open_notebook, "03_same_widget")
    notebook.watch(".nbstream-result")
    start_synthetic_camera(notebook)
    expect(notebook.page.locator(".nbstream-timebar-text")).to_have_text(re.compile("^[67] s$"))
    take(notebook, ".nbstream-source", "same_widget")


def test_object_detection(open_notebook):
    notebook = open_lesson(open_notebook, "05_object_detection")
    start_synthetic_camera(notebook)
    note_captions(notebook.page)
    notebook.page.wait_for_function("window.__captions.size >= 2")
    take(notebook, ".nbstream-source", "object_detection")
