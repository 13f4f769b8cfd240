"""Camera, function, display and dropdown, live in a real JupyterLab; alone, and while a cell runs."""

from __future__ import annotations

from itertools import pairwise

import pytest

from .live_stream import CELLS, Source, choose, wait_for_result_after_now
from .notebook_page import NotebookPage, Shown

pytestmark = pytest.mark.kept_page

CLIP_LENGTH = 300
CLIP_MS = 10_000
LATE_MS = 10_000


@pytest.fixture
def live(open_notebook) -> NotebookPage:
    """A notebook whose stream is live, with the display watched from the first picture on."""
    notebook: NotebookPage = open_notebook(CELLS)
    notebook.watch(".nbstream-display")
    Source(notebook).go_live()
    return notebook


def leave_running(notebook: NotebookPage, code: str) -> int:
    """Run a new cell, go on as soon as it has begun; return its index."""
    cell = notebook.append_cell(f"print('began', flush=True)\n{code}\nprint('ended')")
    notebook.run_cell(cell, wait=False)
    notebook.wait_for_text(cell, "began")
    return cell


def has_ended(notebook: NotebookPage, cell: int) -> bool:
    return "ended" in notebook.text(cell)


def camera_showed(one: Shown, captured: dict[int, list[float]]) -> bool:
    """Whether the camera was at that number a moment before; a busy page does not see each of its pictures."""
    near = [(one.number + step) % CLIP_LENGTH for step in range(-15, 16)]
    ages_ms = [one.at_ms - at_ms for number in near for at_ms in captured.get(number, [])]
    return any(-500 < age_ms < LATE_MS for age_ms in ages_ms)


def assert_changed_for_good(shown: list[Shown], where: str) -> None:
    """No picture of the old kind comes after the first of the new kind."""
    kinds: list[str] = [one.where for one in shown]
    assert set(kinds[kinds.index(where) :]) == {where}, [(one.where, one.number) for one in shown]


def test_a_live_stream(live):
    # One notebook for all of it: to open one takes longer than most of what is looked at.
    for look in (
        the_numbers_shown_rise_and_are_those_of_the_camera,
        the_dropdown_changes_the_result_from_the_next_call_on,
        stream_and_dropdown_work_while_a_cell_sleeps,
        the_dropdown_works_during_and_after_a_cell_that_awaits,
        a_plot_that_a_running_cell_draws_stays_in_that_cell,
        stop_ends_every_camera_track_and_start_begins_again,
    ):
        look(live)
        choose(live, "same")
        live.watch(".nbstream-display")
        live.wait_for_shown(1, "bottom")
        live.watch(".nbstream-display")


def the_numbers_shown_rise_and_are_those_of_the_camera(live):
    shown = live.wait_for_shown(30)
    steps = [(after.number - before.number) % CLIP_LENGTH for before, after in pairwise(shown)]
    gaps_ms = [after.at_ms - before.at_ms for before, after in pairwise(shown)]
    # Behind a gap of half the clip nobody can tell by the number which picture is the later one.
    assert all(
        0 < step < CLIP_LENGTH / 2
        for step, gap_ms in zip(steps, gaps_ms, strict=True)
        if gap_ms < CLIP_MS / 3
    ), shown
    captured = live.captured()
    assert all(camera_showed(one, captured) for one in shown), (shown, captured)
    assert {(one.where, one.mirrored, one.width_px, one.height_px) for one in shown} == {
        ("bottom", False, 640, 480)
    }


def the_dropdown_changes_the_result_from_the_next_call_on(live):
    live.wait_for_shown(5, "bottom")
    choose(live, "flip")
    live.wait_for_shown(10, "top")
    assert_changed_for_good(live.shown(), "top")
    choose(live, "same")
    live.watch(".nbstream-display")
    live.wait_for_shown(10, "bottom")


def stream_and_dropdown_work_while_a_cell_sleeps(live):
    live.wait_for_shown(5)
    # Longer than a busy machine needs for the rest; what is over is interrupted.
    cell = leave_running(live, "time.sleep(60)")
    live.watch(".nbstream-display")
    live.wait_for_shown(10, "bottom")
    choose(live, "flip")
    live.wait_for_shown(10, "top")
    assert not has_ended(live, cell)
    live.interrupt()
    live.wait_for_cells()
    assert_changed_for_good(live.shown(), "top")


def the_dropdown_works_during_and_after_a_cell_that_awaits(live):
    live.wait_for_shown(5)
    # It ends once the dropdown was changed twice.
    until = "while effect.value != '{}': await asyncio.sleep(0.05)\n"
    cell = leave_running(live, until.format("flip") + until.format("same"))
    choose(live, "flip")
    live.wait_for_shown(5, "top")
    assert not has_ended(live, cell)
    choose(live, "same")
    live.wait_for_cells()
    for effect, where in [("flip", "top"), ("same", "bottom")]:
        choose(live, effect)
        live.watch(".nbstream-display")
        live.wait_for_shown(5, where)


def a_plot_that_a_running_cell_draws_stays_in_that_cell(live):
    live.run_cell(live.append_cell("%matplotlib inline\nimport matplotlib.pyplot as plt"))
    until_flipped = "while effect.value != 'flip': time.sleep(0.01)"
    drawing = f"figure, axes = plt.subplots()\n{until_flipped}\naxes.plot([1, 2])\ntime.sleep(1)"
    cell = leave_running(live, drawing)
    choose(live, "flip")
    live.wait_for_shown(3, "top")
    live.wait_for_cells()
    assert [
        output["output_type"]
        for output in live.outputs(cell)
        if "image/png" in output.get("data", {})
    ] == ["display_data"]


def stop_ends_every_camera_track_and_start_begins_again(live):
    live.wait_for_shown(5)
    assert live.live_tracks() == 1
    source = Source(live)
    source.stop.click()
    live.wait_for_live_tracks(0)
    source.wait_for_status("Idle")
    source.go_live()
    wait_for_result_after_now(live)
    assert live.live_tracks() == 1


KEEP_A_PICTURE = """async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ video: true });
    const processor = new MediaStreamTrackProcessor({ track: stream.getVideoTracks()[0] });
    const reader = processor.readable.getReader();
    (window.__kept ??= []).push((await reader.read()).value);
    await reader.cancel();
}"""


def test_pictures_come_while_another_reader_of_the_camera_keeps_some(open_notebook):
    """Chromium lends the readers of one camera two pictures at a time."""
    notebook = open_notebook(CELLS, own_page=True)
    source = Source(notebook)
    for kept_by_others in (1, 2):
        notebook.page.evaluate(KEEP_A_PICTURE)
        notebook.watch(".nbstream-display")
        source.go_live()
        notebook.wait_for_shown(20)
        warned = [line for line in notebook.console if "from a video element" in line]
        assert bool(warned) == (kept_by_others == 2), notebook.console
        source.stop.click()
        source.wait_for_status("Idle")
