"""Run the tests that need neither kernel nor browser with every supported Python that is on the PATH.

usage: versions.py [3.10 3.13 ...]      all that are found unless some are named

Each gets an environment of its own in .venv-versions/
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SUPPORTED = ["3.10", "3.11", "3.12", "3.13", "3.14"]
MARKERS = "not browser and not kernel and not wheel and not slow"


def main() -> int:
    """Do what the command line says; return the exit code."""
    found = {v: python for v in sys.argv[1:] or SUPPORTED if (python := shutil.which(f"python{v}"))}
    missing = [version for version in sys.argv[1:] if version not in found]
    results = {version: test(version, python) for version, python in found.items()}
    results |= dict.fromkeys(missing, "is not on the PATH")
    for version, result in results.items():
        print(f"Python {version}: {result}")
    if not results:
        print(f"None of Python {', '.join(SUPPORTED)} is on the PATH.")
    return int(any(result != "passed" for result in results.values()) or not results)


def test(version: str, python: str) -> str:
    """Install the package and its tests for one version and run them; return a word on how that went."""
    environment = Path(".venv-versions") / version
    inside = environment / "bin" / "python"
    steps = [
        ([python, "-m", "venv", environment], "makes no environment"),
        ([inside, "-m", "pip", "install", "-q", "-e", ".[test]"], "cannot install nbstream"),
        ([inside, "-m", "pytest", "-q", "-m", MARKERS], "failed"),
    ]
    for command, failure in steps:
        if subprocess.run(list(map(str, command)), cwd=ROOT).returncode != 0:
            return failure
    return "passed"


if __name__ == "__main__":
    sys.exit(main())
