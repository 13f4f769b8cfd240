"""The server: gone and back, and what it must not be made to keep."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psutil
import pytest
from playwright.sync_api import expect

from ..browser.lab import LabServer
from ..browser.link import Link
from ..browser.live_stream import PATIENCE_MS, Source
from ..browser.notebook_page import NotebookPage
from .scene import CELLS, DISPLAY, Scene
from .table import fault

GROUP = "the server"
SILENCE_S = 10.0
SPARE_S = 1.5
CLOSED_S = 60
MAX_GROWTH_MB = 30.0
"""What is shown meanwhile is 20 pictures of some 50 kB a second: 60 MB."""
THIN_BYTES_PER_S = 60_000
"""Two or three pictures a second, of those that the owner sends and sees."""
WATCHED_S = 10
FRAMES_ASKED = """
import ipywidgets, nbstream as nbs
webcam, view = nbs.Webcam(), nbs.ImageView()
binding = webcam.stream(lambda frame: frame, webcam, view, stream_every=1 / 15)
"""
SHOWS_ALL_THE_TIME = """
import threading, time
import numpy as np, nbstream as nbs

view = nbs.ImageView()
noise = [np.random.default_rng(k).integers(0, 256, (240, 320, 3), np.uint8) for k in range(10)]
sizes_bytes = []

def show():
    for number in range(20 * 600):
        view.value = noise[number % 10]
        sizes_bytes.append(len(view.frame))
        time.sleep(0.05)

threading.Thread(target=show, daemon=True).start()
display(view)
"""


@pytest.fixture
def own_lab(tmp_path) -> Iterator[LabServer]:
    """A server that a test may kill."""
    server = LabServer(tmp_path / "lab")
    yield server
    server.close()


def open_page(browsers, lab: LabServer, cells: list[str]) -> NotebookPage:
    page = browsers.new_context().new_page()
    notebook = NotebookPage(page, lab, lab.write_notebook("own", cells)).open()
    notebook.run_all()
    return notebook


@fault(
    "server killed and started again",
    "off within 10 s, and said; with the page loaded anew, run the cells again",
    group=GROUP,
)
def test_a_server_that_is_killed(browsers, own_lab, outcome):
    notebook = open_page(browsers, own_lab, CELLS)
    notebook.save()
    scene = Scene(notebook).go_live()
    own_lab.kill()
    off_s = scene.wait_until_off(SILENCE_S + SPARE_S)
    for source in (scene.camera, scene.microphone):
        expect(source.root).to_contain_text("kernel", timeout=PATIENCE_MS)
        expect(source.status).not_to_have_text("Live")
    own_lab.start_again()
    again = NotebookPage(notebook.page.context.new_page(), own_lab, notebook.name).open()
    notebook.page.close()
    again.run_all()
    Scene(again).go_live()
    outcome(off_s=off_s)
    again.page.context.close()


@fault(
    "tab closed for 60 s while the kernel goes on showing pictures",
    "the server keeps nothing for it; the next page shows the newest",
    group=GROUP,
)
def test_what_the_server_keeps_for_a_closed_tab(browsers, own_lab, outcome):
    notebook = open_page(browsers, own_lab, [SHOWS_ALL_THE_TIME])
    notebook.save()
    context = notebook.page.context
    expect(notebook.page.locator(f"{DISPLAY} canvas").first).to_be_visible(timeout=PATIENCE_MS)
    server = psutil.Process(own_lab.process.pid)
    assert notebook.evaluate("len(sizes_bytes) > 0")
    notebook.page.close()
    before_mb = server.memory_info().rss / 1e6
    time.sleep(CLOSED_S)
    grown_mb = server.memory_info().rss / 1e6 - before_mb
    again = NotebookPage(context.new_page(), own_lab, notebook.name).open()
    assert again.evaluate("sum(sizes_bytes[-20 * 60 :]) > 40_000_000"), "too little was shown"
    expect(again.page.locator(f"{DISPLAY} canvas").first).to_be_visible(timeout=PATIENCE_MS)
    outcome(server_mb=grown_mb)
    assert grown_mb < MAX_GROWTH_MB
    context.close()


def pictures_per_s(page: NotebookPage) -> float:
    """How many new pictures a page shows."""
    page.watch(DISPLAY)
    page.page.wait_for_timeout(1000 * WATCHED_S)
    return len(page.shown()) / WATCHED_S


@fault(
    "a guest whose line takes 60 kB/s",
    "the owner keeps its pace; the guest sees the newest pictures and skips the others",
    group=GROUP,
)
def test_a_guest_behind_a_thin_line(browsers, own_lab, outcome):
    owner = open_page(browsers, own_lab, [FRAMES_ASKED, "ipywidgets.HBox([webcam, view])"])
    owner.save()
    link = Link(own_lab)
    guest = NotebookPage(browsers.new_context().new_page(), link, owner.name).open()
    Source(owner).go_live()
    guest.watch(DISPLAY)
    guest.wait_for_shown(3, timeout_s=PATIENCE_MS / 1000)
    alone = pictures_per_s(owner)
    link.limit_download(THIN_BYTES_PER_S)
    together = pictures_per_s(owner)
    guest.watch(DISPLAY)
    guest.wait_for_shown(3, timeout_s=PATIENCE_MS / 1000)
    outcome(fps=together, fps_before=alone)
    assert together > 0.7 * alone
    for page in (owner, guest):
        page.page.context.close()
    link.close()
