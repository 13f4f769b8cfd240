"""JupyterLab's pages that stay open from test to test: to load one costs far more than to open a notebook in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from playwright.sync_api import BrowserContext, Error, Page, ViewportSize

Kind = TypeVar("Kind")
VIEWPORT: ViewportSize = {"width": 1400, "height": 1000}

PATIENCE_MS = 60_000
# What tests replace in their page, so that it plays something.
NOTE_OWN = """() => {
  window.__own = () => [
    navigator.mediaDevices, navigator.mediaDevices?.getUserMedia, navigator.mediaDevices?.enumerateDevices,
    window.setTimeout, window.requestAnimationFrame, window.WebSocket, window.fetch, Math.random, Date.now,
    performance.now, CanvasRenderingContext2D.prototype.fillText, document.body.style.zoom,
  ];
  window.__ownAtFirst = window.__own();
}"""
IS_AS_AT_FIRST = """() => window.__own().every((one, k) => one === window.__ownAtFirst[k])
  && !document.querySelector('.jp-Dialog')"""
CLOSE_NOTEBOOKS = """() => {
  for (const widget of [...window.jupyterapp.shell.widgets('main')]) if (widget.context) widget.dispose();
}"""
# As the scripts of the probes leave it in a page that was just loaded.
FORGET = """() => {
  const { __probe: probe, __loudspeaker: loudspeaker } = window;
  probe.tracks.clear();
  probe.streams.length = 0;
  probe.captured = {};
  probe.begin(null);
  loudspeaker.queues.length = 0;
  loudspeaker.isOn = true;
  window.__runs = [];
  for (const device of ["camera", "microphone"]) localStorage.removeItem(`nbstream.${device}`);
}"""


class KeptPages(Generic[Kind]):
    """Pages of JupyterLab without a notebook, each in a profile of its own, by the kind of their browser."""

    def __init__(self, new_context: Callable[[Kind], BrowserContext]) -> None:
        self._new_context = new_context
        self._free: list[tuple[Kind, str, Page]] = []

    def take(self, kind: Kind, url: str) -> Page:
        """Return a page of the server at `url` that is free, or load one."""
        for one in self._free:
            if one[:2] == (kind, url):
                self._free.remove(one)
                return one[2]
        page = self._new_context(kind).new_page()
        page.goto(f"{url}/lab?reset", wait_until="domcontentloaded")
        page.wait_for_function("() => window.jupyterapp?.shell.currentWidget", timeout=60_000)
        page.evaluate(NOTE_OWN)
        return page

    def give_back(self, kind: Kind, url: str, page: Page) -> None:
        """Close the page's notebooks and keep it; one that is not as it was at first is closed."""
        try:
            kept = self._clean(page)
        except Error:  # closed, crashed, or its camera stays on
            kept = False
        if kept:
            self._free.append((kind, url, page))
        else:
            page.context.close()

    def _clean(self, page: Page) -> bool:
        page.evaluate(CLOSE_NOTEBOOKS)
        page.wait_for_function("() => window.__probe.liveTracks() === 0", timeout=PATIENCE_MS)
        for other in page.context.pages:
            if other is not page:
                other.close()
        # A page that was loaded again has no functions to compare with, which is an error as well.
        if not page.evaluate(IS_AS_AT_FIRST):
            return False
        page.evaluate(FORGET)
        page.set_viewport_size(VIEWPORT)
        page.mouse.move(0, 0)
        return True
