"""What the tests of nbstream.gradio share: scripts with their import line changed, and a person's hands."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

SCRIPTS = sorted((Path(__file__).parent / "gradio_scripts").glob("*.py"))
GRADIO_LINE = "import gradio as gr"
OUR_LINE = "import nbstream.gradio as gr"


def as_cell(path: Path) -> str:
    """A script of Gradio's as a cell of a notebook: its import line is another one."""
    text = path.read_text(encoding="utf-8")
    assert text.count(GRADIO_LINE) == 1
    return text.replace(GRADIO_LINE, OUR_LINE)


def run_script(name: str) -> dict[str, Any]:
    """Run one of the scripts as a cell, launch included; return its names."""
    path = next(one for one in SCRIPTS if one.stem == name)
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(as_cell(path), path.name, "exec"), names)
    return names


def set_by_person(component: Any, **traits: Any) -> None:
    """Change a field as a person does, in the page."""
    component.inner.comm.deliver_update(**traits)


def press(button: Any) -> None:
    """Press a button in the page."""
    button.widget.comm.deliver({"event": "click"})


def press_enter(component: Any) -> None:
    """Press Enter in a text field."""
    component.inner.comm.deliver({"event": "submit"})


def launched(app, component):
    """Put a component into the app, launch it, and return the component."""
    with app:
        component.render()
    app.launch()
    return component


class Turnstile:
    """A function that counts, and waits in each call until it is let go."""

    def __init__(self) -> None:
        self.entered = threading.Semaphore(0)
        self.go_on = threading.Semaphore(0)

    def __call__(self, count: int) -> int:
        self.entered.release()
        assert self.go_on.acquire(timeout=10)
        return count + 1
