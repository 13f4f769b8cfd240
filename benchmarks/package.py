"""What the package costs before a stream runs: its import, and the bundle that the page loads."""

from __future__ import annotations

import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

STATIC = Path(__file__).parents[1] / "nbstream" / "static"
RUNS = 21
HEAVY = ["cv2", "PIL", "matplotlib"]
IMPORT = """
import json, sys, time
began_s = time.perf_counter()
import {modules}
ended_s = time.perf_counter()
print(json.dumps([1000 * (ended_s - began_s), [name for name in {heavy} if name in sys.modules]]))
"""


def measure_import() -> dict[str, float]:
    """Time imports in processes of their own: medians in milliseconds, and how many heavy packages come along."""
    ours: list[float] = []
    parts: list[float] = []
    heavy: set[str] = set()
    with tempfile.TemporaryDirectory() as folder:
        # What pip installs has bytecode. On a machine that writes none, nbstream's sources would be compared with that.
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": folder, "PYTHONDONTWRITEBYTECODE": ""}
        _import("nbstream, anywidget, numpy", environment)
        for _ in range(RUNS):
            parts.append(_import("anywidget, numpy", environment)[0])
            took_ms, loaded = _import("nbstream", environment)
            ours.append(took_ms)
            heavy.update(loaded)
    return {
        "import_ms": statistics.median(ours),
        "import_parts_ms": statistics.median(parts),
        "import_heavy": len(heavy),
    }


def measure_bundle() -> dict[str, float]:
    """Size of what the page loads, code and style together, in bytes: as it is, and gzipped."""
    files = [(STATIC / name).read_bytes() for name in ("widget.js", "widget.css")]
    return {
        "bundle_bytes": sum(map(len, files)),
        "bundle_gzip_bytes": sum(len(gzip.compress(content)) for content in files),
    }


def _import(modules: str, environment: dict[str, str]) -> tuple[float, list[str]]:
    code = IMPORT.format(modules=modules, heavy=HEAVY)
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    took_ms, loaded = json.loads(done.stdout)
    return took_ms, loaded
