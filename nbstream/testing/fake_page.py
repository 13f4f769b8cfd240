"""A page for tests: what a browser says to the kernel, said by a test.

It follows `docs/protocol.md` as the real page does, but nothing happens by itself: a test starts, sends
frames, paints, beats.
"""

from __future__ import annotations

import threading
from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from nbstream.errors import CorruptFrameError
from nbstream.pictures.codecs import decode_image, encode, image_size
from nbstream.protocol.fields import PROTOCOL_VERSION
from nbstream.protocol.from_page import BEAT_EVERY_S

from .mock_comm import MockKernel
from .received import Received
from .waiting import wait_for

STILL = np.full((48, 64, 3), 128, np.uint8)
"""The picture that `send_frame` sends when it is given none."""


class FakePage:
    """One page that shows `source` and `displays`.

    Parameters
    ----------
    kernel
        What `mock_kernel` gave.
    source
        The camera that the page captures for.
    displays
        Displays that the page shows as well.
    client
        The page's name; two pages need two.
    says_hello
        Whether the page is there at once; else call `hello()`.
    paints
        Whether results are acknowledged as painted with the next message; else call `paint()`.
    """

    def __init__(
        self,
        kernel: MockKernel,
        source: Any,
        *displays: Any,
        client: str = "page-1",
        says_hello: bool = True,
        paints: bool = True,
    ) -> None:
        self._clock = kernel.clock
        self._source = source
        self.source = source
        """The camera or microphone that the page captures for."""
        self._displays: tuple[ipywidgets.Widget, ...] = displays
        self.client = client
        self._command_index = 0
        self._pointer_index = 0
        self.seq = 0
        self._run = 0
        self._captured_at_ms = 0.0
        self._sent: list[tuple[dict[str, Any], list[bytes]]] = []
        self._camera = _camera("off")
        self._received = Received((source, *displays), kernel.clock, paints=paints)
        self.views = 1
        if says_hello:
            self.hello()

    # --- what the kernel said ----------------------------------------------------------------

    @property
    def state(self) -> dict[str, Any]:
        """The newest `state` of the source."""
        states = [one for one, _ in self._received.messages(self._source) if one["type"] == "state"]
        return max(states, key=lambda state: state["index"], default={})

    @property
    def status(self) -> str:
        """The status in the newest `state`; "" before any."""
        return str(self.state.get("status", ""))

    @property
    def credit(self) -> dict[str, Any]:
        """The newest credit of the source, however it came."""
        found = []
        for widget in (self._source, *self._displays):
            for content, _ in self._received.messages(widget):
                riding = content.get("credits", {}).get(self._source._widget_id)
                found += [one for one in (content.get("credit"), riding) if one]
        return max(found, key=lambda credit: credit["index"], default={})

    def results(self, display: Any = None) -> list[NDArray[np.uint8] | None]:
        """All results that came for `display` (default: the source itself), as RGB arrays; `None` = cleared."""
        return [
            decode_image(buffers[0], "rgb") if buffers else None
            for _, buffers in self._received.results(display or self._source)
        ]

    def overlays(self, display: Any = None) -> list[dict[str, Any]]:
        """All `overlay` messages that came for `display` (default: the source itself), as docs/protocol.md has them."""
        return self._received.overlays(display or self._source)

    def wait_for_overlay(
        self, display: Any = None, count: int = 1, timeout_s: float = 10.0
    ) -> dict[str, Any]:
        """Wait until `count` of them have come in all, and return the newest."""
        of = display or self._source
        wait_for(
            lambda: len(self.overlays(of)) >= count, timeout_s, lambda: _missed(self, of, count)
        )
        return self.overlays(of)[-1]

    def wait_for_result(
        self, display: Any = None, count: int = 1, timeout_s: float = 10.0
    ) -> NDArray[np.uint8] | None:
        """Wait until `count` results have come in all, and return the newest."""
        of = display or self._source
        wait_for(
            lambda: len(self._received.results(of)) >= count,
            timeout_s,
            lambda: _missed(self, of, count),
        )
        return self.results(of)[-1]

    def wait_for_status(self, status: str, timeout_s: float = 10.0) -> None:
        """Wait until the source's status is `status`."""
        wait_for(
            lambda: self.status == status,
            timeout_s,
            lambda: f"status {status!r}, is {self.status!r}",
        )

    # --- what a person does ------------------------------------------------------------------

    def start(self, camera: bool = True) -> None:
        """Press Start and, with `camera`, allow the camera; waits for nothing."""
        self.command("start")
        if camera:
            self.camera_on()

    def stop(self) -> None:
        """Press Stop."""
        self.command("stop")

    def command(self, action: str, **fields: Any) -> None:
        """Press a button."""
        self._command_index += 1
        self.send("command", action=action, command_index=self._command_index, **fields)

    def point(self, gesture: str, x: float, y: float, **fields: Any) -> None:
        """Point at the source's picture; `x` and `y` are shares of its width and height, 0..1."""
        self._pointer_index += 1
        content: dict[str, Any] = {
            "gesture": gesture, "x": x, "y": y, "points": [], "is_done": True, "button": 1,
            "modifiers": [], "pointer_index": self._pointer_index,
        }  # fmt: skip
        self.send("pointer", **{**content, **fields})

    # --- what the page does ------------------------------------------------------------------

    def hello(self) -> None:
        """Say that the page is there, to the source and all displays."""
        for widget in (self._source, *self._displays):
            _deliver(widget, self._message("hello", views=self.views))

    def bye(self) -> None:
        """Say that the page goes away."""
        for widget in (self._source, *self._displays):
            _deliver(widget, self._message("bye"))

    def camera_on(self, width_px: int = 64, height_px: int = 48) -> None:
        """Report that the camera runs, for the newest run."""
        self.camera("on", width_px=width_px, height_px=height_px, label="fake camera")

    def camera(self, state: str, **fields: Any) -> None:
        """Report the camera's state, for the newest run."""
        self._camera = _camera(state, **fields)
        self._follow_run()
        self.send("camera", run=self._run, camera=self._camera)

    def beat(self, **fields: Any) -> None:
        """The page's heartbeat."""
        self._follow_run()
        beat = {"run": self._run, "views": self.views, "sent_through": self.seq}
        self.send("beat", **{**beat, "camera": self._camera, **self._received.acks(), **fields})

    def pass_time(self, seconds: float) -> None:
        """Let time pass with the page alive: a heartbeat each second. `clock.advance` lets it pass in silence."""
        while seconds > 0:
            step_s = min(seconds, BEAT_EVERY_S)
            self._clock.advance(step_s)
            self.beat()
            seconds -= step_s

    def send_frame(
        self, picture: NDArray[np.uint8] | bytes | None = None, *, lost: bool = False, **fields: Any
    ) -> int:
        """Send one frame, an RGB array or JPEG bytes, and return its number.

        As in a real page, a frame is captured no sooner than `stream_every` after the one before, by the page's
        clock; the kernel's clock stands still meanwhile.

        `lost`: the message does not arrive. `fields` replace fields of the message, to tell lies.
        """
        data = (
            picture if isinstance(picture, bytes) else encode(STILL if picture is None else picture)
        )
        self._follow_run()
        self.seq += 1
        width_px, height_px = _size(data)
        soonest_ms = self._captured_at_ms + 1000 * float(self.state.get("stream_every_s", 0.0))
        self._captured_at_ms = captured_at_ms = max(self._clock.now_s() * 1000, soonest_ms)
        message = {
            "run": self._run,
            "seq": self.seq,
            "captured_at_ms": captured_at_ms,
            "sent_at_ms": captured_at_ms,
            "width_px": width_px,
            "height_px": height_px,
            "byte_length": len(data),
            **self._received.acks(),
            **fields,
        }
        if not lost:
            self.send("frame", [data], **message)
        return self.seq

    def send(self, type: str, buffers: list[bytes] | None = None, **fields: Any) -> None:
        """Send any message to the source."""
        content = self._message(type, **fields)
        self._sent.append((content, buffers or []))
        _deliver(self._source, content, buffers)

    def repeat(self, count: int = 1) -> None:
        """Deliver the last message once more, as a server does after a reconnect."""
        content, buffers = self._sent[-1]
        for _ in range(count):
            _deliver(self._source, content, buffers)

    def paint(self, display: Any = None) -> None:
        """Say that the newest result of `display` is on the screen."""
        self.send("painted", painted=self._received.painted([display or self._source]))

    # --- inside ------------------------------------------------------------------------------

    def _follow_run(self) -> None:
        run = self.state.get("run", 0)
        if run != self._run:
            self._run, self.seq = run, 0

    def _message(self, type: str, **fields: Any) -> dict[str, Any]:
        return {"nbstream": PROTOCOL_VERSION, "type": type, "client": self.client, **fields}


def _deliver(widget: Any, content: Any, buffers: list[bytes] | None = None) -> None:
    # In a thread of its own, as a subshell's: what waits for the main thread would show here.
    thread = threading.Thread(target=widget.comm.deliver, args=(content, buffers or []))
    try:
        thread.start()
    except RuntimeError:  # a browser's Python has the one thread
        thread.run()
    else:
        thread.join()


def _camera(state: str, **fields: Any) -> dict[str, Any]:
    empty = dict.fromkeys(("reason", "message", "label", "width_px", "height_px"))
    return {**empty, "devices": [], "state": state, **fields}


def _size(data: bytes) -> tuple[int, int]:
    try:
        return image_size(data)
    except CorruptFrameError:
        return 64, 48


def _missed(page: FakePage, display: Any, count: int) -> str:
    error = page.state.get("error") or {}
    return (
        f"{count} results; {len(page._received.results(display))} came, the status is {page.status!r}, "
        f"the newest error: {error.get('text')}"
    )
