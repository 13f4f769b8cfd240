"""What a recording costs the stream that it is of: with and without, by turns, in one page and one kernel.

usage: python -m benchmarks.recording [SECONDS]     8 a turn unless said; from 8 on it writes docs/performance.md
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.clip import write_clip

from .observe import Observation, observe
from .report import PAGE, insert
from .systems import Job, nbstream_cells, notebook

TURNS = 3
SHORTEST_WRITTEN_S = 8.0
MAX_LOST_FPS = 1.0
SETUP = """
import itertools, pathlib, tempfile
_folder, _count = pathlib.Path(tempfile.mkdtemp()), itertools.count()
"""
# By what is recorded: how it begins.
KINDS = {
    "nothing": "recorder = None",
    "a film of what is shown (mp4)": "recorder = nbs.Recorder(view, _folder / f'{next(_count)}.mp4')",
    "a film of what is captured (webm)": "recorder = nbs.Recorder(webcam, _folder / f'{next(_count)}.webm')",
    "all for a replay": "recorder = binding.record(_folder / f'{next(_count)}.nbs')",
}
END = "recorder and recorder.close()"
Found = dict[str, list[Observation]]


def measure(seconds: float) -> Found:
    """Watch the stream with each kind of recording, one after the other, several times."""
    found: Found = {kind: [] for kind in KINDS}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        clip = write_clip(Path(folder) / "clip.y4m")
        cells = [*nbstream_cells(Job(clip)), SETUP]
        with notebook(playwright, clip, cells) as (book, running):
            running.page.wait_for_timeout(5000)
            for _ in range(TURNS):
                for kind, begin in KINDS.items():
                    book.execute(begin)
                    running.page.wait_for_timeout(1000)
                    found[kind].append(observe(running, seconds))
                    book.execute(END)
                    print(f"{kind}: {found[kind][-1].fps:.1f} frames/s", flush=True)
    return found


def table(found: Found) -> str:
    """Return the means, and what each costs, as Markdown."""
    without = _mean_fps(found["nothing"])
    lines = [
        "| recorded | frames per second | fewer than without | p50 ms | CPU ms per frame | |",
        "|---|---|---|---|---|---|",
    ]
    for kind, seen in found.items():
        lost = without - _mean_fps(seen)
        p50_ms = statistics.fmean(one.p50_ms or 0.0 for one in seen)
        cpu_ms = statistics.fmean(one.cpu_ms_per_frame for one in seen)
        verdict = "met" if lost <= MAX_LOST_FPS else "**missed**"
        told = "" if kind == "nothing" else f"{lost:.1f}"
        lines.append(
            f"| {kind} | {_mean_fps(seen):.1f} | {told} | {p50_ms:.1f} | {cpu_ms:.1f} | {verdict} |"
        )
    return "\n".join(lines)


def _mean_fps(seen: list[Observation]) -> float:
    return statistics.fmean(one.fps for one in seen)


def main() -> None:
    """Do what the command line says."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SHORTEST_WRITTEN_S
    found = table(measure(seconds))
    print(f"\n{found}")
    if seconds >= SHORTEST_WRITTEN_S:
        PAGE.write_text(insert(PAGE.read_text("utf-8"), "recording", found), "utf-8")


if __name__ == "__main__":
    main()
