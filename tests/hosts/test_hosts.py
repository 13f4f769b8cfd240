"""Every host that can be started here: how quick it is, that a busy kernel pauses nothing, and how it looks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import OpenHost
from .screen import Measured, rate
from .servers import HOSTS

pytestmark = [pytest.mark.browser, pytest.mark.hosts, pytest.mark.timeout(600)]

PICTURES = Path(__file__).parents[2] / "test-results" / "hosts"
RUNS_CELLS = ["JupyterLab", "Notebook", "marimo"]
Note = Callable[[str, object], None]


@pytest.mark.parametrize("host", HOSTS)
def test_a_stream_is_quick(open_host: OpenHost, host: str, record_property: Note):
    screen = open_host(host)
    screen.go_live()
    screen.page.wait_for_timeout(3000)
    at_30 = screen.measure()
    screen.press("Ten a second")
    screen.diary.wait_for(lambda told: told["fps"] < 12)
    at_10 = screen.measure()
    screen.press("Marks")
    screen.diary.wait_for(lambda told: told["fps"] < 6)
    preview_fps = screen.preview_fps()
    record(record_property, at_30, at_10)
    record_property("preview_fps", round(preview_fps, 1))
    record_property("overlay_fps", rate(screen.diary))


@pytest.mark.parametrize("host", HOSTS)
def test_half_a_minute_of_a_callback_or_a_cell_pauses_nothing(
    open_host: OpenHost, host: str, record_property: Note
):
    screen = open_host(host)
    screen.go_live()
    screen.press("Hold up")
    record_property("callback", screen.through_holdup())
    if host in RUNS_CELLS:
        screen.run_slow_cell()
        record_property("cell", screen.through_holdup())


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("host", HOSTS)
def test_a_page_can_be_read(open_host: OpenHost, host: str, theme: str):
    screen = open_host(host, theme=theme)
    screen.go_live()
    screen.picture(PICTURES / f"{host}-{theme}.png")
    assert screen.contrast() >= 4.5


def record(record_property: Note, at_30: Measured, at_10: Measured) -> None:
    """Note how quick a host is."""
    record_property("fps", at_30.fps)
    record_property("p50_ms", at_30.p50_ms)
    record_property("fps_10", at_10.fps)
    record_property("p50_ms_10", at_10.p50_ms)
