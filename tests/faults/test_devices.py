"""What happens to camera and microphone themselves."""

from __future__ import annotations

import time

import psutil
from playwright.sync_api import expect

from nbstream.testing import wait_for

from ..browser.live_stream import PATIENCE_MS
from .scene import CELLS, SETUP, Scene
from .table import fault

GROUP = "devices and tabs"
# The browser ends the track and says so; the fake devices cannot be pulled out.
UNPLUG = """kind => {
  for (const track of window.__probe.tracks) {
    if (track.kind !== kind) continue;
    track.stop();
    track.dispatchEvent(new Event('ended'));
  }
}"""
STOP_TRACKS = "() => window.__probe.tracks.forEach((track) => track.stop())"
BLIND = """isBlind => {
  for (const track of window.__probe.tracks) if (track.kind === 'video') track.enabled = !isBlind;
}"""
DEVICES_CHANGE = "() => navigator.mediaDevices.dispatchEvent(new Event('devicechange'))"
REFUSE = """() => {
  window.__open ??= navigator.mediaDevices.getUserMedia;
  navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('revoked', 'NotAllowedError'));
}"""
ALLOW = "() => { navigator.mediaDevices.getUserMedia = window.__open; }"
ACCORDION = (
    "ipywidgets.Accordion([ipywidgets.VBox([webcam, view, mic])], titles=['all'], selected_index=0)"
)
FRAMES = "binding.stats['counts']['frames']"
HIDDEN_S = 60
# Ten are asked for; a page whose timers stop would send one a second at most.
FEWEST_HIDDEN_FPS = 2
ASLEEP_S = 30
AT_ONCE_S = 2.0
SETTLED_MS = 6000


@fault(
    "camera unplugged",
    "off, and said; the sound goes on; Start asks again",
    group=GROUP,
    everyday=True,
)
def test_an_unplugged_camera(scene: Scene, outcome):
    scene.page.evaluate(UNPLUG, "video")
    scene.camera.wait_for_status("Failed")
    expect(scene.camera.root).to_contain_text("unplugged", timeout=PATIENCE_MS)
    assert scene.notebook.live_tracks() == 1
    scene.wait_for_sound()
    scene.camera.go_live()
    outcome(recovery_s=scene.recover())


@fault("microphone unplugged", "off, and said; the pictures go on; Start asks again", group=GROUP)
def test_an_unplugged_microphone(scene: Scene, outcome):
    scene.page.evaluate(UNPLUG, "audio")
    scene.microphone.wait_for_status("Failed")
    expect(scene.microphone.root).to_contain_text("unplugged", timeout=PATIENCE_MS)
    scene.wait_for_pictures()
    scene.microphone.go_live()
    outcome(recovery_s=scene.recover())


@fault(
    "tracks stopped by another script",
    "noticed within 2 s, and said; Start asks again",
    group=GROUP,
)
def test_tracks_that_another_script_stops(scene: Scene, outcome):
    scene.page.evaluate(STOP_TRACKS)
    for source in (scene.camera, scene.microphone):
        expect(source.status).to_have_text("Failed", timeout=3000)
        source.go_live()
    outcome(recovery_s=scene.recover())


@fault("permission revoked", "off; Start says what to allow", group=GROUP)
def test_a_permission_that_is_revoked(scene: Scene, outcome):
    scene.page.evaluate(REFUSE)
    scene.page.evaluate(UNPLUG, "video")
    scene.camera.wait_for_status("Failed")
    scene.camera.start.click()
    expect(scene.camera.root).to_contain_text("Allow the camera", timeout=PATIENCE_MS)
    scene.page.evaluate(ALLOW)
    scene.camera.go_live()
    outcome(recovery_s=scene.recover())


@fault("camera muted (privacy shutter)", "black pictures; stays live", group=GROUP)
def test_a_camera_that_gives_black(scene: Scene, outcome):
    scene.page.evaluate(BLIND, True)
    seen = scene.notebook.evaluate(FRAMES)
    scene.notebook.wait_for_value(f"{FRAMES} > {seen} + 30", True)
    expect(scene.camera.status).to_have_text("Live")
    scene.page.evaluate(BLIND, False)
    outcome(recovery_s=scene.recover(), samples_lost=scene.stop().samples_lost)


@fault("devices come and go", "the list is renewed; nothing is opened anew", group=GROUP)
def test_devices_that_change(scene: Scene, outcome):
    for _ in range(20):
        scene.page.evaluate(DEVICES_CHANGE)
    recovery_s = scene.recover()
    assert scene.page.evaluate("() => window.__probe.streams.length") == 2
    found = scene.stop()
    assert (found.samples_lost, found.told_s) == (0, 0)
    outcome(recovery_s=recovery_s, frames_lost=found.frames_lost, samples_lost=found.samples_lost)


@fault(
    "widgets in an Accordion that is closed",
    "off after 20 s, paused, and said; Resume goes on",
    group=GROUP,
)
def test_a_closed_accordion(open_scene, outcome):
    scene: Scene = open_scene([SETUP, CELLS[1], ACCORDION]).go_live()
    header = scene.page.locator(".jupyter-widget-Collapse-header")
    header.click()
    off_s = scene.wait_until_off(25)
    scene.notebook.wait_for_value("(binding.status, hearing.status)", ["paused", "paused"])
    header.click()
    for source in (scene.camera, scene.microphone):
        source.go_live()
    outcome(off_s=off_s, recovery_s=scene.recover())


def stop_and_go(processes: list[psutil.Process], seconds: float) -> None:
    """Stop processes for a while, all of them at once."""
    for one in processes:
        one.suspend()
    time.sleep(seconds)
    for one in processes:
        one.resume()


def page_processes(scene: Scene) -> list[psutil.Process]:
    """The browser's processes of pages, and what serves them."""
    browser = scene.page.context.browser
    assert browser is not None
    session = browser.new_browser_cdp_session()
    found = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    return [psutil.Process(one["id"]) for one in found if one["type"] != "browser"]


@fault("tab hidden for 60 s", "goes on: pictures, and all of the sound", group=GROUP)
def test_a_hidden_tab(open_scene, outcome):
    scene: Scene = open_scene(camera="tabs").go_live()
    in_front = scene.page.context.new_page()
    wait_for(lambda: scene.page.evaluate("document.hidden"))
    frames = scene.notebook.evaluate(FRAMES)
    in_front.wait_for_timeout(HIDDEN_S * 1000)
    fps = (scene.notebook.evaluate(FRAMES) - frames) / HIDDEN_S
    assert fps > FEWEST_HIDDEN_FPS
    scene.page.bring_to_front()
    recovery_s = scene.recover()
    found = scene.stop()
    assert (found.samples_lost, found.told_s) == (0, 0)
    lost = {"frames_lost": found.frames_lost, "samples_lost": found.samples_lost}
    outcome(recovery_s=recovery_s, fps=fps, **lost)


@fault("tab frozen for 30 s", "paused after 20 s; Resume goes on", group=GROUP)
def test_a_frozen_tab(scene: Scene, outcome):
    stop_and_go(page_processes(scene), ASLEEP_S)
    for source in (scene.camera, scene.microphone):
        expect(source.start).to_have_text("Resume", timeout=PATIENCE_MS)
    scene.wait_until_off(AT_ONCE_S)
    for source in (scene.camera, scene.microphone):
        source.go_live()
    outcome(recovery_s=scene.recover())


@fault(
    "laptop asleep for 30 s (browser and kernel stopped)",
    "off or live, as the status says; goes on with Resume at most",
    group=GROUP,
)
def test_a_laptop_that_sleeps(scene: Scene, outcome):
    kernel = psutil.Process(scene.notebook.evaluate("os.getpid()"))
    stop_and_go([kernel, *page_processes(scene)], ASLEEP_S)
    scene.page.wait_for_timeout(SETTLED_MS)
    for source in (scene.camera, scene.microphone):
        if source.start.inner_text() == "Resume" and source.start.is_enabled():
            source.start.click()
        source.wait_for_status("Live")
    assert scene.notebook.live_tracks() == 2
    outcome(recovery_s=scene.recover())
