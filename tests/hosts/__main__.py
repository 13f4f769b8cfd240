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
HEAD = """\
| host | 30 asked | p50, ms | 10 asked | p50, ms | preview, overlay at 5 | a callback of 30 s | a cell of 30 s |
|---|---|---|---|---|---|---|---|"""
REFERENCE = "JupyterLab"
LEAST_FPS, MOST_MORE_MS = 28, 10
Row = dict[str, str]


def main(arguments: list[str]) -> int:
    """Run the suite; return pytest's exit code."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "hosts.xml"
        options = [str(FOLDER), "-m", "hosts", f"--junitxml={report}", *arguments]
        code = int(pytest.main(options))
        note(report)
    if slow := missed(json.loads(MEASURED.read_text("utf-8"))):
        sys.stderr.write(
            f"Slower than {LEAST_FPS} of 30 pictures/s, or {REFERENCE} + {MOST_MORE_MS} ms: {slow}\n"
        )
        return code or 1
    return code


def note(report: Path) -> None:
    """Take what a run has measured into `MEASURED`, and write the page."""
    measured: dict[str, Row] = json.loads(MEASURED.read_text("utf-8")) if MEASURED.exists() else {}
    for case in ElementTree.parse(report).iter("testcase"):
        told = {one.attrib["name"]: one.attrib["value"] for one in case.iter("property")}
        host = told.pop("host", case.attrib["name"].partition("[")[2].rstrip("]"))
        if told and all(case.find(kind) is None for kind in ("failure", "error")):
            measured[host] = {**measured.get(host, {}), **told}
    MEASURED.write_text(json.dumps(measured, indent=1) + "\n", "utf-8")
    before, rest = PAGE.read_text("utf-8").split(BEGIN)
    _, after = rest.split(END)
    PAGE.write_text(f"{before}{BEGIN}{table(measured)}\n{END}{after}", "utf-8")


def table(measured: dict[str, Row]) -> str:
    """Return what was measured as Markdown."""
    return "\n".join([HEAD, *(_row(host, told) for host, told in measured.items())])


def missed(measured: dict[str, Row]) -> list[str]:
    """The hosts that are slower than promised, or no row for which to compare with."""
    if "p50_ms" not in measured.get(REFERENCE, {}):
        return [REFERENCE]
    most_ms = float(measured[REFERENCE]["p50_ms"]) + MOST_MORE_MS
    return [
        host
        for host, told in measured.items()
        if "fps" in told and (float(told["fps"]) < LEAST_FPS or float(told["p50_ms"]) > most_ms)
    ]


def _row(host: str, told: Row) -> str:
    def number(name: str, form: str = ".1f") -> str:
        return f"{float(told[name]):{form}}" if name in told else ""

    cells = [
        host,
        number("fps"),
        number("p50_ms", ".0f"),
        number("fps_10"),
        number("p50_ms_10", ".0f"),
        ", ".join(filter(None, (number("preview_fps"), number("overlay_fps")))),
        told.get("callback", ""),
        told.get("cell", ""),
    ]
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
