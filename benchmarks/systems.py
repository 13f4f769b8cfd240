"""The systems that are measured: each opens its page, starts its stream, and is observed."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from tests.browser.chrome import Browsers
from tests.browser.lab import LabServer, free_port
from tests.browser.notebook_page import NotebookPage

from .observe import Observation, observe

NBSTREAM = """
import nbstream as nbs

webcam, view = nbs.Webcam(), nbs.ImageView()
webcam.stream(lambda frame: frame, webcam, view, stream_every=1 / {asked_fps})
"""


def nbstream(browsers: Browsers, asked_fps: int, seconds: float) -> Observation:
    """Measure our own: a Webcam and an ImageView in JupyterLab."""
    with tempfile.TemporaryDirectory() as folder:
        lab = LabServer(Path(folder) / "lab")
        try:
            name = lab.write_notebook(
                "bench", [NBSTREAM.format(asked_fps=asked_fps), "webcam", "view"]
            )
            notebook = NotebookPage(browsers.new_context().new_page(), lab, name).open()
            notebook.run_all()
            notebook.page.locator(".nbstream-start").first.click()
            found = observe(notebook.page, lab.process.pid, seconds, ".nbstream-display")
            notebook.page.context.close()
            return found
        finally:
            lab.close()


def floor(browsers: Browsers, asked_fps: int, seconds: float) -> Observation:
    """Measure the floor: camera, JPEG, bare websocket, decode and encode, websocket, canvas."""
    port = free_port()
    server = subprocess.Popen([sys.executable, "-m", "benchmarks.floor", str(port), str(asked_fps)])
    try:
        page = browsers.new_context().new_page()
        page.goto(_answering(f"http://127.0.0.1:{port}/"))
        found = observe(page, server.pid, seconds, "#result")
        page.context.close()
        return found
    finally:
        server.kill()
        server.wait()


def _answering(url: str, timeout_s: float = 20) -> str:
    until_s = time.monotonic() + timeout_s
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return url
        except OSError:
            if time.monotonic() > until_s:
                raise
            time.sleep(0.1)
