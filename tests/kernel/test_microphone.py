"""A microphone in a real kernel: no sample is lost while a cell runs, a function is slow and messages fail."""

from __future__ import annotations

import time
from itertools import count
from typing import Any

import numpy as np
import pytest

from .real_kernel import PlayedPage

RATE, CHUNK = 8000, 800
SETUP = """
import threading, time
import numpy as np, nbstream as nbs

microphone = nbs.Microphone()
heard, threads, finals, gaps_s = [], set(), [], []

def hear(sound, meta):
    threads.add(threading.current_thread().name)
    if len(heard) < 4000:
        time.sleep(0.5)  # five times slower than the sound, at first
    heard.extend(sound[1].tolist())
    finals.append(meta.final)
    gaps_s.append(meta.gap_s)

binding = microphone.stream(hear, stream_every=0.1, metadata=True)
"""
CAMERA: dict[str, Any] = {
    "state": "on",
    "reason": None,
    "message": None,
    "label": "played",
    "sample_rate_hz": RATE,
    "channels": 1,
    "devices": [],
}


class SoundPage:
    """One page that shows the kernel's variable `microphone`."""

    def __init__(self, page: PlayedPage) -> None:
        self._page = page
        self._comm = page.evaluate("microphone.comm.comm_id")
        self._subshell = page.create_subshell()
        self._command_indexes = count(1)
        self._kept: dict[int, tuple[dict[str, Any], bytes]] = {}
        self.seq = 0

    def send(self, type: str, buffers: tuple[bytes, ...] = (), **fields: Any) -> None:
        content = {"nbstream": 1, "type": type, "client": "played", **fields}
        self._page.send_custom(self._comm, content, buffers, self._subshell)

    def press(self, action: str) -> None:
        self.send("command", action=action, command_index=next(self._command_indexes))

    def start(self) -> None:
        self.send("hello", views=1)
        self.press("start")
        self._page.wait_for(lambda: self.state.get("wanted"))
        self.send("camera", run=self.state["run"], camera=CAMERA)
        self._page.wait_for(lambda: self.receipt.get("open"))

    def speak(self, *, lost: bool = False, final: bool = False) -> None:
        """The next samples, which are their own numbers."""
        first = self.seq * CHUNK
        self.seq += 1
        data = np.arange(first, first + CHUNK, dtype="<i2").tobytes()
        now_ms = time.time() * 1000
        message = {
            "run": self.state["run"],
            "seq": self.seq,
            "first_sample": first,
            "sample_count": CHUNK,
            "sample_rate_hz": RATE,
            "channels": 1,
            "dtype": "int16",
            "clipped_count": 0,
            "captured_at_ms": now_ms,
            "sent_at_ms": now_ms,
            "byte_length": len(data),
            "final": final,
        }
        self._kept[self.seq] = message, data
        if not lost:
            self.send_again(self.seq)

    def send_again(self, seq: int) -> None:
        message, data = self._kept[seq]
        self.send("chunk", (data,), **message)

    def beat(self) -> None:
        fields = {"run": self.state["run"], "views": 1, "sent_through": self.seq}
        self.send("beat", **fields, camera=CAMERA)

    @property
    def state(self) -> dict[str, Any]:
        states = [one for one, _ in self._heard() if one["type"] == "state"]
        return max(states, key=lambda state: state["index"], default={})

    @property
    def receipt(self) -> dict[str, Any]:
        receipts = [one["receipt"] for one, _ in self._heard() if "receipt" in one]
        return max(receipts, key=lambda receipt: receipt["index"], default={})

    def _heard(self) -> list[tuple[Any, list[bytes]]]:
        return self._page.custom_messages(self._comm)


@pytest.fixture
def sound(page: PlayedPage) -> SoundPage:
    page.execute(SETUP)
    sound = SoundPage(page)
    sound.start()
    return sound


def test_every_sample_is_heard_while_a_cell_sleeps_and_messages_are_lost_and_doubled(page, sound):
    cell = page.execute("print('began', flush=True)\ntime.sleep(3)", wait=False)
    page.wait_for(lambda: "began" in page.printed(cell))
    for number in range(20):
        sound.speak(lost=number in (3, 9, 10))
        if number % 5 == 0:
            sound.send_again(sound.seq)
    page.wait_for(lambda: sound.receipt["missing_through"] == 20)
    for seq in range(4, 21):
        sound.send_again(seq)
    sound.beat()
    page.wait_for(lambda: sound.receipt["received_through"] == 20)
    assert not page.is_idle_after(cell)  # the sound was stored while the cell ran
    page.wait_for_end(cell)
    sound.press("stop")
    page.wait_for(lambda: not sound.state["wanted"])
    sound.speak(final=True)
    page.execute("while not any(finals): time.sleep(0.01)")
    assert page.evaluate("heard == list(range(21 * 800))")
    assert page.evaluate("finals.count(True)") == 1
    assert page.evaluate("sorted(set(gaps_s))") == [0]
    assert page.evaluate("sorted(threads)") == ["nbstream-hear"]


def test_stop_without_a_last_chunk_ends_after_two_seconds(page, sound):
    sound.speak()
    sound.press("stop")
    page.wait_for(lambda: not sound.state["wanted"])
    page.execute("while not any(finals): time.sleep(0.01)")
    assert page.evaluate("heard == list(range(800))")
    assert page.evaluate("finals[-1]")
