"""A slow function on several workers, seen by the real page: its timing of captures has to keep all of them busy."""

from __future__ import annotations

from itertools import pairwise

import pytest

from .live_stream import Source
from .notebook_page import NotebookPage

pytestmark = pytest.mark.kept_page

CLIP_LENGTH = 300
SETUP = """
import threading, time
from concurrent.futures import ThreadPoolExecutor
import nbstream as nbs

lock, running, most = threading.Lock(), 0, 0

def slow(frame):
    global running, most
    with lock:
        running += 1
        most = max(most, running)
    time.sleep(0.4)
    with lock:
        running -= 1
    return frame

webcam, view = nbs.Webcam(), nbs.ImageView()
executor = ThreadPoolExecutor(4)
binding = webcam.stream(slow, outputs=view, stream_every=0.05, executor=executor, max_parallel=4)
"""


def test_the_page_keeps_four_workers_busy_and_shows_their_results_in_order(open_notebook):
    notebook: NotebookPage = open_notebook([SETUP, "webcam", "view"])
    notebook.watch(".nbstream-display")
    Source(notebook).go_live()
    notebook.wait_for_value("most", 4)
    shown = notebook.wait_for_shown(12)
    steps = [(after.number - before.number) % CLIP_LENGTH for before, after in pairwise(shown)]
    assert all(0 < step < CLIP_LENGTH / 2 for step in steps), shown
