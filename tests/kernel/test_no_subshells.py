"""A host without subshells: messages wait for the running cell, the page is told so, and nothing bursts afterwards."""

from __future__ import annotations

import pytest

from .real_kernel import PlayedPage
from .stream_page import StreamPage
from .test_wiring import BIND, SETUP, running_cell

IMPATIENT = """
from nbstream.kernel import ear
from nbstream.pages import pages
ear.ASK_AFTER_S = ear.BUSY_AFTER_S = 0.3
assert pages.GONE_AFTER_S > pages.SILENT_AFTER_S  # there to be replaced
pages.GONE_AFTER_S, pages.SILENT_AFTER_S = 1.0, 0.3
"""
PATIENT = "pages.GONE_AFTER_S, pages.SILENT_AFTER_S = 20.0, 3.0"


@pytest.fixture
def stream(page: PlayedPage) -> StreamPage:
    """A live stream of a page without subshell; silence of a second means here what 20 s mean elsewhere."""
    page.execute(SETUP)
    page.execute(IMPATIENT)
    page.execute(BIND)
    stream = StreamPage(page, with_subshell=False)
    stream.start()
    stream.wait_for_result(stream.send_frame())
    return stream


def test_frames_wait_for_the_cell_the_state_says_so_and_silence_is_not_absence(page, stream):
    with running_cell(page, "time.sleep(4)"):
        seq = stream.send_frame()
        page.wait_for(lambda: "kernel is busy" in (stream.state["note"] or ""))
        index = stream.state["index"]
        # Two beats of the kernel later, much longer than the silence that would mean that the page is gone.
        page.wait_for(lambda: stream.state["index"] >= index + 2)
        assert stream.state["status"] == "live"
        assert seq not in stream.levels()
        # Runs right after the frame was handled: from here on a busy machine may take its time.
        page.execute(PATIENT, wait=False)
    stream.wait_for_result(seq)
    assert page.evaluate("handled_in[-1]") == "MainThread"
    assert stream.state["status"] == "live"
    stream.beat()
    page.wait_for(lambda: stream.state["note"] is None)


def test_a_widgets_callback_that_runs_long_is_no_absence_either(page, stream):
    page.execute(
        "import ipywidgets\nslider = ipywidgets.IntSlider()\n"
        "slider.observe(lambda change: (time.sleep(7), exec(PATIENT)), 'value')\n"
        f"PATIENT = {PATIENT!r}"
    )
    page.send_update(page.evaluate("slider.comm.comm_id"), value=7)
    seq = stream.send_frame()
    page.wait_for(lambda: "kernel is busy" in (stream.state["note"] or ""))
    index = stream.state["index"]
    page.wait_for(lambda: stream.state["index"] >= index + 2)
    assert stream.state["status"] == "live"
    assert seq not in stream.levels()
    stream.wait_for_result(seq)
    assert stream.state["status"] == "live"
    stream.beat()
    page.wait_for(lambda: stream.state["note"] is None)


def test_without_a_cell_silence_is_absence(page, stream):
    page.wait_for(lambda: stream.state["status"] == "paused")
    assert stream.state["can_resume"]


def test_after_the_cell_only_the_newest_frame_counts(page, stream):
    # The first of the waiting frames may be taken before the others have come: hold its call until they have.
    page.execute(
        "hold = threading.Event()\ncalls.clear()\n"
        "def fill(frame, value, meta):\n    calls.append(meta.index)\n    hold.wait(20)\n    return frame\n"
        + BIND
    )
    with running_cell(page, "time.sleep(1.5)"):
        sent = [stream.send_frame() for _ in range(3)]
    page.execute("hold.set()")
    stream.wait_for_result(sent[-1])
    calls = page.evaluate("calls")
    assert calls[-1] == sent[-1]
    assert len(calls) <= 2, "older frames than the newest were called after the first"
