"""What public hosts and tools read of this repository says the same as the project does."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from nbstream._version import __version__
from scripts.run_tests import CHECKS

ROOT = Path(__file__).parents[1]
MAX_FILE_BYTES = 1_000_000
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


def commands(workflow: Path) -> list[str]:
    jobs = read(workflow)["jobs"].values()
    return [step["run"] for job in jobs for step in job["steps"] if "run" in step]


def test_each_commit_is_checked_by_what_make_lint_runs():
    (repository,) = read(ROOT / ".pre-commit-config.yaml")["repos"]
    hooks = [hook["entry"].split() for hook in repository["hooks"]]
    # Programs have other paths here and there; what they are told is the same.
    told = [[word for word in hook[1:] if word not in ("--prefix", "js")] for hook in hooks]
    assert told == [command[1:] for command, _ in CHECKS]


def test_the_citation_names_this_version_and_licence():
    citation = read(ROOT / "CITATION.cff")
    assert citation["version"] == __version__
    assert f'license = "{citation["license"]}"' in (ROOT / "pyproject.toml").read_text("utf-8")


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_the_scripts_of_the_front_end_that_a_workflow_runs_are_there(workflow):
    scripts = read(ROOT / "js" / "package.json")["scripts"]
    named = [name for line in commands(workflow) for name in re.findall(r"npm run ([\w-]+)", line)]
    assert named
    assert set(named) <= set(scripts)


def test_linux_runs_everything_and_other_systems_what_make_quick_runs():
    everything, *others = commands(ROOT / ".github/workflows/test.yml")
    assert everything.endswith(" .ci/run")
    quick = re.search(r'pytest -q -m ("not [^"]*wheel[^"]*")', (ROOT / "Makefile").read_text())
    assert quick is not None
    assert f"python -m pytest -q -m {quick[1]}" in others


def test_a_release_is_checked_and_installed_where_no_node_is():
    lines = commands(ROOT / ".github/workflows/release.yml")
    steps = ["python -m build", "twine check --strict", "! command -v node", "pip install dist/"]
    found = [next(k for k, line in enumerate(lines) if step in line) for step in steps]
    assert found == sorted(found)


def test_no_file_is_large():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    names = listed.stdout.decode().rstrip("\0").split("\0")
    sizes = {name: (ROOT / name).stat().st_size for name in names if (ROOT / name).exists()}
    assert "pyproject.toml" in sizes
    assert not {name: size for name, size in sizes.items() if size > MAX_FILE_BYTES}
