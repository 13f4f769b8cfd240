"""Measure live streams glass to glass in a real browser, and print a table.

usage: python -m benchmarks [SECONDS]

A Chromium whose camera plays a numbered clip shows the camera's number and, later, the result's: frames per second and
latency come from that, in the same way for each system, with an identity function at 640x480. `floor` is the least
that a browser and a bare websocket need; nothing that passes through a Jupyter server can be faster. Compare rows
of one run only: runs differ by up to 40 %.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.chrome import Browsers
from tests.browser.clip import write_clip

from .systems import floor, nbstream

HEAD = (
    f"{'system':<10}{'asked fps':>10}{'fps':>8}{'p50 ms':>9}{'p95 ms':>9}{'max ms':>9}"
    f"{'CPU ms/frame':>14}{'backwards':>11}"
)


def main() -> None:
    """Measure every system at both rates."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 10
    print(HEAD, flush=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browsers = Browsers(playwright, write_clip(Path(folder) / "vga.y4m"))
        for asked_fps in (30, 10):
            for system in (floor, nbstream):
                found = system(browsers, asked_fps, seconds)
                print(f"{system.__name__:<10}{asked_fps:>10}{found}", flush=True)
        browsers.close()


main()
