"""Fixtures of the host tests: a Chromium with the numbered clip, and any host in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.chrome import Browsers
from tests.browser.conftest import browsers, clip, noise

from .cells import Diary, cells_of
from .screen import Screen
from .servers import HostServer, Theme, start_host

__all__ = ["browsers", "clip", "noise"]

OpenHost = Callable[..., Screen]


@pytest.fixture
def open_host(tmp_path: Path, browsers: Browsers) -> Iterator[OpenHost]:
    """``open_host(name, cells=None, theme="light", every_s=1/30)`` -> Screen: the host with its cells run."""
    servers: list[HostServer] = []
    pages: list[Page] = []

    def open_it(
        name: str, extra: tuple[str, ...] = (), theme: Theme = "light", every_s: float = 1 / 30
    ) -> Screen:
        home = tmp_path / f"{name}-{len(servers)}"
        home.mkdir()
        diary = Diary(home / "diary.json")
        cells = [*cells_of(name, diary.path, every_s), *extra]
        servers.append(server := start_host(name, home, cells, theme))
        # The stream itself tells how quick it is; the probe would take 2 ms of the page's time per picture.
        context = browsers.new_context(is_probed=False)
        context.grant_permissions(["camera", "microphone"])
        pages.append(page := context.new_page())
        page.emulate_media(color_scheme=theme)
        screen = Screen(page, diary, server.log)
        screen.open(server.url)
        return screen

    yield open_it
    for page in pages:
        page.context.close()
    for server in servers:
        server.close()
