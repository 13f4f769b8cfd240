"""A person without sense: presses, runs, cuts and reloads at random, and looks after each step whether all is well.

The same seed makes the same choices, as far as the same buttons are there.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import suppress

from playwright.sync_api import Error, Locator

from ..browser.link import Link
from ..browser.live_stream import Source
from ..browser.notebook_page import NotebookPage
from .scene import DISPLAY

SETUP = """
import time
import ipywidgets, numpy as np, nbstream as nbs

webcam, view, mic = nbs.Webcam(), nbs.ImageView(), nbs.Microphone()
calls, heard, shall_fail = 0, 0, 0

def see(frame):
    global calls, shall_fail
    calls += 1
    if shall_fail > 0:
        shall_fail -= 1
        raise ValueError("as the monkey wished")
    return frame

def listen(sound):
    global heard
    heard += len(sound[1])
"""
BIND = """
binding = webcam.stream(see, outputs=view, stream_every=0.1)
hearing = mic.stream(listen, stream_every=0.1)
made = globals().get("made", []) + [binding]
"""
SHOW = "ipywidgets.VBox([ipywidgets.HBox([webcam, view]), mic])"
CELLS = [SETUP, BIND, SHOW, "time.sleep(1.5)"]
BIND_CELL, SLEEP_CELL = 1, 3
FACTS = "(binding.status, hearing.status, calls, heard)"
# What reached the function; what became of it.
ACCOUNT = """(
    calls,
    *(sum(one.stats["counts"].get(what, 0) for one in made) for what in ("frames", "results", "errors")),
)"""
TRACKS = """kind => [...window.__probe.tracks]
    .filter((track) => track.kind === kind && track.readyState === 'live').length"""
SETTLED_S = 25.0
"""A cut, JupyterLab's reconnecting and a camera that opens again are over by then."""
PRESS_MS = 2000


class Monkey:
    """Plays with two pages of one notebook.

    Parameters
    ----------
    pages
        The first one also runs cells.
    link
        The line of both to their server.
    seed
        Of all choices.
    """

    def __init__(self, pages: list[NotebookPage], link: Link, seed: int) -> None:
        self.pages = pages
        self.steps: list[str] = []
        self._link = link
        self._seed = seed
        self._chance = random.Random(seed)
        self._actions: list[Callable[[], str]] = [
            *[self._press] * 8,
            *[self._command] * 4,
            *[self._run_a_cell] * 2,
            self._fail,
            self._choose_a_device,
            self._reload,
            self._cut,
            self._wait,
        ]

    def play(self, seconds: float) -> None:
        """Do one thing after the other, for that long.

        Raises
        ------
        AssertionError
            If something is not as it should be; says the seed and the last steps.
        """
        until_s = time.monotonic() + seconds
        while time.monotonic() < until_s:
            self.steps.append(self._chance.choice(self._actions)())
            self._check()

    def finish(self) -> None:
        """Stop all; every call has its frame, and every frame became a result or an error, or was stopped."""
        self.pages[0].execute("binding.stop(); hearing.stop()")
        self._until(lambda: self._wrong_tracks("video", on=0) or self._wrong_tracks("audio", on=0))
        calls, frames, results, errors = self.pages[0].evaluate(ACCOUNT)
        assert calls == frames, self._told(f"{calls} calls, {frames} frames")
        # What a stopped or replaced call still returns is dropped.
        ended = sum("stop" in step or "bind" in step for step in self.steps) + 1
        assert calls - ended <= results + errors <= calls, self._told(
            f"{calls} calls, {results} results, {errors} errors"
        )

    # --- what it does --------------------------------------------------------------------------------

    def _press(self) -> str:
        page = self._chance.choice(self.pages)
        source = Source(page, self._chance.randrange(2))
        name = self._chance.choice(["start", "start", "stop", "takeover"])
        return self._click(source.root.locator(f".nbstream-{name}"), name)

    def _click(self, button: Locator, name: str) -> str:
        if not (button.is_visible() and button.is_enabled()):
            return f"no {name}"
        with suppress(Error):  # It may go away while the monkey aims.
            button.click(timeout=PRESS_MS)
        return name

    def _command(self) -> str:
        what = self._chance.choice(["start", "stop", "pause", "resume"])
        whose = self._chance.choice(["binding", "hearing"])
        self.pages[0].execute(f"{whose}.{what}()")
        return f"{whose}.{what}()"

    def _run_a_cell(self) -> str:
        cell = self._chance.choice([BIND_CELL, SLEEP_CELL])
        self.pages[0].run_cell(cell)
        return "bind" if cell == BIND_CELL else "sleep in a cell"

    def _fail(self) -> str:
        times = self._chance.choice([3, 12])
        self.pages[0].execute(f"shall_fail = {times}")
        return f"fail {times} times"

    def _choose_a_device(self) -> str:
        page = self._chance.choice(self.pages)
        devices = Source(page, self._chance.randrange(2)).root.locator(".nbstream-device")
        if not devices.is_visible():
            return "no device"
        # What is drawn in the page has no track to be seen on or off.
        real = devices.locator("option:not([value=synthetic])")
        value = real.nth(self._chance.randrange(real.count())).get_attribute("value")
        with suppress(Error):
            devices.select_option(value, timeout=PRESS_MS)
        return "device"

    def _reload(self) -> str:
        page = self._chance.choice(self.pages)
        page.reload(save=page is self.pages[0])
        return "reload"

    def _cut(self) -> str:
        seconds = self._chance.uniform(0.5, 4)
        self._link.cut_for(seconds)
        for page in self.pages:
            page.wait_until_connected()
        return f"cut for {seconds:.1f} s"

    def _wait(self) -> str:
        seconds = self._chance.uniform(0, 3)
        self.pages[0].page.wait_for_timeout(1000 * seconds)
        return f"wait {seconds:.1f} s"

    # --- what must be so -----------------------------------------------------------------------------

    def _check(self) -> None:
        self._until(self._wrong)

    def _until(self, wrong: Callable[[], str]) -> None:
        """Wait until nothing is wrong; what still is, is an error."""
        until_s = time.monotonic() + SETTLED_S
        while why := wrong():
            assert time.monotonic() < until_s, self._told(why)
            self.pages[0].page.wait_for_timeout(200)

    def _wrong(self) -> str:
        """What is not as it should be; empty: nothing."""
        seeing, hearing, calls, heard = self.pages[0].evaluate(FACTS)
        why = self._wrong_status(seeing, 0) or self._wrong_status(hearing, 1)
        if why:
            return why
        for status, kind in ((seeing, "video"), (hearing, "audio")):
            if status == "paused":  # The preview may stay on.
                continue
            if why := self._wrong_tracks(kind, on=int(status == "live")):
                return why
        if "live" not in (seeing, hearing):
            return ""
        return self._stands_still(seeing == "live", hearing == "live", calls, heard)

    def _wrong_status(self, status: str, number: int) -> str:
        if status not in ("live", "paused", "idle", "failed"):
            return f"the kernel says {status}"
        for page in self.pages:
            shown = Source(page, number).status.get_attribute("data-status")
            if shown != status:
                return f"the kernel says {status}, a page shows {shown}"
        return ""

    def _wrong_tracks(self, kind: str, *, on: int) -> str:
        live = [page.page.evaluate(TRACKS, kind) for page in self.pages]
        return "" if sum(live) == on else f"{live} tracks of {kind} are live, {on} should be"

    def _stands_still(self, sees: bool, hears: bool, calls: int, heard: int) -> str:
        for page in self.pages:
            page.watch(DISPLAY)
        self.pages[0].page.wait_for_timeout(1000)
        _, _, calls_now, heard_now = self.pages[0].evaluate(FACTS)
        if sees and calls_now == calls:
            return "live, and no call"
        if hears and heard_now == heard:
            return "live, and nothing heard"
        if sees and not all(page.shown() for page in self.pages):
            return "live, and a page shows nothing new"
        return ""

    def _told(self, why: str) -> str:
        return f"{why}. Seed {self._seed}, step {len(self.steps)}, the last: {self.steps[-20:]}"
