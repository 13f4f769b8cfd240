"""Each lesson, in a real JupyterLab and a browser without a camera: what its text promises happens on the screen."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from playwright.sync_api import expect

from nbstream.annotations.colors import color_of

from ..scene_truth import MARKER, QR_CODE, corners_of
from .clip import read_number
from .lessons import lesson_cells, open_lesson, start_synthetic_camera

pytestmark = pytest.mark.kept_page

# Mean brightness, 0..255, of what the display shows.
BRIGHTNESS = """() => {
    const canvas = document.querySelector('.nbstream-display .nbstream-result');
    const small = new OffscreenCanvas(32, 24).getContext('2d');
    small.drawImage(canvas, 0, 0, 32, 24);
    const { data } = small.getImageData(0, 0, 32, 24);
    return data.reduce((sum, value, place) => sum + (place % 4 === 3 ? 0 : value), 0) / (32 * 24 * 3);
}"""
COLOR_OF_THE_DESK = """() => {
    const canvas = document.querySelector('.nbstream-result');
    const one = new OffscreenCanvas(1, 1).getContext('2d');
    one.drawImage(canvas, 422, 384, 1, 1, 0, 0, 1, 1);
    return [...one.getImageData(0, 0, 1, 1).data].slice(0, 3);
}"""
SECONDS_LEFT = "Number.parseInt(document.querySelector('.nbstream-timebar-text').textContent)"
# Middle of what the overlay draws in a colour, as shares of the picture; null if there is nothing.
MIDDLE_IN_COLOR = """color => {
    const canvas = document.querySelector('.nbstream-overlay');
    if (canvas.hidden) return null;
    const { width, height } = canvas;
    const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
    const wanted = [1, 3, 5].map(at => Number.parseInt(color.slice(at, at + 2), 16));
    const xs = [], ys = [];
    for (let k = 0; k < data.length; k += 4) {
        if (wanted.some((value, c) => data[k + c] !== value) || data[k + 3] < 255) continue;
        xs.push((k / 4) % width);
        ys.push(Math.floor(k / 4 / width));
    }
    const middle = list => (Math.min(...list) + Math.max(...list)) / 2;
    return xs.length ? [middle(xs) / width, middle(ys) / height] : null;
}"""
# The newest picture's codes, and the middle row of its barcode.
LOOK = """
frame = webcam.snapshot()
found = {one.label: one.points.tolist() for one in find_codes(frame, 0)}
row = frame[-20].tolist()
"""
PARTS = ["start", "stop", "device", "status", "timebar", "result"]


def assert_numbers_rise(shown):
    numbers = [one.number for one in shown]
    assert all(before < after for before, after in pairwise(numbers)), numbers


def test_hello_webcam_says_that_there_is_no_camera_and_shows_the_synthetic_one(open_notebook):
    notebook = open_lesson(open_notebook, "01_hello_webcam")
    page = notebook.page
    page.locator(".nbstream-start").click()
    expect(page.locator(".nbstream-status")).to_have_text("Failed")
    expect(page.locator(".nbstream-source")).to_contain_text("No such camera was found")

    notebook.watch(".nbstream-display")
    start_synthetic_camera(notebook)
    shown = notebook.wait_for_shown(20)
    assert_numbers_rise(shown)
    assert {(one.where, one.mirrored, one.width_px, one.height_px) for one in shown} == {
        ("bottom", False, 640, 480)
    }
    expect(page.locator(".nbstream-status")).to_have_text("Live")

    page.locator(".nbstream-stop").click()
    expect(page.locator(".nbstream-status")).to_have_text("Idle")


def test_in_hello_webcam_a_changed_function_shows_at_once(open_notebook):
    notebook = open_lesson(open_notebook, "01_hello_webcam")
    notebook.watch(".nbstream-display")
    start_synthetic_camera(notebook)
    notebook.wait_for_shown(3, where="bottom")
    cells = lesson_cells("01_hello_webcam")
    index, source = next((k, text) for k, text in enumerate(cells) if "return frame\n" in text)
    notebook.set_source(index, source.replace("return frame\n", "return frame[::-1]\n"))
    notebook.run_cell(index)
    notebook.watch(".nbstream-display")
    assert_numbers_rise(notebook.wait_for_shown(5, where="top"))
    expect(notebook.page.locator(".nbstream-status")).to_have_text("Live")


def test_filters_are_chosen_in_the_dropdown_while_the_stream_runs(open_notebook):
    notebook = open_lesson(open_notebook, "02_filters")
    dropdown = notebook.page.locator(".widget-dropdown select")
    notebook.watch(".nbstream-display")
    start_synthetic_camera(notebook)
    assert_numbers_rise(notebook.wait_for_shown(10, where="top"))
    assert notebook.shown(where="bottom") == []

    dropdown.select_option("cartoon")
    assert_numbers_rise(notebook.wait_for_shown(10, where="bottom"))

    dropdown.select_option("edges")
    notebook.page.wait_for_function(f"({BRIGHTNESS})() < 40")

    notebook.watch(".nbstream-display")
    dropdown.select_option("flip")
    assert_numbers_rise(notebook.wait_for_shown(5, where="top"))
    assert notebook.evaluate("binding.error is None")


def test_in_the_same_widget_the_bar_runs_out_and_the_stream_goes_on_with_the_same_elements(
    open_notebook,
):
    notebook = open_lesson(open_notebook, "03_same_widget")
    page = notebook.page
    notebook.watch(".nbstream-result")
    page.evaluate(
        "parts => { window.parts = parts.map(part => document.querySelector(`.nbstream-${part}`)); }",
        PARTS,
    )
    start_synthetic_camera(notebook)
    assert {one.where for one in notebook.wait_for_shown(5)} == {"bottom"}
    expect(page.locator(".nbstream-preview")).to_be_hidden()
    page.wait_for_function(f"{SECONDS_LEFT} <= 3", timeout=60_000)
    page.wait_for_function(f"{SECONDS_LEFT} >= 9", timeout=60_000)
    before = len(notebook.shown())
    assert_numbers_rise(notebook.wait_for_shown(before + 10))
    expect(page.locator(".nbstream-status")).to_have_text("Live")
    same = "parts => parts.every((part, k) => document.querySelector(`.nbstream-${part}`) === window.parts[k])"
    assert page.evaluate(same, PARTS)
    assert len({one.element for one in notebook.shown()}) == 1

    # The desk is brown for the camera, and blue in the result.
    red, _, blue = notebook.evaluate("webcam.snapshot()[384, 422].tolist()")
    assert red > blue + 30
    red, _, blue = page.evaluate(COLOR_OF_THE_DESK)
    assert blue > red + 30
    page.locator(".nbstream-stop").click()
    expect(page.locator(".nbstream-status")).to_have_text("Idle")
    expect(page.locator(".nbstream-result")).to_be_visible()


def test_object_detection_finds_the_codes_where_they_are_and_the_slider_counts_at_once(
    open_notebook,
):
    notebook = open_lesson(open_notebook, "05_object_detection")
    page = notebook.page
    start_synthetic_camera(notebook)
    expect(page.locator(".nbstream-overlay")).to_be_visible()

    for _ in range(3):
        notebook.execute(LOOK)
        found = notebook.evaluate("found")
        row = np.array(notebook.evaluate("row"), np.uint8)
        number = read_number(np.broadcast_to(row, (480, 640, 3)))
        assert number is not None
        assert set(found) == {"marker 7", "QR code: nbstream"}
        for label, card in (("marker 7", MARKER), ("QR code: nbstream", QR_CODE)):
            np.testing.assert_allclose(found[label], corners_of(card, number), atol=5)

    # What is drawn is some frames old, and what moves here does so by less than a tenth of the picture meanwhile.
    marker, code = color_of("marker 7"), color_of("QR code: nbstream")
    drawn = page.evaluate(MIDDLE_IN_COLOR, code)
    notebook.execute(LOOK)
    middle = np.mean(notebook.evaluate("found")["QR code: nbstream"], axis=0) / (640, 480)
    np.testing.assert_allclose(drawn, middle, atol=0.1)

    page.wait_for_function(f"color => ({MIDDLE_IN_COLOR})(color) !== null", arg=marker)
    notebook.execute("least_score.value = 0.7")
    page.wait_for_function(f"color => ({MIDDLE_IN_COLOR})(color) === null", arg=marker)
    page.wait_for_function(f"color => ({MIDDLE_IN_COLOR})(color) !== null", arg=code)
    assert notebook.evaluate("binding.error is None")
    assert notebook.evaluate("binding.stats['legs_ms']['overlay']['p50']") > 0

    page.locator(".nbstream-stop").click()
    expect(page.locator(".nbstream-overlay")).to_be_hidden()
