"""A stream in a real Python without threads: Pyodide, run by Node, as it comes in its npm package."""

from __future__ import annotations

import base64
import json
import subprocess
import sysconfig
from pathlib import Path

import numpy as np
import pytest

from nbstream.pictures.codecs import encode

PYODIDE = "pyodide@314.0.7"
REPOSITORY = Path(__file__).parents[2]


@pytest.mark.hosts
@pytest.mark.timeout(300)
def test_a_stream_runs_to_its_time_limit_in_pyodide(tmp_path: Path):
    npm = ["npm", "install", "--no-save", "--silent", "--prefix", str(tmp_path), PYODIDE]
    subprocess.run(npm, check=True, timeout=120)
    picture = base64.b64encode(encode(np.full((48, 64, 3), 100, np.uint8))).decode()
    home = tmp_path / "node_modules" / "pyodide"
    packages = sysconfig.get_path("purelib")
    script = REPOSITORY / "tests" / "hosts" / "pyodide.mjs"
    done = subprocess.run(
        ["node", str(script), str(home), str(REPOSITORY), packages, picture],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
        timeout=180,
    )
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["platform"] == "emscripten"
    assert not told["has_threads"]
    assert told["are_pictures"]
    assert told["results"] > 10
