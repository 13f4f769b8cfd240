"""What comes out of an audio player in a real JupyterLab, sample by sample, and how soon."""

from __future__ import annotations

import statistics

import numpy as np
import pytest
from playwright.sync_api import expect

from .loudspeaker import Loudspeaker
from .noise import noise
from .notebook_page import NotebookPage

pytestmark = pytest.mark.kept_page

FIRST_SOUND_MS = 150
CELLS = [
    """
import threading, time
import numpy as np
import nbstream as nbs
from tests.browser.noise import noise

player = nbs.AudioPlayer()
sound = noise()

def play_in_real_time(pieces, every_s=0.1, rate=48_000):
    length = round(every_s * rate)
    began = time.monotonic()
    for number in range(pieces):
        time.sleep(max(0, began + number * every_s - time.monotonic()))
        player.play((rate, sound[number * length : (number + 1) * length]))
""",
    "player",
]


@pytest.fixture
def notebook(open_notebook) -> NotebookPage:
    opened: NotebookPage = open_notebook(CELLS)
    expect(opened.page.locator(".nbstream-player")).to_have_count(1)
    return opened


def test_pieces_come_out_sample_by_sample_and_without_a_gap(notebook):
    notebook.execute(
        "player.play((48_000, sound[:48_000])); player.play((48_000, sound[48_000:96_000]))"
    )
    loudspeaker = Loudspeaker(notebook)
    loudspeaker.wait_for_sound(2.5)
    heard = loudspeaker.heard()
    assert np.array_equal(heard[:96_000], noise()[:96_000])
    expect(notebook.page.locator(".nbstream-status")).to_have_text("Silent")
    notebook.wait_for_value("player.playing", False)


@pytest.mark.slow  # It measures time, for which the machine must have nothing else to do.
def test_there_is_no_gap_while_pieces_keep_coming(notebook):
    notebook.execute("threading.Thread(target=play_in_real_time, args=[50]).start()")
    loudspeaker = Loudspeaker(notebook)
    loudspeaker.wait_for_sound(5.5)
    assert np.array_equal(loudspeaker.heard()[:240_000], noise()[:240_000])


def test_an_array_of_any_rate_is_played_at_that_rate(notebook):
    loudspeaker = Loudspeaker(notebook)
    for number, rate_hz in enumerate((8_000, 22_050, 96_000), 1):
        notebook.execute(f"player.play(({rate_hz}, sound[:{rate_hz}]))")
        notebook.page.wait_for_function(
            "count => window.__loudspeaker.queues.length === count", arg=number
        )
        loudspeaker.wait_for_sound(1.1)
        assert np.array_equal(loudspeaker.heard()[:rate_hz], noise()[:rate_hz])


@pytest.mark.slow  # It measures time, for which the machine must have nothing else to do.
def test_the_first_sound_is_out_soon_after_it_is_returned(notebook):
    loudspeaker = Loudspeaker(notebook)
    delays_ms = []
    for _ in range(5):
        loudspeaker.forget()
        returned_s = notebook.evaluate("[time.time(), player.play((48_000, sound[:9_600]))][0]")
        loudspeaker.wait_for_sound(0.4)
        delays_ms.append(loudspeaker.began_ms() - 1000 * returned_s)
        expect(notebook.page.locator(".nbstream-status")).to_have_text("Silent")
    assert statistics.median(delays_ms) <= FIRST_SOUND_MS, delays_ms


def test_clear_silences_it_at_once(notebook):
    notebook.execute("player.play((48_000, sound)); player.play((48_000, sound))")
    loudspeaker = Loudspeaker(notebook)
    loudspeaker.wait_for_sound(0.5)
    notebook.execute("player.clear()")
    expect(notebook.page.locator(".nbstream-status")).to_have_text("Silent")
    loudspeaker.wait_for_sound(loudspeaker.heard().size / 48_000 + 1)
    assert not loudspeaker.heard()[-24_000:].any()
    notebook.wait_for_value("player.playing", False)


def test_a_browser_that_wants_a_click_gets_one_and_then_everything_is_played(open_notebook):
    notebook = open_notebook(CELLS, camera="click")
    notebook.execute(
        "player.play((48_000, sound[:24_000])); player.play((48_000, sound[24_000:48_000]))"
    )
    button = notebook.page.locator(".nbstream-unblock")
    expect(button).to_be_visible()
    expect(button).to_have_text("Play sound")
    notebook.wait_for_value("player.playing", False)
    button.click()
    loudspeaker = Loudspeaker(notebook)
    loudspeaker.wait_for_sound(1.2)
    assert np.array_equal(loudspeaker.heard()[:48_000], noise()[:48_000])
    expect(button).to_be_hidden()


def test_several_views_play_once(notebook):
    cell = notebook.append_cell("player")
    notebook.run_cell(cell)
    expect(notebook.page.locator(".nbstream-player")).to_have_count(2)
    notebook.execute("player.play((48_000, sound[:4_800]))")
    Loudspeaker(notebook).wait_for_sound(0.1)
    assert notebook.page.evaluate("() => window.__loudspeaker.queues.length") == 1
