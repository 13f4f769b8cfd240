"""The live picture and what is drawn over it, each at its own pace."""

from __future__ import annotations

import pytest

from .captions import captions, note_captions
from .live_stream import Source

pytestmark = pytest.mark.kept_page

SETUP = """
import itertools, threading, time
import numpy as np, nbstream as nbs

numbers, may_return = itertools.count(1), threading.Event()
webcam = nbs.Webcam()
overlay = nbs.Overlay(webcam)
"""
SLOW = """
def detect(frame):
    time.sleep(0.2)
    return nbs.Box(100, 100, 200, 150, label=f"call {next(numbers)}")
"""
STUCK = """
def detect(frame):
    number = next(numbers)
    if number > 1:
        may_return.wait()
    return nbs.Box(100, 100, 200, 150, label=f"call {number}")
"""
HEAVY = """
half = np.zeros((480, 640), bool)
half[:, :320] = True
places = np.random.default_rng(0).random((299, 2)) * 400

def detect(frame):
    time.sleep(0.2)
    boxes = [nbs.Box(x, y, 80, 60, label="thing", score=0.5) for x, y in places]
    return [nbs.Mask(half, label=f"call {next(numbers)}"), *boxes]
"""
BIND = "binding = webcam.stream(detect, outputs=overlay, stream_every=1 / 30)"


@pytest.fixture
def open_live(open_notebook):
    """Run a detector over the live picture, and watch both."""

    def open_live(detector: str):
        notebook = open_notebook([SETUP, detector, BIND, "webcam"])
        notebook.watch(".nbstream-preview")
        note_captions(notebook.page)
        Source(notebook).go_live()
        return notebook

    return open_live


@pytest.mark.parametrize("detector", [SLOW, HEAVY], ids=["a box", "300 marks and a mask"])
def test_the_picture_keeps_its_own_pace_over_a_slow_detector(open_live, detector):
    notebook = open_live(detector)
    notebook.page.wait_for_function("window.__captions.size >= 3")
    pictures, boxes = len(notebook.shown()), len(captions(notebook.page, "call"))
    notebook.wait_for_shown(pictures + 60)
    more = len(captions(notebook.page, "call")) - boxes
    # At 30 pictures and 5 boxes per second 10. Were the picture held back by the detector, 60.
    assert 1 <= more <= 30
    assert notebook.evaluate("binding.error is None")


def test_a_detector_that_does_not_return_leaves_the_picture_live_and_the_old_boxes_in_place(
    open_live,
):
    notebook = open_live(STUCK)
    notebook.page.wait_for_function("window.__captions.has('call 1')")
    notebook.wait_for_shown(len(notebook.shown()) + 30)
    assert captions(notebook.page, "call") == {"call 1"}
    assert notebook.page.locator(".nbstream-overlay").is_visible()
    notebook.execute("may_return.set()")
    # Not "call 2": the picture that waited for it follows at once, and the overlay draws the newest.
    notebook.page.wait_for_function("window.__captions.size > 1")
