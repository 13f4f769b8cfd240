"""Chromium as the tests start it: headless, silent on the network, with a camera and a microphone of our choice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, Playwright

from nbstream.testing.live.browser import ARGUMENTS as ALWAYS
from nbstream.testing.live.browser import media_arguments
from pytest_nbstream import find_chromium
from scripts.chromium import WHAT_TO_DO

from .kept_pages import VIEWPORT, KeptPages
from .real_tabs import RealTabs

Camera = Literal["clip", "denied", "none", "speech", "click", "tabs", "two"]
PROBES = [Path(__file__).with_name(name) for name in ("probe.js", "sound_probe.js")]
WANTS_CLICK = Path(__file__).with_name("wants_click.js")


class Browsers:
    """One Chromium for each kind of camera and microphone, started when first wanted: the command line decides it.

    ``"clip"`` plays the numbered clip and, as the microphone, the noise; ``"speech"`` a spoken sentence in its place.
    ``"click"`` is as ``"clip"``, and plays no sound before a click, as people's browsers do; with ``"tabs"`` what is
    behind another tab is hidden, and each has a browser of its own;
    ``"two"`` has two cameras of the browser's. ``"denied"`` answers each
    request with a refusal, ``"none"`` has neither.
    """

    def __init__(
        self,
        playwright: Playwright,
        clip: Path,
        noise: Path | None = None,
        make_speech: Callable[[], Path] | None = None,
    ) -> None:
        self._playwright = playwright
        self._clip = clip
        self._noise = noise
        self._make_speech = make_speech
        self._running: dict[Camera, Browser] = {}
        self._real_tabs: list[RealTabs] = []
        self.kept_pages: KeptPages[Camera] = KeptPages(self.new_context)

    def new_context(self, camera: Camera = "clip", is_probed: bool = True) -> BrowserContext:
        """Open a fresh profile, with the probe in each of its pages unless it is not to take time there."""
        context = self._with_real_tabs() if camera == "tabs" else self._new_context(camera)
        for probe in PROBES if is_probed else []:
            context.add_init_script(path=probe)
        if camera == "click":
            context.add_init_script(path=WANTS_CLICK)
        return context

    def close(self) -> None:
        """End all of them."""
        for browser in self._running.values():
            browser.close()
        for tabs in self._real_tabs:
            tabs.close()

    def _new_context(self, camera: Camera) -> BrowserContext:
        if camera not in self._running:
            self._running[camera] = self._playwright.chromium.launch(
                executable_path=_chromium(), args=self._arguments(camera)
            )
        return self._running[camera].new_context(
            viewport=VIEWPORT,
            permissions=[] if camera == "denied" else ["camera", "microphone"],
        )

    def _with_real_tabs(self) -> BrowserContext:
        arguments = [*self._arguments("tabs"), "--window-size=1400,1000"]
        self._real_tabs.append(RealTabs(self._playwright, _chromium(), arguments))
        return self._real_tabs[-1].context

    def _arguments(self, camera: Camera) -> list[str]:
        return [*ALWAYS, *self._camera_arguments(camera)]

    def _camera_arguments(self, camera: Camera) -> list[str]:
        if camera == "denied":
            return ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream=deny"]
        if camera == "none":
            no_devices = "--use-fake-device-for-media-stream=device-count=0"
            return [no_devices, "--use-fake-ui-for-media-stream"]
        if camera == "two":
            two_devices = "--use-fake-device-for-media-stream=device-count=2"
            return [two_devices, "--use-fake-ui-for-media-stream"]
        sound = self._make_speech() if camera == "speech" and self._make_speech else self._noise
        return media_arguments(self._clip, sound)


def _chromium() -> str:
    path = find_chromium()
    if path is None:
        raise RuntimeError(WHAT_TO_DO)
    return path
