"""Writes what was found into docs/scaling.md, between markers: the rest of that page is written by hand."""

from __future__ import annotations

import os
import platform
from pathlib import Path

from benchmarks.report import insert

from .ramp import HELD_P95_MS, Found

PAGE = Path(__file__).parents[2] / "docs" / "scaling.md"
HEAD = (
    "| users | nbstream: fps of each | p50 ms | p95 ms | CPU ms/picture | held | Gradio: fps of each | p50 ms | p95 ms "
    "| CPU ms/picture | held |\n|---|---|---|---|---|---|---|---|---|---|---|"
)


def write_page(text: str, page: Path = PAGE) -> None:
    """Put the text between the markers."""
    page.write_text(insert(page.read_text("utf-8"), "load", text), "utf-8")


def report(
    lanes: list[Found], gradios: list[Found], versions: dict[str, str], jpeg_bytes: int
) -> str:
    """Return the numbers, the ratio and the table of one run."""
    ours, theirs = held(lanes), held(gradios)
    ratio = f"{ours / theirs:.1f} times as many" if theirs else "Gradio held none"
    names = ", ".join(f"{name} {version}" for name, version in versions.items())
    by_size = {one.user_count: one for one in gradios}
    rows = [_row(one, by_size.get(one.user_count)) for one in lanes]
    generator = max((one.generator_cpu for one in [*lanes, *gradios]), default=0.0)
    conditions = (
        f"(10 fps, 640x480, JPEGs of {jpeg_bytes / 1000:.0f} kB, p95 below {HELD_P95_MS:.0f} ms, "
        "at least 9.5 fps for each)"
    )
    found = f"nbstream holds {_streams(ours, lanes)}, Gradio {_streams(theirs, gradios)}: {ratio}"
    machine = (
        f"{os.cpu_count()} processor cores, {platform.system()}; {names}. The simulated users ran on the same "
        f"machine and took up to {generator:.2f} processors."
    )
    return "\n".join([f"**{found}** {conditions}.", "", machine, "", HEAD, *rows])


def held(found: list[Found]) -> int:
    """The largest number of users that was held, with all smaller ones; 0: none."""
    most = 0
    for one in found:
        if not one.is_held:
            break
        most = one.user_count
    return most


def _streams(count: int, found: list[Found]) -> str:
    more = " or more" if found and count == found[-1].user_count else ""
    return f"{count}{more} stream{'' if count == 1 and not more else 's'}"


def _row(ours: Found, theirs: Found | None) -> str:
    return f"| {ours.user_count} | {_cells(ours)} | {_cells(theirs)} |"


def _cells(found: Found | None) -> str:
    if found is None:
        return "- | - | - | - | -"
    ages = " | ".join("-" if age is None else f"{age:.0f}" for age in (found.p50_ms, found.p95_ms))
    held = "yes" if found.is_held else "no"
    return f"{found.fps_per_user:.1f} | {ages} | {found.cpu_ms_per_picture:.1f} | {held}"
