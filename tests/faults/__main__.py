"""Provoke every fault; write what was measured into docs/reliability.md.

usage: python -m tests.faults [ARGUMENTS OF PYTEST ...]      such as -k websocket, which renews the rows that it ran
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pytest

from .report import FOLDER, note

TIMEOUT_S = 600


def main(arguments: list[str]) -> int:
    """Run the suite; return pytest's exit code."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "faults.xml"
        code = pytest.main(
            [
                str(FOLDER),
                "-m",
                "faults",
                f"--timeout={TIMEOUT_S}",
                f"--junitxml={report}",
                "-o",
                "junit_family=xunit1",  # which has room for what a test measures
                *arguments,
            ]
        )
        note(report)
    return int(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
