"""Functions that misbehave: the stream goes on, or stops and says why; the notebook works as before."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from ..browser.live_stream import PATIENCE_MS, Source
from ..browser.notebook_page import NotebookPage
from .scene import DISPLAY
from .table import fault

GROUP = "functions that misbehave"
SETUP = """
import os, signal, sys, threading, time
import ipywidgets, numpy as np, nbstream as nbs

webcam, view = nbs.Webcam(), nbs.ImageView()
slider = ipywidgets.IntSlider()
held, leaked = threading.Event(), []

def same(frame, value):
    return frame

def use(function, **options):
    global binding
    binding = webcam.stream(function, [webcam, slider], view, stream_every=0.1, **options)

use(same)
display(ipywidgets.HBox([webcam, view]), slider)
"""


@dataclass
class Bench:
    """A live camera to whose function a test does harm."""

    notebook: NotebookPage

    def __post_init__(self) -> None:
        self.source = Source(self.notebook)

    def use(self, code: str, call: str = "use(function)") -> None:
        """Define ``function(frame, value)`` in a cell and stream with it from now on."""
        cell = self.notebook.append_cell(f"{code}\n{call}")
        self.notebook.run_cell(cell)

    def wait_for_pictures(self) -> None:
        self.notebook.watch(DISPLAY)
        self.notebook.wait_for_shown(3, timeout_s=30)

    def expect_error(self, words: str) -> None:
        expect(self.source.error).to_contain_text(words, timeout=PATIENCE_MS)

    def expect_all_well(self) -> None:
        """A good function streams as ever, and cells run."""
        self.use("", "use(same); print('cells run')")
        if self.source.status.inner_text() != "Live":
            self.source.go_live()
        self.wait_for_pictures()
        assert self.notebook.live_tracks() == 1


@pytest.fixture
def bench(open_notebook) -> Bench:
    bench = Bench(open_notebook([SETUP]))
    bench.source.go_live()
    bench.wait_for_pictures()
    return bench


def as_function(body: str) -> str:
    lines = "\n    ".join(body.strip().splitlines())
    return f"def function(frame, value):\n    {lines}"


@fault(
    "raises at every call",
    "traceback shown and counted; after 10 in a row paused; Resume tries again",
    group=GROUP,
    everyday=True,
)
def test_a_function_that_raises(bench: Bench):
    bench.use(as_function("raise ValueError('no luck')"))
    bench.expect_error("ValueError: no luck")
    bench.source.wait_for_status("Paused")
    assert bench.notebook.live_tracks() == 1, "a paused stream keeps its preview"
    bench.expect_all_well()


@fault(
    "hangs for ever",
    "says for how long; Stop turns the camera off at once",
    group=GROUP,
)
def test_a_function_that_hangs(bench: Bench):
    bench.use(as_function("held.wait()"))
    expect(bench.source.root).to_contain_text("has not returned", timeout=PATIENCE_MS)
    bench.source.stop.click()
    bench.notebook.wait_for_live_tracks(0, timeout_s=2)
    bench.source.wait_for_status("Idle")
    bench.notebook.execute("held.set()")
    bench.expect_all_well()


@fault("leaks a thread at every call", "goes on; the threads are the function's own", group=GROUP)
def test_a_function_that_leaks_threads(bench: Bench):
    leak = "one = threading.Thread(target=held.wait, daemon=True)\none.start()\nleaked.append(one)\nreturn frame"
    bench.use(as_function(leak))
    bench.wait_for_pictures()
    bench.notebook.wait_for_value("len(leaked) > 20", True)
    bench.notebook.execute("held.set()")
    bench.expect_all_well()


GARBAGE = ["object()", "'a text'", "np.zeros((2, 3, 4, 5))", "{}", "[1, [2, 3]]", "lambda: 0"]


@fault(
    "returns garbage",
    "each is an error that says what to return; none ends the stream",
    group=GROUP,
)
def test_a_function_that_returns_garbage(bench: Bench):
    for value in GARBAGE:
        bench.use(as_function(f"return {value}"), "use(function, max_errors=1000)")
        bench.notebook.wait_for_value("binding.error is not None", True)
        text = bench.notebook.evaluate("binding.error.text")
        assert "eturn" in text.partition(";")[2], f"{value}: {text}"
        assert len(text) < 10_000
        bench.expect_error(text[:100])
        bench.source.wait_for_status("Live")
    bench.expect_all_well()


@fault("prints 10 MB at every call", "goes on; cell and widget show a bounded part", group=GROUP)
def test_a_function_that_prints_megabytes(bench: Bench):
    bench.use(as_function("print('x' * 10_000_000)\nreturn frame"))
    bench.wait_for_pictures()
    shown = bench.source.root.inner_text()
    assert len(shown) < 20_000
    bench.expect_all_well()
    assert len(bench.notebook.lab.log()) < 1_000_000


@fault(
    "calls `sys.exit()`", "an error like any other; the kernel lives", group=GROUP, everyday=True
)
def test_a_function_that_exits(bench: Bench):
    bench.use(as_function("sys.exit(3)"))
    bench.expect_error("SystemExit")
    bench.expect_all_well()


@fault("sends SIGINT to its own process", "as an interrupt: the stream goes on", group=GROUP)
def test_a_function_that_interrupts_the_kernel(bench: Bench):
    bench.use(as_function("os.kill(os.getpid(), signal.SIGINT)\nreturn frame"))
    bench.wait_for_pictures()
    bench.notebook.execute("pass")
    bench.notebook.execute("binding.stop()")
    bench.source.wait_for_status("Idle")
    bench.expect_all_well()


@fault(
    "changes its own input widgets", "goes on; the change counts from the next call on", group=GROUP
)
def test_a_function_that_changes_its_inputs(bench: Bench):
    bench.use(
        as_function(
            "slider.value = (value + 1) % 100\nwebcam.quality = 60 + value % 20\nreturn frame"
        )
    )
    bench.notebook.wait_for_value("slider.value > 5", True)
    bench.wait_for_pictures()
    bench.expect_all_well()


@fault("closes the widget it runs in", "off at once; nothing is left over", group=GROUP)
def test_a_function_that_closes_its_widget(bench: Bench):
    bench.use(as_function("webcam.close()\nreturn frame"))
    bench.notebook.wait_for_live_tracks(0)
    expect(bench.notebook.page.locator(".nbstream-source")).to_have_count(0, timeout=PATIENCE_MS)
    bench.notebook.wait_for_value(
        "[one.name for one in threading.enumerate() if one.name.startswith('nbstream-function')]",
        [],
    )


@fault("pauses itself", "paused; Resume goes on", group=GROUP)
def test_a_function_that_pauses_itself(bench: Bench):
    bench.use(as_function("binding.pause()\nreturn frame"))
    bench.source.wait_for_status("Paused")
    bench.expect_all_well()


@fault("stops itself", "camera off; Start goes on", group=GROUP)
def test_a_function_that_stops_itself(bench: Bench):
    bench.use(as_function("binding.stop()\nreturn frame"))
    bench.source.wait_for_status("Idle")
    bench.notebook.wait_for_live_tracks(0)
    bench.expect_all_well()


@fault("starts another stream", "the new one takes its place, and goes on", group=GROUP)
def test_a_function_that_starts_another_stream(bench: Bench):
    bench.use(as_function("use(same)\nreturn frame"))
    bench.wait_for_pictures()
    assert bench.notebook.evaluate("[one.status for one in webcam.bindings]") == ["live"]
    bench.expect_all_well()


@fault(
    "widget closed while a call runs", "off at once; the call's thread ends with it", group=GROUP
)
def test_a_widget_that_is_closed_during_a_call(bench: Bench):
    bench.use(as_function("held.wait()"))
    expect(bench.source.root).to_contain_text("has not returned", timeout=PATIENCE_MS)
    bench.notebook.execute("webcam.close()")
    bench.notebook.wait_for_live_tracks(0, timeout_s=2)
    bench.notebook.execute("held.set()")
    bench.notebook.wait_for_value(
        "[one.name for one in threading.enumerate() if one.name.startswith('nbstream-function')]",
        [],
    )


@fault("`%reset -f` while live", "the stream goes on with what it has; Stop works", group=GROUP)
def test_a_namespace_that_is_emptied(bench: Bench):
    bench.notebook.run_cell(bench.notebook.append_cell("%reset -f"))
    bench.wait_for_pictures()
    bench.source.stop.click()
    bench.notebook.wait_for_live_tracks(0, timeout_s=2)
    bench.source.wait_for_status("Idle")
