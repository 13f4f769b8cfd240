"""The microphone in a real JupyterLab: every sample that it gave reaches the function, once and in order.

Chromium's microphone plays noise, so that each moment can be found again. What it puts in of its own when the machine
is busy, runs of 10 ms of silence, is counted apart.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import expect

from .live_stream import PATIENCE_MS, Source
from .noise import RATE_HZ, Comparison, compare, noise
from .notebook_page import NotebookPage

pytestmark = pytest.mark.kept_page

STREAM_EVERY_S = 0.1
GROWTH_MB = 10
"""In eight minutes; the sound of that time is 46 MB."""
SETUP = f"""
import time
import numpy as np, nbstream as nbs

mic = nbs.Microphone()
pieces, gaps_s, ages_s, finals, lengths = [], [], [], [], []
slow_until_s = 0.0

def listen(sound, *, meta):
    rate, samples = sound
    ages_s.append(time.time() - meta.captured_at_s)
    pieces.append(samples.copy())
    gaps_s.append(meta.gap_s)
    finals.append(meta.final)
    if time.monotonic() < slow_until_s:
        time.sleep(3 * len(samples) / rate)

binding = mic.stream(listen, metadata=True, stream_every={STREAM_EVERY_S})
mic
"""
HEARD_S = f"sum(len(one) for one in pieces) / {RATE_HZ}"

Disturb = Callable[[NotebookPage], None]


def nothing(notebook: NotebookPage) -> None:
    """Leave all as it is: a fast function."""


def slow_function(notebook: NotebookPage, seconds: float) -> None:
    """From now on the function takes three times as long as the sound, for a while."""
    notebook.execute(f"slow_until_s = time.monotonic() + {seconds}")


def cut_websocket(notebook: NotebookPage, seconds: float = 5) -> None:
    """Close the page's websocket to the kernel; JupyterLab opens it again after a while, and not by its own dice."""
    status_while_cut = notebook.page.evaluate(
        """async (seconds) => {
            const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
            const { WebSocket } = kernel.serverSettings;
            // It never opens, and nobody hears of that before its time.
            kernel.serverSettings.WebSocket = class extends EventTarget { close() {} send() {} };
            kernel._ws.close();
            await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
            const status = kernel.connectionStatus;
            kernel.serverSettings.WebSocket = WebSocket;
            await kernel.reconnect();
            return status;
        }""",
        seconds,
    )
    assert status_while_cut == "connecting"


def run_a_cell(notebook: NotebookPage, seconds: float = 5) -> None:
    """Run a cell that keeps the kernel's main thread."""
    cell = notebook.append_cell(f"time.sleep({seconds})")
    notebook.run_cell(cell)


def listen(notebook: NotebookPage, seconds: float, disturb: Disturb) -> Comparison:
    """Stream that many seconds of sound, with a disturbance after the first second; compare all that was heard."""
    source = Source(notebook)
    source.go_live()
    notebook.wait_for_value(f"{HEARD_S} > 1", True, timeout_s=30)
    disturb(notebook)
    notebook.wait_for_value(f"{HEARD_S} > {seconds}", True, timeout_s=3 * seconds + 60)
    source.stop.click()
    source.wait_for_status("Idle")
    notebook.wait_for_value("finals[-1:]", [True])
    assert notebook.evaluate("sum(gaps_s)") == 0
    path = notebook.lab.notebooks / "heard.npy"
    notebook.execute(f"np.save({str(path)!r}, np.concatenate(pieces))")
    heard = np.load(path)
    found = compare(heard, noise())
    return found


def assert_lossless(found: Comparison, seconds: float) -> None:
    """Nothing was lost, doubled or changed."""
    assert (found.lost, found.doubled, found.unknown) == (0, 0, 0), found
    assert found.matched > 0.5 * seconds * RATE_HZ


@pytest.fixture
def notebook(open_notebook) -> NotebookPage:
    opened: NotebookPage = open_notebook([SETUP])
    return opened


DISTURBANCES = {
    "a fast function": nothing,
    "a function three times slower than the sound": lambda notebook: slow_function(notebook, 3),
    "a cut of the websocket": cut_websocket,
    "a running cell": run_a_cell,
}


# The others, and all of them for a minute, are among the slow tests.
def test_ten_seconds_with_a_cut_lose_and_double_no_sample(notebook):
    assert_lossless(listen(notebook, 10, cut_websocket), 10)


SLOW_DISTURBANCES = {
    **DISTURBANCES,
    "a function three times slower than the sound": lambda notebook: slow_function(notebook, 10),
}


@pytest.mark.slow
@pytest.mark.parametrize("disturb", SLOW_DISTURBANCES.values(), ids=SLOW_DISTURBANCES)
def test_a_minute_loses_and_doubles_no_sample(notebook, disturb):
    assert_lossless(listen(notebook, 60, disturb), 60)


@pytest.mark.slow  # It measures time, for which the machine must have nothing else to do.
def test_sound_reaches_the_function_as_soon_as_it_is_long_enough(notebook):
    Source(notebook).go_live()
    notebook.wait_for_value("len(ages_s) >= 60", True, timeout_s=60)
    ages_s = notebook.evaluate("ages_s[10:60]")
    assert np.median(ages_s) <= STREAM_EVERY_S + 0.06, np.quantile(ages_s, [0, 0.5, 0.95, 1])


def test_the_page_shows_level_and_waveform_and_the_track_ends_with_stop(notebook):
    source = Source(notebook)
    source.go_live()
    meter = source.root.locator(".nbstream-meter")
    expect(meter).to_have_attribute("aria-valuenow", "100", timeout=PATIENCE_MS)
    assert notebook.live_tracks() == 1
    source.stop.click()
    notebook.wait_for_live_tracks(0)
    expect(meter).to_be_hidden()


def test_the_main_thread_may_be_busy_for_seconds(notebook):
    def block(page: NotebookPage) -> None:
        page.page.evaluate(
            "() => { const until = performance.now() + 3000; while (performance.now() < until); }"
        )

    assert_lossless(listen(notebook, 6, block), 6)


def test_the_list_really_selects_the_microphone_and_the_stream_goes_on(notebook):
    source = Source(notebook)
    source.go_live()
    notebook.wait_for_value(f"{HEARD_S} > 1", True)
    wanted = source.root.locator(".nbstream-device option").nth(2)
    label, device = wanted.text_content(), wanted.get_attribute("value")
    source.root.locator(".nbstream-device").select_option(label=label)
    notebook.page.wait_for_function(
        """device => [...window.__probe.tracks].filter((one) => one.readyState === 'live')
            .every((one) => one.getSettings().deviceId === device)""",
        arg=device,
    )
    heard = notebook.evaluate("len(pieces)")
    notebook.wait_for_value(f"len(pieces) > {heard} + 10", True)
    assert (notebook.live_tracks(), notebook.evaluate("finals[-1]")) == (1, False)
    # Between the two there was no sound, and the function knows for how long.
    assert 0 < notebook.evaluate("sum(gaps_s[1:])") < 5


def test_the_synthetic_microphone_needs_no_hardware(open_notebook):
    notebook = open_notebook([SETUP.replace("Microphone()", "Microphone(device='synthetic')")])
    Source(notebook).go_live()
    notebook.wait_for_value(f"{HEARD_S} > 4", True)
    assert notebook.evaluate("float(np.abs(np.concatenate(pieces)).max())") > 3000
    assert notebook.evaluate("sum(gaps_s[1:])") == 0


def test_a_microphone_that_is_denied_is_told_of(open_notebook):
    notebook = open_notebook([SETUP], camera="denied")
    source = Source(notebook)
    source.start.click()
    source.wait_for_status("Failed")
    expect(source.root).to_contain_text("does not let this page use the microphone")


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_ten_minutes_of_sound_up_and_down_leave_memory_as_it_is(open_notebook):
    cell = """
import os, psutil
import nbstream as nbs
mic, player = nbs.Microphone(device="synthetic"), nbs.AudioPlayer()
heard_s = 0.0

def answer(sound):
    global heard_s
    heard_s += len(sound[1]) / sound[0]
    return sound

binding = mic.stream(answer, outputs=player, stream_every=0.1)
import ipywidgets
ipywidgets.VBox([mic, player])
"""
    notebook = open_notebook([cell])
    notebook.page.evaluate("() => { window.__loudspeaker.isOn = false; }")
    Source(notebook).go_live()
    devtools = notebook.page.context.new_cdp_session(notebook.page)

    def used_mb() -> tuple[float, float]:
        devtools.send("HeapProfiler.collectGarbage")
        page = devtools.send("Runtime.getHeapUsage")["usedSize"]
        kernel = notebook.evaluate("psutil.Process(os.getpid()).memory_info().rss")
        return page / 1e6, kernel / 1e6

    notebook.wait_for_value("heard_s > 120", True, timeout_s=300)
    page_before, kernel_before = used_mb()
    notebook.wait_for_value("heard_s > 600", True, timeout_s=900)
    page_after, kernel_after = used_mb()
    grown = (page_after - page_before, kernel_after - kernel_before)
    assert max(grown) < GROWTH_MB, (page_before, kernel_before, grown)
