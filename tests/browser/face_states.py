"""Every state that people see, by name: for the gallery, and for what must hold in each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from .stage import MICROPHONE, PLAYER, VIEW, WEBCAM, Stage

LIVE: dict[str, Any] = {"run": 1, "wanted": True, "owner": "me", "status": "live"}
LIMITED = {"time_limit_s": 30, "remaining_s": 20, "clock_running": True}
TRACEBACK = (
    "Traceback (most recent call last):\n"
    "  Cell In[3], line 4, in process\n"
    "    return frame[:, :, 5]\n"
    "           ~~~~~^^^^^^^^^\n"
    "IndexError: index 5 is out of bounds for axis 2 with size 3"
)
DENIED = (
    "The browser does not let this page use the camera. Allow the camera beside the address and press Start again. "
    'Or choose "Synthetic camera" in the list: it works without a camera.'
)
NUMBERS = {
    "fps": 29.6,
    "legs_ms": {
        "encode": 3.1,
        "up": 2.2,
        "call": 4.2,
        "write": 1.1,
        "down": 2,
        "paint": 1.9,
        "total": 14.7,
    },
    "superseded": 3,
    "bytes_up": 2_000_000,
    "bytes_down": 1_800_000,
}
RECEIPT = {"index": 1, "run": 1, "open": True, "received_through": 0, "missing_through": 0}
PATIENCE_MS = 60_000


class FaceState(NamedTuple):
    """One state of the camera's widget: what its kernel says, and what else is done."""

    name: str
    state: dict[str, Any]
    traits: Mapping[str, Any] = MappingProxyType({})
    then: Callable[[Stage], None] | None = None


def _gone(stage: Stage) -> None:
    stage.page.evaluate("stage.fire('camera', 'comm:close')")


def _has_result(stage: Stage) -> None:
    stage.result("camera")
    stage.page.wait_for_selector(
        ".nbstream-source .nbstream-result:not([hidden])", timeout=PATIENCE_MS
    )


def _has_preview(stage: Stage) -> None:
    stage.page.wait_for_selector(".nbstream-preview:not([hidden])", timeout=PATIENCE_MS)


def _opens_settings(stage: Stage) -> None:
    _has_preview(stage)
    stage.page.locator(".nbstream-settings").click()


def _shows_bar(stage: Stage) -> None:
    _has_preview(stage)
    stage.page.locator(".nbstream-picture").first.hover()


STATES = [
    FaceState("idle", {}),
    FaceState("asking", {**LIVE, "status": "asking"}),
    FaceState(
        "waiting with two ahead",
        {**LIVE, "status": "waiting", "queue_position": 2, "queue_wait_s": 44},
        then=_has_preview,
    ),
    FaceState(
        "getting ready",
        {**LIVE, "status": "waiting", "note": "The model is being loaded (12 s)."},
        then=_has_preview,
    ),
    FaceState(
        "a long call",
        {**LIVE, "progress": 0.4, "note": "Looking for faces"},
        then=_has_preview,
    ),
    FaceState("live", {**LIVE, **LIMITED}, then=_has_preview),
    FaceState("live, pointed at", {**LIVE, **LIMITED}, then=_shows_bar),
    FaceState("live with its result", {**LIVE, "shows_result": True}, then=_has_result),
    FaceState("live with numbers", {**LIVE, "stats": NUMBERS}, {"show_stats": True}, _has_preview),
    FaceState("settings", {**LIVE}, then=_opens_settings),
    FaceState(
        "return forgotten",
        {
            **LIVE,
            "note": "process() returns nothing, so nothing goes to ImageView. End it with return and what shall be "
            "shown, such as: return frame",
        },
        then=_has_preview,
    ),
    FaceState(
        "paused",
        {**LIVE, **LIMITED, "clock_running": False, "status": "paused", "can_resume": True},
        then=_has_preview,
    ),
    FaceState(
        "stopped",
        {"run": 0, "shows_result": True},
        then=_has_result,
    ),
    FaceState("denied", {"run": 1, "status": "failed", "error": {"text": DENIED, "count": 1}}),
    FaceState(
        "no camera",
        {
            "run": 1,
            "status": "failed",
            "error": {
                "text": "No such camera was found. Connect one, or choose another in the list, and press Start again. "
                'Or choose "Synthetic camera" in the list: it works without a camera.',
                "count": 1,
            },
        },
    ),
    FaceState(
        "limit reached",
        {"run": 1, "status": "idle", "time_limit_s": 30, "remaining_s": 0},
    ),
    FaceState("guest page", {"run": 1, "wanted": True, "owner": "another", "status": "live"}),
    FaceState("disconnected", {}, then=_gone),
    FaceState("waits for presses", {**LIVE, "captures_waiting": 2}, then=_has_preview),
    FaceState("few controls", {**LIVE}, {"controls": ["start"]}, _has_preview),
]
WITH_TEXTS = [
    FaceState(
        "error with traceback",
        {
            **LIVE,
            "status": "paused",
            "can_resume": True,
            "note": "Paused after 20 errors in a row; Resume tries again.",
            "error": {"text": TRACEBACK, "count": 20},
            "log": ["picture 18 has 3 channels", "picture 19 has 3 channels"],
        },
        then=_has_preview,
    ),
]


def show(stage: Stage, one: FaceState, name: str = "camera") -> None:
    """Show a camera in that state, alone, and wait until it is there."""
    stage.clear()
    stage.page.mouse.move(0, 0)
    stage.show(name, WEBCAM, one.state, **one.traits)
    if one.then is not None:
        one.then(stage)


def show_others(stage: Stage) -> None:
    """Show what is no camera: a view without and with a picture, a microphone, a player."""
    stage.clear()
    stage.show("empty", VIEW, label="Result")
    stage.show("full", VIEW, label="Flipped")
    stage.result("full")
    stage.show("microphone", MICROPHONE, None, label="Voice")
    stage.show("player", PLAYER, label="Answer")
    stage.page.wait_for_selector(".nbstream-result:not([hidden])", timeout=PATIENCE_MS)


def show_compared(stage: Stage) -> None:
    """Show a camera, and a view with its result and the divider."""
    stage.clear()
    stage.show("camera", WEBCAM, LIVE, label="Camera")
    stage.show("view", VIEW, label="Before and after", _compared_id="camera")
    stage.result("view")
    stage.page.wait_for_selector(".nbstream-compare:not([hidden])", timeout=PATIENCE_MS)


def show_muted(stage: Stage, **more: Any) -> None:
    """Show a microphone that is live and muted; `more` is what its state says as well."""
    stage.clear()
    stage.show("microphone", MICROPHONE, None, label="Voice")
    live = {**LIVE, "is_held": None, "receipt": RECEIPT, **more}
    stage.say("microphone", **live)
    stage.page.locator(".nbstream-mute").click()
    stage.page.locator(".nbstream-muted", has_text="Muted").wait_for(timeout=PATIENCE_MS)
    stage.page.mouse.move(0, 0)
    silent = '.nbstream-meter[aria-valuenow="0"]'
    stage.page.wait_for_selector(silent, timeout=PATIENCE_MS)
