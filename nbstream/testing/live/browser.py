"""Chromium beside a JupyterLab, as `live_notebook` starts them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from .lab import LabServer
from .notebook import LiveNotebook

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

ARGUMENTS = [
    "--no-sandbox",  # root in a container has no user namespace; only pages of our own are loaded
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]
FAKE_MEDIA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]


def media_arguments(film: Path | None, sound: Path | None) -> list[str]:
    """A camera and a microphone that play files, or what Chromium makes up."""
    return [
        *FAKE_MEDIA,
        *([f"--use-file-for-fake-video-capture={film}"] if film else []),
        *([f"--use-file-for-fake-audio-capture={sound}"] if sound else []),
    ]


class LiveLab:
    """One JupyterLab, and a Chromium for each film and sound that a camera and microphone play.

    Parameters
    ----------
    chromium
        Path of the browser.
    home
        An empty folder.
    paths
        Where kernels look for modules first.
    """

    def __init__(
        self, playwright: Playwright, chromium: str, home: Path, paths: Sequence[Path]
    ) -> None:
        self._playwright = playwright
        self._chromium = chromium
        self._browsers: dict[tuple[Path | None, Path | None], Browser] = {}
        self._numbers = count(1)
        self.server = LabServer(home, paths=paths)

    def open(self, cells: Sequence[str], *, film: Path | None, sound: Path | None) -> LiveNotebook:
        """Write a notebook and open it in a fresh profile."""
        name = self.server.write_notebook(f"live_{next(self._numbers)}", list(cells))
        context = self._browser(film, sound).new_context(permissions=["camera", "microphone"])
        return LiveNotebook(context.new_page(), self.server, name).open()

    def close(self) -> None:
        """End the browsers, the server and its kernels."""
        for browser in self._browsers.values():
            browser.close()
        self.server.close()

    def _browser(self, film: Path | None, sound: Path | None) -> Browser:
        if (film, sound) not in self._browsers:
            self._browsers[film, sound] = self._playwright.chromium.launch(
                executable_path=self._chromium, args=[*ARGUMENTS, *media_arguments(film, sound)]
            )
        return self._browsers[film, sound]
