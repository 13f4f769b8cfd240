"""The lines, what is wanted on them, and what was found."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from playwright.sync_api import Playwright

from benchmarks.observe import Observation, Running, observe
from benchmarks.systems import PEERS, Job, nbstream_cells, notebook
from nbstream.pictures.codecs import decode_image
from tests.browser.notebook_page import NotebookPage

from .likeness import likeness_db
from .reach import LineSpec

# The window, and what else adapts, have found what the line can.
WARM_UP_S = 10
# How often it is looked how like the pictures are.
LOOKS = 3
CAMERAS = {
    "jpeg": "",
    "adapting": 'quality=(40, 85), hold="rate"',
    "video": 'codec="video"',
    "auto": 'codec="auto"',
}
"""Our own system, by what its camera is told."""
VIEWS = {"video": 'codec="video"', "auto": 'codec="auto"'}
"""What its view is told."""
SYSTEMS = ["floor", *CAMERAS, "gradio"]
NAMES = {
    "floor": "floor (one picture at a time)",
    "jpeg": "**nbstream**, JPEG of quality 70",
    "adapting": '**nbstream**, `quality=(40, 85), hold="rate"`',
    "video": '**nbstream**, `codec="video"`',
    "auto": '**nbstream**, `codec="auto"`',
    "gradio": "Gradio",
}


@dataclass(frozen=True)
class Row:
    """A line, and the goal on it: frames per second, and how much older than twice its delay a picture may be."""

    line: LineSpec
    fps: float
    beyond_round_trip_ms: float
    sleep_s: float = 0

    @property
    def p50_ms(self) -> float:
        """How old a picture may be in the median."""
        return 2 * self.line.delay_ms + self.sleep_s * 1000 + self.beyond_round_trip_ms

    def __str__(self) -> str:
        calls = f", a function of {self.sleep_s * 1000:g} ms" if self.sleep_s else ""
        return f"{self.line}{calls}"


ROWS = [
    Row(LineSpec(50, 50, 10), 29, 25),
    Row(LineSpec(10, 50, 20), 29, 40),
    Row(LineSpec(4, 20, 40), 28, 50),
    Row(LineSpec(2, 10, 40), 25, 60),
    Row(LineSpec(1, 4, 75), 20, 90),
    Row(LineSpec(10, 50, 20, unsteady=True), 28, 60),
    Row(LineSpec(4, 20, 40), 0, 60, sleep_s=0.3),
]
CAME = "[sum(binding.stats['counts'].get(name, 0) for name in ('frames', 'superseded', 'rejected')), time.monotonic()]"
"""Python in the kernel: how many pictures have come so far, whatever became of them, and when that was."""
WIRE = "'video' if binding.stats['gauges'].get('video') else 'JPEG'"
HEAD = (
    "| line: up/down, delay each way | | fps | p50 / p95 ms | kB up / down a picture | dB | CPU ms | captured/shown "
    "| wanted | |\n|---|---|---|---|---|---|---|---|---|---|"
)


@dataclass(frozen=True)
class Found:
    """What was seen of one system on one line; bytes are those that the line has carried, all of them.

    `db`: how like the camera's pictures those are that the function gets; `None` = not measured. `came_as`: how the
    newest travelled, where the page chooses; "" where it does not.
    """

    row: Row
    system: str
    seen: Observation
    bytes_up: float
    bytes_down: float
    db: float | None = None
    came_as: str = ""

    def __str__(self) -> str:
        seen, row = self.seen, self.row
        wanted = f"{row.fps:g} fps, {row.p50_ms:g} ms" if row.fps else f"{row.p50_ms:g} ms"
        is_met = seen.fps >= row.fps and (seen.p50_ms or float("inf")) <= row.p50_ms
        if row.sleep_s:
            is_met = is_met and (seen.captured_per_shown or 0) <= 1.3
        ages = f"{seen.p50_ms or 0:.0f} / {seen.p95_ms or 0:.0f}"
        carried = f"{self.bytes_up / 1000:.1f} / {self.bytes_down / 1000:.1f}"
        captured = "-" if seen.captured_per_shown is None else f"{seen.captured_per_shown:.2f}"
        costs = ["-" if self.db is None else f"{self.db:.1f}", f"{seen.cpu_ms_per_frame:.1f}"]
        chosen = f" ({self.came_as})" if self.came_as else ""
        cells = [
            str(row),
            NAMES[self.system] + chosen,
            f"{seen.fps:.1f}",
            ages,
            carried,
            *costs,
            captured,
        ]
        return f"| {' | '.join([*cells, wanted, 'met' if is_met else 'not met'])} |"

    def legs(self) -> str:
        """What the way was made of, in medians; "" of a system that does not tell."""
        told = self.seen.legs_ms.items()
        return ", ".join(f"{name} {leg['p50']:.0f}" for name, leg in told)


def measure(playwright: Playwright, clip: Path, row: Row, system: str, seconds: float) -> Found:
    """Watch a system on a line for that long."""
    job = Job(
        clip,
        sleep_s=row.sleep_s,
        line=row.line,
        camera=CAMERAS.get(system, ""),
        view=VIEWS.get(system, ""),
    )
    if system in CAMERAS:
        with notebook(playwright, clip, nbstream_cells(job), line=row.line) as (book, running):
            running.page.wait_for_timeout(WARM_UP_S * 1000)
            before = book.evaluate(CAME)
            found = _watch(running, row, system, seconds)
            legs_ms = book.evaluate("binding.stats['legs_ms']")
            seen = replace(
                found.seen,
                legs_ms=legs_ms,
                captured_per_shown=captured_per_shown(before, book.evaluate(CAME), found.seen.fps),
            )
            came_as = book.evaluate(WIRE) if system == "auto" else ""
            return replace(found, seen=seen, db=_likeness_db(book, clip), came_as=came_as)
    with PEERS[system](playwright, job) as running:
        running.page.wait_for_timeout(WARM_UP_S * 1000)
        return _watch(running, row, system, seconds)


def _watch(running: Running, row: Row, system: str, seconds: float) -> Found:
    assert running.line is not None
    up_before, down_before = running.line.carried_bytes()
    seen = observe(running, seconds)
    up, down = running.line.carried_bytes()
    shown = max(1.0, seen.fps * seconds)
    return Found(row, system, seen, (up - up_before) / shown, (down - down_before) / shown)


def captured_per_shown(
    before: tuple[int, float], after: tuple[int, float], shown_per_s: float
) -> float | None:
    """Return how many pictures came for each that was shown; None if none was.

    Frames of video are smaller than what the page's counter takes for a picture, so the kernel counts.

    Parameters
    ----------
    before, after
        How many had come, and when, in seconds: `CAME`.
    shown_per_s
        Of the time between.
    """
    (count_before, before_s), (count, at_s) = before, after
    came_per_s = (count - count_before) / (at_s - before_s)
    return came_per_s / shown_per_s if shown_per_s else None


def _likeness_db(book: NotebookPage, clip: Path) -> float:
    found = []
    for _ in range(LOOKS):
        encoded = book.evaluate("__import__('base64').b64encode(webcam.frame).decode()")
        found.append(likeness_db(decode_image(b64decode(encoded)), clip))
    return median(found)


def table(found: list[Found]) -> str:
    """Return everything as Markdown."""
    return "\n".join([HEAD, *map(str, found)])
