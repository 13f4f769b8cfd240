"""Counts what an overlay draws: the texts beside its marks, as they come on the screen."""

from __future__ import annotations

from playwright.sync_api import Page

NOTE_CAPTIONS = """() => {
    const drawn = window.__captions = new Set();
    const { fillText } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
        if (this.canvas.matches?.('.nbstream-overlay')) drawn.add(text);
        return fillText.call(this, text, ...place);
    };
}"""


def note_captions(page: Page) -> None:
    """From now on, note each different text that an overlay of the page draws."""
    page.evaluate(NOTE_CAPTIONS)


def captions(page: Page, beginning: str) -> set[str]:
    """Those of the noted texts that begin so."""
    drawn: list[str] = page.evaluate("() => [...window.__captions]")
    return {text for text in drawn if text.startswith(beginning)}
