"""The line between page and server: cut for a moment, cut for long, and slow."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

from nbstream.protocol.from_page import GONE_AFTER_S

from .conftest import OpenNotebook
from .link import Link
from .live_stream import CELLS, PATIENCE_MS, Source, wait_for_result_after_now
from .notebook_page import NotebookPage

NOTE_CHANGES = """
changes = []
binding.observe(lambda change: changes.append((change.new, time.monotonic())), "status")
"""
ADAPTING = """
import nbstream as nbs
webcam = nbs.Webcam(quality=(40, 85))
binding = webcam.stream(lambda frame: frame.mean(), stream_every=0.1)
webcam
"""
QUALITY = "binding.stats['gauges'].get('quality')"
# A picture of the clip has some 45 kB at quality 85, and ten are wanted in a second.
SLOW_BYTES_PER_S = 150_000
TOLERANCE_S = 5.0
# JupyterLab waits at random between its attempts, and longer after each.
RECONNECTED_MS = 90_000


@pytest.fixture
def link(lab):
    link = Link(lab)
    yield link
    link.close()


@pytest.fixture
def open_through(open_notebook: OpenNotebook, link: Link):
    """``open_through(cells)``: a notebook whose page reaches its server by `link`."""

    def open_it(cells: list[str]) -> NotebookPage:
        return open_notebook(cells, through=link)

    return open_it


@pytest.fixture
def live(open_through) -> NotebookPage:
    notebook: NotebookPage = open_through([*CELLS[:2], NOTE_CHANGES, *CELLS[2:]])
    # JupyterLab's own word about the line, which lies over everything.
    dialog = notebook.page.locator(".jp-Dialog")
    notebook.page.add_locator_handler(
        dialog, dialog.locator("button").last.click, no_wait_after=True
    )
    Source(notebook).go_live()
    wait_for_result_after_now(notebook)
    return notebook


def statuses(notebook: NotebookPage) -> list[str]:
    found: list[str] = notebook.evaluate("[status for status, _ in changes]")
    return found


@pytest.mark.slow  # Every day tests/faults plays it, with sound.
def test_after_a_cut_of_5_s_the_same_run_goes_on_without_a_click(live, link):
    before = live.evaluate("webcam._session._run")
    # JupyterLab waits at random between its attempts, up to 15 s: here it is back soon after the line is.
    live.page.evaluate("() => { Math.random = () => 0.2; }")
    link.cut_for(5)
    live.wait_until_connected()
    wait_for_result_after_now(live)
    Source(live).wait_for_status("Live")
    assert set(statuses(live)) <= {"asking", "waiting", "live"}
    assert statuses(live).count("live") <= 1
    assert live.evaluate("webcam._session._run") == before
    assert live.live_tracks() == 1


@pytest.mark.slow
def test_a_cut_for_good_turns_the_camera_off_after_20_s_and_pauses(live, link):
    cut_at_s = time.monotonic()
    link.cut()
    live.wait_for_live_tracks(0, timeout_s=GONE_AFTER_S + TOLERANCE_S)
    assert time.monotonic() - cut_at_s > GONE_AFTER_S - TOLERANCE_S
    source = Source(live)
    note = source.root.locator(".nbstream-note")
    expect(note).to_contain_text("Nothing was heard of the kernel", timeout=PATIENCE_MS)
    link.mend()
    expect(source.status).to_have_text("Paused", timeout=RECONNECTED_MS)
    assert live.live_tracks() == 0
    status, at_s = live.evaluate("changes[-1]")
    assert status == "paused"
    # Both clocks are the machine's.
    assert abs(at_s - cut_at_s - GONE_AFTER_S) < TOLERANCE_S
    source.go_live()
    wait_for_result_after_now(live)


@pytest.mark.slow
def test_on_a_slow_line_the_quality_goes_down_and_comes_back(open_through, link):
    notebook = open_through([ADAPTING])
    Source(notebook).go_live()
    notebook.wait_for_value(QUALITY, 85)
    link.limit_upload(SLOW_BYTES_PER_S)
    notebook.wait_for_value(f"{QUALITY} <= 50", True, timeout_s=60)
    link.limit_upload(None)
    notebook.wait_for_value(QUALITY, 85, timeout_s=90)
    assert notebook.evaluate("binding.status") == "live"
