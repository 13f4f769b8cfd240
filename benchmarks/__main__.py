"""Measure live streams glass to glass in a real browser; write docs/performance.md and its picture.

usage: python -m benchmarks [--only floor,nbstream] [--rows identity30] [--seconds 10] [--rounds 1] [--redraw]

A Chromium whose camera plays a numbered clip shows the camera's number and, later, the result's: frames per second and
latency come from that, in the same way for each system. A run of everything takes about ten minutes and rewrites the
page; a run of some systems or rows prints only. `--redraw` writes the page from the last run of everything again.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import sync_playwright

from .chart import draw
from .environments import PACKAGES, versions
from .report import legs, tables, targets, write_page
from .results import Results
from .rows import ROWS, SYSTEMS, Bench

FILE = Path(__file__).parents[1] / "test-results" / "benchmark.json"


def main() -> None:
    """Do what the command line says."""
    arguments = parse()
    whole = arguments.only == SYSTEMS and arguments.rows == list(ROWS)
    if arguments.redraw:
        results = Results.load(FILE)
    else:
        results = measure(arguments)
        if whole:
            results.save(FILE)
    print(f"\n{tables(results)}\n\n{legs(results)}\n\n{targets(results)}")
    if arguments.redraw or whole:
        write_page(results)
        draw(results)


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--only", type=_names(SYSTEMS), default=SYSTEMS, help=",".join(SYSTEMS))
    parser.add_argument("--rows", type=_names(list(ROWS)), default=list(ROWS), help=",".join(ROWS))
    parser.add_argument("--seconds", type=float, default=10, help="that each is watched")
    parser.add_argument("--rounds", type=int, default=1, help="of which the middle one counts")
    parser.add_argument("--redraw", action="store_true", help="measure nothing")
    return parser.parse_args()


def measure(arguments: argparse.Namespace) -> Results:
    """Run the rows, in one browser after another."""
    peers = [peer for peer in PACKAGES if peer in arguments.only]
    found_versions = versions(peers)  # makes the environments, before the first measurement
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        bench = Bench(playwright, Path(folder), arguments.seconds, arguments.rounds)
        bench.results.versions = found_versions
        for row in arguments.rows:
            bench.run(row, arguments.only)
    return bench.results


def _names(known: list[str]) -> Callable[[str], list[str]]:
    """Return what reads a list of names from the command line, in the order in which they are known."""

    def read(text: str) -> list[str]:
        wanted = text.split(",")
        if unknown := set(wanted) - set(known):
            raise argparse.ArgumentTypeError(f"unknown: {', '.join(sorted(unknown))}")
        return [name for name in known if name in wanted]

    return read


main()
