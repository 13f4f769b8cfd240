"""Each press of a button counts once, quickly and while cells run; and the picture is touched and seen whole."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from .live_stream import PATIENCE_MS, Source

SETUP = """
import ipywidgets, time
import nbstream as nbs

webcam = nbs.Webcam()
calls, clicks = [], []
pointer = nbs.Pointer(webcam)
pointer.on_click(clicks.append)

def look(frame, meta):
    time.sleep(0.05)
    calls.append(meta.captured_at_s)

binding = webcam.stream(look, on="capture", metadata=True)
"""
SHOW = "ipywidgets.Box([webcam], layout=ipywidgets.Layout(width='640px'))"
BUSY = "busy_until = time.monotonic() + 6\nwhile time.monotonic() < busy_until: time.sleep(0.05)"
MIDDLE_OF_PICTURE = """() => {
    const box = document.querySelector('.nbstream-pointer').getBoundingClientRect();
    return [box.left + box.width / 4, box.top + box.height / 2];
}"""


def touch(page: Any, x: float, y: float) -> None:
    """A finger on the glass, and off it."""
    session = page.context.new_cdp_session(page)
    points = [{"x": x, "y": y}]
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


@pytest.mark.slow
def test_each_press_of_capture_is_one_call_ten_in_a_second_by_space_and_while_a_cell_runs(
    open_notebook,
):
    notebook = open_notebook([SETUP, SHOW, BUSY, "print('all there')"], run=False)
    page = notebook.page
    for index in (0, 1):
        notebook.run_cell(index)
    Source(notebook).go_live()
    button = page.locator(".nbstream-capture")
    expect(button).to_be_enabled(timeout=PATIENCE_MS)
    notebook.wait_for_value("webcam.frame is not None", True)
    assert notebook.evaluate("calls") == []

    page.evaluate(
        "() => { let left = 10; const press = () => { document.querySelector('.nbstream-capture').click();"
        " if (--left) setTimeout(press, 80); }; press(); }"
    )
    notebook.wait_for_value("len(calls)", 10, timeout_s=40)
    expect(button).to_have_text("Capture", timeout=PATIENCE_MS)

    button.focus()
    for _ in range(3):
        page.keyboard.press("Space")
    notebook.wait_for_value("len(calls)", 13, timeout_s=40)

    notebook.run_cell(2, wait=False)
    for _ in range(4):
        button.click()
    notebook.run_cell(3)
    notebook.wait_for_value("len(calls)", 17, timeout_s=40)
    # Each has a picture of its own, and no further one comes.
    notebook.wait_for_value("len(set(calls))", 17)
    expect(button).to_have_text("Capture", timeout=PATIENCE_MS)
    assert notebook.evaluate("(len(calls), binding.error is None)") == [17, True]

    # A finger in the picture; then the whole screen, which has another shape.
    for shape in ("in its cell", "full screen"):
        if shape == "full screen":
            page.mouse.click(*page.evaluate(MIDDLE_OF_PICTURE))
            page.evaluate("() => document.querySelector('.nbstream-picture').requestFullscreen()")
            page.wait_for_function("() => document.fullscreenElement !== null")
        before = notebook.evaluate("len(clicks)")
        x, y = page.evaluate(MIDDLE_OF_PICTURE)
        touch(page, x, y)
        notebook.wait_for_value("len(clicks)", before + 1, timeout_s=40)
        shown = page.evaluate(
            "() => { const box = document.querySelector('.nbstream-pointer').getBoundingClientRect();"
            " return [box.width, box.height]; }"
        )
        width = min(shown[0], shown[1] * 4 / 3)
        wanted = ((shown[0] / 4 - (shown[0] - width) / 2) / width * 640, 240)
        assert notebook.evaluate("(clicks[-1].x, clicks[-1].y)") == pytest.approx(
            wanted, abs=0.5 * max(1, 640 / width)
        )
        assert notebook.evaluate("clicks[-1].button") == 1
