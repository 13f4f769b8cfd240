"""Sound over a line while video runs on it: what is lost, and how old a piece is when the function gets it.

usage: python -m benchmarks.far.sound [--line 2] [--seconds 15]
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from playwright.sync_api import Playwright, sync_playwright

from benchmarks.observe import observe
from benchmarks.systems import Job, nbstream_cells, notebook
from tests.browser.clip import write_clip

from .rows import CAMERAS, ROWS, VIEWS, WARM_UP_S, Row

EVERY_S = 0.1
HEARING = f"""
import statistics, time
microphone = nbs.Microphone()
ages_s, gaps_s = [], []

def hear(sound, meta):
    # Page and kernel are on one machine, and so have one clock.
    ages_s.append(time.time() - meta.captured_at_s)
    gaps_s.append(meta.gap_s)

heard = microphone.stream(hear, stream_every={EVERY_S}, metadata=True)
"""


def watch(playwright: Playwright, clip: Path, row: Row, seconds: float) -> str:
    """Stream both for that long, and say what came of it."""
    job = Job(clip, line=row.line, camera=CAMERAS["video"], view=VIEWS["video"])
    setup, *shown = nbstream_cells(job)
    cells = [setup, HEARING, *shown, "microphone"]
    with notebook(playwright, clip, cells, line=row.line) as (book, running):
        running.page.locator(".nbstream-source .nbstream-start").nth(1).click()
        book.wait_for_value("len(ages_s) > 20", True)
        running.page.wait_for_timeout(WARM_UP_S * 1000)
        book.execute("ages_s.clear(), gaps_s.clear()")
        seen = observe(running, seconds)
        age_s = book.evaluate("statistics.median(ages_s)")
        pieces, lost_s = book.evaluate("[len(ages_s), sum(gaps_s)]")
    most_s = EVERY_S + 2 * row.line.delay_ms / 1000
    return (
        f"{row.line}: {seen.fps:.1f} pictures a second, {seen.p50_ms or 0:.0f} ms; {pieces} pieces of sound, "
        f"{lost_s:g} s of it lost, p50 {age_s * 1000:.0f} ms (wanted: at most {most_s * 1000:.0f})"
    )


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--line", type=int, default=2, help="number of the row in rows.py")
    parser.add_argument("--seconds", type=float, default=15)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        clip = write_clip(Path(folder) / "clip.y4m")
        print(watch(playwright, clip, ROWS[arguments.line], arguments.seconds))


if __name__ == "__main__":
    main()
