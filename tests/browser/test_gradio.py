"""Scripts in Gradio's style, import line aside, in a real JupyterLab: the cells of one notebook, played in turn."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from ..gradio_app import SCRIPTS, as_cell
from .live_stream import PATIENCE_MS, Source, choose
from .notebook_page import NotebookPage

pytestmark = pytest.mark.kept_page

# In the order in which they stand in the notebook. All of them call their app `demo`.
NAMES = ("filters", "same_image", "live_interface", "detector", "transcript")
NOTICE = """
import nbstream.gradio as gr
with gr.Blocks() as demo:
    button = gr.Button("Say it")
    button.click(lambda: gr.Info("<b>bold</b>", duration=None), None, None)
demo.launch()
"""


class Apps:
    """A notebook whose cells are the scripts."""

    def __init__(self, notebook: NotebookPage) -> None:
        self.notebook = notebook
        self.page = notebook.page

    def source(self, name: str) -> Source:
        return Source(self.notebook, NAMES.index(name))

    def app(self, name: str) -> Locator:
        return self.page.locator(".nbstream-gradio").nth(NAMES.index(name))

    def go_live(self, name: str, output: str = ".nbstream-display") -> Source:
        """Watch what the app shows, and press its Start."""
        self.notebook.watch(output)
        source = self.source(name)
        source.go_live()
        return source


def test_the_scripts_do_in_a_notebook_what_they_say(open_notebook):
    scripts = {path.stem: path for path in SCRIPTS}
    cells = [f"{as_cell(scripts[name])}\n{name} = demo" for name in NAMES]
    apps = Apps(open_notebook([*cells, NOTICE]))
    # As often as there are apps: launch() shows each once.
    shown = apps.page.locator(".nbstream-gradio")
    expect(shown).to_have_count(len(NAMES) + 1, timeout=PATIENCE_MS)
    for name, look in [
        ("filters", a_filter_that_is_chosen_in_the_dropdown_is_seen),
        ("same_image", one_image_is_input_and_output_and_css_holds_in_the_app_only),
        ("live_interface", a_live_interface_mixes_as_its_slider_says),
        ("detector", a_detector_shows_names_and_scores_beside_the_picture),
        ("transcript", a_microphone_writes_its_transcript),
    ]:
        look(apps)
        source = apps.source(name)
        source.stop.click()
        source.wait_for_status("Idle")
    a_notice_is_seen_as_text_and_closed(apps)


def a_filter_that_is_chosen_in_the_dropdown_is_seen(apps):
    source, notebook = apps.go_live("filters"), apps.notebook
    shown = notebook.wait_for_shown(5, "bottom")
    # As in Gradio, the function gets what a mirror would show. A few barcodes read either way round.
    assert sum(one.mirrored for one in shown) > len(shown) / 2
    choose(notebook, "upside down")
    notebook.wait_for_shown(5, "top")
    expect(source.root.locator(".nbstream-timebar")).to_be_visible()


def one_image_is_input_and_output_and_css_holds_in_the_app_only(apps):
    apps.go_live("same_image", output=".nbstream-source .nbstream-result")
    apps.notebook.wait_for_shown(5, "top")
    app = apps.app("same_image")
    width = "element => getComputedStyle(element).maxWidth"
    assert app.locator(".narrow").evaluate(width) == "400px"
    align = "element => getComputedStyle(element).alignItems"
    assert app.locator(".nbstream-gradio-id-middle").evaluate(align) == "center"
    outside = """() => {
        const one = document.createElement('div');
        one.className = 'narrow';
        document.body.append(one);
        return getComputedStyle(one).maxWidth;
    }"""
    assert apps.page.evaluate(outside) == "none"


def a_live_interface_mixes_as_its_slider_says(apps):
    apps.go_live("live_interface")
    apps.notebook.wait_for_shown(5, "bottom")
    apps.notebook.execute("live_interface.input_components[1].inner.value = 1.0")
    apps.notebook.wait_for_shown(5, "top")


def a_detector_shows_names_and_scores_beside_the_picture(apps):
    apps.go_live("detector")
    apps.notebook.wait_for_shown(3)
    app = apps.app("detector")
    names = app.locator(".nbstream-gradio-textbox input")
    expect(names).to_have_value(re.compile("bright|dark"), timeout=PATIENCE_MS)
    expect(app.locator(".nbstream-gradio-label .widget-hprogress")).to_have_count(2)


def a_microphone_writes_its_transcript(apps):
    apps.go_live("transcript")
    words = apps.app("transcript").locator(".nbstream-gradio-textbox textarea")
    expect(words).to_have_value(re.compile(r"(loud|quiet) (loud|quiet)"), timeout=PATIENCE_MS)
    pieces = apps.notebook.evaluate("[one[1] / one[0] for one in heard.read()]")
    assert pieces[0] == pytest.approx(0.5, abs=0.02)


def a_notice_is_seen_as_text_and_closed(apps):
    apps.page.get_by_role("button", name="Say it").click()
    notice = apps.page.locator(".nbstream-gradio-notice")
    expect(notice).to_contain_text("Info: <b>bold</b>")
    notice.locator("button").click()
    expect(notice).to_be_hidden()
