"""Notebooks that are executed without a page: nothing waits for a camera, what is saved of them, and how it looks."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pytest
from nbconvert import HTMLExporter, MarkdownExporter
from playwright.sync_api import Route, expect

from nbstream.pictures.codecs import image_size
from tests.browser.chrome import Browsers

from .test_hosts import PICTURES

WIDGETS = "application/vnd.jupyter.widget-state+json"
CELLS = [
    """
import numpy as np, nbstream as nbs
webcam, microphone, secret = nbs.Webcam(), nbs.Microphone(), nbs.ImageView()
webcam.stream(lambda frame: frame, outputs=secret)
heard = microphone.stream(lambda sound: None)
microphone.start()
secret.value = np.random.default_rng(0).integers(0, 255, (48, 64, 3), np.uint8)
webcam.start()
""",
    "webcam",
    "secret",
    "view = nbs.ImageView(save_last=True)\nview",
    """
colors = [(red, 120, 40) for red in range(50, 300, 50)]
source = nbs.FrameSource([np.full((24, 32, 3), rgb, np.uint8) for rgb in colors], fps=None)
made = source.stream(lambda frame: frame, outputs=view)
source.start()
import time
until_s = time.monotonic() + 60
while not (view.frame and view._saved and view._saved["mime"]) and time.monotonic() < until_s:
    time.sleep(0.05)
time.sleep(1)  # what a stream's thread writes to an output comes a moment later
made.status
""",
]
EXPORTED = "http://export.example/book.html"
# The page asks for any version of it.
MANAGER, REQUIRE = "@jupyter-widgets/html-manager@1.0.15", "requirejs@2.3.8"
SHOWS_LAST = """(canvas) => {
    const one = new OffscreenCanvas(1, 1).getContext('2d');
    one.drawImage(canvas, 0, 0, 1, 1);
    const [red, green, blue] = one.getImageData(0, 0, 1, 1).data;
    return Math.hypot(red - 250, green - 120, blue - 40) < 20;
}"""
Book = nbformat.NotebookNode


def by_nbclient(book: Book, folder: Path) -> Book:
    done: Book = nbclient.NotebookClient(book, timeout=120, kernel_name="python3").execute()
    return done


def by_papermill(book: Book, folder: Path) -> Book:
    import papermill  # of the extra `hosts`

    nbformat.write(book, folder / "book.ipynb")
    papermill.execute_notebook(
        str(folder / "book.ipynb"), str(folder / "done.ipynb"), progress_bar=False
    )
    done: Book = nbformat.read(folder / "done.ipynb", as_version=4)
    return done


def executed(by: Callable[[Book, Path], Book], folder: Path) -> Book:
    """The notebook as it is saved afterwards."""
    book = nbformat.v4.new_notebook()
    book.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    book.cells = [nbformat.v4.new_code_cell(cell) for cell in CELLS]
    return by(book, folder)


def data_of(book: Book, cell: str) -> dict[str, Any]:
    """What the output of a cell holds."""
    (output,) = next(one.outputs for one in book.cells if one.source.endswith(cell))
    data: dict[str, Any] = output["data"]
    return data


@pytest.mark.timeout(300)
@pytest.mark.filterwarnings("ignore")  # those of the tools
@pytest.mark.kernel
@pytest.mark.hosts
@pytest.mark.parametrize("by", [by_nbclient, by_papermill])
def test_an_executed_notebook_ends_and_holds_the_last_picture_of_that_view_alone(by, tmp_path):
    book = executed(by, tmp_path)
    picture = data_of(book, "view = nbs.ImageView(save_last=True)\nview")["image/jpeg"]
    assert image_size(base64.b64decode(picture)) == (32, 24)
    assert "image/jpeg" not in data_of(book, "secret")
    states = [one["state"] for one in book.metadata["widgets"][WIDGETS]["state"].values()]
    views = [one for one in states if one.get("_kind") == "image_view"]
    assert [one["_saved"] is None for one in views] == [True, False]
    saved = json.dumps(book.metadata)
    assert picture[:200] in saved
    markdown, resources = MarkdownExporter().from_notebook_node(book)
    assert ".jpeg" in markdown or ".jpg" in markdown
    assert list(resources["outputs"].values()) == [base64.b64decode(picture)]
    html, _ = HTMLExporter().from_notebook_node(book)
    assert picture[:200] in html


@pytest.fixture
def elsewhere(tmp_path: Path) -> dict[str, str]:
    """What an exported page loads from elsewhere, by a piece of its address."""
    command = ["npm", "install", "--no-save", "--silent", "--prefix", str(tmp_path)]
    subprocess.run([*command, MANAGER, REQUIRE], check=True, timeout=120)
    modules = tmp_path / "node_modules"
    manager = modules / "@jupyter-widgets" / "html-manager" / "dist" / "embed-amd.js"
    anywidget = Path(sys.prefix) / "share" / "jupyter" / "nbextensions" / "anywidget" / "index.js"
    paths = {
        "require": modules / "requirejs" / "require.js",
        "html-manager": manager,
        "anywidget": anywidget,
    }
    return {piece: path.read_text("utf-8") for piece, path in paths.items()}


@pytest.mark.browser
@pytest.mark.hosts
@pytest.mark.timeout(300)
@pytest.mark.filterwarnings("ignore")  # those of the tools
def test_an_exported_page_says_that_there_is_no_kernel_and_shows_the_saved_picture(
    browsers: Browsers, elsewhere: dict[str, str], tmp_path: Path
):
    html, _ = HTMLExporter().from_notebook_node(executed(by_nbclient, tmp_path))
    page = browsers.new_context().new_page()

    def answer(route: Route) -> None:
        url = route.request.url
        bodies = [body for piece, body in elsewhere.items() if piece in url]
        if url == EXPORTED:
            route.fulfill(body=html, content_type="text/html")
        elif bodies:
            route.fulfill(body=bodies[0], content_type="text/javascript")
        else:
            route.abort()

    page.route("**", answer)
    page.goto(EXPORTED, wait_until="domcontentloaded")
    source = page.locator(".nbstream-source")
    expect(source.locator(".nbstream-note")).to_contain_text("There is no kernel: this is a saved")
    expect(source.locator(".nbstream-start")).to_be_disabled()
    secret, view = page.locator(".nbstream-display").all()
    expect(secret).to_contain_text("There is no kernel")
    picture = view.locator("canvas.nbstream-result")
    expect(picture).to_be_visible()
    page.wait_for_function(SHOWS_LAST, arg=picture.element_handle())
    page.screenshot(path=PICTURES / "export.png", full_page=True)
    page.context.close()
