"""What ends or survives what: cells run again, widgets and notebooks closed, kernels restarted, pages reloaded."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from .live_stream import BIND, CELLS, PATIENCE_MS, SETUP, SHOW, Source, wait_for_result_after_now
from .notebook_page import NotebookPage

pytestmark = pytest.mark.kept_page

SAVE_STATE = "@jupyter-widgets/jupyterlab-manager:plugin"
STATE_TYPE = "application/vnd.jupyter.widget-state+json"
START_BY_CODE = """
webcam.start()
ipywidgets.HBox([webcam, view])
"""
# A person takes a moment to allow the camera.
ASK_FOR_LONG = """() => {
  const devices = navigator.mediaDevices;
  const ask = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async what => {
    await new Promise(done => setTimeout(done, 1500));
    return ask(what);
  };
}"""
# The first characters of every JPEG and PNG file in base64.
PICTURES_IN_BASE64 = ["/9j/", "iVBORw0KGgo"]


@pytest.fixture
def live(open_notebook) -> NotebookPage:
    """A notebook whose stream is live and shows pictures."""
    notebook: NotebookPage = open_notebook(CELLS)
    Source(notebook).go_live()
    wait_for_result_after_now(notebook)
    return notebook


def cameras_opened(notebook: NotebookPage) -> int:
    count: int = notebook.page.evaluate("() => window.__probe.streams.length")
    return count


def test_what_a_live_stream_survives_and_what_ends_it(live):
    # One notebook for all of it: to open one takes longer than most of what is looked at.
    an_interrupted_kernel_ends_its_cell_and_not_the_stream(live)
    a_cell_that_shows_the_camera_again_does_not_make_it_blink(live)
    a_cell_that_makes_the_stream_again_replaces_it_and_stays_live(live)
    all_cells_run_again_leave_one_stream_and_one_camera(live)
    a_restarted_kernel_turns_the_camera_off_and_the_page_says_so(live)
    a_closed_widget_turns_the_camera_off_and_leaves_the_page(live)
    run_all_and_start(live)
    a_closed_notebook_turns_the_camera_off(live)


def run_all_and_start(notebook: NotebookPage) -> None:
    notebook.run_all()
    Source(notebook).go_live()
    wait_for_result_after_now(notebook)


def a_cell_that_makes_the_stream_again_replaces_it_and_stays_live(live):
    live.set_source(1, CELLS[1].replace("apply", "lambda frame, effect: np.flipud(frame)"))
    live.watch(".nbstream-display")
    live.run_cell(1)
    live.wait_for_shown(5, "top")
    kinds: list[str] = [one.where for one in live.shown()]
    assert set(kinds[kinds.index("top") :]) == {"top"}, "the replaced stream goes on"
    assert live.evaluate("[one.status for one in webcam.bindings]") == ["live"]
    assert (live.live_tracks(), cameras_opened(live)) == (1, 1)
    live.set_source(1, CELLS[1])


def a_cell_that_shows_the_camera_again_does_not_make_it_blink(live):
    live.run_cell(2)
    Source(live).wait_for_status("Live")
    wait_for_result_after_now(live)
    assert (live.live_tracks(), cameras_opened(live)) == (1, 1)


def all_cells_run_again_leave_one_stream_and_one_camera(live):
    live.execute("first = binding")
    live.run_all()
    # The widget of before is shown nowhere any more.
    live.wait_for_live_tracks(0)
    live.wait_for_value("first.status", "paused")
    Source(live).go_live()
    wait_for_result_after_now(live)
    assert live.live_tracks() == 1
    assert live.page.locator(".nbstream-source").count() == 1
    # The one that is paused keeps its thread, since it can be resumed.
    live.execute("first.close()")
    ours = "__import__('threading').enumerate()"
    live.wait_for_value(f"sum(t.name == 'nbstream-apply' for t in {ours})", 1)


def a_closed_widget_turns_the_camera_off_and_leaves_the_page(live):
    live.execute("webcam.close()")
    live.wait_for_live_tracks(0)
    expect(live.page.locator(".nbstream-source")).to_have_count(0, timeout=PATIENCE_MS)
    live.wait_for_value(
        "[t.name for t in __import__('threading').enumerate() if t.name.startswith('nbstream-apply')]",
        [],
    )


def a_restarted_kernel_turns_the_camera_off_and_the_page_says_so(live):
    live.restart_kernel()
    live.wait_for_live_tracks(0)
    source = Source(live)
    expect(source.root).to_contain_text("The kernel is gone", timeout=PATIENCE_MS)
    expect(source.start).to_be_disabled()
    source.wait_for_status("Disconnected")
    # Running the cells again is all it takes.
    run_all_and_start(live)


def an_interrupted_kernel_ends_its_cell_and_not_the_stream(live):
    cell = live.append_cell("print('began', flush=True); time.sleep(60)")
    live.run_cell(cell, wait=False)
    live.wait_for_text(cell, "began")
    live.interrupt()
    live.wait_for_text(cell, "KeyboardInterrupt")
    wait_for_result_after_now(live)
    assert live.evaluate("binding.status") == "live"
    live.set_source(cell, "pass")


def a_closed_notebook_turns_the_camera_off(live):
    live.close_panel()
    live.wait_for_live_tracks(0)


def test_a_stream_that_a_cell_starts_goes_on_when_the_cell_after_it_ends(open_notebook):
    notebook = open_notebook([SETUP + BIND + START_BY_CODE, "time.sleep(6)"], run=False)
    notebook.page.evaluate(ASK_FOR_LONG)
    notebook.run_all()
    wait_for_result_after_now(notebook)
    assert notebook.evaluate("binding.status") == "live"


def test_after_a_reload_the_stream_is_paused_and_resumes_by_a_click(live):
    live.reload()
    source = Source(live)
    source.wait_for_status("Paused")
    expect(source.start).to_have_text("Resume")
    assert (live.live_tracks(), live.evaluate("binding.status")) == (0, "paused")
    source.go_live()
    expect(source.start).to_have_text("Start")
    wait_for_result_after_now(live)
    assert live.live_tracks() == 1


@pytest.mark.slow  # Every day tests/faults plays it, with sound.
def test_a_saved_notebook_holds_no_picture_with_its_widgets_state(open_notebook, lab):
    with lab.settings(SAVE_STATE, saveState=True):
        notebook: NotebookPage = open_notebook(CELLS, own_page=True)
    empty, _ = _saved(notebook)
    Source(notebook).go_live()
    wait_for_result_after_now(notebook)
    text, content = _saved(notebook)
    assert "_widget_id" in str(content["metadata"]["widgets"][STATE_TYPE]), (
        "no widget's state was saved"
    )
    assert not [start for start in PICTURES_IN_BASE64 if start in text]
    # A picture of the clip has more than 30 000 bytes.
    assert len(text) < len(empty) + 5_000
    assert SHOW in text


def _saved(notebook: NotebookPage) -> tuple[str, dict[str, Any]]:
    """Save by the command behind the button; the file's text, and its content."""
    notebook.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    content = notebook.save()
    return (notebook.lab.notebooks / notebook.name).read_text(), content
