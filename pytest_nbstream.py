"""Fixtures for tests of streams: a pytest plugin that comes with nbstream.

Nothing of nbstream is imported before a fixture is asked for, so that a test run without them costs nothing.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Playwright

    from nbstream.testing import FakeMicrophone, FakeWebcam, MockKernel, StreamRun
    from nbstream.testing.live.browser import LiveLab
    from nbstream.testing.live.notebook import LiveNotebook

_CHROMIUMS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
_ON_MAC = [
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
]


@pytest.fixture
def nbstream_kernel() -> Iterator[MockKernel]:
    """Widgets that are made in the test talk to mocked comms and live by a clock that the test moves."""
    from nbstream.testing import mock_kernel

    with mock_kernel() as kernel:
        yield kernel


@pytest.fixture
def fake_webcam(nbstream_kernel: MockKernel) -> Callable[..., FakeWebcam]:
    """``fake_webcam(*displays, pictures="numbered", **traits)`` -> `nbstream.testing.FakeWebcam`."""
    from nbstream.testing import FakeWebcam

    def make(*displays: Any, **options: Any) -> FakeWebcam:
        return FakeWebcam(nbstream_kernel, *displays, **options)

    return make


@pytest.fixture
def fake_microphone(nbstream_kernel: MockKernel) -> Callable[..., FakeMicrophone]:
    """``fake_microphone(*displays, sample_rate=8000, **traits)`` -> `FakeMicrophone`; its widget is `source`."""
    import nbstream
    from nbstream.testing import FakeMicrophone

    def make(*displays: Any, sample_rate: int = 8000, **traits: Any) -> FakeMicrophone:
        microphone = nbstream.Microphone(**traits)
        return FakeMicrophone(nbstream_kernel, microphone, *displays, sample_rate=sample_rate)

    return make


@pytest.fixture
def stream_runner(nbstream_kernel: MockKernel) -> Callable[..., StreamRun]:
    """``stream_runner(fn, frames=30, every=0.1, inputs=None, **options)`` -> `nbstream.testing.StreamRun`."""
    from nbstream.testing import run_stream

    def run(fn: Callable[..., Any], *args: Any, **options: Any) -> StreamRun:
        return run_stream(nbstream_kernel, fn, *args, **options)

    return run


@pytest.fixture
def assert_keeps_up() -> Callable[..., float]:
    """`nbstream.testing.assert_keeps_up`: ``assert_keeps_up(fn, fps=15)`` fails where `fn` is too slow."""
    from nbstream.testing import assert_keeps_up

    return assert_keeps_up


# --- a real browser --------------------------------------------------------------------------


def find_chromium() -> str | None:
    """Path of a Chromium or Chrome on this machine; `None` = there is none."""
    if named := os.environ.get("NBSTREAM_CHROMIUM"):
        return named
    on_path = (shutil.which(name) for name in _CHROMIUMS)
    on_mac = (str(path) for path in _ON_MAC if path.exists())
    return next((path for path in (*on_path, *on_mac) if path), None)


@pytest.fixture(scope="session")
def nbstream_playwright() -> Iterator[Playwright]:
    """Playwright, which drives the Chromium that is installed; a test that wants it is skipped where it is missing."""
    missing = "live_notebook needs Playwright: pip install playwright (it need not bring a browser)"
    playwright = pytest.importorskip("playwright.sync_api", reason=missing)
    with playwright.sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def _nbstream_lab(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveLab]:
    pytest.importorskip(
        "jupyterlab", reason="live_notebook needs JupyterLab: pip install jupyterlab"
    )
    chromium = find_chromium()
    if chromium is None:
        pytest.skip(
            "live_notebook needs Chromium or Google Chrome; NBSTREAM_CHROMIUM names one that is not on the PATH"
        )
    driver: Playwright = request.getfixturevalue("nbstream_playwright")
    from nbstream.testing.live.browser import LiveLab

    home = tmp_path_factory.mktemp("live")
    lab = LiveLab(driver, chromium, home, [Path.cwd(), request.config.rootpath])
    yield lab
    lab.close()


@pytest.fixture
def live_notebook(_nbstream_lab: LiveLab) -> Iterator[Callable[..., LiveNotebook]]:
    """``live_notebook(*cells, film=None, sound=None, run=True)`` -> `LiveNotebook`: in JupyterLab and Chromium.

    The camera and the microphone play what Chromium makes up, or a film (.y4m, .mjpeg) and a sound (.wav).
    """
    opened: list[LiveNotebook] = []

    def open_it(
        *cells: str, film: Path | None = None, sound: Path | None = None, run: bool = True
    ) -> LiveNotebook:
        notebook = _nbstream_lab.open(cells, film=film, sound=sound)
        opened.append(notebook)
        if run:
            notebook.run_all()
        return notebook

    yield open_it
    for notebook in opened:
        notebook.page.context.close()
    _nbstream_lab.server.end_kernels()
