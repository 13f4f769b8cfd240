"""The cells that every host runs, and what their stream says of itself: it writes that to a file."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SETUP = """
import json, os, pathlib, threading, time
import ipywidgets, numpy as np, nbstream as nbs

now, held_up = {}, []

def hold_up(*_):
    held_up.append(True)
    time.sleep(30)
    held_up.clear()
"""
WIDGETS = """
webcam, view = nbs.Webcam(), nbs.ImageView()
marks = nbs.Overlay(webcam)

def tell(path=pathlib.Path({path!r})):
    while True:
        binding = now.get("binding")
        if binding is not None:
            told = {{"status": binding.status, "choice": now["effect"].value, **binding.stats}}
            told["is_held_up"] = bool(held_up)
            path.with_suffix(".new").write_text(json.dumps(told))
            os.replace(path.with_suffix(".new"), path)
        time.sleep(0.25)

threading.Thread(target=tell, daemon=True).start()
"""
STREAM = """
def begin(every_s):
    def apply(frame, effect):
        return np.flipud(frame) if effect == "flip" else frame
    now["binding"] = webcam.stream(apply, [webcam, effect], view, stream_every=every_s)

def begin_marks():
    def find(frame):
        return [nbs.Box(200, 120, 240, 240, label="found")]
    now["binding"] = webcam.stream(find, webcam, marks, stream_every=0.2)

now["effect"] = effect
begin({every_s})
"""
# What a person does in each host: the choice, callbacks, and a cell that takes its time.
JUPYTER = [
    "effect = ipywidgets.Dropdown(options=['same', 'flip'], value='same')\neffect",
    """
def button(name, do):
    made = ipywidgets.Button(description=name)
    made.on_click(lambda _: do())
    return made

buttons = ipywidgets.HBox([
    button("Hold up", hold_up),
    button("Ten a second", lambda: begin(0.1)),
    button("Marks", lambda: begin_marks()),
])
buttons
""",
    "hold_up() if now['binding'].status == 'live' else None",
]
MARIMO = [
    "import marimo as mo\neffect = mo.ui.dropdown(['same', 'flip'], value='same')\neffect",
    """
buttons = [
    mo.ui.button(label="Hold up", on_click=hold_up),
    mo.ui.button(label="Ten a second", on_click=lambda _: begin(0.1)),
    mo.ui.button(label="Marks", on_click=lambda _: begin_marks()),
    again := mo.ui.run_button(label="Run the cell"),
]
mo.hstack(buttons, justify="start")
""",
    "hold_up() if again.value else None",
]


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
    choice, buttons, slow_cell = MARIMO if host == "marimo" else JUPYTER
    widgets = WIDGETS.format(path=str(path))
    stream = STREAM.format(every_s=every_s)
    return [SETUP, choice, widgets, stream, buttons, slow_cell, "webcam", "view"]
