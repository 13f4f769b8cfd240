"""What the library knows of the kernel, in a real IPython shell in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def in_ipython(*cells: str) -> list[str]:
    """Run cells in an IPython shell, a silent one where it begins with `#silent`; return the lines they print."""
    script = f"""
import os
os.environ["IPYTHONDIR"] = os.path.join({str(ROOT)!r}, ".pytest_cache", "ipython")
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config
config = Config()
config.HistoryManager.enabled = False
shell = InteractiveShell.instance(config=config)
for cell in {cells!r}:
    shell.run_cell(cell, silent=cell.startswith("#silent"), store_history=not cell.startswith("#silent"))
print(shell.user_ns["host"].cell_is_running())
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_cell_is_known_to_run_from_the_import_on_and_to_have_ended():
    first = "from nbstream.kernel import host; print(host.cell_is_running())"
    assert in_ipython(first, "print(host.cell_is_running())") == ["True", "True", "False"]


def test_an_import_in_a_silent_execution_is_over_with_it():
    assert in_ipython("#silent\nfrom nbstream.kernel import host") == ["False"]


def test_a_traceback_names_the_cell_as_the_notebook_does():
    lines = in_ipython(
        "from nbstream.kernel import host; from nbstream.calls import tracebacks",
        "def mine():\n    raise ValueError('mine')",
        "try:\n    mine()\nexcept ValueError as e:\n    print(tracebacks.user_traceback(e))",
    )
    text = "\n".join(lines)
    assert "Cell In[2], line 2, in mine" in text
    assert "File" not in text


def test_what_is_to_be_stopped_before_exit_is_stopped_when_a_cell_says_so():
    lines = in_ipython(
        "from nbstream.kernel import host",
        "class Stream:\n    def stop(self):\n        print('stopped')",
        "class Broken:\n    def stop(self):\n        raise ValueError",
        "streams = Broken(), Stream(), Stream()",
        "for one in streams:\n    host.stop_before_exit(one)",
        "del one; streams = streams[:2]",
        "get_ipython().exit_now = True",
        "get_ipython().exit_now = False",
    )
    assert lines == ["stopped", "False"]


def test_a_source_stops_before_exit():
    lines = in_ipython(
        "import nbstream as nbs; from nbstream.kernel import host",
        "binding = nbs.FrameSource(lambda: None, fps=1).stream(lambda frame: None)",
        "binding.start(); print(binding.status == 'idle')",
        "get_ipython().exit_now = True",
        "print(binding.status)",
    )
    assert lines == ["False", "idle", "False"]


def test_a_shell_without_traits_is_one_as_well():
    script = """
import types, IPython
from unittest.mock import MagicMock
shell = types.SimpleNamespace(events=MagicMock())  # what Solara's has of it
IPython.get_ipython = lambda: shell
import nbstream
print(nbstream.__name__, shell.events.register.call_count)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.split() == ["nbstream", "3"], done.stderr
