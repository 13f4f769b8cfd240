"""The cells that every host runs, and what their stream says of itself: it writes that to a file."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

MARIMO_CHOICE = (
    "import marimo as mo\neffect = mo.ui.dropdown(['same', 'flip'], value='same')\neffect"
)
CHOICE = "effect = ipywidgets.Dropdown(options=['same', 'flip'], value='same')\neffect"
SETUP = """
import json, os, pathlib, threading, time
import ipywidgets, numpy as np, nbstream as nbs
"""
WIDGETS = "webcam, view = nbs.Webcam(), nbs.ImageView()"
STREAM = """
def apply(frame, effect):
    return np.flipud(frame) if effect == "flip" else frame

binding = webcam.stream(apply, [webcam, effect], view, stream_every={every_s})

def tell(binding=binding):
    path = pathlib.Path({path!r})
    while globals().get("binding") is binding:
        told = {{"status": binding.status, "choice": effect.value, **binding.stats}}
        path.with_suffix(".new").write_text(json.dumps(told))
        os.replace(path.with_suffix(".new"), path)
        time.sleep(0.25)

threading.Thread(target=tell, daemon=True).start()
"""
# A callback of a widget, as each host has them.
BUSY_S = 27
BUSY = f"""
busy = ipywidgets.Button(description="Busy")
busy.on_click(lambda _: time.sleep({BUSY_S}))
busy
"""
MARIMO_BUSY = f"""
busy = mo.ui.button(label="Busy", on_click=lambda _: time.sleep({BUSY_S}))
busy
"""


class Diary:
    """What the stream in the kernel last said of itself."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> dict[str, Any]:
        """All of it; empty before the first word."""
        try:
            told: dict[str, Any] = json.loads(self.path.read_text())
        except FileNotFoundError:
            return {}
        return told

    def wait_for(
        self, condition: Callable[[dict[str, Any]], bool], timeout_s: float = 120
    ) -> dict[str, Any]:
        """Wait until what it says is so; return it."""
        until_s = time.monotonic() + timeout_s
        while not condition(told := self.read()):
            assert time.monotonic() < until_s, f"not so after {timeout_s} s: {told}"
            time.sleep(0.1)
        return told


def results_of(told: dict[str, Any]) -> int:
    """How many results were shown."""
    return int(told.get("counts", {}).get("results", 0))


def cells_of(host: str, path: Path, every_s: float = 1 / 30) -> list[str]:
    """The cells for a host; the stream tells of itself in the file `path`."""
    choice = MARIMO_CHOICE if host == "marimo" else CHOICE
    busy = MARIMO_BUSY if host == "marimo" else BUSY
    stream = STREAM.format(every_s=every_s, path=str(path))
    return [SETUP, choice, busy, WIDGETS, stream, "webcam", "view"]
