"""Hosts of notebooks, each with the same cells: its own server, folders and free port, ended with the test."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import nbformat
import psutil

from tests.browser.lab import OPTIONS, free_port

Theme = Literal["light", "dark"]
START_S = 150.0
JUPYTER = [option for option in OPTIONS if "LabApp" not in option]
LAB_THEME = "@jupyterlab/apputils-extension/themes.jupyterlab-settings"


class Launch(NamedTuple):
    """How a host is started.

    `command` without the interpreter; `page` is the path of what a person opens, and `ready` of what answers once the
    server is up. `environment` is added to ours.
    """

    command: list[str]
    page: str
    ready: str
    environment: dict[str, str]


class HostServer:
    """A running host; `url` is the page to open."""

    def __init__(self, home: Path, port: int, launch: Launch) -> None:
        origin = f"http://127.0.0.1:{port}"
        self.url = origin + launch.page
        self._log = home / "server.log"
        self._process = self._start(home, launch, origin + launch.ready)

    def log(self) -> str:
        """What the server has written so far."""
        return self._log.read_text(errors="replace")

    def close(self) -> None:
        """End the server and its kernels."""
        children = psutil.Process(self._process.pid).children(recursive=True)
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for child in children:
            with contextlib.suppress(psutil.Error):
                child.kill()

    def _start(self, home: Path, launch: Launch, ready: str) -> subprocess.Popen[bytes]:
        with self._log.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, *launch.command],
                env={**os.environ, **_folders(home), **launch.environment},
                cwd=home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        until_s = time.monotonic() + START_S
        while time.monotonic() < until_s and process.poll() is None:
            if _answers(ready):
                return process
            time.sleep(0.1)
        process.kill()
        process.wait()
        raise RuntimeError(f"the host did not start:\n{self.log()[-3000:]}")


def start_host(name: str, home: Path, cells: Sequence[str], theme: Theme = "light") -> HostServer:
    """Start a host of `HOSTS` with a notebook of these cells."""
    port = free_port()
    return HostServer(home, port, HOSTS[name](home, port, list(cells), theme))


def write_notebook(home: Path, cells: Sequence[str]) -> Path:
    """Write a notebook of code cells."""
    book = nbformat.v4.new_notebook()
    book.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    book.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    path = home / "book.ipynb"
    nbformat.write(book, path)
    return path


def _lab(home: Path, port: int, cells: list[str], theme: Theme) -> Launch:
    write_notebook(home, cells)
    command = ["-m", "jupyterlab", f"--port={port}", f"--ServerApp.root_dir={home}", *OPTIONS]
    return Launch(command, "/lab/tree/book.ipynb?reset", "/api", _lab_theme(home, theme))


def _notebook(home: Path, port: int, cells: list[str], theme: Theme) -> Launch:
    write_notebook(home, cells)
    command = ["-m", "notebook", f"--port={port}", f"--ServerApp.root_dir={home}", *JUPYTER]
    command += ["--JupyterNotebookApp.expose_app_in_browser=True"]
    return Launch(command, "/notebooks/book.ipynb", "/api", _lab_theme(home, theme))


def _voila(home: Path, port: int, cells: list[str], theme: Theme) -> Launch:
    path = write_notebook(home, cells)
    command = ["-m", "voila", str(path), f"--port={port}", "--no-browser", f"--theme={theme}"]
    # As docs/hosts.md says.
    prompt = "nbstream.server.PromptWebsocketConnection"
    command += ["--Voila.ip=127.0.0.1", f"--Voila.kernel_websocket_connection_class={prompt}"]
    return Launch(command, "/", "/static/voila.js", {})


def _marimo(home: Path, port: int, cells: list[str], theme: Theme) -> Launch:
    book = home / "book.py"
    convert = ["-m", "marimo", "-q", "convert", str(write_notebook(home, cells)), "-o", str(book)]
    subprocess.run([sys.executable, *convert], check=True, stdin=subprocess.DEVNULL, timeout=60)
    settings = home / "xdg" / "marimo" / "marimo.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(f'[display]\ntheme = "{theme}"\n')
    command = ["-m", "marimo", "-q", "run", str(book), f"--port={port}", "--headless", "--no-token"]
    return Launch(
        command, "/", "/health", {"XDG_CONFIG_HOME": str(home / "xdg"), "HOME": str(home)}
    )


# Solara runs a function for each person, which shows what was made for them.
SOLARA = """
import solara
from IPython.display import display

def make():
    names = {{}}
    for cell in {cells!r}:
        exec(cell, names)
    return [names[name] for name in ("effect", "buttons", "webcam", "view")]

@solara.component
def Page():
    display(*solara.use_memo(make, []))
"""


def _solara(home: Path, port: int, cells: list[str], theme: Theme) -> Launch:
    app = home / "app.py"
    app.write_text(SOLARA.format(cells=cells))
    command = ["-m", "solara", "run", str(app), f"--port={port}", "--no-open", "--production"]
    command += [f"--theme-variant={theme}"]
    return Launch(command, "/", "/readyz", {"SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False"})


HOSTS: dict[str, Callable[[Path, int, list[str], Theme], Launch]] = {
    "JupyterLab": _lab,
    "Notebook": _notebook,
    "Voila": _voila,
    "marimo": _marimo,
    "Solara": _solara,
}


def _lab_theme(home: Path, theme: Theme) -> dict[str, str]:
    path = home / "lab-settings" / LAB_THEME
    path.parent.mkdir(parents=True)
    path.write_text(f'{{"theme": "JupyterLab {theme.capitalize()}"}}')
    return {"JUPYTERLAB_SETTINGS_DIR": str(home / "lab-settings")}


def _folders(home: Path) -> dict[str, str]:
    """Keep the person's own Jupyter out of the tests, and the tests out of it."""
    return {
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "IPYTHONDIR": str(home / "ipython"),
    }


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=2).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True
