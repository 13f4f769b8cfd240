"""The pictures of README and guide, written to docs/images by `make pictures`: the widgets of the lessons."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from .captions import note_captions
from .lessons import open_lesson, start_synthetic_camera
from .shots import shot

IMAGES = Path(__file__).parents[2] / "docs" / "images"
MAX_BYTES = 200_000
MAX_CLIP_BYTES = 1_000_000

pytestmark = [pytest.mark.pictures, pytest.mark.kept_page]


def take(notebook, element: str, name: str) -> None:
    """Write `element` (CSS) of the page to docs/images."""
    IMAGES.mkdir(exist_ok=True)
    path = IMAGES / f"{name}.png"
    shot(notebook.page.locator(element).first).save(path)
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


# What a person does in the clip: after so many of its pictures, another filter is chosen.
CLIP_FILTERS = {0: "flip", 14: "cartoon", 34: "edges"}
CLIP_PICTURES, CLIP_EVERY_MS = 50, 120


def test_clip(open_notebook):
    notebook = open_lesson(open_notebook, "02_filters")
    notebook.watch(".nbstream-display")
    start_synthetic_camera(notebook)
    notebook.wait_for_shown(20)
    shown = notebook.page.locator(".widget-hbox").first
    pictures = []
    for number in range(CLIP_PICTURES):
        if chosen := CLIP_FILTERS.get(number):
            notebook.page.locator(".widget-dropdown select").select_option(chosen)
        picture = shot(shown)
        pictures.append(picture.resize((picture.width * 3 // 4, picture.height * 3 // 4)))
    first, *rest = pictures
    path, every_ms = IMAGES / "clip.webp", CLIP_EVERY_MS
    first.save(path, append_images=rest, duration=every_ms, loop=0, quality=50, save_all=True)
    assert path.stat().st_size < MAX_CLIP_BYTES, f"{path.name}: {path.stat().st_size} bytes"
