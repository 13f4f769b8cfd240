"""Python environments of the peers, made with pip when first wanted: their requirements exclude each other.

`python -m benchmarks.environments gradio` makes one in advance.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import subprocess
import sys
from pathlib import Path

from pytest_nbstream import find_chromium

FOLDER = Path(__file__).parents[1] / ".venv-bench"
PACKAGES = {
    "gradio": ["gradio"],
    "fastrtc": ["fastrtc", "gradio<6"],  # fastrtc imports what gradio 6 no longer has
    # With what an import of nbstream takes: its own results are drawn there.
    "supervision": ["supervision", "anywidget", "ipywidgets", "simplejpeg"],
    "mediapipe": ["mediapipe", "anywidget", "ipywidgets", "simplejpeg"],
}
NAMES = {"gradio": "Gradio", "fastrtc": "FastRTC"}
# The peers call home otherwise, and wait for it where there is no network.
OFFLINE = {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1", "DO_NOT_TRACK": "1"}
ENVIRONMENT = {**os.environ, **OFFLINE}


def python_of(peer: str) -> Path:
    """Return the interpreter of a peer's environment, which is made if it is not there yet."""
    home = FOLDER / peer
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    done, packages = home / "installed", "\n".join(PACKAGES[peer])
    if not done.exists() or done.read_text() != packages:
        print(
            f"Making the environment of {peer} in {home.relative_to(FOLDER.parent)} ...", flush=True
        )
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *PACKAGES[peer]], check=True)
        done.write_text(packages)
    return python


def versions(peers: list[str]) -> dict[str, str]:
    """Return the versions of what is measured, by name."""
    chromium = _printed([find_chromium() or "chromium", "--version"])
    found = {
        "Python": platform.python_version(),
        "JupyterLab": importlib.metadata.version("jupyterlab"),
        "Chromium": next((word for word in chromium.split() if word[0].isdigit()), "?"),
    }
    for peer in peers:
        code = f"import importlib.metadata as m; print(m.version({peer!r}))"
        found[NAMES[peer]] = _printed([str(python_of(peer)), "-c", code])
    return found


def _printed(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    for name in sys.argv[1:]:
        python_of(name)
