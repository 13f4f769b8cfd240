"""The time limit and its bar, the queue of a group, and a camera that shows its own result, on the screen.

Times are measured in the page, by the page's clock, at each animation frame.
"""

from __future__ import annotations

import re
from itertools import pairwise
from statistics import median

import pytest
from playwright.sync_api import expect

from .live_stream import PATIENCE_MS, SAME_WIDGET, Source, wait_for_result_after_now
from .notebook_page import NotebookPage

pytestmark = pytest.mark.kept_page

LIMIT_S = 2
WAITING = re.compile("^Waiting: next, (any moment now|about 5 s)$")
TOLERANCE_S = 0.5
# Notes at each animation frame how much of the bar is seen, null while it is hidden.
WATCH_BAR = """() => {
  const bar = document.querySelector('.nbstream-timebar');
  const fill = bar.querySelector('.nbstream-timebar-fill');
  const source = bar.closest('.nbstream-source');
  const log = window.__bar = [];
  const look = () => {
    if (!bar.isConnected) return;
    const wholePx = bar.getBoundingClientRect().width;
    const share = wholePx ? fill.getBoundingClientRect().width / wholePx : null;
    log.push({ atS: performance.now() / 1000, share, text: bar.textContent });
    requestAnimationFrame(look);
  };
  look();
}"""
# Notes which elements come and go inside the camera's widget; text may change.
WATCH_ELEMENTS = """() => {
  const source = document.querySelector('.nbstream-source');
  const isElement = (node) => node.nodeType === Node.ELEMENT_NODE;
  window.__changed = [];
  window.__kept = [...source.querySelectorAll('.nbstream-timebar, button, select, canvas')];
  new MutationObserver((changes) => {
    for (const { addedNodes, removedNodes } of changes) {
      for (const node of [...addedNodes, ...removedNodes]) if (isElement(node)) window.__changed.push(node.outerHTML);
    }
  }).observe(source, { childList: true, subtree: true });
}"""
REFILLS = """window.__bar.filter(({ share }, k, all) => {
  const before = all[k - 1]?.share ?? 1;
  return before < 0.5 && share >= 0.5;
}).length"""
TWO_CAMERAS = """
import nbstream as nbs

def same(frame):
    return frame

cameras = [nbs.Webcam(label=name) for name in "AB"]
for camera in cameras:
    camera.stream(same, camera, camera, stream_every=0.05, concurrency_limit=1{limit})
nbs_views = [display(camera) for camera in cameras]
"""


@pytest.fixture
def same_widget(open_notebook) -> NotebookPage:
    notebook: NotebookPage = open_notebook([SAME_WIDGET.format(time_limit=LIMIT_S)])
    return notebook


def test_the_bar_runs_out_at_the_limit_and_the_stream_rejoins(same_widget):
    same_widget.page.evaluate(WATCH_BAR)
    Source(same_widget).go_live()
    same_widget.page.wait_for_function(f"() => {REFILLS} >= 4", timeout=PATIENCE_MS)
    seen = [
        one for one in same_widget.page.evaluate("() => window.__bar") if one["share"] is not None
    ]
    refills = [k for k in range(1, len(seen)) if seen[k - 1]["share"] < 0.5 <= seen[k]["share"]]

    # From full to full again it is one limit, and before it was full again it was empty. The median, since a busy
    # machine may hold up one of them.
    took_s = median(seen[after]["atS"] - seen[before]["atS"] for before, after in pairwise(refills))
    assert abs(took_s - LIMIT_S) < TOLERANCE_S
    spans = pairwise([0, *refills])
    left_s = median(min(one["share"] for one in seen[a:b]) * LIMIT_S for a, b in spans)
    assert left_s < TOLERANCE_S
    assert {one["text"] for one in seen} >= {f"{left} s" for left in range(1, LIMIT_S + 1)}
    wait_for_result_after_now(same_widget, ".nbstream-source .nbstream-result")
    assert same_widget.evaluate("binding.status") == "live"


def test_bar_and_buttons_stay_while_results_replace_the_preview(same_widget):
    source = Source(same_widget)
    source.go_live()
    result = source.root.locator("canvas.nbstream-result")
    expect(result).to_be_visible(timeout=PATIENCE_MS)
    expect(source.root.locator("video")).to_be_hidden()
    same_widget.page.evaluate(WATCH_ELEMENTS)
    same_widget.watch(".nbstream-source")
    assert {one.element for one in same_widget.wait_for_shown(30)} == {
        same_widget.shown()[0].element
    }
    assert same_widget.page.evaluate("() => window.__changed") == []
    assert same_widget.page.evaluate("() => window.__kept.length >= 5")
    assert same_widget.page.evaluate("() => window.__kept.every(element => element.isConnected)")
    for part in (source.root.locator(".nbstream-timebar"), source.start, source.stop):
        expect(part).to_be_visible()
    source.stop.click()
    source.wait_for_status("Idle")
    # The last picture stays, dimmed.
    expect(result).to_be_visible()
    assert float(result.evaluate("canvas => getComputedStyle(canvas).opacity")) < 1


def test_the_second_of_a_group_waits_says_so_and_follows_when_the_first_stops(open_notebook):
    notebook = open_notebook([TWO_CAMERAS.format(limit="")])
    first, second = Source(notebook, 0), Source(notebook, 1)
    first.go_live()
    second.start.click()
    second.wait_for_status("Waiting: next")
    # The one that waits sees its own preview, while the first goes on.
    expect(second.root.locator("video")).to_be_visible(timeout=PATIENCE_MS)
    expect(second.root.locator(".nbstream-result")).to_be_hidden()
    wait_for_result_after_now(notebook, ".nbstream-source .nbstream-result")
    assert notebook.evaluate("[camera.bindings[0].status for camera in cameras]") == [
        "live",
        "waiting",
    ]
    first.stop.click()
    second.wait_for_status("Live")
    first.wait_for_status("Idle")
    expect(second.root.locator(".nbstream-result")).to_be_visible(timeout=PATIENCE_MS)
    notebook.wait_for_live_tracks(1)


def test_at_its_limit_the_first_of_a_group_lets_the_second_in_and_queues_again(open_notebook):
    notebook = open_notebook([TWO_CAMERAS.format(limit=", time_limit=2")])
    first, second = Source(notebook, 0), Source(notebook, 1)
    first.go_live()
    second.start.click()
    second.wait_for_status("Live")
    first.wait_for_status(WAITING)
    first.wait_for_status("Live")
    second.wait_for_status(WAITING)
    notebook.wait_for_live_tracks(2)
