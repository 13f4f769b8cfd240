"""Two pages on one notebook: one captures, the other is a guest, sees the result live, and can take the camera over."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import BrowserContext, expect

from nbstream.protocol.from_page import GONE_AFTER_S

from .chrome import Camera
from .live_stream import CELLS, PATIENCE_MS, Source, wait_for_result_after_now
from .notebook_page import NotebookPage

GUEST_NOTE = "Another page has the camera; Take over uses this page's instead."
GONE_NOTE = "The page that captured went away; Resume goes on from this one."
AT_ONCE_S = 5.0
# What a stream of a page that is gone held is free so long after the kernel knows; a heartbeat is 1 s.
FREE_AFTER_S = 5.0
TWO_CAMERAS = """
import nbstream as nbs

def same(frame):
    return frame

cameras = [nbs.Webcam(label=name) for name in "AB"]
for camera in cameras:
    camera.stream(same, camera, camera, stream_every=0.05, concurrency_limit=1)
nbs_views = [display(camera) for camera in cameras]
"""
NOTE_TRACKS = """() => {
  window.__offAtMs = null;
  const look = () => {
    if (window.__probe.liveTracks() === 0) window.__offAtMs ??= Date.now();
    else setTimeout(look, 10);
  };
  look();
}"""


@pytest.fixture
def open_guest(browsers):
    """``open_guest(owner, camera="clip")``: another person's browser on the same notebook and kernel."""
    contexts: list[BrowserContext] = []

    def open_it(owner: NotebookPage, camera: Camera = "clip") -> NotebookPage:
        owner.save()
        contexts.append(browsers.new_context(camera))
        return NotebookPage(contexts[-1].new_page(), owner.lab, owner.name).open()

    yield open_it
    for context in contexts:
        context.close()


@pytest.fixture
def pages(open_notebook, open_guest) -> tuple[NotebookPage, NotebookPage]:
    owner: NotebookPage = open_notebook(CELLS)
    return owner, open_guest(owner)


def take_over(guest: NotebookPage) -> float:
    """Press the button; return when, in ms since 1970."""
    guest.page.locator(".nbstream-takeover").click()
    return time.time() * 1000


def expect_to_be_the_owner(page: NotebookPage) -> None:
    page.wait_for_live_tracks(1)
    source = Source(page)
    source.wait_for_status("Live")
    expect(source.root.locator("video")).to_be_visible(timeout=PATIENCE_MS)
    expect(source.root.locator(".nbstream-takeover")).to_be_hidden()
    expect(source.root.locator(".nbstream-device")).to_be_visible()
    wait_for_result_after_now(page)


def expect_to_be_a_guest(page: NotebookPage) -> None:
    page.wait_for_live_tracks(0)
    source = Source(page)
    source.wait_for_status("Live")
    expect(source.root.locator(".nbstream-takeover")).to_be_visible(timeout=PATIENCE_MS)
    expect(source.root.locator(".nbstream-note")).to_have_text(GUEST_NOTE)
    expect(source.root.locator(".nbstream-hint")).to_have_text("The camera is on in another page")
    expect(source.root.locator(".nbstream-device")).to_be_hidden()
    wait_for_result_after_now(page)


def test_two_pages_on_one_camera(pages):
    # One story of one notebook: to load two pages takes longer than what is looked at in them.
    a_guest_sees_the_result_live_and_taking_over_works_both_ways(*pages)
    Source(pages[0]).stop.click()
    both_pages_agree_on_the_status_whoever_changes_it(*pages)
    a_panel_that_is_closed_is_told_at_once_and_opened_again_takes_a_click(*pages)


def a_guest_sees_the_result_live_and_taking_over_works_both_ways(owner, guest):
    Source(owner).go_live()
    expect_to_be_the_owner(owner)
    expect_to_be_a_guest(guest)
    for taker, former in ((guest, owner), (owner, guest)):
        former.page.evaluate(NOTE_TRACKS)
        pressed_at_ms = take_over(taker)
        former.page.wait_for_function("() => window.__offAtMs")
        assert former.page.evaluate("() => window.__offAtMs") - pressed_at_ms < AT_ONCE_S * 1000
        expect_to_be_the_owner(taker)
        expect_to_be_a_guest(former)
    assert owner.evaluate("binding.status") == "live"


def both_pages_agree_on_the_status_whoever_changes_it(*pages):
    owner, guest = sources = [Source(page) for page in pages]
    for source in sources:
        source.wait_for_status("Idle")
    for press, words in [
        (owner.start.click, "Live"),
        (lambda: pages[0].execute("binding.pause()"), "Paused"),
        (guest.start.click, "Live"),
        (guest.stop.click, "Idle"),
        (guest.start.click, "Live"),
        (owner.stop.click, "Idle"),
    ]:
        press()
        for source in sources:
            source.wait_for_status(words)
    for page in pages:
        page.wait_for_live_tracks(0)


def test_a_page_that_takes_over_while_its_camera_is_refused_is_told_so_in_both(
    open_notebook, open_guest
):
    owner = open_notebook(CELLS)
    guest = open_guest(owner, camera="denied")
    Source(owner).go_live()
    take_over(guest)
    for one in (owner, guest):
        Source(one).wait_for_status("Failed")
        expect(Source(one).root).to_contain_text(
            "does not let this page use the camera", timeout=PATIENCE_MS
        )
        one.wait_for_live_tracks(0)


# The server drops what came with the end of a connection, when it is busy: here it drops all of it.
MUTE_THE_PANELS_SOCKET = """() => {
  const { kernel } = window.jupyterapp.shell.currentWidget.context.sessionContext.session;
  kernel._ws.send = () => {};
}"""


def a_panel_that_is_closed_is_told_at_once_and_opened_again_takes_a_click(owner, guest):
    source = Source(owner)
    for is_muted in (False, True):
        source.go_live()
        expect_to_be_a_guest(guest)
        if is_muted:
            owner.page.evaluate(MUTE_THE_PANELS_SOCKET)
        owner.close_panel()
        closed_at_s = time.monotonic()
        Source(guest).wait_for_status("Paused")
        # Silence would have told as well, but later.
        assert time.monotonic() - closed_at_s < GONE_AFTER_S - FREE_AFTER_S
        owner.open_panel_again()
        source.wait_for_status("Paused")
        expect(source.start).to_have_text("Resume")
        assert owner.live_tracks() == 0
    source.go_live()
    expect_to_be_the_owner(owner)


@pytest.fixture
def queue(open_notebook, open_guest):
    """The owner's camera A is live, the guest's camera B waits for its slot."""
    owner: NotebookPage = open_notebook([TWO_CAMERAS])
    guest: NotebookPage = open_guest(owner)
    Source(owner, 0).go_live()
    Source(guest, 1).start.click()
    Source(guest, 1).wait_for_status("Waiting: next")
    wait_for_result_after_now(guest, ".nbstream-source .nbstream-result")
    return owner, guest


def expect_the_slot_to_be_passed_on(guest: NotebookPage) -> float:
    """Return when the guest was told, by `time.monotonic`; its own camera takes a while to open."""
    first = Source(guest, 0)
    first.wait_for_status("Paused")
    told_at_s = time.monotonic()
    Source(guest, 1).wait_for_status("Live")
    expect(first.start).to_have_text("Resume")
    expect(first.root.locator(".nbstream-note")).to_have_text(GONE_NOTE)
    guest.wait_for_live_tracks(1)
    return told_at_s


def test_a_page_that_is_closed_frees_its_slot_and_its_guests_are_told(queue):
    owner, guest = queue
    closed_at_s = time.monotonic()
    owner.page.close(run_before_unload=True)
    told_at_s = expect_the_slot_to_be_passed_on(guest)
    # Silence would have told as well, but later.
    assert told_at_s - closed_at_s < GONE_AFTER_S - FREE_AFTER_S
    # Going on takes one click, and the queue.
    Source(guest, 0).start.click()
    Source(guest, 0).wait_for_status("Waiting: next")


@pytest.mark.slow
def test_a_page_that_crashes_frees_its_slot_after_20_s(queue):
    owner, guest = queue
    crashed_at_s = time.monotonic()
    with pytest.raises(Exception, match="crash"):
        owner.page.goto("chrome://crash")
    assert expect_the_slot_to_be_passed_on(guest) - crashed_at_s < GONE_AFTER_S + FREE_AFTER_S
