"""A page of Gradio without a browser: joins the queue, posts pictures to its event, reads the event stream."""

from __future__ import annotations

import asyncio
import base64
import json
import time
import uuid

import httpx

from .user import Schedule

API = "gradio_api"


class GradioUser:
    """One session. Each picture has a number that the app hands back."""

    def __init__(self, server: str, pictures: list[bytes]) -> None:
        self.ages_ms: list[float] = []
        self._server = server
        self._urls = [
            "data:image/jpeg;base64," + base64.b64encode(one).decode() for one in pictures
        ]
        self._session = uuid.uuid4().hex[:11]
        self._client = httpx.AsyncClient(timeout=60)
        self._due_s: dict[int, float] = {}
        self._number = 0
        self._reader: asyncio.Task[None] | None = None
        self._event = ""
        self._first = asyncio.Event()
        self._posts: set[asyncio.Task[None]] = set()

    async def open(self) -> GradioUser:
        """Join the queue with the first picture and wait for its result."""
        self._due_s[0] = time.monotonic()
        body = {**self._body(0), "fn_index": 0, "trigger_id": 1}
        answer = await self._client.post(f"{self._server}{API}/queue/join", json=body)
        self._event = answer.raise_for_status().json()["event_id"]
        self._reader = asyncio.create_task(self._read())
        await asyncio.wait_for(self._first.wait(), 60)
        return self

    async def stream(self, until_s: float) -> None:
        schedule = Schedule()
        while time.monotonic() < until_s:
            due_s = await schedule.next()
            self._number += 1
            self._due_s[self._number] = due_s
            # As its page does: without waiting for the result of the one before.
            post = asyncio.create_task(self._post(self._number))
            self._posts.add(post)
            post.add_done_callback(self._posts.discard)

    async def close(self) -> None:
        await self._client.post(f"{self._server}{API}/stream/{self._event}/close")
        if self._reader is not None:
            self._reader.cancel()
        for post in list(self._posts):
            post.cancel()
        await self._client.aclose()

    async def _post(self, number: int) -> None:
        await self._client.post(
            f"{self._server}{API}/stream/{self._event}", json=self._body(number)
        )

    def _body(self, number: int) -> dict[str, object]:
        picture = {"path": None, "url": self._urls[number % len(self._urls)], "is_stream": True}
        return {
            "data": [picture, number],
            "session_hash": self._session,
            "event_data": None,
        }

    async def _read(self) -> None:
        url = f"{self._server}{API}/queue/data?session_hash={self._session}"
        async with self._client.stream("GET", url, timeout=None) as answer:
            pending = bytearray()
            async for part in answer.aiter_raw():
                pending += part
                while (end := pending.find(b"\n\n")) >= 0:
                    self._hear(bytes(pending[:end]))
                    del pending[: end + 2]

    def _hear(self, message: bytes) -> None:
        if b"process_streaming" not in message[:200]:
            return
        number = self._number_in(message)
        due_s = self._due_s.pop(number, None)
        if due_s is not None:
            self.ages_ms.append((time.monotonic() - due_s) * 1000)
        self._first.set()

    def _number_in(self, message: bytes) -> int:
        """The number is the second output: in full the first time, afterwards as a difference."""
        data = json.loads(message.removeprefix(b"data: "))["output"]["data"][1]
        while isinstance(data, list):
            data = data[-1]
        return int(data)
