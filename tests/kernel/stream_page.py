"""nbstream's front end in a played page: what it says about a camera and a display, and what it hears.

Everything goes through a real kernel; `subshell` None plays a host without subshells.
"""

from __future__ import annotations

import time
from itertools import count
from typing import Any

import numpy as np

from nbstream.pictures.codecs import decode_image, encode

from .real_kernel import PlayedPage

WIDTH_PX, HEIGHT_PX = 64, 48
CAMERA: dict[str, Any] = {
    "state": "on",
    "reason": None,
    "message": None,
    "label": "played",
    "width_px": WIDTH_PX,
    "height_px": HEIGHT_PX,
    "devices": [],
}


class StreamPage:
    """One page that shows the kernel's variables `webcam` and `view`."""

    def __init__(self, page: PlayedPage, *, with_subshell: bool = True) -> None:
        self._page = page
        self.webcam = page.evaluate("webcam.comm.comm_id")
        self.view = page.evaluate("view.comm.comm_id")
        self.subshell = page.create_subshell() if with_subshell else None
        self.seq = 0
        self._command_indexes = count(1)

    # --- what the page says ------------------------------------------------------------------

    def send(
        self, type: str, buffers: tuple[bytes, ...] = (), to: str | None = None, **fields: Any
    ) -> str:
        """Send a message to the camera (or `to` another comm); return its id."""
        content = {"nbstream": 1, "type": type, "client": "played", **fields}
        return self._page.send_custom(to or self.webcam, content, buffers, self.subshell)

    def hello(self) -> None:
        """Both widgets are shown."""
        for comm_id in (self.webcam, self.view):
            self.send("hello", to=comm_id, views=1)

    def press(self, action: str) -> None:
        """Press a button."""
        self.send("command", action=action, command_index=next(self._command_indexes))

    def beat(self) -> str:
        """The heartbeat; returns its id."""
        fields = {"run": self.state["run"], "views": 1, "sent_through": self.seq, "camera": CAMERA}
        return self.send("beat", **fields)

    def start(self) -> None:
        """Press Start, allow the camera, and wait until the stream is live."""
        self.ask()
        self._page.wait_for(lambda: self.state["status"] == "live" and self.may_send_through > 0)

    def ask(self) -> None:
        """Press Start and allow the camera."""
        self.hello()
        self.press("start")
        self._page.wait_for(lambda: self.state.get("wanted"))
        self.send("camera", run=self.state["run"], camera=CAMERA)

    def send_frame(self, level: int = 128) -> int:
        """Send a grey picture as soon as there is credit for it; return its number."""
        self._page.wait_for(lambda: self.may_send_through > self.seq)
        self.seq += 1
        jpeg = encode(np.full((HEIGHT_PX, WIDTH_PX, 3), level, np.uint8))
        now_ms = time.time() * 1000
        self.send(
            "frame",
            (jpeg,),
            run=self.state["run"],
            seq=self.seq,
            captured_at_ms=now_ms,
            sent_at_ms=now_ms,
            width_px=WIDTH_PX,
            height_px=HEIGHT_PX,
            byte_length=len(jpeg),
            painted=self._painted(),
        )
        return self.seq

    # --- what the page hears -----------------------------------------------------------------

    @property
    def state(self) -> dict[str, Any]:
        """The newest state of the camera; empty before the first."""
        states = [one for one, _ in self._heard(self.webcam) if one["type"] == "state"]
        return max(states, key=lambda state: state["index"], default={})

    @property
    def may_send_through(self) -> int:
        """The newest credit, however it came."""
        heard = [one for one, _ in self._heard(self.webcam) + self._heard(self.view)]
        given = [one["credit"] for one in heard if "credit" in one]
        given += [credit for one in heard for credit in one.get("credits", {}).values()]
        newest = max(given, key=lambda credit: credit["index"], default=None)
        return newest["may_send_through"] if newest else 0

    def levels(self) -> dict[int, int]:
        """Brightness of each result on the display, by the number of its frame."""
        return {
            content["frame_seq"]: round(float(decode_image(buffers[0], "gray").mean()))
            for content, buffers in self._heard(self.view)
            if content["type"] == "result"
        }

    def wait_for_result(self, seq: int, timeout_s: float = 20) -> int:
        """Wait for the result that was made from that frame; return its brightness."""
        self._page.wait_for(lambda: seq in self.levels(), timeout_s)
        return self.levels()[seq]

    def _heard(self, comm_id: str) -> list[tuple[Any, list[bytes]]]:
        return self._page.custom_messages(comm_id)

    def _painted(self) -> dict[str, Any]:
        results = [one for one, _ in self._heard(self.view) if one["type"] == "result"]
        if not results:
            return {}
        view_id = self._page.open_state(self.view)["_widget_id"]
        seq = max(one["seq"] for one in results)
        now_ms = time.time() * 1000
        return {view_id: {"seq": seq, "received_at_ms": now_ms, "painted_at_ms": now_ms}}
