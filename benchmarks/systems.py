"""The systems that are measured: each starts its server, opens its page, starts its stream, and ends it all."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from playwright.sync_api import Page, Playwright

from tests.browser.chrome import Browsers
from tests.browser.lab import LabServer, free_port
from tests.browser.notebook_page import NotebookPage

from .environments import ENVIRONMENT, python_of
from .far.reach import LineSpec, RunningLine, reached
from .observe import Running

HERE = Path(__file__).parent
APPS = HERE / "apps"
NBSTREAM = """
import time
import nbstream as nbs

def identity(frame):
    {pause}
    return frame

webcam, view = nbs.Webcam(resolution=({width_px}, {height_px}){camera}), nbs.ImageView({view})
binding = webcam.stream(identity, webcam, view, stream_every=1 / {asked_fps})
"""
EXTENSION = "--ServerApp.jpserver_extensions=nbstream.server=True"
# What the extension writes to the server's log: without it a row would be about another server than it says.
EXTENSION_SAYS = {True: "TCP_NODELAY is on", False: "tcp_nodelay is False"}


@dataclass(frozen=True)
class Job:
    """What a system is asked to do; `clip` is the numbered clip that the camera plays.

    `line`: over which pages reach the server; None: both are on one machine. `camera`, `view`: arguments of our own
    `Webcam` and `ImageView`.
    """

    clip: Path
    asked_fps: int = 30
    width_px: int = 640
    height_px: int = 480
    sleep_s: float = 0
    line: LineSpec | None = None
    camera: str = ""
    view: str = ""


System = Callable[[Playwright, Job], AbstractContextManager[Running]]


@contextmanager
def open_page(playwright: Playwright, clip: Path) -> Iterator[Page]:
    """Open a page of a fresh Chromium, with the probe and the traffic counter in it."""
    browsers = Browsers(playwright, clip)
    try:
        context = browsers.new_context()
        context.add_init_script(path=HERE / "traffic.js")
        yield context.new_page()
    finally:
        browsers.close()


@contextmanager
def notebook(
    playwright: Playwright,
    clip: Path,
    cells: list[str],
    *,
    extension: bool = True,
    server_options: Sequence[str] = (),
    output: str = ".nbstream-display",
    line: LineSpec | None = None,
) -> Iterator[tuple[NotebookPage, Running]]:
    """Run the cells in JupyterLab, press Start, and hand over notebook and stream.

    Parameters
    ----------
    playwright, clip
        What drives the browser, and what its camera plays.
    cells
        Code; they show a source, and what is watched.
    extension
        Whether the server extension does its work; without it the server is as stock as any.
    server_options
        More for the server's command line.
    output
        What is watched, in CSS.
    line
        Over which the page reaches the server; None: both are on one machine.
    """
    options = [EXTENSION, *server_options]
    if not extension:
        options.append("--NbstreamServer.tcp_nodelay=False")
    with ExitStack() as at_end:
        folder = at_end.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        lab = LabServer(Path(folder) / "lab", *options)
        at_end.callback(lab.close)
        if EXTENSION_SAYS[extension] not in lab.log():
            raise RuntimeError(f"The server extension did not say {EXTENSION_SAYS[extension]!r}")
        reached_over = at_end.enter_context(_over(line, lab.url))
        if reached_over is not None:
            lab.url = reached_over.url
        page = at_end.enter_context(open_page(playwright, clip))
        book = NotebookPage(page, lab, lab.write_notebook("bench", cells)).open()
        book.run_all()
        page.locator(".nbstream-start").first.click()
        yield book, Running(page, lab.process.pid, output, reached_over)


def nbstream_cells(job: Job) -> list[str]:
    """Return a notebook with our own system: a Webcam and an ImageView."""
    setup = NBSTREAM.format(
        pause=f"time.sleep({job.sleep_s})" if job.sleep_s else "pass",
        width_px=job.width_px,
        height_px=job.height_px,
        asked_fps=job.asked_fps,
        camera=job.camera and f", {job.camera}",
        view=job.view,
    )
    return [setup, "webcam", "view"]


@contextmanager
def floor(playwright: Playwright, job: Job) -> Iterator[Running]:
    """Camera, JPEG, bare websocket, decode and encode, websocket, canvas."""
    size = [str(job.width_px), str(job.height_px)]
    with (
        _server(sys.executable, "floor.py", str(job.asked_fps), *size) as (url, pid),
        _over(job.line, url) as line,
        open_page(playwright, job.clip) as page,
    ):
        page.goto(line.url if line else url)
        yield Running(page, pid, "#result", line)


@contextmanager
def gradio(playwright: Playwright, job: Job) -> Iterator[Running]:
    """Gradio's `.stream`."""
    arguments = ["gradio_app.py", str(job.asked_fps), str(job.sleep_s)]
    with (
        _server(str(python_of("gradio")), *arguments) as (url, pid),
        _over(job.line, url) as line,
        open_page(playwright, job.clip) as page,
    ):
        page.goto(line.url if line else url, wait_until="domcontentloaded")
        start_camera(page)
        yield Running(page, pid, line=line)


@contextmanager
def gradio_server(every_s: float) -> Iterator[tuple[str, int]]:
    """Gradio alone, for users that need no browser: its address and process id."""
    with _server(str(python_of("gradio")), "gradio_load_app.py", str(every_s)) as found:
        yield found


@contextmanager
def fastrtc(playwright: Playwright, job: Job) -> Iterator[Running]:
    """FastRTC; it decides rate and size itself."""
    with (
        _server(str(python_of("fastrtc")), "fastrtc_app.py") as (url, pid),
        open_page(playwright, job.clip) as page,
    ):
        page.goto(url, wait_until="domcontentloaded")
        record(page)
        yield Running(page, pid)


@contextmanager
def _over(line: LineSpec | None, url: str) -> Iterator[RunningLine | None]:
    """Put the line, if there is one, before the server of that address."""
    if line is None:
        yield None
    else:
        with reached(url, line) as running:
            yield running


def start_camera(page: Page) -> None:
    """Turn the camera on and press Record, in a page of Gradio's."""
    page.get_by_text("Click to Access Webcam").first.click(timeout=60_000)
    record(page)


def record(page: Page) -> None:
    """Press Record, in a page that Gradio makes."""
    button = page.locator("button").filter(has_text="Record").first
    button.wait_for(state="attached", timeout=60_000)
    page.wait_for_timeout(2000)  # the button is there before the camera is
    button.evaluate("button => button.click()")


@contextmanager
def _server(python: str, app: str, *arguments: str) -> Iterator[tuple[str, int]]:
    """Run one of `apps/`."""
    port = free_port()
    with serving([python, str(APPS / app), str(port), *arguments], port) as found:
        yield found


@contextmanager
def serving(
    command: list[str], port: int, environment: dict[str, str] = ENVIRONMENT
) -> Iterator[tuple[str, int]]:
    """Run a server until the block ends; give its address and process id once it answers."""
    nowhere = subprocess.DEVNULL
    process = subprocess.Popen(command, env=environment, stdout=nowhere, stderr=nowhere)
    try:
        url = f"http://127.0.0.1:{port}/"
        if not _answers(url, process):
            raise RuntimeError(f"This does not serve; try it by hand: {' '.join(command)}")
        yield url, process.pid
    finally:
        with contextlib.suppress(psutil.Error):
            for child in psutil.Process(process.pid).children(recursive=True):
                child.kill()
        process.kill()
        process.wait()


def _answers(url: str, process: subprocess.Popen[bytes], timeout_s: float = 90) -> bool:
    until_s = time.monotonic() + timeout_s
    while process.poll() is None and time.monotonic() < until_s:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(url, timeout=5).close()
            return True
        time.sleep(0.2)
    return False


PEERS: dict[str, System] = {"floor": floor, "gradio": gradio, "fastrtc": fastrtc}
NBSTREAMS = {"nbstream": True, "nbstream-stock": False}
"""Our own system, by whether the server extension does its work."""
