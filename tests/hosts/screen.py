"""A host's page as a person uses it: the same hands and eyes in every host."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Locator, Page, expect

from .cells import Diary, results_of

PATIENCE_MS = 120_000
MANY = 60  # results, and more than are on their way when a kernel falls silent
RUN_ALL = """async () => {
    const panel = () => window.jupyterapp.shell.currentWidget;
    const until = async (is) => { while (!is()) await new Promise((next) => setTimeout(next, 100)); };
    await until(() => panel()?.context?.isReady && panel().sessionContext?.session?.kernel?.status === 'idle');
    await window.jupyterapp.commands.execute('notebook:run-all-cells');
}"""

RUN_SLOW_CELL = """() => {
    const { content } = window.jupyterapp.shell.currentWidget;
    content.activeCellIndex = content.widgets.findIndex(
        (cell) => cell.model.sharedModel.getSource().startsWith('hold_up()'));
    void window.jupyterapp.commands.execute('notebook:run-cell');
}"""
# Pictures of the camera that the page shows by itself.
COUNT_PREVIEW = """async (video, seconds) => {
    // Firefox's getVideoPlaybackQuality() counts no pictures of a camera.
    const presented = () => new Promise((done) =>
        video.requestVideoFrameCallback((_, { presentedFrames }) => done(presentedFrames)));
    const before = await presented();
    const beganMs = performance.now();
    await new Promise((done) => setTimeout(done, seconds * 1000));
    return 1000 * (await presented() - before) / (performance.now() - beganMs);
}"""
CONTRAST = """(element) => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const rgba = (color) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = color;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const light = ([r, g, b]) => {
        const bend = (v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        const linear = [r, g, b].map((v) => bend(v / 255));
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
    };
    let behind = element;
    while (behind && rgba(getComputedStyle(behind).backgroundColor)[3] < 255)
        behind = behind.parentElement ?? behind.getRootNode().host;
    const ground = light(rgba(behind ? getComputedStyle(behind).backgroundColor : 'white'));
    const text = light(rgba(getComputedStyle(element).color));
    return (Math.max(ground, text) + 0.05) / (Math.min(ground, text) + 0.05);
}"""


class Measured(NamedTuple):
    """Results per second, and the median way of a picture from the camera to the screen, in milliseconds."""

    fps: float
    p50_ms: float


class Screen:
    """A page of a host. `console` collects what it wrote to its console."""

    def __init__(self, page: Page, diary: Diary, log: Callable[[], str]) -> None:
        self.page = page
        self.diary = diary
        self.log = log
        self.console: list[str] = []
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda message: self.console.append(f"{message.type}: {message.text}"))
        source = page.locator(".nbstream-source").first
        self.start: Locator = source.locator(".nbstream-start")
        self.stop: Locator = source.locator(".nbstream-stop")
        self.status: Locator = source.locator(".nbstream-status")
        self.note: Locator = source.locator(".nbstream-note")
        self.error: Locator = source.locator(".nbstream-error")

    def open(self, url: str) -> None:
        """Load the page; where a person runs the cells, run them. Wait until the widgets are there."""
        self.page.goto(url, wait_until="domcontentloaded")
        if "book.ipynb" in url:
            self.page.wait_for_function("() => window.jupyterapp", timeout=PATIENCE_MS)
            self.page.evaluate(RUN_ALL)
        expect(self.start).to_be_visible(timeout=PATIENCE_MS)

    def go_live(self) -> None:
        """Press Start and wait for pictures that come back."""
        self.start.click()
        expect(self.status).to_have_text("Live", timeout=PATIENCE_MS)
        self.diary.wait_for(lambda told: results_of(told) > 20)

    def choose_flip(self) -> None:
        """Choose the other entry in the host's own list."""
        self.page.locator("select:has(option:text-is('flip'))").first.select_option("flip")

    def press(self, name: str) -> None:
        """Press one of the notebook's own buttons."""
        self.page.get_by_role("button", name=name).first.click()

    def run_slow_cell(self) -> None:
        """Run the cell that takes its time, as a person does in this host."""
        if "book.ipynb" in self.page.url:
            self.page.evaluate(RUN_SLOW_CELL)
        else:
            self.press("Run the cell")

    def through_holdup(self) -> str:
        """Stay until the kernel is held up no longer; what a person saw. The stream must be live throughout."""
        return through_holdup(self.diary, self.note.inner_text)

    def preview_fps(self, seconds: float = 10) -> float:
        """How many of the camera's own pictures the page shows per second."""
        video = self.page.locator("video.nbstream-preview").first
        fps: float = video.evaluate(COUNT_PREVIEW, seconds)
        return round(fps, 1)

    def contrast(self) -> float:
        """Of the widget's text to what is behind it, as WCAG counts it: 1 to 21."""
        ratio: float = self.status.evaluate(CONTRAST)
        return ratio

    def measure(self, seconds: float = 10) -> Measured:
        """Let it run for so long; what came of it."""
        return measured(self.diary, seconds)

    def picture(self, path: Path) -> None:
        """Save what is to be seen of camera and view."""
        path.parent.mkdir(parents=True, exist_ok=True)
        size = self.page.viewport_size
        self.page.set_viewport_size({"width": 1300, "height": 1600})
        self.page.screenshot(path=path)
        if size is not None:
            self.page.set_viewport_size(size)

    def told(self) -> dict[str, Any]:
        """What the stream says of itself."""
        return self.diary.read()


def through_holdup(diary: Diary, read_note: Callable[[], str]) -> str:
    """Stay until the kernel is held up no longer; what a person saw. The stream must be live throughout."""
    before = results_of(diary.wait_for(lambda told: told["is_held_up"]))
    seen = set()
    while (told := diary.read())["is_held_up"]:
        assert told["status"] == "live", told
        seen.add(read_note())
        time.sleep(0.5)
    goes_on = results_of(told) - before > MANY
    told = diary.wait_for(lambda now: results_of(now) > results_of(told) + MANY)
    assert told["status"] == "live", told
    assert goes_on or any("kernel is busy" in note for note in seen), seen
    return "goes on" if goes_on else "waits, and says so"


def measured(diary: Diary, seconds: float = 10) -> Measured:
    """Let a live stream run for so long; what came of it."""
    fps = rate(diary, seconds)
    return Measured(fps, diary.read()["legs_ms"]["total"]["p50"])


def rate(diary: Diary, seconds: float = 5) -> float:
    """How many results per second a live stream has for so long."""
    diary.wait_for(lambda told: told["status"] == "live" and results_of(told) > 0)
    results, began_s = results_of(diary.read()), time.monotonic()
    time.sleep(seconds)
    return round((results_of(diary.read()) - results) / (time.monotonic() - began_s), 1)
