"""A JupyterLab server of a test's own: own folders and settings, no token, a free port, ended with the tests."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import psutil

OPTIONS = [
    "--no-browser",
    "--allow-root",
    "--ip=127.0.0.1",
    "--IdentityProvider.token=",
    "--ServerApp.disable_check_xsrf=True",
    "--ServerApp.port_retries=0",
    "--ServerApp.terminals_enabled=False",
    # Tests run cells and read outputs through Lab's own objects: no menus to hover, nothing to guess from the screen.
    "--LabApp.expose_app_in_browser=True",
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
]
QUIET = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}
}

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


class Server(Protocol):
    """What a page asks of its server, or of the line to it."""

    url: str

    @property
    def notebooks(self) -> Path:
        """Where the notebooks lie."""

    def log(self) -> str:
        """What the server has written so far."""


class LabServer:
    """A running JupyterLab.

    Parameters
    ----------
    home
        An empty folder: the notebooks go to ``home/notebooks``, settings and log beside it.
    options
        Further options for the command line.
    python
        The interpreter of the environment that JupyterLab is in.
    paths
        Where kernels look for modules first.
    """

    def __init__(
        self,
        home: Path,
        *options: str,
        python: str = sys.executable,
        paths: Sequence[Path] = (),
    ) -> None:
        self.notebooks = home / "notebooks"
        self._settings = home / "settings"
        self._log = home / "jupyterlab.log"
        self._temporary = home / "tmp"
        for folder in (self.notebooks, self._temporary):
            folder.mkdir(parents=True)
        for plugin, values in QUIET.items():
            self._write_settings(plugin, values)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._command = [python, "-m", "jupyterlab", f"--port={port}", *OPTIONS, *options]
        self._command.append(f"--ServerApp.root_dir={self.notebooks}")
        self._environment = {**os.environ, **self._folders(home)}
        if paths:
            before = os.environ.get("PYTHONPATH")
            modules = [*map(str, paths), *([before] if before else [])]
            self._environment["PYTHONPATH"] = os.pathsep.join(modules)
        self.process = self._start()

    def kill(self) -> None:
        """End the server without a word, as a machine that fails does."""
        self.process.kill()
        self.process.wait()

    def start_again(self) -> None:
        """Start the server that was killed, at the same address."""
        self.process = self._start()

    def write_notebook(self, name: str, cells: list[str]) -> str:
        """Write a notebook of code cells; a cell that begins with ``#md `` becomes text. Return its file name."""
        made: list[dict[str, Any]] = [
            {"cell_type": "markdown", "metadata": {}, "source": cell[4:]}
            if cell.startswith("#md ")
            else {
                "cell_type": "code",
                "metadata": {},
                "source": cell,
                "outputs": [],
                "execution_count": None,
            }
            for cell in cells
        ]
        book = {"nbformat": 4, "nbformat_minor": 4, "metadata": KERNEL, "cells": made}
        (self.notebooks / f"{name}.ipynb").write_text(json.dumps(book), encoding="utf-8")
        return f"{name}.ipynb"

    @contextlib.contextmanager
    def settings(self, plugin: str, **values: Any) -> Iterator[None]:
        """Have JupyterLab's settings as given in pages opened inside the block.

        ``with lab.settings("@jupyter-widgets/jupyterlab-manager:plugin", saveState=True): ...``
        """
        path = self._write_settings(plugin, values)
        try:
            yield
        finally:
            path.unlink()

    def end_kernels(self) -> None:
        """Shut down every notebook's kernel."""
        with urllib.request.urlopen(f"{self.url}/api/sessions", timeout=60) as answer:
            sessions = json.load(answer)
        for session in sessions:
            request = urllib.request.Request(
                f"{self.url}/api/sessions/{session['id']}", method="DELETE"
            )
            with contextlib.suppress(OSError):
                urllib.request.urlopen(request, timeout=60).close()

    def log(self) -> str:
        """What the server has written so far."""
        return self._log.read_text(errors="replace")

    def close(self) -> None:
        """End the server and all its kernels."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for child in children:
            with contextlib.suppress(psutil.Error):
                child.kill()

    def _folders(self, home: Path) -> dict[str, str]:
        """Keep the person's own Jupyter out of the tests, and the tests out of it."""
        return {
            "JUPYTERLAB_SETTINGS_DIR": str(self._settings),
            "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
            "JUPYTER_CONFIG_DIR": str(home / "config"),
            "JUPYTER_DATA_DIR": str(home / "data"),
            "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
            "IPYTHONDIR": str(home / "ipython"),
            "TMPDIR": str(self._temporary),
        }

    def _write_settings(self, plugin: str, values: dict[str, Any]) -> Path:
        package, name = plugin.split(":")
        path = self._settings / package / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
        return path

    def _start(self, timeout_s: float = 150) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                self._command, env=self._environment, stdout=log, stderr=subprocess.STDOUT
            )
        until_s = time.monotonic() + timeout_s
        while time.monotonic() < until_s and process.poll() is None:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{self.url}/api", timeout=2).close()
                return process
            time.sleep(0.1)
        process.kill()
        process.wait()
        raise RuntimeError(f"JupyterLab did not start:\n{self.log()[-3000:]}")


def free_port() -> int:
    """Return a port of this machine that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
