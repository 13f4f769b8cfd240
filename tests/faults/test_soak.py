"""A long stream with a fault a minute, and the watchdog that is there for faults that nobody thought of."""

from __future__ import annotations

import logging
import os
import time
from itertools import cycle

import pytest
from playwright.sync_api import expect

from . import test_goes_on as goes_on
from .scene import SHOW_CELL, Scene
from .table import fault

logger = logging.getLogger(__name__)

GROUP = "all of it for long"
SOAK_S = 300.0
FAULT_EVERY_S = 60.0
FAULTS = [
    goes_on.a_short_cut,
    goes_on.one_message_in_a_hundred_lost,
    goes_on.a_slider,
    goes_on.a_cell_that_is_run_again,
    goes_on.a_cell_that_sleeps,
    goes_on.a_busy_page,
    goes_on.an_interrupt,
    goes_on.doubled_messages,
    goes_on.a_cell_that_raises,
    goes_on.swapped_messages,
]
# After a cut the host has its own moments to try again, and a busy machine needs some of them.
PATIENCE_S = 60.0
WATCHDOG_S = 20.0
SILENT_S = 10.0
"""After so long without a word of the kernel the devices are off."""
OPENED_WITHIN_S = 0.5
"""So long it takes to open the microphone again."""
# From now on no picture gives its credit back, until the account begins anew: a fault of our own.
SPOIL = """
account = webcam._session._credits
begin_account = account.begin
account._settle = lambda seq: None

def begin_anew(run):
    vars(account).pop("_settle", None)
    begin_account(run)

account.begin = begin_anew
"""


@pytest.mark.timeout(2 * 3600)
@fault(
    "a fault a minute, for five minutes (`make soak-faults`: an hour)",
    "every picture and every sample is counted at the end",
    group=GROUP,
)
def test_a_fault_a_minute(scene: Scene, outcome):
    seconds = float(os.environ.get("SOAK_SECONDS", SOAK_S))
    began_s = time.monotonic()
    count, longest_s, off_s = 0, 0.0, 0.0
    for disturb in cycle(FAULTS):
        disturb(scene)
        recovery_s = scene.recover(PATIENCE_S)
        scene.notebook.remove_cells_after(SHOW_CELL)
        longest_s = max(longest_s, recovery_s)
        if disturb is goes_on.a_short_cut:
            off_s += max(0.0, goes_on.CUT_S + recovery_s + OPENED_WITHIN_S - SILENT_S)
        count += 1
        logger.info("%d: %s, back after %.1f s", count, disturb.__name__, recovery_s)
        left_s = count * FAULT_EVERY_S - (time.monotonic() - began_s)
        scene.page.wait_for_timeout(max(0.0, 1000 * left_s))
        if time.monotonic() - began_s >= seconds:
            break
    found = scene.stop()
    assert (found.frames_lost, found.samples_lost) == (0, 0), found
    # Where a busy machine's page took so long to come back, the microphone was off, and that is told.
    assert found.told_s <= off_s, found
    outcome(
        recovery_s=longest_s,
        frames_lost=found.frames_lost,
        samples_lost=found.samples_lost,
        minutes=(time.monotonic() - began_s) / 60,
        faults=count,
    )


@fault(
    "the kernel's account of pictures wrong (spoiled by the test)",
    "after 5 s without a picture the camera begins anew; said, and counted",
    group=GROUP,
)
def test_the_watchdog(scene: Scene, outcome):
    scene.notebook.execute(SPOIL)
    began_s = time.monotonic()
    expect(scene.camera.root).to_contain_text("No picture came for 5 s", timeout=1000 * WATCHDOG_S)
    scene.camera.wait_for_status("Live")
    scene.wait_for_pictures()
    outcome(recovery_s=time.monotonic() - began_s)
    assert scene.notebook.evaluate("binding.stats['counts']['mended']") == 1
