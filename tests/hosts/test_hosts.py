"""Every host that can be started here: how quick it is, that a busy kernel pauses nothing, and how it looks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from .cells import BUSY_S, results_of
from .conftest import OpenHost
from .servers import HOSTS

pytestmark = [pytest.mark.browser, pytest.mark.hosts, pytest.mark.timeout(600)]

PICTURES = Path(__file__).parents[2] / "test-results" / "hosts"


@pytest.mark.parametrize("host", HOSTS)
def test_a_stream_is_quick_and_a_callback_of_half_a_minute_pauses_nothing(
    open_host: OpenHost, host: str, record_property: Callable[[str, object], None]
):
    screen = open_host(host)
    screen.go_live()
    screen.picture(PICTURES / f"{host}-light.png")
    measured = screen.measure()
    screen.keep_kernel_busy()
    screen.wait_for_note("kernel is busy")
    screen.page.wait_for_timeout(1000 * BUSY_S)
    told = screen.diary.wait_for(lambda told: told["status"] == "live")
    before = results_of(told)
    screen.diary.wait_for(lambda told: told["status"] == "live" and results_of(told) > before + 20)
    for name, value in measured._asdict().items():
        record_property(name, value)


@pytest.mark.parametrize("host", HOSTS)
def test_a_dark_page_can_be_read(open_host: OpenHost, host: str):
    screen = open_host(host, theme="dark")
    screen.go_live()
    screen.picture(PICTURES / f"{host}-dark.png")
    assert screen.contrast() >= 4.5
