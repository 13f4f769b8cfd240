"""Writes what was found into docs/performance.md, between markers: the rest of that page is written by hand."""

from __future__ import annotations

import os
import platform
import re
import textwrap
from pathlib import Path

from .observe import Legs, Observation
from .results import Results
from .targets import check_all

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
LINE_LENGTH = 100
# In the order of a frame's way.
LEGS = ["encode", "up", "queue", "decode", "call", "write", "down", "paint", "total"]
TITLES = {
    "identity30": "640x480, asked 30 frames/s, identity",
    "identity10": "640x480, asked 10 frames/s, identity",
    "sleep300": "640x480, asked 10 frames/s, a function that sleeps 300 ms",
    "hd30": "1280x720, asked 30 frames/s, identity",
    "slider": "640x480, asked 30 frames/s, a slider at rest and dragged",
    "busy": "640x480, asked 30 frames/s, while a cell runs `while True: pass`",
    "detector": "640x480, a detector of 200 ms with an `Overlay`: the preview",
}
NAMES = {
    "floor": "floor (bare websocket)",
    "nbstream": "**nbstream**",
    "nbstream-stock": "nbstream, stock server",
    "gradio": "Gradio",
    "fastrtc": "FastRTC",
}
HEAD = (
    "| | fps | worst second | p50 ms | p95 ms | max ms | backwards | CPU ms/frame | up kB/picture | "
    "captured/shown | picture |\n|---|---|---|---|---|---|---|---|---|---|---|"
)


def insert(text: str, name: str, content: str) -> str:
    """Put content between the markers ``<!-- name -->`` and ``<!-- /name -->``, its prose in short lines.

    Raises
    ------
    ValueError
        If the text has no such markers, or several.
    """
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    content = "\n".join(map(_short, content.splitlines()))
    text, count = pattern.subn(lambda match: f"{match[1]}{content}\n{match[2]}", text)
    if count != 1:
        raise ValueError(f"expected one pair of markers <!-- {name} -->, found {count}")
    return text


def _short(line: str) -> str:
    if line.startswith("|"):
        return line
    return textwrap.fill(line, LINE_LENGTH, break_long_words=False, break_on_hyphens=False)


def write_page(results: Results, page: Path = PAGE) -> None:
    """Fill in the tables of one run."""
    text = insert(page.read_text("utf-8"), "machine", machine(results))
    text = insert(text, "targets", targets(results))
    text = insert(text, "tables", tables(results))
    page.write_text(insert(text, "legs", legs(results)), "utf-8")


def machine(results: Results) -> str:
    """Say what was measured on what."""
    versions = ", ".join(f"{name} {version}" for name, version in results.versions.items())
    return (
        f"{os.cpu_count()} processor cores, a browser that draws without a graphics card, {platform.system()}, all on "
        f"one machine; {versions}."
    )


def targets(results: Results) -> str:
    """Return the table of targets."""
    lines = ["| target | found | limit in this run | |", "|---|---|---|---|"]
    return "\n".join([*lines, *map(str, check_all(results))])


def tables(results: Results) -> str:
    """Return a table for each row that was measured."""
    return "\n\n".join(
        "\n".join(
            [f"**{TITLES[row]}**", "", HEAD, *(_line(name, one) for name, one in found.items())]
        )
        for row, found in results.observations.items()
    )


def legs(results: Results) -> str:
    """Return how long each leg of nbstream's way took, at the rates that were measured."""
    columns: dict[str, Legs] = {}
    for row, rate in (("identity30", "30 fps"), ("identity10", "10 fps")):
        for system, server in (("nbstream", "extension on"), ("nbstream-stock", "stock server")):
            found = results.get(row, system)
            if found is not None and found.legs_ms:
                columns[f"{rate}, {server}"] = found.legs_ms
    if not columns:
        return "Not measured."
    lines = [f"| leg, ms: p50 / p95 | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    for leg in LEGS:
        if any(leg in column for column in columns.values()):
            cells = (_percentiles(column.get(leg)) for column in columns.values())
            lines.append(f"| {leg} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _line(name: str, found: Observation) -> str:
    size = "-" if found.size_px is None else f"{found.size_px[0]}x{found.size_px[1]}"
    numbers = (
        _cell(found.fps),
        f"{found.worst_second_fps:.0f}",
        _cell(found.p50_ms, 0),
        _cell(found.p95_ms, 0),
        _cell(found.max_ms, 0),
        str(found.backwards),
        _cell(found.cpu_ms_per_frame),
        _cell(found.bytes_up_per_picture / 1000),
        _cell(found.captured_per_shown, 2),
        size,
    )
    return f"| {NAMES.get(name, name)} | {' | '.join(numbers)} |"


def _cell(value: float | None, digits: int = 1) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _percentiles(leg: dict[str, float] | None) -> str:
    return "-" if leg is None else f"{leg['p50']:.1f} / {leg['p95']:.1f}"
