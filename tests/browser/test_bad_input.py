"""What a person sees when the camera cannot be had, or the function fails."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .live_stream import CELLS, PATIENCE_MS, Source, wait_for_result_after_now
from .notebook_page import NotebookPage

pytestmark = pytest.mark.kept_page

REFUSE = """name => {
  navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('refused by the test', name));
}"""
NO_MEDIA = "() => Object.defineProperty(navigator, 'mediaDevices', { value: undefined })"
TIMES = "\N{MULTIPLICATION SIGN}"
INJECTED = "<img src=x onerror='window.__injected = true'>"
FAILING = f"""
import nbstream as nbs

webcam, view = nbs.Webcam(), nbs.ImageView()
shall_fail = True

def helper(frame):
    raise ValueError("{INJECTED}")

def fragile(frame):
    return helper(frame) if shall_fail else frame

binding = webcam.stream(fragile, outputs=view, stream_every=0.05, max_errors=20)
display(webcam, view)
"""


def sentence_after_start(notebook: NotebookPage, reason: str) -> str:
    """Press Start in vain; what the person reads, once the kernel knows the reason as well."""
    source = Source(notebook)
    source.start.click()
    notebook.wait_for_value(
        "getattr(getattr(binding.error, 'exception', None), 'reason', None)", reason
    )
    source.wait_for_status("Failed")
    assert notebook.evaluate("binding.status") == "failed"
    sentence: str = notebook.evaluate("binding.error.text")
    expect(source.root).to_contain_text(sentence, timeout=PATIENCE_MS)
    assert source.root.inner_text().count(sentence) == 1, "the sentence is shown twice"
    expect(source.start).to_be_enabled()
    assert notebook.live_tracks() == 0
    return sentence


def test_four_reasons_for_no_camera_are_told_in_four_sentences(open_notebook):
    notebook: NotebookPage = open_notebook(CELLS)
    sentences = []
    for name, reason in [
        ("NotAllowedError", "denied"),
        ("NotFoundError", "missing"),
        ("NotReadableError", "in_use"),
    ]:
        notebook.page.evaluate(REFUSE, name)
        sentences.append(sentence_after_start(notebook, reason))
    notebook.page.evaluate(NO_MEDIA)
    sentences.append(sentence_after_start(notebook, "insecure"))

    assert len(set(sentences)) == 4
    for sentence, what_to_do in zip(
        sentences, ["Allow the camera", "Connect one", "Close that program", "https"], strict=True
    ):
        assert what_to_do in sentence


def test_after_a_refusal_start_asks_again_and_the_sentence_goes(open_notebook):
    notebook: NotebookPage = open_notebook(CELLS)
    notebook.page.evaluate("() => { window.__open = navigator.mediaDevices.getUserMedia; }")
    notebook.page.evaluate(REFUSE, "NotAllowedError")
    sentence = sentence_after_start(notebook, "denied")
    notebook.page.evaluate("() => { navigator.mediaDevices.getUserMedia = window.__open; }")
    source = Source(notebook)
    source.go_live()
    wait_for_result_after_now(notebook)
    expect(source.root).not_to_contain_text(sentence)
    assert notebook.evaluate("binding.error") is None


def test_a_real_refusal_of_the_browser_is_told(open_notebook):
    notebook = open_notebook(CELLS, camera="denied")
    assert "Allow the camera" in sentence_after_start(notebook, "denied")


def test_an_error_of_the_function_is_shown_as_text_counted_and_pauses_the_stream(open_notebook):
    notebook = open_notebook([FAILING])
    source = Source(notebook)
    source.start.click()
    expect(source.error).to_be_visible(timeout=PATIENCE_MS)
    expect(source.error).to_contain_text(re.compile(rf"{TIMES}\d"), timeout=PATIENCE_MS)
    count = source.root.locator(".nbstream-error-count")
    before = count.inner_text()
    expect(count).not_to_have_text(before, timeout=PATIENCE_MS)
    expect(count).to_have_text(f"{TIMES}20", timeout=PATIENCE_MS)

    source.wait_for_status("Paused")
    expect(source.root).to_contain_text("Paused after 20 errors in a row; Resume tries again.")
    assert notebook.live_tracks() == 1, "a paused stream keeps its preview"
    text = source.error.inner_text()
    assert text.startswith("Traceback")
    assert "in helper" in text
    assert INJECTED in text
    assert "nbstream/" not in text, "only the user's own frames are shown"
    assert source.error.locator("img").count() == 0
    assert notebook.page.evaluate("() => window.__injected") is None
    assert notebook.evaluate("binding.error.count") == 20

    notebook.execute("shall_fail = False")
    source.start.click()
    source.wait_for_status("Live")
    wait_for_result_after_now(notebook)
    expect(source.error).to_be_hidden()
