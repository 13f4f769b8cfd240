"""A notebook with a live camera and a live microphone, for a fault to happen to; and what became of them."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from playwright.sync_api import Error

from ..browser.link import Link
from ..browser.live_stream import PATIENCE_MS, Source
from ..browser.noise import compare, noise
from ..browser.notebook_page import NotebookPage

SETUP = """
import asyncio, ctypes, os, signal, sys, threading, time
import ipywidgets, numpy as np, nbstream as nbs

webcam, view, mic = nbs.Webcam(), nbs.ImageView(), nbs.Microphone()
slider = ipywidgets.IntSlider(max=40)
pieces, gaps_s, made = [], [], []

def see(frame, value):
    return frame

def listen(sound, *, meta):
    pieces.append(sound[1].copy())
    gaps_s.append(meta.gap_s)
"""
BIND = """
binding = webcam.stream(see, [webcam, slider], view, stream_every=0.1)
made.append(binding)
hearing = mic.stream(listen, metadata=True, stream_every=0.1)
"""
SHOW = "ipywidgets.VBox([ipywidgets.HBox([webcam, view]), mic, slider])"
CELLS = [SETUP, BIND, SHOW]
BIND_CELL, SHOW_CELL = 1, 2
SENT = "() => window.__line.sent.size"
COUNTED = """sum(
    one.stats["counts"].get(what, 0)
    for one in made
    for what in ("frames", "superseded", "rejected")
)"""
DISPLAY = ".nbstream-display"


@dataclass(frozen=True)
class Outcome:
    """What a fault has cost. `samples_lost`: of which nobody was told; `told_s`: gaps that the function was told."""

    frames_lost: int
    samples_lost: int
    told_s: float


class Scene:
    """Camera and microphone of one notebook; `link` is the line between page and server, where there is one to cut."""

    def __init__(self, notebook: NotebookPage, link: Link | None = None) -> None:
        self.notebook = notebook
        self.page = notebook.page
        self._link = link
        self.camera = Source(notebook, 0)
        self.microphone = Source(notebook, 1)
        # JupyterLab's own words about the line, which lie over everything; behind one the next may stand.
        dialog = self.page.locator(".jp-Dialog")
        close = dialog.locator("button").last.click
        self.page.add_locator_handler(dialog, close, no_wait_after=True)

    @property
    def link(self) -> Link:
        """The line between page and server."""
        assert self._link is not None
        return self._link

    def go_live(self) -> Scene:
        """Press both buttons; wait for pictures and sound."""
        for source in (self.camera, self.microphone):
            source.go_live()
        self.wait_for_pictures()
        self.wait_for_sound()
        return self

    def wait_for_pictures(self, count: int = 3, timeout_s: float = 30) -> None:
        """Wait until that many pictures that are new from now on were on the screen."""
        self.notebook.watch(DISPLAY)
        self.notebook.wait_for_shown(count, timeout_s=timeout_s)

    def wait_for_sound(self) -> None:
        """Wait until sound that is new from now on has reached the function."""
        pieces = self.notebook.evaluate("len(pieces)")
        self.notebook.wait_for_value(f"len(pieces) > {pieces} + 1", True, timeout_s=30)

    def recover(self, timeout_s: float = 30) -> float:
        """Wait until pictures and sound come again; return after how many seconds."""
        began_s = time.monotonic()
        try:
            self.wait_for_pictures(timeout_s=timeout_s)
        except Error as error:
            raise AssertionError(f"no pictures after {timeout_s} s: {self.words()}") from error
        self.wait_for_sound()
        return time.monotonic() - began_s

    def words(self) -> str:
        """What a person reads in both widgets, and how the host's connection is."""
        found: list[str] = self.page.evaluate(
            """() => [
                window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.connectionStatus,
                ...[...document.querySelectorAll('.nbstream-source')].map(one => one.innerText),
            ]"""
        )
        return " | ".join(" ".join(one.split()) for one in found)

    def wait_until_off(self, timeout_s: float = 20) -> float:
        """Wait until no track of camera or microphone is live; return after how many seconds."""
        began_s = time.monotonic()
        self.notebook.wait_for_live_tracks(0, timeout_s=timeout_s)
        return time.monotonic() - began_s

    def stop(self) -> Outcome:
        """Press Stop on both, and count what became of every picture and every sample."""
        for source in (self.camera, self.microphone):
            source.stop.click()
            source.wait_for_status("Idle")
        self.notebook.wait_for_live_tracks(0, timeout_s=PATIENCE_MS / 1000)
        return Outcome(self._frames_uncounted(), *self._samples_lost())

    def _frames_uncounted(self) -> int:
        sent: int = self.page.evaluate(SENT)
        counted: int = self.notebook.evaluate(COUNTED)
        # A picture that two streams were given, as at a change of function, is counted by both.
        return max(0, sent - counted)

    def _samples_lost(self) -> tuple[int, float]:
        path = self.notebook.lab.notebooks / "heard.npz"
        self.notebook.execute(
            f"np.savez({str(path)!r}, sound=np.concatenate(pieces), gaps_s=gaps_s, "
            "sizes=[len(one) for one in pieces])"
        )
        with np.load(path) as heard:
            sound, gaps_s, sizes = heard["sound"], heard["gaps_s"], heard["sizes"]
        path.unlink()
        # After a gap that was told the microphone may have been opened anew, and its noise begins anywhere.
        starts = np.cumsum(sizes)[:-1][gaps_s[1:] > 0]
        runs = [compare(run, noise()) for run in np.split(sound, starts)]
        return sum(one.lost + one.doubled + one.unknown for one in runs), float(gaps_s.sum())
