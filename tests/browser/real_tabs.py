"""A Chromium in which a tab behind another one is hidden, as in a person's: those that Playwright starts hide none."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from playwright.sync_api import BrowserContext, Playwright

from nbstream.testing import wait_for

STARTED_WITHIN_S = 60.0


class RealTabs:
    """One process with a profile of its own, which Playwright joins later and leaves as it is."""

    def __init__(self, playwright: Playwright, path: str, arguments: list[str]) -> None:
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self._process = subprocess.Popen(
            [
                path,
                "--headless=new",
                "--remote-debugging-port=0",  # a free one, on this machine only
                f"--user-data-dir={self._profile.name}",
                *arguments,
                "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        address = f"http://127.0.0.1:{self._port()}"
        self._browser = playwright.chromium.connect_over_cdp(address, no_defaults=True)

    @property
    def context(self) -> BrowserContext:
        """Its one profile."""
        return self._browser.contexts[0]

    def close(self) -> None:
        """End it."""
        self._browser.close()
        self._process.kill()
        self._process.wait()
        self._profile.cleanup()

    def _port(self) -> int:
        told = Path(self._profile.name) / "DevToolsActivePort"
        wait_for(lambda: told.is_file() and told.read_text(), timeout_s=STARTED_WITHIN_S)
        return int(told.read_text().split()[0])
