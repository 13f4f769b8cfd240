"""The lessons of sound, in a real JupyterLab: with the synthetic microphone, and with one that hears a sentence."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .lessons import lesson_cells, open_lesson
from .notebook_page import NotebookPage
from .speech import SENTENCE

pytestmark = pytest.mark.kept_page

TRANSCRIPT = ".widget-textarea textarea"
# Of the newest 60 columns of the picture: how many are brighter somewhere than the background.
BRIGHT_COLUMNS = """() => {
    const canvas = document.querySelector('.nbstream-display .nbstream-result');
    if (!canvas || canvas.width !== 640) return 0;
    const { data } = canvas.getContext('2d').getImageData(580, 0, 60, canvas.height);
    let count = 0;
    for (let x = 0; x < 60; x++) {
        let highest = 0;
        for (let y = 0; y < canvas.height; y++) highest = Math.max(highest, data[4 * (60 * y + x)]);
        count += highest > 150;
    }
    return count;
}"""


def start_synthetic_microphone(notebook: NotebookPage) -> None:
    """Choose the synthetic microphone in the list, and press Start."""
    notebook.page.locator(".nbstream-device").select_option(label="Synthetic microphone")
    notebook.page.locator(".nbstream-source .nbstream-start").click()


@pytest.mark.slow
def test_the_transcript_holds_most_words_of_a_spoken_sentence(open_notebook):
    notebook = open_notebook(lesson_cells("04_microphone_state"), camera="speech")
    notebook.page.locator(".nbstream-source .nbstream-start").click()
    notebook.wait_for_value("transcript.value.count('\\n') >= 3", True, timeout_s=60)
    notebook.page.locator(".nbstream-source .nbstream-stop").click()
    lines = notebook.page.locator(TRANSCRIPT).input_value().splitlines()
    words = SENTENCE.split()
    # The microphone may be in the middle of the sentence when it starts.
    found = [sum(word in line.split() for word in words) for line in lines[1:]]
    assert max(found) >= len(words) - 2, lines
    assert notebook.evaluate("binding.error is None")


def test_of_the_synthetic_voice_the_transcript_makes_words_and_keeps_three_pieces_at_most(
    open_notebook,
):
    notebook = open_lesson(open_notebook, "04_microphone_state")
    start_synthetic_microphone(notebook)
    expect(notebook.page.locator(TRANSCRIPT)).to_have_value(re.compile(r"\w"), timeout=60_000)
    kept = notebook.evaluate("[len(one) for one in last_pieces.value]")
    assert len(kept) <= 3
    assert all(count > 1.9 * 16000 for count in kept)
    assert notebook.evaluate("binding.error is None")


def test_what_was_said_comes_back_changed_once_the_speaker_pauses(open_notebook):
    notebook = open_lesson(open_notebook, "06_voice_echo")
    start_synthetic_microphone(notebook)
    player = notebook.page.locator(".nbstream-player .nbstream-status")
    expect(player).to_have_text("Playing")
    notebook.page.locator(".widget-dropdown select").select_option("higher")
    notebook.wait_for_value("binding.stats['counts'].get('chunks', 0) >= 3", True, timeout_s=30)
    expect(player).to_have_text("Playing")
    assert notebook.evaluate("binding.error is None")


def test_the_spectrogram_moves_with_the_voice(open_notebook):
    notebook = open_lesson(open_notebook, "07_spectrogram")
    start_synthetic_microphone(notebook)
    notebook.page.wait_for_function(f"({BRIGHT_COLUMNS})() > 40", timeout=60_000)
    notebook.page.wait_for_function(f"({BRIGHT_COLUMNS})() < 20", timeout=60_000)
    notebook.page.wait_for_function(f"({BRIGHT_COLUMNS})() > 40", timeout=60_000)
    assert notebook.evaluate("binding.error is None")
