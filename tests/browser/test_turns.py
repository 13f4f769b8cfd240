"""Three cameras of one group with limit 1 and a time limit: each has its turn in order, again and again."""

from __future__ import annotations

import re
from itertools import groupby, pairwise
from typing import Any

import pytest
from playwright.sync_api import expect

from .live_stream import PATIENCE_MS, Source
from .notebook_page import NotebookPage

pytestmark = pytest.mark.kept_page

LIMIT_S = 2
ROUNDS = 2
NAMES = "ABC"
THREE_CAMERAS = f"""
import threading
import nbstream as nbs

running = most_running = 0
lock = threading.Lock()

def same(frame):
    global running, most_running
    with lock:
        running += 1
        most_running = max(most_running, running)
    try:
        return frame
    finally:
        with lock:
            running -= 1

cameras = {{name: nbs.Webcam(label=name) for name in "{NAMES}"}}
for name, camera in cameras.items():
    camera.stream(same, camera, camera, stream_every=0.05, concurrency_limit=1, time_limit={LIMIT_S})
"""
SHOW = "import ipywidgets\nipywidgets.HBox(list(cameras.values()))"
# At each change of a status, all three of them as they are on the screen then.
WATCH_STATUSES = """() => {
  const all = [...document.querySelectorAll('.nbstream-status')];
  const log = window.__statuses = [];
  const note = () => log.push({ atS: performance.now() / 1000, words: all.map((one) => one.textContent) });
  const changes = { childList: true, characterData: true, subtree: true };
  for (const one of all) new MutationObserver(note).observe(one, changes);
  note();
}"""
WAITING = re.compile(r"^Waiting: (next|1 ahead), (any moment now|a few seconds|about 5 s)$")
LIVE_OR_WAITING = re.compile(rf"^Live$|{WAITING.pattern}")
# On its way from one turn to the next; too short for anybody to read.
PASSING = "Waiting"


def live_of(seen: dict[str, Any]) -> str:
    """Name of the camera whose status reads Live; "" = none."""
    return "".join(
        name for name, words in zip(NAMES, seen["words"], strict=True) if words == "Live"
    )


@pytest.fixture
def three(open_notebook) -> NotebookPage:
    notebook: NotebookPage = open_notebook([THREE_CAMERAS, SHOW])
    return notebook


def test_each_has_its_turn_in_order_twice_and_no_two_run_at_once(three):
    sources = [Source(three, number) for number in range(3)]
    for source in sources:
        source.start.click()
        expect(source.status).to_have_text(LIVE_OR_WAITING, timeout=PATIENCE_MS)
    three.page.evaluate(WATCH_STATUSES)
    three.page.wait_for_function(
        "count => { const live = window.__statuses.map(s => s.words.indexOf('Live')).filter(k => k >= 0);"
        " return live.filter((k, n) => n && k !== live[n - 1]).length >= count }",
        arg=len(NAMES) * ROUNDS,
        timeout=4 * PATIENCE_MS,
    )
    seen = three.page.evaluate("() => window.__statuses")
    for source in sources:
        source.stop.click()
    three.wait_for_live_tracks(0)

    turns = [name for name, _ in groupby(live_of(one) for one in seen) if name]
    assert len(turns) >= len(NAMES) * ROUNDS
    assert set(turns[: len(NAMES)]) == set(NAMES)
    assert all(again == name for name, again in zip(turns, turns[len(NAMES) :], strict=False))
    assert three.evaluate("most_running") == 1
    for one in seen:
        others = [words for words in one["words"] if words != "Live"]
        assert len(others) >= len(NAMES) - 1, one
        assert all(words == PASSING or WAITING.match(words) for words in others), one
    settled = [one["words"] for one, after in pairwise(seen) if after["atS"] - one["atS"] > 1]
    assert settled
    for words in settled:
        assert sorted(re.split("[:,]", one)[1].strip() if ":" in one else one for one in words) == [
            "1 ahead",
            "Live",
            "next",
        ]
