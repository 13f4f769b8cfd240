"""A page of nbstream without a browser: a kernel, a websocket of the Jupyter server, the lane of docs/protocol.md."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from typing import Any

import httpx
from jupyter_server.services.kernels.connection.base import (
    deserialize_msg_from_ws_v1,
    serialize_msg_to_ws_v1,
)
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from .user import HEIGHT_PX, WIDTH_PX, Schedule

CELL = """
import nbstream as nbs
webcam, view = nbs.Webcam(), nbs.ImageView()
binding = webcam.stream(lambda frame: frame, webcam, view, stream_every=0.1)
print("comms", webcam.comm.comm_id, view.comm.comm_id, view._widget_id, webcam._widget_id)
"""
SUBPROTOCOL = "v1.kernel.websocket.jupyter.org"
CAMERA: dict[str, Any] = {
    "state": "on",
    "reason": None,
    "message": None,
    "label": "simulated",
    "width_px": WIDTH_PX,
    "height_px": HEIGHT_PX,
    "devices": [],
}
BEAT_EVERY_S = 1.0


class LaneUser:
    """One page and its kernel."""

    def __init__(self, server: str, pictures: list[bytes]) -> None:
        self.ages_ms: list[float] = []
        self._server = server
        self._pictures = pictures
        self._session = uuid.uuid4().hex
        self._socket: WebSocketClientConnection | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._told = asyncio.Event()
        self._comms: list[str] = []
        self._state: dict[str, Any] = {}
        self._credit: dict[str, Any] = {}
        self._painted: dict[str, Any] = {}
        self._seq = 0
        self._kernel = ""

    async def open(self) -> LaneUser:
        """Start the kernel, run the cell, press Start, allow the camera."""
        async with httpx.AsyncClient(timeout=60) as client:
            answer = await client.post(f"{self._server}/api/kernels", json={"name": "python3"})
            self._kernel = answer.json()["id"]
        url = f"{self._server.replace('http', 'ws')}/api/kernels/{self._kernel}/channels"
        self._socket = await websocket_connect(
            HTTPRequest(f"{url}?session_id={self._session}"), subprotocols=[SUBPROTOCOL]
        )
        self._tasks.append(asyncio.create_task(self._read()))
        self._send("execute_request", {"code": CELL, "silent": False, "store_history": False})
        await self._until(lambda: bool(self._comms))
        for comm in self._comms[:2]:
            self._say("hello", comm, views=1)
        self._say("command", action="start", command_index=1)
        await self._until(lambda: bool(self._state.get("wanted")))
        self._say("camera", run=self._state["run"], camera=CAMERA)
        await self._until(lambda: self._may_send() > 0)
        self._tasks.append(asyncio.create_task(self._beat()))
        return self

    async def stream(self, until_s: float) -> None:
        schedule = Schedule()
        while time.monotonic() < until_s:
            due_s = await schedule.next()
            if self._seq < self._may_send():
                self._send_frame(due_s)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        if self._socket is not None:
            self._socket.close()
        async with httpx.AsyncClient(timeout=60) as client:
            await client.delete(f"{self._server}/api/kernels/{self._kernel}")

    # --- what the page says ------------------------------------------------------------------

    async def _beat(self) -> None:
        # Also while nothing is streamed and others come: a page that is silent for 20 s is gone.
        while True:
            await asyncio.sleep(BEAT_EVERY_S)
            run = self._state["run"]
            self._say("beat", run=run, views=1, sent_through=self._seq, camera=CAMERA)

    def _send_frame(self, due_s: float) -> None:
        self._seq += 1
        jpeg = self._pictures[self._seq % len(self._pictures)]
        fields: dict[str, Any] = {
            "run": self._state["run"],
            "seq": self._seq,
            "captured_at_ms": due_s * 1000,
            "sent_at_ms": time.monotonic() * 1000,
            "width_px": WIDTH_PX,
            "height_px": HEIGHT_PX,
            "byte_length": len(jpeg),
        }
        if self._painted:
            fields["painted"] = {self._comms[2]: self._painted}
        self._say("frame", buffers=[jpeg], **fields)

    def _say(
        self, kind: str, comm: str | None = None, buffers: list[bytes] | None = None, **fields: Any
    ) -> None:
        content = {"nbstream": 1, "type": kind, "client": self._session, **fields}
        data = {"method": "custom", "content": content}
        self._send("comm_msg", {"comm_id": comm or self._comms[0], "data": data}, buffers)

    def _send(
        self, msg_type: str, content: dict[str, Any], buffers: list[bytes] | None = None
    ) -> None:
        header = {
            "msg_id": uuid.uuid4().hex,
            "msg_type": msg_type,
            "session": self._session,
            "username": "",
            "version": "5.3",
            "date": "2026-01-01T00:00:00Z",
        }
        parts = [json.dumps(part).encode() for part in (header, {}, {}, content)]
        message = serialize_msg_to_ws_v1(  # type: ignore[no-untyped-call]
            [*parts, *(buffers or [])], "shell"
        )
        assert self._socket is not None
        asyncio.ensure_future(self._socket.write_message(message, binary=True))  # noqa: RUF006

    # --- what it hears -----------------------------------------------------------------------

    async def _read(self) -> None:
        assert self._socket is not None
        while (message := await self._socket.read_message()) is not None:
            assert isinstance(message, bytes)
            # Looked at only where it is wanted: most messages say that the kernel is busy or idle.
            if b'"comm_msg"' in message[:700] or b'"stream"' in message[:700]:
                _, parts = deserialize_msg_from_ws_v1(message)  # type: ignore[no-untyped-call]
                self._hear(json.loads(parts[3]))

    def _hear(self, content: dict[str, Any]) -> None:
        text = content.get("text", "")
        if text.startswith("comms "):
            self._comms = text.split()[1:]
        said = content.get("data", {}).get("content") or {}
        kind = said.get("type")
        if kind == "state":
            self._state = said
        if kind == "result":
            now_ms = time.monotonic() * 1000
            self._painted = {"seq": said["seq"], "received_at_ms": now_ms, "painted_at_ms": now_ms}
            if said["captured_at_ms"] is not None:
                self.ages_ms.append(now_ms - said["captured_at_ms"])
        for credit in (said.get("credit"), *said.get("credits", {}).values()):
            if credit and credit["index"] > self._credit.get("index", -1):
                self._credit = credit
        self._told.set()

    def _may_send(self) -> int:
        current = self._credit.get("run") == self._state.get("run")
        return int(self._credit["may_send_through"]) if current and self._credit else 0

    async def _until(self, condition: Any) -> None:
        async def wait() -> None:
            while not condition():
                self._told.clear()
                await self._told.wait()

        await asyncio.wait_for(wait(), 90)
