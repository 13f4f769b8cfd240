"""The same scripts through the real Gradio and through ours, each in a real Chromium with the same fake camera.

What comes out is compared on the screen: whose numbers can be read, which way round, at which place of the picture.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from benchmarks.environments import ENVIRONMENT, python_of
from benchmarks.systems import record, serving, start_camera

from ..gradio_app import SCRIPTS, as_cell
from .chrome import Browsers
from .lab import free_port
from .live_stream import PATIENCE_MS, Source, choose
from .notebook_page import NotebookPage, read_shown

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]

PICTURES = 12
CLIP_FRAMES = 300


def script(name: str) -> Path:
    return next(one for one in SCRIPTS if one.stem == name)


@contextmanager
def real_gradio(name: str) -> Iterator[str]:
    """The script as it is, run by Gradio itself; gives its address."""
    port = free_port()
    environment = {
        **ENVIRONMENT,
        "GRADIO_SERVER_NAME": "127.0.0.1",
        "GRADIO_SERVER_PORT": str(port),
    }
    command = [str(python_of("gradio")), str(script(name))]
    with serving(command, port, environment) as (url, _):
        yield url


def read_pictures(page: Page, output: str | None, where: str = "bottom") -> tuple[str, bool]:
    """Watch some pictures: where their numbers stand, and whether mirrored; they are the camera's, and go on.

    What was on its way before a choice counted is passed over: watching begins with the first picture at `where`.
    """
    begin, has_seen = "output => window.__probe.begin(output)", "window.__probe.shown"
    page.evaluate(begin, output)
    page.wait_for_function(
        f"where => {has_seen}.some(one => one.where === where)",
        arg=where,
        timeout=2 * PATIENCE_MS,
    )
    page.evaluate(begin, output)
    page.wait_for_function(f"() => {has_seen}.length >= {PICTURES}", timeout=2 * PATIENCE_MS)
    shown = [read_shown(one) for one in page.evaluate(f"() => {has_seen}")]
    # A few numbers read either way round; most tell.
    [(how, _)] = Counter((one.where, one.mirrored) for one in shown).most_common(1)
    numbers = [one.number for one in shown if (one.where, one.mirrored) == how]
    assert max(numbers) < CLIP_FRAMES
    # The clip begins anew now and then.
    assert sum(after > one for one, after in pairwise(numbers)) >= len(numbers) // 2, numbers
    return how


@contextmanager
def page_of(browsers: Browsers, url: str) -> Iterator[Page]:
    context = browsers.new_context("clip")
    page = context.new_page()
    page.goto(url, wait_until="domcontentloaded")
    yield page
    context.close()


@pytest.mark.parametrize("name", ["identity", "live_interface", "detector"])
def test_the_same_pictures_are_on_the_screen(open_notebook, browsers, name):
    with real_gradio(name) as url, page_of(browsers, url) as page:
        start_camera(page)
        theirs = read_pictures(page, None)
    notebook: NotebookPage = open_notebook([as_cell(script(name))])
    Source(notebook).go_live()
    ours = read_pictures(notebook.page, ".nbstream-display")
    assert ours == theirs


def test_a_filter_chosen_in_the_dropdown_does_the_same(open_notebook, browsers):
    with real_gradio("filters") as url, page_of(browsers, url) as page:
        start_camera(page)
        theirs = [read_pictures(page, None)]
        page.get_by_role("combobox").first.click()
        page.get_by_role("option", name="upside down").click()
        theirs.append(read_pictures(page, None, "top"))
    notebook: NotebookPage = open_notebook([as_cell(script("filters"))])
    Source(notebook).go_live()
    ours = [read_pictures(notebook.page, ".nbstream-display")]
    choose(notebook, "upside down")
    ours.append(read_pictures(notebook.page, ".nbstream-display", "top"))
    assert ours == theirs


def test_the_result_takes_the_cameras_place_the_same_way(open_notebook, browsers):
    with real_gradio("same_image") as url, page_of(browsers, url) as page:
        start_camera(page)
        theirs = [read_pictures(page, None, "top")]
        page.get_by_role("checkbox").first.click()
        theirs.append(read_pictures(page, None, "bottom"))
    notebook: NotebookPage = open_notebook([as_cell(script("same_image"))])
    Source(notebook).go_live()
    result = ".nbstream-source .nbstream-result"
    ours = [read_pictures(notebook.page, result, "top")]
    notebook.page.locator(".widget-checkbox input").click()
    ours.append(read_pictures(notebook.page, result, "bottom"))
    assert ours == theirs


def test_the_same_transcript_is_written_of_the_same_noise(open_notebook, browsers):
    loud = re.compile("^loud loud loud")
    with real_gradio("transcript") as url, page_of(browsers, url) as page:
        record(page)
        expect(page.locator("textarea").first).to_have_value(loud, timeout=2 * PATIENCE_MS)
    notebook: NotebookPage = open_notebook([as_cell(script("transcript"))])
    Source(notebook).go_live()
    ours = notebook.page.locator(".nbstream-gradio-textbox textarea")
    expect(ours).to_have_value(loud, timeout=PATIENCE_MS)
