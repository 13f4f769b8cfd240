"""Scripts in Gradio's style, import line aside, in a real JupyterLab."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from ..gradio_app import SCRIPTS, as_cell
from .live_stream import PATIENCE_MS, Source, choose
from .notebook_page import NotebookPage

pytestmark = pytest.mark.kept_page


def script(name: str) -> Path:
    return next(one for one in SCRIPTS if one.stem == name)


@pytest.fixture
def launched(open_notebook):
    """Opens a notebook whose one cell is a script, and presses Start."""

    def launch(name: str, output: str = ".nbstream-display") -> NotebookPage:
        notebook: NotebookPage = open_notebook([as_cell(script(name))])
        notebook.watch(output)
        Source(notebook).go_live()
        return notebook

    return launch


def test_a_filter_that_is_chosen_in_the_dropdown_is_seen(launched):
    notebook = launched("filters")
    shown = notebook.wait_for_shown(5, "bottom")
    # As in Gradio, the function gets what a mirror would show. A few barcodes read either way round.
    assert sum(one.mirrored for one in shown) > len(shown) / 2
    choose(notebook, "upside down")
    notebook.wait_for_shown(5, "top")
    expect(notebook.page.locator(".nbstream-timebar")).to_be_visible()
    assert notebook.page.locator(".nbstream-gradio").count() == 1, "launch() shows the app once"


def test_one_image_is_input_and_output_and_css_holds_in_the_app_only(launched):
    notebook = launched("same_image", output=".nbstream-source .nbstream-result")
    notebook.wait_for_shown(5, "top")
    page = notebook.page
    width = "element => getComputedStyle(element).maxWidth"
    assert page.locator(".narrow").evaluate(width) == "400px"
    align = "element => getComputedStyle(element).alignItems"
    assert page.locator(".nbstream-gradio-id-middle").evaluate(align) == "center"
    outside = """() => {
        const one = document.createElement('div');
        one.className = 'narrow';
        document.body.append(one);
        return getComputedStyle(one).maxWidth;
    }"""
    assert page.evaluate(outside) == "none"


def test_a_live_interface_mixes_as_its_slider_says(launched):
    notebook = launched("live_interface")
    notebook.wait_for_shown(5, "bottom")
    notebook.execute("demo.input_components[1].inner.value = 1.0")
    notebook.wait_for_shown(5, "top")


def test_a_detector_shows_names_and_scores_beside_the_picture(launched):
    notebook = launched("detector")
    notebook.wait_for_shown(3)
    names = notebook.page.locator(".nbstream-gradio-textbox input")
    expect(names).to_have_value(re.compile("bright|dark"), timeout=PATIENCE_MS)
    scores = notebook.page.locator(".nbstream-gradio-label .widget-hprogress")
    expect(scores).to_have_count(2)


def test_a_microphone_writes_its_transcript(launched):
    notebook = launched("transcript")
    transcript = notebook.page.locator(".nbstream-gradio-textbox textarea")
    expect(transcript).to_have_value(re.compile(r"(loud|quiet) (loud|quiet)"), timeout=PATIENCE_MS)
    pieces = notebook.evaluate("[one[1] / one[0] for one in heard.read()]")
    assert pieces[0] == pytest.approx(0.5, abs=0.02)


def test_a_notice_is_seen_as_text_and_closed(open_notebook):
    cell = """
import nbstream.gradio as gr
with gr.Blocks() as demo:
    button = gr.Button("Say it")
    button.click(lambda: gr.Info("<b>bold</b>", duration=None), None, None)
demo.launch()
"""
    notebook = open_notebook([cell])
    notebook.page.get_by_role("button", name="Say it").click()
    notice = notebook.page.locator(".nbstream-gradio-notice")
    expect(notice).to_contain_text("Info: <b>bold</b>")
    notice.locator("button").click()
    expect(notice).to_be_hidden()
