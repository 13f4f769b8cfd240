"""The rows of the table: what each asks of which systems."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import playwright.sync_api
from playwright.sync_api import Playwright

from tests.browser.captions import captions, note_captions
from tests.browser.clip import write_clip
from tests.browser.notebook_page import NotebookPage

from .observe import Observation, Running, observe
from .package import measure_bundle, measure_import
from .results import Results
from .systems import NBSTREAMS, PEERS, Job, nbstream_cells, notebook

# WebRTC starts small and grows for some seconds; everybody gets the same.
WARM_UP_S = 8
BUSY = "while True: pass"
SLIDER = """
import time
import ipywidgets, nbstream as nbs

webcam, view = nbs.Webcam(), nbs.ImageView()
slider = ipywidgets.IntSlider(layout={"width": "600px"})
changes, calls = [], []
slider.observe(lambda change: changes.append((time.perf_counter(), change["new"])), "value")

def identity(frame, value):
    calls.append((time.perf_counter(), value))
    return frame

binding = webcam.stream(identity, [webcam, slider], view, stream_every=1 / 30)
"""
DETECTOR = """
import itertools, time
import numpy as np, nbstream as nbs

webcam = nbs.Webcam()
overlay = nbs.Overlay(webcam)
numbers, places = itertools.count(1), np.random.default_rng(0).random(({mark_count}, 2)) * 400
half = np.arange(640)[None] * np.ones((480, 1)) < 320

def detect(frame):
    time.sleep(0.2)
    marks = [nbs.Box(x, y, 80, 60, label="thing", score=0.5) for x, y in places]
    return [nbs.Mask(half), *marks, nbs.Text(20, 40, f"call {{next(numbers)}}")]

binding = webcam.stream(detect, outputs=overlay, stream_every=1 / 30)
"""
# A call reads its inputs before it is called: what changes within this time before is too late for it.
READ_MS = 10


class Bench:
    """Measures; `results` collects what was found, and each finding is printed when it is there."""

    def __init__(
        self, playwright: Playwright, folder: Path, seconds: float, rounds: int = 1
    ) -> None:
        self.results = Results()
        self._playwright = playwright
        self._folder = folder
        self._seconds = seconds
        self._rounds = rounds

    def run(self, row: str, systems: list[str]) -> None:
        """Measure one row; of the systems that it is about, those that are named."""
        ROWS[row](self, row, systems)

    # --- rows ---------------------------------------------------------------------------------

    def identity30(self, row: str, systems: list[str]) -> None:
        """Every system, 30 frames/s."""
        self._compare(row, systems, Job(self._clip()))

    def identity10(self, row: str, systems: list[str]) -> None:
        """10 frames/s: FastRTC knows no rate."""
        self._compare(row, _without(systems, "fastrtc"), Job(self._clip(), asked_fps=10))

    def sleep300(self, row: str, systems: list[str]) -> None:
        """A function that sleeps 300 ms, 10 frames/s; twice as long, for there are few frames."""
        job = Job(self._clip(), asked_fps=10, sleep_s=0.3)
        self._compare(row, _without(systems, "fastrtc", "floor"), job, self._seconds * 2)

    def hd30(self, row: str, systems: list[str]) -> None:
        """1280x720, 30 frames/s."""
        job = Job(self._clip(1280, 720), width_px=1280, height_px=720)
        self._compare(row, _without(systems, "nbstream-stock"), job)

    def slider(self, row: str, systems: list[str]) -> None:
        """A slider dragged while streaming: frames per second at rest and while it moves, changes that came late."""
        if "nbstream" not in systems:
            return
        cells = [SLIDER, "slider", "webcam", "view"]
        with notebook(self._playwright, self._clip(), cells) as (book, running):
            running.page.wait_for_timeout(WARM_UP_S * 1000)
            self._note(row, "at rest", observe(running, self._seconds))
            drag = _drag(book)
            self._note(row, "dragged", observe(running, self._seconds, drag))
            running.page.mouse.up()
            changes, calls = book.evaluate("[changes, calls]")
        self._fact("slider_changes", len(changes))
        self._fact("slider_late", count_late(changes, calls))

    def busy(self, row: str, systems: list[str]) -> None:
        """A cell runs `while True: pass`; with the interpreter's own switch interval, and with a shorter one."""
        if "nbstream" not in systems:
            return
        for name, setting in [
            ("default", "pass"),
            ("switch interval 1 ms", "import sys; sys.setswitchinterval(0.001)"),
        ]:
            cells = [*nbstream_cells(Job(self._clip())), setting]
            with notebook(self._playwright, self._clip(), cells) as (book, running):
                running.page.wait_for_timeout(WARM_UP_S * 1000)
                book.run_cell(book.append_cell(BUSY), wait=False)
                running.page.wait_for_timeout(200)  # the cell has begun
                self._note(row, name, observe(running, self._seconds))
                book.interrupt()

    def detector(self, row: str, systems: list[str]) -> None:
        """A detector of 200 ms with an `Overlay`, few boxes and many: how often pictures and boxes come."""
        if "nbstream" not in systems:
            return
        for name, mark_count in (("a mask and a box", 1), ("a mask and 298 boxes", 298)):
            cells = [DETECTOR.format(mark_count=mark_count), "webcam"]
            with notebook(self._playwright, self._clip(), cells, output=".nbstream-preview") as (
                book,
                running,
            ):
                note_captions(book.page)
                running.page.wait_for_timeout(WARM_UP_S * 1000)
                before, began_s = len(captions(book.page, "call")), time.monotonic()
                self._note(row, name, observe(running, self._seconds))
                drawn, took_s = (
                    len(captions(book.page, "call")) - before,
                    time.monotonic() - began_s,
                )
                age_ms = book.evaluate("binding.stats['legs_ms']['overlay']['p50']")
            self._fact(f"detector_rate_{mark_count}", drawn / took_s)
            self._fact(f"detector_age_ms_{mark_count}", age_ms)

    def package(self, _row: str, _systems: list[str]) -> None:
        """Import time and size of the bundle."""
        for name, value in {**measure_import(), **measure_bundle()}.items():
            self._fact(name, value)

    # ------------------------------------------------------------------------------------------

    def _compare(
        self, row: str, systems: list[str], job: Job, seconds: float | None = None
    ) -> None:
        found: dict[str, list[Observation]] = {system: [] for system in systems}
        for _ in range(self._rounds):
            for system in systems:
                found[system].append(self._measure(system, job, seconds or self._seconds))
                self._print(row, system, found[system][-1])
        for system, rounds in found.items():
            self.results.note(row, system, middle(rounds))

    def _measure(self, system: str, job: Job, seconds: float) -> Observation:
        measure = self._nbstream if system in NBSTREAMS else self._peer
        try:
            return measure(system, job, seconds)
        except (playwright.sync_api.Error, RuntimeError) as error:
            # One page that did not load in time shall not cost a run of ten minutes; a second one is no accident.
            print(f"{system}: {error}\nOnce more:", flush=True)
            return measure(system, job, seconds)

    def _nbstream(self, system: str, job: Job, seconds: float) -> Observation:
        with notebook(
            self._playwright, job.clip, nbstream_cells(job), extension=NBSTREAMS[system]
        ) as (book, running):
            found = _warmed_up(running, seconds)
            return replace(found, legs_ms=book.evaluate("binding.stats['legs_ms']"))

    def _peer(self, system: str, job: Job, seconds: float) -> Observation:
        with PEERS[system](self._playwright, job) as running:
            return _warmed_up(running, seconds)

    def _clip(self, width_px: int = 640, height_px: int = 480) -> Path:
        path = self._folder / f"{width_px}x{height_px}.y4m"
        return path if path.exists() else write_clip(path, width_px, height_px)

    def _note(self, row: str, system: str, found: Observation) -> None:
        self.results.note(row, system, found)
        self._print(row, system, found)

    def _print(self, row: str, system: str, found: Observation) -> None:
        p50 = "-" if found.p50_ms is None else f"{found.p50_ms:.1f}"
        print(f"{row:<12}{system:<22}{found.fps:>7.1f} fps{p50:>9} ms", flush=True)

    def _fact(self, name: str, value: float) -> None:
        self.results.facts[name] = value
        print(f"{name:<34}{value:>7.1f}", flush=True)


def middle(rounds: list[Observation]) -> Observation:
    """Return the round with the median p50; of two, the worse."""
    ordered = sorted(rounds, key=lambda one: math.inf if one.p50_ms is None else one.p50_ms)
    return ordered[len(ordered) // 2]


def count_late(changes: list[list[float]], calls: list[list[float]]) -> int:
    """Count the calls that got an older value than the newest one; both are lists of (time in s, value)."""
    late = 0
    for at_s, value in calls:
        known = [new for changed_at_s, new in changes if changed_at_s < at_s - READ_MS / 1000]
        newer = {new for changed_at_s, new in changes if at_s - READ_MS / 1000 <= changed_at_s}
        late += bool(known) and value != known[-1] and value not in newer
    return late


def _warmed_up(running: Running, seconds: float) -> Observation:
    running.page.wait_for_timeout(WARM_UP_S * 1000)
    return observe(running, seconds)


def _drag(book: NotebookPage) -> Callable[[float], None]:
    """Take hold of the slider; return what moves it to and fro for some seconds."""
    mouse = book.page.mouse
    handle = book.page.locator(".noUi-handle").first
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    assert box is not None
    x_px, y_px = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse.move(x_px, y_px)
    mouse.down()

    def to_and_fro(seconds: float) -> None:
        until_s = time.monotonic() + seconds
        steps: Iterator[int] = itertools.cycle([*range(0, 300, 5), *range(300, 0, -5)])
        while time.monotonic() < until_s:
            mouse.move(x_px + next(steps), y_px)
            book.page.wait_for_timeout(30)

    return to_and_fro


def _without(systems: list[str], *left_out: str) -> list[str]:
    return [system for system in systems if system not in left_out]


ROWS: dict[str, Callable[[Bench, str, list[str]], None]] = {
    "identity30": Bench.identity30,
    "identity10": Bench.identity10,
    "sleep300": Bench.sleep300,
    "hd30": Bench.hd30,
    "slider": Bench.slider,
    "busy": Bench.busy,
    "detector": Bench.detector,
    "package": Bench.package,
}
SYSTEMS = ["floor", *NBSTREAMS, "gradio", "fastrtc"]
