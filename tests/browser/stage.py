"""The real bundles in a real Chromium, with host and kernel played by the test: any state in a moment.

The page has a theme of JupyterLab, as its style sheet ships it, and nothing else of it.
"""

from __future__ import annotations

import sysconfig
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import BrowserContext, Page, Route

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "nbstream" / "static"
THEMES = Path(sysconfig.get_path("data")) / "share" / "jupyter" / "lab" / "themes" / "@jupyterlab"
SCRIPT = Path(__file__).with_name("stage.js")
ORIGIN = "http://localhost"

Theme = Literal["light", "dark", "dark-high-contrast", "none"]

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Stage</title>
<style>{theme}</style><style>{widget}</style><style>{sound}</style><style>
body {{ margin: 0; padding: 12px; background: var(--jp-layout-color0, #fff); }}
#stage {{ display: flex; gap: 4px; align-items: flex-start; }}
#stage > div {{ flex: 0 1 auto; }}
</style></head><body><main id="stage"></main></body></html>"""

CREDIT = {
    "index": 1,
    "run": 1,
    "may_send_through": 0,
    "settled_through": 0,
    "taken_through": 0,
    "ended_through": 0,
    "superseded": 0,
    "rejected": 0,
    "call_ms": None,
    "late_ms": None,
    "held_ms": None,
}
IDLE: dict[str, Any] = {
    "nbstream": 1,
    "type": "state",
    "index": 1,
    "run": 0,
    "wanted": False,
    "owner": None,
    "status": "idle",
    "note": None,
    "time_limit_s": None,
    "remaining_s": None,
    "clock_running": False,
    "queue_position": None,
    "queue_wait_s": None,
    "stream_every_s": 0.1,
    "shows_result": False,
    "can_resume": False,
    "captures_waiting": None,
    "is_frozen": False,
    "stats": None,
    "error": None,
    "log": [],
    "credit": CREDIT,
}
WEBCAM: dict[str, Any] = {
    "_kind": "webcam",
    "label": "",
    "device": "synthetic",
    "resolution": [640, 480],
    "facing_mode": None,
    "crop": None,
    "mirror": False,
    "color": "rgb",
    "quality": 70,
    "hold": "size",
    "constraints": None,
}
MICROPHONE: dict[str, Any] = {
    "_kind": "microphone",
    "label": "",
    "device": "synthetic",
    "channels": 1,
}
VIEW: dict[str, Any] = {"_kind": "image_view", "label": ""}
PLAYER: dict[str, Any] = {"_kind": "audio_player", "label": "", "volume": 1, "muted": False}


class Stage:
    """A page of its own in a browser's context; `page` is Playwright's."""

    def __init__(self, context: BrowserContext, theme: Theme = "light") -> None:
        self.page: Page = context.new_page()
        self._theme = theme
        self.page.route(f"{ORIGIN}/**", self._answer)
        self.page.goto(f"{ORIGIN}/")
        self.page.add_script_tag(path=SCRIPT)

    def show(
        self, name: str, traits: dict[str, Any], state: dict[str, Any] | None = None, **more: Any
    ) -> None:
        """Show a widget; the kernel says `state` to its hello. `more`: traits that differ."""
        bundle = "sound" if traits["_kind"] in ("microphone", "audio_player") else "widget"
        said = None if state is None else {**IDLE, **state}
        self.page.evaluate(
            "([name, bundle, traits, said]) => stage.show(name, bundle, traits, said)",
            [name, bundle, {**traits, **more}, said],
        )

    def say(self, name: str, **state: Any) -> None:
        """Let the kernel say another state."""
        self.page.evaluate("([name, said]) => stage.say(name, said)", [name, {**IDLE, **state}])

    def result(self, name: str, seq: int = 1, width: int = 640, height: int = 480) -> None:
        """Let the kernel send a picture."""
        self.page.evaluate("args => stage.result(...args)", [name, seq, width, height])

    def clear(self) -> None:
        """Take all widgets away."""
        self.page.evaluate("stage.clear()")

    def width(self, width_px: int | None) -> None:
        """Leave so much room for all widgets together; `None` = the page's width."""
        self.page.evaluate(
            "width => { document.querySelector('#stage').style.width = width ? `${width}px` : ''; }",
            width_px,
        )

    def close(self) -> None:
        self.page.close()

    def _answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN).lstrip("/")
        if path.endswith(".js"):
            body = (STATIC / path).read_text()
            route.fulfill(body=body, content_type="text/javascript")
        else:
            route.fulfill(body=self._document(), content_type="text/html")

    def _document(self) -> str:
        theme = ""
        if self._theme != "none":
            theme = (THEMES / f"theme-{self._theme}-extension" / "index.css").read_text()
        widget, sound = ((STATIC / f"{name}.css").read_text() for name in ("widget", "sound"))
        return PAGE.format(theme=theme, widget=widget, sound=sound)
