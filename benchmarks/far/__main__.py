"""Measure live streams over lines with a rate and a delay, glass to glass in a real browser.

usage: python -m benchmarks.far [--only floor,jpeg] [--lines 0,2] [--seconds 15] [--print]

The lines, their goals and the systems are in `rows.py`. A run of everything writes its part of docs/performance.md;
a run of a part prints only.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.report import PAGE, insert
from tests.browser.clip import write_clip

from .rows import ROWS, SYSTEMS, Found, measure, table


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--only", default=",".join(SYSTEMS), help=",".join(SYSTEMS))
    parser.add_argument("--lines", default=",".join(map(str, range(len(ROWS)))))
    parser.add_argument("--seconds", type=float, default=15, help="that each is watched")
    parser.add_argument("--print", action="store_true", help="write nothing")
    arguments = parser.parse_args()
    systems = arguments.only.split(",")
    rows = [ROWS[int(number)] for number in arguments.lines.split(",")]
    found: list[Found] = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        clip = write_clip(Path(folder) / "clip.y4m")
        for row in rows:
            for system in systems:
                if row.sleep_s and system in ("floor", "gradio"):
                    continue
                found.append(measure(playwright, clip, row, system, arguments.seconds))
                print(found[-1], f"legs, ms: {found[-1].legs()}", sep="\n", flush=True)
    print(f"\n{table(found)}")
    if rows == ROWS and not arguments.print:
        PAGE.write_text(insert(PAGE.read_text("utf-8"), "far", table(found)), "utf-8")


main()
