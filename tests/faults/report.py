"""Writes the table of faults and what was measured into docs/reliability.md, whose other words are written by hand."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from importlib import import_module
from pathlib import Path

from .table import FAULTS, GOES_ON, Fault

FOLDER = Path(__file__).parent
PAGE = FOLDER.parents[1] / "docs" / "reliability.md"
MEASURED = FOLDER / "measured.json"
"""By fault: the numbers of the last run in which its test passed."""
BEGIN, END = "<!-- faults -->\n", "<!-- /faults -->"
HEAD = (
    "| fault | promise | off after | back after | frames lost | samples lost | also | test |\n"
    "|---|---|---|---|---|---|---|---|"
)
ALSO = {
    "server_mb": "server grew by {:g} MB",
    "steps": "{:g} steps",
    "minutes": "{:g} minutes",
    "faults": "{:g} faults",
    "fps": "{:g} pictures/s",
    "fps_before": "{:g} before",
}
"""What single tests measure besides."""
Numbers = dict[str, float]


def load_table() -> dict[str, Fault]:
    """Import every module of the suite; return its rows by their names."""
    for path in sorted(FOLDER.glob("test_*.py")):
        import_module(f".{path.stem}", __package__)
    return FAULTS


def read_run(report: Path) -> dict[str, Numbers]:
    """Return what the tests that passed have measured, by the test's name, from a JUnit report."""
    passed = {}
    for case in ElementTree.parse(report).iter("testcase"):
        if all(case.find(kind) is None for kind in ("failure", "error", "skipped")):
            numbers = case.iter("property")
            passed[case.attrib["name"]] = {
                one.attrib["name"]: float(one.attrib["value"]) for one in numbers
            }
    return passed


def note(report: Path) -> None:
    """Take what a run has measured into `MEASURED`, and write the page."""
    passed, measured = read_run(report), json.loads(MEASURED.read_text("utf-8"))
    for fault in load_table().values():
        if (found := passed.get(fault.test_name)) is not None:
            measured[fault.name] = found
    known = {name: measured[name] for name in FAULTS if name in measured}
    MEASURED.write_text(json.dumps(known, indent=1) + "\n", "utf-8")
    PAGE.write_text(page(PAGE.read_text("utf-8"), known), "utf-8")


def page(text: str, measured: dict[str, Numbers]) -> str:
    """Return the page with its tables made anew."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}{tables(measured)}\n{END}{after}"


def tables(measured: dict[str, Numbers]) -> str:
    """Return a table for each group of faults, as Markdown."""
    rows = list(load_table().values())
    parts = []
    for group in dict.fromkeys(row.group for row in rows):
        title = "the stream goes on" if group == GOES_ON else group
        lines = [_line(row, measured.get(row.name)) for row in rows if row.group == group]
        parts.append("\n".join([f"### {title.capitalize()}\n", HEAD, *lines, ""]))
    return "\n".join(parts)


def _line(row: Fault, numbers: Numbers | None) -> str:
    if numbers is None:
        measured = ["not run yet", "", "", "", ""]
    elif not numbers:
        measured = ["as promised", "", "", "", ""]
    else:
        measured = [
            _told(numbers, "off_s", " s"),
            _told(numbers, "recovery_s", " s"),
            _told(numbers, "frames_lost", ""),
            _told(numbers, "samples_lost", ""),
            ", ".join(
                words.format(numbers[name]) for name, words in ALSO.items() if name in numbers
            ),
        ]
    return f"| {' | '.join([row.name, row.promise, *measured, f'`{row.test}`'])} |"


def _told(numbers: Numbers, name: str, unit: str) -> str:
    return f"{numbers[name]:g}{unit}" if name in numbers else "-"
