"""doctor: what is installed and whether it fits together, with what to do where it does not."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import importlib.metadata
import json
import platform
import re
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from ..protocol.parts import PARTS

REQUIREMENT = re.compile(r"^([A-Za-z0-9_.-]+)\s*>=\s*([0-9.]+)")
SERVER_EXTENSION = "nbstream.server"
OPENCVS = (
    "opencv-python",
    "opencv-python-headless",
    "opencv-contrib-python",
    "opencv-contrib-python-headless",
)
LOCAL = ("localhost", "127.0.0.1", "::1")


class Finding(NamedTuple):
    """One thing that was looked at; `advice`: what to do, `None` = it is well."""

    what: str
    advice: str | None = None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what can be asked."""
    parser.add_argument("--url", help="the address of the notebook, as the browser has it")
    parser.add_argument(
        "--port", type=int, default=8888, help="where JupyterLab shall listen (8888)"
    )


def run(options: argparse.Namespace) -> int:
    """Look at everything; 1 where something has to be done."""
    looks: list[Callable[[], Iterator[Finding]]] = [
        _versions,
        _subshells,
        _front_end,
        _lab_extensions,
        _server_extension,
        _opencv,
        lambda: _port(options.port),
        lambda: _address(options.url),
    ]
    wrong = 0
    for look in looks:
        for finding in look():
            print(f"{'ok   ' if finding.advice is None else 'WRONG'} {finding.what}")
            if finding.advice is not None:
                wrong += 1
                print(f"      -> {finding.advice}")
    print("All is well." if not wrong else f"{wrong} to mend.")
    return 1 if wrong else 0


def _versions() -> Iterator[Finding]:
    yield Finding(f"Python {platform.python_version()}, {sys.executable}")
    for requirement in importlib.metadata.requires("nbstream") or ():
        match = REQUIREMENT.match(requirement)
        if match is None or "extra ==" in requirement:
            continue
        name, least = match.groups()
        version = _version(name)
        advice = f'pip install "{name}>={least}"'
        if version is None:
            yield Finding(f"{name} is not installed", advice)
        elif _numbers(version) < _numbers(least):
            yield Finding(f"{name} {version}; nbstream needs {least} or newer", advice)
        else:
            yield Finding(f"{name} {version}")


def _subshells() -> Iterator[Finding]:
    for name, least in (("ipykernel", "7"), ("jupyterlab", "4.4")):
        version = _version(name)
        if version is None:
            yield Finding(f"{name} is not installed here; well if the notebook runs elsewhere")
        elif _numbers(version) < _numbers(least):
            yield Finding(
                f"{name} {version}: streams stand still while a cell runs",
                f'pip install "{name}>={least}", which has subshells',
            )
        else:
            yield Finding(f"{name} {version}, with subshells")


def _front_end() -> Iterator[Finding]:
    static = Path(__file__).parents[1] / "static"
    parts = [f"parts/{name}.js" for name in PARTS]
    names = ["widget.js", "sound.js", "collector.js", "upload.js", "record.js", *parts]
    missing = [name for name in names if not (static / name).is_file()]
    advice = "make bundle (needs Node), or install a wheel" if missing else None
    yield Finding(f"front end: {', '.join(missing)} not built" if missing else "front end", advice)


def _lab_extensions() -> Iterator[Finding]:
    try:
        from jupyter_core.paths import jupyter_path
    except ImportError:
        yield Finding("Jupyter is not installed here; well if the notebook runs elsewhere")
        return
    folders = [Path(one) for one in jupyter_path("labextensions")]
    for name, package in (
        ("@jupyter-widgets/jupyterlab-manager", "jupyterlab_widgets"),
        ("anywidget", "anywidget"),
    ):
        is_there = any((folder / name).is_dir() for folder in folders)
        advice = (
            None if is_there else f"pip install --force-reinstall {package}, where JupyterLab runs"
        )
        missing = "" if is_there else " is not installed: widgets show as text"
        yield Finding(f"JupyterLab's extension {name}{missing}", advice)


def _server_extension() -> Iterator[Finding]:
    try:
        from jupyter_core.paths import jupyter_config_path
    except ImportError:
        return
    enabled: bool | None = None
    # The first folder counts most.
    for folder in reversed(jupyter_config_path()):
        for file in [
            *sorted(Path(folder, "jupyter_server_config.d").glob("*.json")),
            Path(folder, "jupyter_server_config.json"),
        ]:
            told = _enabled_in(file)
            enabled = enabled if told is None else told
    advice = (
        f"jupyter server extension enable {SERVER_EXTENSION}; without it results come 40 ms later"
    )
    state = "enabled" if enabled else "not enabled"
    yield Finding(f"server extension {SERVER_EXTENSION} {state}", None if enabled else advice)


def _enabled_in(file: Path) -> bool | None:
    with contextlib.suppress(OSError, ValueError, AttributeError):
        config = json.loads(file.read_text("utf-8"))
        told = config.get("ServerApp", {}).get("jpserver_extensions", {}).get(SERVER_EXTENSION)
        return None if told is None else bool(told)
    return None


def _opencv() -> Iterator[Finding]:
    there = [name for name in OPENCVS if _version(name) is not None]
    if len(there) > 1:
        yield Finding(
            f"{' and '.join(there)} are both installed and overwrite each other",
            f"pip uninstall {' '.join(there)}, then pip install opencv-python-headless",
        )
    try:
        cv2 = importlib.import_module("cv2")
    except ModuleNotFoundError:
        yield Finding(
            'OpenCV is not installed; well if no function uses it (pip install "nbstream[cv]")'
        )
    except Exception as error:
        yield Finding(
            f"OpenCV cannot be imported: {str(error).splitlines()[0]:.150}",
            "pip uninstall opencv-python, then pip install opencv-python-headless, which needs no windows",
        )
    else:
        yield Finding(f"OpenCV {cv2.__version__}")


def _port(port: int) -> Iterator[Finding]:
    with socket.socket() as probe:
        probe.settimeout(1)
        is_taken = probe.connect_ex(("127.0.0.1", port)) == 0
    if is_taken:
        yield Finding(
            f"port {port} is in use",
            "well if it is your JupyterLab; for another one take jupyter lab --port=...",
        )
    else:
        yield Finding(f"port {port} is free")


def _address(url: str | None) -> Iterator[Finding]:
    if url is None:
        yield Finding("browsers give cameras to https and localhost alone; check yours with --url")
        return
    parts = urlsplit(url if "//" in url else f"//{url}")
    if parts.scheme == "https" or (parts.hostname or "") in LOCAL:
        yield Finding(f"{url} may have a camera")
    else:
        yield Finding(
            f"{url} is neither https nor localhost: the browser gives it no camera",
            f"ssh -L 8888:localhost:8888 {parts.hostname or 'the-machine'} and open http://localhost:8888, or https",
        )


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(one) for one in re.findall(r"\d+", version)[:3])
