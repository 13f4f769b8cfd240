"""Camera and microphone go off when they should: by the tracks' own word, and how soon."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from ..browser.live_stream import PATIENCE_MS
from .scene import DISPLAY, SHOW_CELL, Scene
from .table import fault

GROUP = "camera and microphone go off"
AT_ONCE_S = 1.0
SILENCE_S = 10.0
# What a test needs to hear of it, on a busy machine.
SPARE_S = 5.0
CLOCK_S = 1.0
PANEL = "window.jupyterapp.shell.currentWidget"
KERNEL = f"{PANEL}.sessionContext.session.kernel"


def pid_of_kernel(scene: Scene) -> int:
    pid: int = scene.notebook.evaluate("os.getpid()")
    return pid


def start_again(scene: Scene) -> None:
    """Press what Start is called now, of both."""
    for source in (scene.camera, scene.microphone):
        source.go_live()


def run_all_again(scene: Scene) -> None:
    """After a kernel's end: run the cells again, and start."""
    scene.notebook.run_all()
    scene.go_live()


def expect_words(scene: Scene, words: str) -> None:
    for source in (scene.camera, scene.microphone):
        expect(source.root).to_contain_text(words, timeout=PATIENCE_MS)


@fault("Stop pressed", "off within 1 s; Start begins anew", group=GROUP, everyday=True)
def test_stop(scene: Scene, outcome):
    scene.camera.stop.click()
    scene.microphone.stop.click()
    off_s = scene.wait_until_off(AT_ONCE_S + SPARE_S)
    for source in (scene.camera, scene.microphone):
        source.wait_for_status("Idle")
    start_again(scene)
    outcome(off_s=off_s, recovery_s=scene.recover())


@fault("`close()` of the widgets", "off within 1 s; they leave the page", group=GROUP)
def test_close(scene: Scene, outcome):
    scene.notebook.execute("webcam.close(); mic.close()")
    outcome(off_s=scene.wait_until_off(AT_ONCE_S + SPARE_S))
    expect(scene.page.locator(".nbstream-source")).to_have_count(0, timeout=PATIENCE_MS)


@fault("the output cleared", "off within 1 s, paused; Resume when it is shown again", group=GROUP)
def test_cleared_output(scene: Scene, outcome):
    scene.page.evaluate(
        f"index => {PANEL}.content.widgets[index].model.clearExecution()", SHOW_CELL
    )
    off_s = scene.wait_until_off(AT_ONCE_S + SPARE_S)
    scene.notebook.wait_for_value("(binding.status, hearing.status)", ["paused", "paused"])
    scene.notebook.run_cell(SHOW_CELL)
    start_again(scene)
    outcome(off_s=off_s, recovery_s=scene.recover())


@fault(
    "the notebook's panel closed and opened", "off within 1 s; Resume when it is back", group=GROUP
)
def test_closed_panel(scene: Scene, outcome):
    scene.notebook.save()
    scene.notebook.close_panel()
    off_s = scene.wait_until_off(AT_ONCE_S + SPARE_S)
    scene.notebook.open_panel_again()
    for source in (scene.camera, scene.microphone):
        expect(source.start).to_have_text("Resume", timeout=PATIENCE_MS)
    start_again(scene)
    outcome(off_s=off_s, recovery_s=scene.recover())


def kernel_ends(
    scene: Scene, outcome: Callable[..., None], end: Callable[[], object], *, within_s: float
) -> None:
    """End the kernel; the devices go off, the page says so, and running the cells again is all it takes."""
    end()
    off_s = scene.wait_until_off(within_s + SPARE_S)
    expect_words(scene, "kernel")
    for source in (scene.camera, scene.microphone):
        expect(source.status).not_to_have_text("Live")
    outcome(off_s=off_s)


def until_the_kernel_is_back(scene: Scene) -> None:
    scene.page.wait_for_function(
        f"() => {KERNEL}?.status === 'idle' && {KERNEL}.connectionStatus === 'connected'",
        timeout=60_000,
    )


@fault("kernel restarted", "off within 1 s; run the cells again", group=GROUP, everyday=True)
def test_restart(scene: Scene, outcome):
    kernel_ends(
        scene,
        outcome,
        lambda: scene.page.evaluate(f"() => void {KERNEL}.restart()"),
        within_s=AT_ONCE_S,
    )
    until_the_kernel_is_back(scene)
    run_all_again(scene)


@fault(
    "kernel killed (SIGKILL)",
    "off within 1 s of the server's noticing, which takes up to 3 s",
    group=GROUP,
)
def test_kill(scene: Scene, outcome):
    pid = pid_of_kernel(scene)
    kernel_ends(scene, outcome, lambda: os.kill(pid, signal.SIGKILL), within_s=3 + AT_ONCE_S)
    until_the_kernel_is_back(scene)
    run_all_again(scene)


@fault("kernel shut down from the menu", "off within 1 s of the kernel's end", group=GROUP)
def test_shutdown(scene: Scene, outcome):
    kernel_ends(
        scene,
        outcome,
        lambda: scene.page.evaluate(f"() => void {PANEL}.sessionContext.shutdown()"),
        within_s=AT_ONCE_S,
    )


@fault("`exit` in a cell", "off within 1 s, before the kernel ends", group=GROUP)
def test_exit(scene: Scene, outcome):
    cell = scene.notebook.append_cell("exit")
    kernel_ends(
        scene,
        outcome,
        lambda: scene.notebook.run_cell(cell, wait=False),
        within_s=AT_ONCE_S,
    )


@fault(
    "kernel silent (stopped by SIGSTOP)",
    "off within 10 s, and said; after 20 s paused, Resume goes on",
    group=GROUP,
)
def test_silent_kernel(scene: Scene, outcome):
    pid = pid_of_kernel(scene)
    os.kill(pid, signal.SIGSTOP)
    try:
        off_s = scene.wait_until_off(SILENCE_S + SPARE_S)
        expect_words(scene, "No answer from the kernel")
        scene.page.wait_for_timeout(12_000)
    finally:
        os.kill(pid, signal.SIGCONT)
    for source in (scene.camera, scene.microphone):
        expect(source.start).to_have_text("Resume", timeout=PATIENCE_MS)
    expect_words(scene, "The kernel stood still")
    start_again(scene)
    outcome(off_s=off_s, recovery_s=scene.recover())


@fault(
    "kernel silent for 13 s",
    "off within 10 s; goes on by itself, the missing sound told as a gap",
    group=GROUP,
)
def test_silent_for_a_while(scene: Scene, outcome):
    pid = pid_of_kernel(scene)
    began_s = time.monotonic()
    os.kill(pid, signal.SIGSTOP)
    try:
        off_s = scene.wait_until_off(SILENCE_S + SPARE_S)
        scene.page.wait_for_timeout(1000 * (13 - (time.monotonic() - began_s)))
    finally:
        os.kill(pid, signal.SIGCONT)
    resumed_at_s = time.monotonic()
    scene.notebook.wait_for_live_tracks(2)
    on_again_s = time.monotonic() - began_s
    recovery_s = time.monotonic() - resumed_at_s + scene.recover()
    found = scene.stop()
    # The fake microphone begins its noise anew, so what is missing is known by the clock only.
    assert abs(found.told_s - (on_again_s - off_s)) < CLOCK_S
    assert found.samples_lost == 0
    outcome(off_s=off_s, recovery_s=recovery_s, frames_lost=found.frames_lost)


@fault(
    "the connection cut for 60 s",
    "off within 10 s, and said; paused; Resume goes on",
    group=GROUP,
)
def test_long_cut(scene: Scene, outcome):
    scene.link.cut()
    cut_at_s = time.monotonic()
    off_s = scene.wait_until_off(SILENCE_S + SPARE_S)
    expect_words(scene, "No answer from the kernel")
    scene.page.wait_for_timeout(1000 * (60 - (time.monotonic() - cut_at_s)))
    scene.link.mend()
    mended_at_s = time.monotonic()
    for source in (scene.camera, scene.microphone):
        expect(source.start).to_have_text("Resume", timeout=PATIENCE_MS)
    back_s = time.monotonic() - mended_at_s
    start_again(scene)
    outcome(off_s=off_s, recovery_s=back_s + scene.recover())


@fault("the connection cut for good", "off within 10 s, and said", group=GROUP)
def test_cut_for_good(scene: Scene, outcome):
    scene.link.cut()
    outcome(off_s=scene.wait_until_off(SILENCE_S + SPARE_S))
    expect_words(scene, "No answer from the kernel")


@fault("page reloaded", "off; paused; Resume goes on", group=GROUP, everyday=True)
def test_reload(scene: Scene, outcome):
    scene.notebook.reload()
    assert scene.notebook.live_tracks() == 0
    for source in (scene.camera, scene.microphone):
        expect(source.start).to_have_text("Resume", timeout=PATIENCE_MS)
    assert scene.notebook.evaluate("(binding.status, hearing.status)") == ["paused", "paused"]
    start_again(scene)
    outcome(recovery_s=scene.recover())


@fault("tab closed, seen from a second one", "paused within 5 s; Resume there goes on", group=GROUP)
def test_closed_tab(scene: Scene, outcome):
    scene.notebook.save()
    second = Scene(scene.notebook.open_second_page())
    second.notebook.watch(DISPLAY)
    second.notebook.wait_for_shown(3)
    closed_at_s = time.monotonic()
    scene.page.close(run_before_unload=True)
    for source in (second.camera, second.microphone):
        expect(source.status).to_have_text("Paused", timeout=5000)
    paused_s = time.monotonic() - closed_at_s
    assert second.notebook.live_tracks() == 0
    start_again(second)
    outcome(off_s=paused_s, recovery_s=second.recover())


@fault(
    "tab crashed, seen from a second one", "paused after 20 s; Resume there goes on", group=GROUP
)
def test_crashed_tab(scene: Scene, outcome):
    scene.notebook.save()
    second = Scene(scene.notebook.open_second_page())
    crashed_at_s = time.monotonic()
    with pytest.raises(Exception, match="crash"):
        scene.page.goto("chrome://crash")
    second.camera.wait_for_status("Paused")
    paused_s = time.monotonic() - crashed_at_s
    assert paused_s < 25
    start_again(second)
    outcome(recovery_s=second.recover())


@fault("a second tab takes the camera over", "the first one's goes off within 1 s", group=GROUP)
def test_second_tab(scene: Scene, outcome):
    scene.notebook.save()
    second = Scene(scene.notebook.open_second_page())
    for source in (second.camera, second.microphone):
        source.root.locator(".nbstream-takeover").click()
    outcome(off_s=scene.wait_until_off(AT_ONCE_S + SPARE_S), recovery_s=second.recover())
    second.notebook.wait_for_live_tracks(2)
