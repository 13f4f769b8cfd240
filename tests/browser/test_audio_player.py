"""A real page plays what the kernel gives it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.kept_page

CELLS = [
    """
import time
import numpy as np
import nbstream as nbs

def tone(seconds, rate=16000):
    return rate, (8000 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate)) / rate)).astype(np.int16)

player = nbs.AudioPlayer(volume=0.5)
seen, ended_at_s = [], []
player.observe(lambda change: seen.append(change["new"]), "playing")
player.on_ended(lambda player: ended_at_s.append(time.monotonic()))
player
""",
]


def test_sound_is_played_to_its_end_in_the_time_that_it_takes(open_notebook):
    notebook = open_notebook(CELLS)
    expect(notebook.page.locator(".nbstream-player")).to_be_visible()
    notebook.execute("began_s = time.monotonic(); player.play(tone(1)); player.play(tone(1))")
    expect(notebook.page.locator(".nbstream-player .nbstream-status")).to_have_text("Playing")
    notebook.wait_for_value("len(ended_at_s)", 1)
    assert 1.9 < notebook.evaluate("ended_at_s[0] - began_s") < 10
    assert notebook.evaluate("seen") == [True, False]
    assert notebook.evaluate("player.latency_ms") < 150
    expect(notebook.page.locator(".nbstream-player .nbstream-status")).to_have_text("Silent")


def test_the_player_falls_silent_at_once_and_plays_what_comes_next(open_notebook):
    notebook = open_notebook(CELLS)
    status = notebook.page.locator(".nbstream-player .nbstream-status")
    notebook.execute("player.play(tone(60))")
    expect(status).to_have_text("Playing")
    notebook.execute("player.clear()")
    expect(status).to_have_text("Silent")
    assert notebook.evaluate("[seen, ended_at_s]") == [[True, False], []]
    notebook.execute("player.play(tone(0.5, 44100))")
    notebook.wait_for_value("len(ended_at_s)", 1)


def test_rates_may_change_from_sound_to_sound(open_notebook):
    notebook = open_notebook(CELLS)
    notebook.execute("[player.play(tone(0.3, rate)) for rate in (8000, 22050, 48000, 96000)]")
    notebook.wait_for_value("len(ended_at_s)", 1)
    assert notebook.evaluate("player.queued_s") == 0


def test_values_that_were_cut_are_shown(open_notebook):
    notebook = open_notebook(CELLS)
    notebook.execute("player.play((16000, np.full(100, 1.5)))")
    expect(notebook.page.locator(".nbstream-player")).to_contain_text("100 values were beyond")


def test_the_pages_controls_set_volume_and_mute(open_notebook):
    notebook = open_notebook(CELLS)
    notebook.page.locator(".nbstream-player .nbstream-mute").click()
    notebook.wait_for_value("player.muted", True)
    notebook.page.locator(".nbstream-player .nbstream-volume").fill("25")
    notebook.wait_for_value("player.volume", 0.25)


def test_after_a_reload_what_was_not_played_is_played(open_notebook):
    notebook = open_notebook(CELLS)
    notebook.execute("player.play(tone(1)); player.play(tone(3))")
    expect(notebook.page.locator(".nbstream-player .nbstream-status")).to_have_text("Playing")
    notebook.reload()
    notebook.wait_for_value("len(ended_at_s)", 1)
