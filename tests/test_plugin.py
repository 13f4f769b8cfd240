"""The pytest plugin for users' functions: its fixtures, here and in a project of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import ipywidgets
import numpy as np
import pytest

import nbstream as nbs
from nbstream import testing
from nbstream.pictures.codecs import decode_image, encode

from .streaming import grey, level_of

ROOT = Path(__file__).parent.parent


def negative(frame):
    return 255 - frame


# --- pictures --------------------------------------------------------------------------------


@pytest.mark.parametrize("size_px", [(64, 48), (640, 480), (33, 17)])
@pytest.mark.parametrize("number", [0, 1, 2, 255, 256, 40_000, 65_535])
def test_a_numbered_picture_says_its_number_after_jpeg(number, size_px):
    picture = testing.numbered(number, size_px)
    assert picture.shape == (size_px[1], size_px[0], 3)
    assert testing.number_of(decode_image(encode(picture), "rgb")) == number


def test_coloured_pictures_change(fake_webcam):
    camera = fake_webcam(pictures="coloured")
    assert len({testing.coloured(number)[0, 0].tobytes() for number in range(6)}) == 6
    assert np.array_equal(testing.coloured(0), testing.coloured(6))
    assert camera.source.comm is not None


def test_pictures_come_from_files(tmp_path, stream_runner):
    pictures = np.stack([grey(50), grey(100)])
    np.save(tmp_path / "a.npy", pictures)
    folder = tmp_path / "folder"
    folder.mkdir()
    for number, picture in enumerate(pictures):
        (folder / f"{number}.jpg").write_bytes(encode(picture))
    (folder / "notes.txt").write_text("no picture")
    for path, levels in (("a.npy", [50, 100]), ("folder", [50, 100]), ("folder/1.jpg", [100] * 3)):
        run = stream_runner(level_of, frames=3, pictures=tmp_path / path)
        assert run.results == levels


def test_pictures_come_from_a_recording(tmp_path, stream_runner, fake_webcam):
    camera = fake_webcam()
    binding = camera.source.stream(negative, outputs=camera.source)
    with binding.record(tmp_path / "a.nbs"):
        camera.start()
        camera.wait_for_status("live")
        assert camera.send_next(1) == 1
        camera.wait_for_result()
    run = stream_runner(testing.number_of, pictures=tmp_path / "a.nbs")
    assert run.results == [0]


def test_a_film_is_read(tmp_path):
    cv2 = pytest.importorskip("cv2")
    film = cv2.VideoWriter(str(tmp_path / "a.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    for number in range(3):
        film.write(testing.numbered(number))
    film.release()
    assert [testing.number_of(one) for one in testing.pictures_of(tmp_path / "a.avi")] == [0, 1, 2]


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'no\.npy is not there; .* "numbered"'):
        testing.pictures_of(tmp_path / "no.npy")


# --- fixtures --------------------------------------------------------------------------------


def test_a_fake_webcam_sends_its_pictures_in_order(fake_webcam):
    view = nbs.ImageView()
    camera = fake_webcam(view, pictures=[grey(40), grey(80)], color="gray")
    camera.source.stream(negative, outputs=view)
    camera.start()
    camera.wait_for_status("live")
    assert camera.send_next(1) == 1
    assert level_of(camera.wait_for_result(view)) == 220
    assert camera.send_next(5) == 1
    assert level_of(camera.wait_for_result(view, 2)) == 180


def test_a_fake_microphone_is_heard(fake_microphone):
    page = fake_microphone(sample_rate=16_000)
    heard: list = []
    page.source.stream(heard.append, stream_every=0.0)
    page.start()
    page.wait_for_status("live")
    page.speak(np.full(800, 7, np.int16))
    testing.wait_for(lambda: heard)
    assert heard[0][0] == 16_000


def test_a_run_gives_results_in_order_and_times_of_the_injected_clock(stream_runner):
    began_s = time.monotonic()
    run = stream_runner(testing.number_of, frames=300, every=0.1)
    assert run.results == list(range(300))
    assert time.monotonic() - began_s < 25  # and not 30
    assert [round(one.at_s, 3) for one in run.timings[:3]] == [0.0, 0.1, 0.2]
    assert all(one.took_s >= 0 for one in run.timings)
    assert (run.errors, run.status) == ([], "live")
    assert run.stats["counts"]["frames"] == 300


def test_a_run_reads_inputs_and_writes_outputs(stream_runner):
    slider, total = ipywidgets.IntSlider(value=5), nbs.State(0)

    def add(frame, step, before):
        slider.value = 7
        return before + step

    run = stream_runner(add, frames=3, inputs=[slider, total], outputs=total)
    assert run.results == [5, 12, 19]
    assert total.value == 19


def test_a_run_keeps_errors_and_ends_where_the_stream_does(stream_runner):
    def sometimes(frame):
        number = testing.number_of(frame)
        if number % 2:
            raise ValueError(number)
        return number

    run = stream_runner(sometimes, frames=5)
    assert run.results == [0, 2, 4]
    assert [one.args for one in run.errors] == [(1,), (3,)]
    assert len(run.timings) == 5

    def always(frame):
        raise ValueError

    run = stream_runner(always, frames=30, max_errors=3)
    assert (len(run.errors), run.status) == (3, "paused")
    run = stream_runner(negative, frames=30, every=0.5, time_limit=2, on_limit="stop")
    assert (len(run.results), run.status) == (4, "idle")


def test_a_run_of_a_generator_has_lists_and_of_an_async_function_what_it_returned(stream_runner):
    def yields(frame):
        yield 1
        yield 2

    async def waits(frame):
        return 3

    assert stream_runner(yields, frames=2).results == [[1, 2], [1, 2]]
    assert stream_runner(waits, frames=2).results == [3, 3]


def test_a_run_of_sound(stream_runner):
    sounds = [np.full(800, level, np.int16) for level in (1, 2, 3)]
    run = stream_runner(lambda sound: int(sound[1][0]), sounds=sounds)
    assert run.results == [1, 2, 3]


def test_what_keeps_up_passes_and_what_does_not_is_told_with_what_takes_how_long(assert_keeps_up):
    def slow(frame):
        time.perf_counter()
        until_s = time.perf_counter() + 0.02
        while time.perf_counter() < until_s:
            pass
        return frame

    assert assert_keeps_up(negative, fps=2, frames=5, size_px=(64, 48)) > 2
    with pytest.raises(AssertionError, match=r"slow\(\) is too slow for 100: .* the call 2"):
        assert_keeps_up(slow, fps=100, frames=5, size_px=(64, 48))
    assert assert_keeps_up(lambda frame, by: by, fps=2, frames=2, inputs=[3]) > 2
    with pytest.raises(ValueError, match="no picture"):
        assert_keeps_up(negative, pictures=[])


# --- a project of its own --------------------------------------------------------------------

PROJECT = """
import numpy as np
import nbstream as nbs


def brighter(frame, by):
    return np.minimum(frame.astype(int) + by, 255).astype(np.uint8)


def test_runner(stream_runner):
    import ipywidgets
    run = stream_runner(brighter, frames=10, inputs=ipywidgets.IntSlider(value=20))
    assert len(run.results) == 10
    assert run.errors == []


def test_camera(fake_webcam):
    view = nbs.ImageView()
    camera = fake_webcam(view, pictures="coloured")
    camera.source.stream(lambda frame: 255 - frame, outputs=view)
    camera.start()
    camera.wait_for_status("live")
    camera.send_next()
    assert camera.wait_for_result(view).shape == (48, 64, 3)


def test_microphone(fake_microphone):
    page = fake_microphone()
    page.source.stream(lambda sound: None)


def test_speed(assert_keeps_up):
    assert_keeps_up(lambda frame: frame, fps=1, frames=3)


def test_clock(nbstream_kernel):
    assert nbs.Webcam().comm is not None


def test_page(live_notebook):
    live_notebook("1 + 1")
"""


def test_the_fixtures_pass_in_a_project_of_its_own_and_without_a_browser_one_is_skipped(tmp_path):
    (tmp_path / "empty").mkdir()
    no_browser = {"PATH": str(tmp_path / "empty"), "NBSTREAM_CHROMIUM": ""}
    said = run_project(tmp_path, PROJECT, **no_browser)
    assert "5 passed, 1 skipped" in said, said
    assert "live_notebook needs Chromium or Google Chrome; NBSTREAM_CHROMIUM names" in said


LIVE = """
CELLS = [
    "import nbstream as nbs; from mine import darker",
    "webcam, view = nbs.Webcam(), nbs.ImageView()",
    "binding = webcam.stream(darker, outputs=view)",
    "webcam",
    "view",
]


def test_page(live_notebook):
    notebook = live_notebook(*CELLS)
    notebook.page.get_by_role("button", name="Start", exact=True).click()
    notebook.wait_for_value("binding.stats['counts'].get('frames', 0) > 3", True, timeout_s=60)
    assert notebook.evaluate("binding.status") == "live"
    assert notebook.errors() == []


def test_another(live_notebook):
    notebook = live_notebook("1 / 0", run=False)
    notebook.run_cell(0)
    assert "division by zero" in notebook.text(0)
"""


@pytest.mark.browser
@pytest.mark.slow
def test_a_project_of_its_own_tests_its_function_in_a_real_notebook(tmp_path):
    (tmp_path / "mine.py").write_text("def darker(frame):\n    return frame // 2\n")
    said = run_project(tmp_path, LIVE)
    assert "2 passed" in said, said


def run_project(folder, tests, **environment):
    """What pytest says in a project of its own."""
    (folder / "test_mine.py").write_text(textwrap.dedent(tests))
    (folder / "pytest.ini").write_text("[pytest]\n")
    # As an installed package is found; the entry point is a test of the wheel.
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    command = [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "pytest_nbstream", "-W", "error"]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=170
    )
    return done.stdout + done.stderr


def test_the_plugin_imports_nothing_of_nbstream_until_a_fixture_is_asked_for():
    code = "import pytest_nbstream, sys; print('nbstream' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
