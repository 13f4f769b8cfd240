"""Recordings of a real session, and sources that are no camera, in one notebook of a real browser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

import nbstream as nbs
from nbstream.pictures.codecs import encode

from .live_stream import PATIENCE_MS, Source

SETUP = """
import base64, hashlib, json, pathlib, tempfile, time
from itertools import islice
import ipywidgets, numpy as np
import nbstream as nbs
from IPython.display import HTML

webcam, view, level = nbs.Webcam(), nbs.ImageView(), ipywidgets.IntSlider(value=3, max=255)
folder = pathlib.Path(tempfile.mkdtemp())

def darker(frame, by):
    return frame - frame // 4 - by

def digest(picture):
    return hashlib.sha256(picture.tobytes()).hexdigest()

live = []

def keep(frame, by):
    result = darker(frame, by)
    live.append(digest(result))
    return result

binding = webcam.stream(keep, inputs=[webcam, level], outputs=view, stream_every=1 / 15)

def stripes():
    for shift in range(10_000):
        yield np.roll(np.arange(48 * 64 * 3, dtype=np.uint8).reshape(48, 64, 3), shift, 1)

made = nbs.FrameSource(stripes(), fps=20)
made_binding = made.stream(lambda frame: None)

button, lesson_button = nbs.RecordButton(view, "webm"), nbs.RecordButton(binding)

shapes = []
uploaded = nbs.UploadedFile()
uploaded_binding = uploaded.stream(lambda frame: shapes.append(list(frame.shape)))
screen = nbs.Screen()
screen_binding = screen.stream(lambda frame: None, stream_every=0.1)
"""
SHOW = "ipywidgets.VBox([ipywidgets.HBox([webcam, view]), made, screen, uploaded, button, lesson_button])"
CELLS = [SETUP, SHOW]
TIMED = """
timed = nbs.FrameSource(islice(stripes(), 300), fps=30)
timed_binding = timed.stream(lambda frame: None, pictures="all")
clip = nbs.Recorder(timed, folder / "clip.mp4")
timed.start()
"""


def value_of(notebook, code) -> Any:
    cell = notebook.append_cell(code)
    notebook.run_cell(cell)
    return json.loads(notebook.text(cell).strip().splitlines()[-1])


def test_recordings_and_other_sources(open_notebook):
    notebook = open_notebook(CELLS)
    notebook.watch(".nbstream-display")
    Source(notebook).go_live()
    notebook.wait_for_shown(10)
    a_recorded_session_is_made_again_byte_for_byte(notebook)
    a_film_of_the_results_plays(notebook)
    a_person_records_and_saves(notebook)
    a_source_of_the_kernel_has_a_preview_and_buttons(notebook)
    a_screen_is_shared(notebook)
    a_file_is_chosen_and_another_is_dropped(notebook)


def a_recorded_session_is_made_again_byte_for_byte(notebook):
    value_of(
        notebook,
        "recorder = binding.record(folder / 'lesson.nbs')\n"
        "film = nbs.Recorder(view, folder / 'clip.webm')\nprint(1)",
    )
    notebook.wait_for_shown(40)
    value_of(notebook, "level.value = 5\nprint(1)")
    notebook.wait_for_shown(60)
    count, is_same = value_of(
        notebook,
        "binding.stop(); recorder.close(); film.close()\n"
        "again = [digest(one) for one in nbs.replay(folder / 'lesson.nbs', darker)]\n"
        "first = live.index(again[0])\n"
        "print(json.dumps([len(again), live[first:first + len(again)] == again]))",
    )
    assert count >= 20
    assert is_same


def a_film_of_the_results_plays(notebook):
    count = value_of(notebook, "print(film.picture_count)")
    cell = notebook.append_cell(
        "data = base64.b64encode(film.clip).decode()\n"
        'HTML(f\'<video id="clip" muted src="data:video/webm;base64,{data}"></video>\')'
    )
    notebook.run_cell(cell)
    clip = notebook.page.locator("#clip")
    expect(clip).to_be_attached(timeout=PATIENCE_MS)
    played = clip.evaluate(
        """async (video) => {
            await video.play();
            await new Promise((resolve) => { video.onended = resolve; });
            const { totalVideoFrames } = video.getVideoPlaybackQuality();
            return [video.videoWidth, video.videoHeight, totalVideoFrames];
        }"""
    )
    assert played[:2] == [640, 480]
    assert abs(played[2] - count) <= 3


def a_person_records_and_saves(notebook):
    value_of(notebook, "binding.start(); print(1)")
    Source(notebook).wait_for_status("Live")
    film_path = saved_by(notebook, notebook.page.locator(".nbstream-recorder").nth(0), ".webm")
    lesson_path = saved_by(notebook, notebook.page.locator(".nbstream-recorder").nth(1), ".nbs")
    told = value_of(notebook, "binding.stop(); print(json.dumps(len(button.recordings[0])))")
    assert film_path.stat().st_size == told > 1000
    assert len(nbs.Recording(lesson_path)) >= 5


def saved_by(notebook, recorder, ending: str) -> Path:
    """The file that a person gets who presses Record, and Stop, and then follows the link."""
    press = recorder.locator(".nbstream-record")
    press.click()
    expect(press).to_have_text("Stop", timeout=PATIENCE_MS)
    notebook.watch(".nbstream-display")
    notebook.wait_for_shown(10, timeout_s=PATIENCE_MS / 1000)
    press.click()
    with notebook.page.expect_download(timeout=2 * PATIENCE_MS) as saved:
        recorder.locator(".nbstream-save").click()
    assert saved.value.suggested_filename.endswith(ending)
    return Path(saved.value.path())


def a_source_of_the_kernel_has_a_preview_and_buttons(notebook):
    source = Source(notebook, 1)
    source.go_live()
    expect(source.root.locator("canvas.nbstream-result")).to_be_visible(timeout=PATIENCE_MS)
    expect(source.root.locator(".nbstream-device")).to_be_hidden()
    expect(source.root.locator(".nbstream-takeover")).to_be_hidden()
    assert value_of(notebook, "print(made_binding.stats['counts']['frames'])") > 0
    source.stop.click()
    source.wait_for_status("Idle")


def a_screen_is_shared(notebook):
    source = Source(notebook, 2)
    value_of(notebook, "screen.start()\nprint(1)")
    # The cell was run by a click, or none at all: in the second case a person presses once more.
    expect(source.root.locator(".nbstream-status")).not_to_have_text("Idle", timeout=PATIENCE_MS)
    if source.start.is_enabled():
        expect(source.start).to_have_text("Share")
        source.start.click()
    source.wait_for_status("Live")
    source.stop.click()
    source.wait_for_status("Idle")


def a_file_is_chosen_and_another_is_dropped(notebook):
    area = notebook.page.locator(".nbstream-upload")
    said = area.locator(".nbstream-said")
    photo = encode(np.zeros((48, 64, 3), np.uint8), "jpeg")
    # Longer than a part, and than what Jupyter's server lets through in one message.
    large = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": photo + bytes(11_000_000)}
    area.locator(".nbstream-file").set_input_files(files=[large])
    expect(said).to_have_text("photo.jpg", timeout=PATIENCE_MS)
    dropped = notebook.page.evaluate_handle(
        """() => {
            const dropped = new DataTransfer();
            dropped.items.add(new File(["no picture"], "notes.txt"));
            return dropped;
        }"""
    )
    area.dispatch_event("drop", {"dataTransfer": dropped})
    expect(said).to_contain_text("notes.txt cannot be read", timeout=PATIENCE_MS)
    assert value_of(notebook, "print(json.dumps(shapes))") == [[48, 64, 3]]
    assert value_of(notebook, "print(json.dumps(uploaded.file_name))") == "photo.jpg"


@pytest.mark.slow
def test_a_clip_of_ten_seconds_has_its_pictures_and_plays(open_notebook):
    notebook = open_notebook([SETUP, TIMED])
    count = value_of(
        notebook,
        "while timed_binding.status != 'idle': time.sleep(0.1)\n"
        "clip.close(); print(clip.picture_count)",
    )
    assert abs(count - 300) <= 3
    cell = notebook.append_cell(
        "data = base64.b64encode(clip.clip).decode()\n"
        'HTML(f\'<video id="mp4" muted src="data:video/mp4;base64,{data}"></video>\')'
    )
    notebook.run_cell(cell)
    film = notebook.page.locator("#mp4")
    expect(film).to_be_attached(timeout=PATIENCE_MS)
    duration_s, ended_at_s = film.evaluate(
        """async (video) => {
            video.playbackRate = 5;
            await video.play();
            await new Promise((resolve) => { video.onended = resolve; });
            return [video.duration, video.currentTime];
        }"""
    )
    assert abs(duration_s - 10) < 0.2
    assert ended_at_s == duration_s
