"""Fixtures of the browser tests.

``open_notebook(cells)`` is what most tests want: it writes the cells to a notebook and opens it in a fresh page of a
Chromium whose camera plays the numbered clip. A test that fails leaves a picture and a log in ``test-results/``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from .chrome import Browsers, Camera
from .clip import write_clip
from .lab import LabServer, Server
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
    clip: Path, noise: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browsers]:
    def make_speech() -> Path:  # where it is wanted only: it takes espeak-ng
        return write_speech(tmp_path_factory.mktemp("speech") / "speech.wav")

    with sync_playwright() as playwright:
        browsers = Browsers(playwright, clip, noise, make_speech)
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
    """``open_notebook(cells, camera="clip", run=True, through=lab, prepare=())`` -> NotebookPage.

    Each has a profile of its own; the scripts of `prepare` run in its page before those of the page.
    """
    notebooks: list[NotebookPage] = []

    def open_it(
        cells: list[str],
        camera: Camera = "clip",
        run: bool = True,
        through: Server = lab,
        prepare: Iterable[Path] = (),
    ) -> NotebookPage:
        name = lab.write_notebook(f"{_file_name(request.node.name)}_{next(_numbers)}", cells)
        context = browsers.new_context(camera)
        for script in prepare:
            context.add_init_script(path=script)
        page = context.new_page()
        notebooks.append(notebook := NotebookPage(page, through, name))
        notebook.open()
        if run:
            notebook.run_all()
        return notebook

    yield open_it
    if request.node.stash.get(FAILED, False):
        _keep_evidence(request.node.name, notebooks)
    for notebook in notebooks:
        notebook.page.context.close()
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
        notebook.page.screenshot(path=f"{base}.png")
        log = [*notebook.console, "--- JupyterLab ---", notebook.lab.log()[-5000:]]
        Path(f"{base}.log").write_text("\n".join(log))


def _file_name(text: str) -> str:
    return re.sub(r"\W+", "_", text).strip("_")[:80]
