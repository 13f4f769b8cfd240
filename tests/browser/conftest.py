"""Fixtures of the browser tests.

``open_notebook(cells)`` is what most tests want: it writes the cells to a notebook and opens it in a fresh page of a
Chromium whose camera plays the numbered clip. Tests with the mark ``kept_page`` share pages that stay open: it spares
seconds. A test that fails leaves a picture and a log in ``test-results/``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from .chrome import Browsers, Camera
from .clip import write_clip
from .lab import LabServer, Server
from .live_stream import PATIENCE_MS
from .noise import write_noise
from .notebook_page import NotebookPage
from .speech import write_speech

RESULTS = Path(__file__).parents[2] / "test-results"
OpenNotebook = Callable[..., NotebookPage]
_numbers = count(1)


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The numbered clip: 640x480, 30 frames/s, 10 s."""
    return write_clip(tmp_path_factory.mktemp("clip") / "vga.y4m")


@pytest.fixture(scope="session")
def noise(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The noise that the microphone plays in a loop: 20 s."""
    return write_noise(tmp_path_factory.mktemp("sound") / "noise.wav")


@pytest.fixture(scope="package")
def browsers(
    clip: Path,
    noise: Path,
    nbstream_playwright: Playwright,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Browsers]:
    def make_speech() -> Path:  # where it is wanted only: it takes espeak-ng
        return write_speech(tmp_path_factory.mktemp("speech") / "speech.wav")

    # Playwright's own 5 s are too short for a busy machine.
    expect.set_options(timeout=PATIENCE_MS)
    browsers = Browsers(nbstream_playwright, clip, noise, make_speech)
    yield browsers
    browsers.close()


@pytest.fixture(scope="package")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    server = LabServer(tmp_path_factory.mktemp("lab"))
    yield server
    server.close()


@pytest.fixture
def open_notebook(
    request: pytest.FixtureRequest, browsers: Browsers, lab: LabServer
) -> Iterator[OpenNotebook]:
    """``open_notebook(cells, camera="clip", run=True, through=lab, prepare=(), own_page=False)`` -> NotebookPage.

    Each has a profile of its own, except in tests with the mark ``kept_page``; the scripts of `prepare` run in its page
    before those of the page.
    """
    may_share = request.node.get_closest_marker("kept_page") is not None
    opened: list[tuple[NotebookPage, Camera | None]] = []  # None: a page of its own

    def new_page(camera: Camera, prepare: Iterable[Path]) -> Page:
        context = browsers.new_context(camera)
        for script in prepare:
            context.add_init_script(path=script)
        return context.new_page()

    def open_it(
        cells: list[str],
        camera: Camera = "clip",
        run: bool = True,
        through: Server = lab,
        prepare: Iterable[Path] = (),
        own_page: bool = False,
    ) -> NotebookPage:
        name = lab.write_notebook(f"{_file_name(request.node.name)}_{next(_numbers)}", cells)
        is_kept = may_share and not own_page and through is lab and not prepare
        page = browsers.kept_pages.take(camera, lab.url) if is_kept else new_page(camera, prepare)
        notebook = NotebookPage(page, through, name)
        opened.append((notebook, camera if is_kept else None))
        if is_kept:
            notebook.open_panel()
        else:
            notebook.open()
        if run:
            notebook.run_all()
        return notebook

    yield open_it
    has_failed = request.node.stash.get(FAILED, False)
    if has_failed:
        _keep_evidence(request.node.name, [notebook for notebook, _ in opened])
    for notebook, camera in opened:
        notebook.leave()
        if camera is None or has_failed:
            notebook.page.context.close()
        else:
            browsers.kept_pages.give_back(camera, lab.url, notebook.page)
    lab.end_kernels()


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


def _keep_evidence(test_name: str, notebooks: list[NotebookPage]) -> None:
    RESULTS.mkdir(exist_ok=True)
    for number, notebook in enumerate(notebooks, 1):
        base = RESULTS / f"{_file_name(test_name)}-{number}"
        if not notebook.page.is_closed():
            notebook.page.screenshot(path=f"{base}.png")
        log = [*notebook.console, "--- JupyterLab ---", notebook.lab.log()[-5000:]]
        Path(f"{base}.log").write_text("\n".join(log))


def _file_name(text: str) -> str:
    return re.sub(r"\W+", "_", text).strip("_")[:80]
