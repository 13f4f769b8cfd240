"""Run every host; write what was measured into docs/hosts.md.

usage: python -m tests.hosts [ARGUMENTS OF PYTEST ...]      such as -k marimo, which renews its row
"""

from __future__ import annotations

import json
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
MEASURED = FOLDER / "measured.json"
PAGE = FOLDER.parents[1] / "docs" / "hosts.md"
BEGIN, END = "<!-- hosts -->\n", "<!-- /hosts -->"
HEAD = "| host | pictures/s (30 asked) | p50, ms | a callback of 27 s |\n|---|---|---|---|"


def main(arguments: list[str]) -> int:
    """Run the suite; return pytest's exit code."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "hosts.xml"
        options = [str(FOLDER), "-m", "hosts", f"--junitxml={report}", *arguments]
        code = pytest.main(options)
        note(report)
    return int(code)


def note(report: Path) -> None:
    """Take what a run has measured into `MEASURED`, and write the page."""
    measured = json.loads(MEASURED.read_text("utf-8")) if MEASURED.exists() else {}
    for case in ElementTree.parse(report).iter("testcase"):
        numbers = {one.attrib["name"]: float(one.attrib["value"]) for one in case.iter("property")}
        if numbers and all(case.find(kind) is None for kind in ("failure", "error")):
            measured[case.attrib["name"].partition("[")[2].rstrip("]")] = numbers
    MEASURED.write_text(json.dumps(measured, indent=1) + "\n", "utf-8")
    before, rest = PAGE.read_text("utf-8").split(BEGIN)
    _, after = rest.split(END)
    PAGE.write_text(f"{before}{BEGIN}{table(measured)}\n{END}{after}", "utf-8")


def table(measured: dict[str, dict[str, float]]) -> str:
    """Return what was measured as Markdown."""
    rows = [
        f"| {host} | {numbers['fps']:g} | {numbers['p50_ms']:.0f} | goes on |"
        for host, numbers in measured.items()
    ]
    return "\n".join([HEAD, *rows])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
