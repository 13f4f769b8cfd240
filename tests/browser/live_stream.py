"""What the tests of streams in a browser share: cells of a notebook with a stream, a person's hands and eyes."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from .notebook_page import NotebookPage

PATIENCE_MS = 60_000
SETUP = """
import asyncio, time
import ipywidgets, numpy as np, nbstream as nbs

webcam, view = nbs.Webcam(), nbs.ImageView()
effect = ipywidgets.Dropdown(options=["same", "flip"], value="same")

def apply(frame, effect):
    return np.flipud(frame) if effect == "flip" else frame
"""
BIND = "binding = webcam.stream(apply, [webcam, effect], view, stream_every=0.05)"
SHOW = "ipywidgets.HBox([webcam, ipywidgets.VBox([effect, view])])"
CELLS = [SETUP, BIND, SHOW]
SAME_WIDGET = """
import nbstream as nbs
webcam = nbs.Webcam()
binding = webcam.stream(lambda frame: frame, webcam, webcam, stream_every=0.05, time_limit={time_limit})
webcam
"""


class Source:
    """A camera's widget on the screen; the first one, unless told otherwise."""

    def __init__(self, notebook: NotebookPage, number: int = 0) -> None:
        self.root = notebook.page.locator(".nbstream-source").nth(number)
        self.start: Locator = self.root.locator(".nbstream-start")
        self.stop: Locator = self.root.locator(".nbstream-stop")
        self.status: Locator = self.root.locator(".nbstream-status")
        self.error: Locator = self.root.locator(".nbstream-error")

    def wait_for_status(self, words: str | re.Pattern[str]) -> None:
        """Wait until the status reads exactly so; a pattern need only match."""
        expect(self.status).to_have_text(words, timeout=PATIENCE_MS)

    def go_live(self) -> None:
        """Press Start and wait for it to take effect."""
        self.start.click()
        self.wait_for_status("Live")


def choose(notebook: NotebookPage, effect: str) -> None:
    """Change the dropdown, as a person does."""
    notebook.page.locator(".widget-dropdown select").select_option(effect)


def wait_for_result_after_now(notebook: NotebookPage, output: str = ".nbstream-display") -> None:
    """Wait until pictures that are new from now on are on the screen."""
    notebook.watch(output)
    notebook.wait_for_shown(5, timeout_s=PATIENCE_MS / 1000)
