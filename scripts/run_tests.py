"""Run all checks and tests, the Python ones and the TypeScript ones; close with one line 'N passed, N failed'.

usage: run_tests.py [--lint-only] [ARGUMENTS OF PYTEST ...]

Everything runs even if something before it failed. Checks (ruff, mypy, biome, tsc) are no tests: one that succeeds is
not counted, one that fails counts as a failure, so that the closing line and the exit code never disagree.

A few everyday tests that failed run once more, one by one: one that passes then failed for the load of the tests beside
it. It counts as passed, and its first failure stands in the output.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
JS = ROOT / "js"
PYTHON = [sys.executable, "-m"]
# Some of the tools colour what they write into a file as well.
ENVIRONMENT = {**os.environ, **({} if sys.stdout.isatty() else {"NO_COLOR": "1"})}
NPM = shutil.which("npm") or "npm"
CHECKS = [
    ([*PYTHON, "ruff", "check", "."], ROOT),
    ([*PYTHON, "ruff", "format", "--check", "."], ROOT),
    ([*PYTHON, "mypy"], ROOT),
    ([NPM, "run", "--silent", "check"], JS),
]

# Two at once, since a test with a browser mostly waits for it; file by file, in their order, to whoever is free.
EVERYDAY = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", "--durations=20"]

SECOND_TRIES_AT_MOST = 25
"""Of more failed tests no load is the reason: none of them runs again."""
ONE_BY_ONE = ["--last-failed", "--last-failed-no-failures=none"]


@dataclass
class Tally:
    """How many tests passed, failed (an error counts as one) and were skipped."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped
        )

    def __str__(self) -> str:
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def run(command: list[str], folder: Path) -> int:
    """Run a command and show what it says; return its exit code."""
    print(f"\n$ {' '.join([Path(command[0]).name, *command[1:]])}", flush=True)
    began_s = time.monotonic()
    code = subprocess.run(command, cwd=folder, env=ENVIRONMENT).returncode
    print(
        f"({time.monotonic() - began_s:.0f} s{f', exit code {code}' if code else ''})", flush=True
    )
    return code


@contextmanager
def peers_made_meanwhile() -> Iterator[None]:
    """Make the environment of the real Gradio, which tests want, while the block runs: it takes a minute of waiting.

    A failure is not told here: whoever wants the environment makes it then, and says what is wrong.
    """
    command = [*PYTHON, "benchmarks.environments", "gradio"]
    nowhere = subprocess.DEVNULL
    making = subprocess.Popen(command, cwd=ROOT, env=ENVIRONMENT, stdout=nowhere, stderr=nowhere)
    try:
        yield
        making.wait()
    finally:
        making.kill()
        making.wait()


def read_junit(report: Path, code: int) -> Tally:
    """Read the counts of a JUnit XML report. A run that failed without a failed test counts as one failure."""
    failed, skipped, passed = set(), set(), set()
    if report.exists():
        for case in ElementTree.parse(report).iter("testcase"):
            # One that fails, and again while it is put away, stands there twice.
            name = case.get("classname"), case.get("name")
            if case.find("failure") is not None or case.find("error") is not None:
                failed.add(name)
            elif case.find("skipped") is not None:
                skipped.add(name)
            else:
                passed.add(name)
    tally = Tally(len(passed - failed), len(failed), len(skipped))
    if code and not tally.failed:
        tally.failed = 1
    return tally


def run_pytest(folder: Path, arguments: list[str]) -> tuple[Tally, int]:
    """Run pytest; return the counts and its exit code."""
    with tempfile.TemporaryDirectory() as reports:
        report = Path(reports) / "pytest.xml"
        code = run([*PYTHON, "pytest", f"--junitxml={report}", *arguments], folder)
        return read_junit(report, code), code


def run_everyday(folder: Path, arguments: list[str]) -> Tally:
    """Run the everyday tests, and once more those that failed if they are few."""
    first, _ = run_pytest(folder, arguments)
    if not 0 < first.failed <= SECOND_TRIES_AT_MOST:
        return first
    print(f"\n{first.failed} failed. Once more, with no other test beside:", flush=True)
    again, code = run_pytest(folder, ONE_BY_ONE)
    if code or again.failed or again.passed < first.failed:
        return first
    print(f"\nshaky: {first.failed} failed beside other tests and passed alone (above)", flush=True)
    return first + Tally(passed=first.failed, failed=-first.failed)


def run_checks() -> Tally:
    """Run the checks; return the failures."""
    return sum((Tally(failed=int(run(*check) != 0)) for check in CHECKS), Tally())


def run_vitest() -> Tally:
    """Run the tests of the page's half; return the counts."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "vitest.xml"
        reporters = ["--reporter=default", "--reporter=junit", f"--outputFile.junit={report}"]
        return read_junit(report, run([NPM, "test", "--silent", "--", *reporters], JS))


def main(arguments: list[str]) -> int:
    if arguments == ["--lint-only"]:
        total = run_checks()
    elif arguments:
        total = run_checks() + run_vitest() + run_pytest(ROOT, arguments)[0]
    else:
        with peers_made_meanwhile():
            total = run_checks() + run_vitest()
        total += run_everyday(ROOT, EVERYDAY)
    print(f"\n{total}")
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
