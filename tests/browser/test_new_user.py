"""A new user's way, timed: a fresh environment, pip, JupyterLab, the README's five lines, a live picture."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .conftest import RESULTS
from .lab import LabServer
from .notebook_page import NotebookPage

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]

ROOT = Path(__file__).parents[2]
# How long pip and JupyterLab take is not ours; what comes after is.
OURS = ("the cell has run, Start can be pressed", "Start, until the first result is on the screen")
PATIENCE_S = 20


def first_lines() -> str:
    """The first code of the README."""
    text = (ROOT / "README.md").read_text("utf-8")
    return str(re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)[0])


def run(*command: object) -> None:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]
    run(*command, "--quiet", "--wheel-dir", tmp_path / "dist", ROOT)
    return next((tmp_path / "dist").glob("*.whl"))


def test_from_pip_install_to_a_live_picture(browsers, wheel, tmp_path, monkeypatch):
    monkeypatch.delenv("PYTHONPATH", raising=False)
    took_s: dict[str, float] = {}

    @contextmanager
    def timed(step: str) -> Iterator[None]:
        began_s = time.monotonic()
        yield
        took_s[step] = time.monotonic() - began_s

    with timed("python -m venv"):
        run(sys.executable, "-m", "venv", tmp_path / "env")
    python = tmp_path / "env" / "bin" / "python"
    with timed("pip install nbstream jupyterlab"):
        run(python, "-m", "pip", "install", "--quiet", wheel, "jupyterlab")
    with timed("jupyter lab, until it answers"):
        lab = LabServer(tmp_path / "lab", python=str(python))
    context = browsers.new_context("clip")
    try:
        with timed("the notebook is open"):
            name = lab.write_notebook("first", [first_lines()])
            notebook = NotebookPage(context.new_page(), lab, name).open()
        with timed(OURS[0]):
            notebook.run_all()
            notebook.page.locator(".nbstream-start").wait_for()
        with timed(OURS[1]):
            notebook.watch(".nbstream-display")
            notebook.page.locator(".nbstream-start").click()
            notebook.wait_for_shown(1, timeout_s=60)
        assert len(notebook.wait_for_shown(30)) >= 30
        installed = notebook.evaluate("nbs.__file__")
        assert installed.startswith(str(tmp_path / "env"))
    finally:
        context.close()
        lab.close()
    took_s["in all"] = sum(took_s.values())
    RESULTS.mkdir(exist_ok=True)
    rows = [f"| {step} | {seconds:.1f} s |" for step, seconds in took_s.items()]
    (RESULTS / "new_user.md").write_text("\n".join(rows) + "\n")
    assert sum(took_s[step] for step in OURS) < PATIENCE_S
