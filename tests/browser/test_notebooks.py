"""Each lesson, in a real JupyterLab and a browser without a camera: what its text promises happens on the screen."""

from __future__ import annotations

from itertools import pairwise

from playwright.sync_api import expect

from .lessons import lesson_cells, open_lesson, start_synthetic_camera

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
    page.wait_for_function(f"{SECONDS_LEFT} <= 3", timeout=15_000)
    page.wait_for_function(f"{SECONDS_LEFT} >= 9", timeout=15_000)
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
