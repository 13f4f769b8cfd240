"""`scripts/run_tests.py`: what failed gets a second chance, alone; what is broken does not pass."""

from __future__ import annotations

import textwrap

import pytest

from scripts import run_tests
from scripts.run_tests import SECOND_TRIES_AT_MOST, Tally, peers_made_meanwhile, run_everyday

SHAKY = """
def test_shaky(pytestconfig):
    mark = pytestconfig.rootpath / "was_run"
    was_run = mark.exists()
    mark.touch()
    assert was_run
"""
BROKEN = """
def test_broken():
    assert False
"""
MANY = f"""
import pathlib, pytest

@pytest.mark.parametrize("number", range({SECOND_TRIES_AT_MOST + 1}))
def test_shaky_one(pytestconfig, number):
    mark = pytestconfig.rootpath / f"was_run_{{number}}"
    was_run = mark.exists()
    mark.touch()
    assert was_run
"""
SHAKY_TO_THE_END = """
import pytest

@pytest.fixture
def mark(pytestconfig):
    mark = pytestconfig.rootpath / "was_run"
    was_run = mark.exists()
    yield was_run
    mark.touch()
    assert was_run

def test_shaky(mark):
    assert mark
"""
FINE = "def test_fine(): pass"


@pytest.mark.parametrize(
    ("project", "tally"),
    [
        ([FINE], Tally(passed=1)),
        ([FINE, SHAKY], Tally(passed=2)),
        ([FINE, SHAKY_TO_THE_END], Tally(passed=2)),
        ([FINE, BROKEN], Tally(passed=1, failed=1)),
        ([SHAKY, BROKEN], Tally(failed=2)),
        ([FINE, MANY], Tally(passed=1, failed=SECOND_TRIES_AT_MOST + 1)),
    ],
    ids=["fine", "shaky", "shaky to the end", "broken", "shaky and broken", "too many"],
)
def test_what_failed_runs_once_more_and_has_to_pass_then(tmp_path, monkeypatch, project, tally):
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    for number, code in enumerate(project):
        (tmp_path / f"test_{number}.py").write_text(textwrap.dedent(code))
    assert run_everyday(tmp_path, []) == tally


def test_the_environment_of_the_real_gradio_is_there_when_the_checks_have_ended(
    tmp_path, monkeypatch
):
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "benchmarks" / "__init__.py").touch()
    makes = 'import pathlib, sys; pathlib.Path(sys.argv[1]).write_text("made")'
    (tmp_path / "benchmarks" / "environments.py").write_text(makes)
    monkeypatch.setattr(run_tests, "ROOT", tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    with peers_made_meanwhile():
        checked = "meanwhile"
    assert (checked, (tmp_path / "gradio").read_text()) == ("meanwhile", "made")
