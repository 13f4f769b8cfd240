"""A camera that nobody can see, that another script turns off, or whose kernel is silent: off, and said so."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from .live_stream import BIND, CELLS, PATIENCE_MS, SETUP, Source, wait_for_result_after_now
from .notebook_page import NotebookPage

pytestmark = pytest.mark.kept_page

ACCORDION = "ipywidgets.Accordion([webcam], titles=['camera'], selected_index=0)"
# Shorter than what turns the camera off by far, and longer.
SHORT_MS, LONG_MS = 8_000, 25_000


@pytest.fixture
def live(open_notebook) -> NotebookPage:
    """A notebook whose stream is live and shows pictures."""
    notebook: NotebookPage = open_notebook(CELLS)
    Source(notebook).go_live()
    wait_for_result_after_now(notebook)
    return notebook


@pytest.fixture
def stopped_kernel(live) -> Iterator[NotebookPage]:
    """The same, its kernel's process stopped."""
    pid = int(live.evaluate("__import__('os').getpid()"))
    os.kill(pid, signal.SIGSTOP)
    yield live
    os.kill(pid, signal.SIGCONT)


def test_a_camera_in_a_closed_accordion_goes_off_after_20_s_and_resumes_with_a_click(
    open_notebook,
):
    notebook: NotebookPage = open_notebook([SETUP, BIND, ACCORDION])
    source = Source(notebook)
    source.go_live()
    header = notebook.page.locator(".jupyter-widget-Collapse-header")
    header.click()
    expect(source.root).not_to_be_visible()
    notebook.page.wait_for_timeout(SHORT_MS)
    assert (notebook.live_tracks(), notebook.evaluate("binding.status")) == (1, "live")
    notebook.wait_for_live_tracks(0, timeout_s=PATIENCE_MS / 1000)
    notebook.wait_for_value("binding.status", "paused")
    header.click()
    expect(source.root).to_contain_text("The camera was out of sight for 20 s and went off.")
    source.start.click()
    source.wait_for_status("Live")
    assert notebook.live_tracks() == 1


@pytest.mark.slow
def test_a_camera_in_a_notebook_behind_another_tab_of_the_lab_goes_on(live):
    live.page.evaluate("() => { window.jupyterapp.commands.execute('launcher:create'); }")
    live.page.locator(".jp-Launcher").wait_for()
    live.page.wait_for_timeout(LONG_MS)
    assert live.live_tracks() == 1
    expect(Source(live).status).to_have_text("Live")


def test_a_camera_that_another_script_stops_is_told_of_and_starts_again(live):
    live.page.evaluate("() => window.__probe.tracks.forEach((track) => track.stop())")
    source = Source(live)
    source.wait_for_status("Failed")
    expect(source.status).to_have_attribute("data-status", "failed")
    expect(source.root).to_contain_text("turned off by the browser or by another script")
    live.wait_for_value("binding.status", "failed")
    source.go_live()
    wait_for_result_after_now(live)


def test_a_silent_kernel_is_told_of_by_the_status_itself(stopped_kernel):
    source = Source(stopped_kernel)
    expect(source.status).to_have_text("No answer from the kernel", timeout=PATIENCE_MS)
    expect(source.status).to_have_attribute("data-status", "silent")
    assert stopped_kernel.live_tracks() == 0
