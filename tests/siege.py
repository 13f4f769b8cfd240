"""A camera, a microphone and a player that are live, and what shows that a hostile message did them no harm."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np

import nbstream as nbs
from nbstream.pictures.codecs import encode
from nbstream.protocol import from_page
from nbstream.protocol.fields import BadMessageError
from nbstream.protocol.sound import ChunkMessage
from nbstream.testing import MockKernel, wait_for
from nbstream.testing.waiting import happened

from .hostile import Message, hostile
from .streaming import grey

MAX_MESSAGE_S = 0.25
"""Of the processor's time: what one message may cost."""
GOOD_JPEG = encode(grey(100))
CHUNK = np.ones(400, "<i2")
RATE_HZ = 8000
TRIES = 4
"""A lie in a frame's number costs the frame that comes to that number; where its time is one as well, the next one."""
PATIENCE_S = 20.0
"""A machine that does much else lets a thread wait; what is refused is not waited for."""
OWNER = "owner"


Said = tuple[str, dict[str, Any], list[bytes]]
"""Type, fields and buffers of a message."""


class Wire:
    """What the kernel said to one widget's pages: the newest of each kind, all of it checked; nothing is kept."""

    def __init__(self, widget: Any) -> None:
        self.widget = widget
        self.newest: dict[str, Any] = {}
        self.count = 0

    def drain(self) -> Wire:
        """Take in what was said since."""
        comm = self.widget.comm
        with happened:
            sent, comm.sent = comm.sent, []
        for _, data, _ in sent:
            json.dumps(data, allow_nan=False, ensure_ascii=False).encode()
            content = data.get("content", {})
            kind = content.get("type", "")
            if kind == "sound":
                self.count += 1
            if kind in ("credit", "receipt"):
                self._note(kind, content[kind])
            for riding in content.get("credits", {}).values():
                self._note("credit", riding)
            if kind == "state":
                self._note("state", content)
                for part in ("credit", "receipt"):
                    self._note(part, content.get(part))
            self.newest.update({kind: content} if kind in ("result", "overlay", "sound") else {})
        return self

    def _note(self, kind: str, content: Any) -> None:
        if content and content["index"] > self.newest.get(kind, {}).get("index", 0):
            self.newest[kind] = content

    def say(self, type: str, buffers: list[bytes] | None = None, **fields: Any) -> None:
        """Say something sound as the page that captures."""
        content = {"nbstream": 1, "type": type, "client": OWNER, **fields}
        self.widget.comm.deliver(content, buffers or [])


class Siege:
    """Live streams of every kind; `strike` hands one hostile message in and proves that all goes on."""

    def __init__(self, kernel: MockKernel) -> None:
        self._clock = kernel.clock
        self.webcam, self.view = nbs.Webcam(), nbs.ImageView()
        self.microphone, self.player = nbs.Microphone(), nbs.AudioPlayer()
        self.overlay = nbs.Overlay(self.view)
        self.frames = self.pieces = self.strikes = 0
        self.slowest: tuple[float, str] = (0.0, "")
        outputs = [self.view, self.overlay]
        self.picture_stream = self.webcam.stream(self._see, outputs=outputs, stream_every=0)
        self.sound_stream = self.microphone.stream(self._hear, stream_every=0.01)
        self.widgets = (self.webcam, self.view, self.microphone, self.player)
        self.eye, self.screen, self.ear, self.mouth = map(Wire, self.widgets)
        self.frame_seq = self.chunk_seq = self.sample_count = 0
        for wire in (self.eye, self.screen, self.ear, self.mouth):
            wire.say("hello", views=1)
        for wire in (self.eye, self.ear):
            wire.say("command", action="start", command_index=1)
            wire.say("camera", run=1, camera=self._camera(wire))
        wait_for(lambda: self._statuses() == ("live", "live"), what=lambda: str(self._statuses()))

    def _see(self, frame: Any) -> Any:
        with happened:
            self.frames += 1
            happened.notify_all()
        return frame, [(1, 1, 20, 20)]

    def _hear(self, sound: Any) -> None:
        with happened:
            self.pieces += len(sound[1])
            happened.notify_all()

    def message(self, chance: Random) -> tuple[Any, Message]:
        """A hostile message and the widget that it goes to."""
        at = chance.randrange(len(self.widgets))
        return self.widgets[at], hostile(self.sound_messages(at), chance)

    def strike(self, widget: Any, message: Message) -> None:
        """Hand one message in; raises AssertionError where it did harm."""
        if self._means_it(message):
            return
        self.strikes += 1
        before_s = time.thread_time()
        # Not through the comm: ipywidgets would log what is raised, and go on.
        widget._hear(widget, message.content, [memoryview(one) for one in message.buffers])
        taken_s = time.thread_time() - before_s
        if taken_s > self.slowest[0]:
            self.slowest = (taken_s, brief(message))
        assert taken_s < MAX_MESSAGE_S, f"{taken_s:.2f} s for {brief(message)}"
        self.prove(message)

    def prove(self, message: Message) -> None:
        """Let a good frame, chunk and sound come through, each in the run in which the siege began."""
        proofs: list[tuple[str, Callable[[], bool]]] = [
            ("frame", self._good_frame),
            ("chunk", self._good_chunk),
            ("sound", self._good_sound),
        ]
        for what, comes in proofs:
            assert any(comes() for _ in range(TRIES)), (
                f"no {what} came any more after {brief(message)}; {self._statuses()}"
            )
        runs = [wire.newest["state"]["run"] for wire in (self.eye, self.ear)]
        assert runs == [1, 1], f"runs {runs} after {brief(message)}"

    # --- what sound pages say ----------------------------------------------------------------

    def sound_messages(self, at: int) -> list[Message]:
        """What a page would say next to that widget."""
        spoken = [("hello", {"views": 1}, []), *self._spoken()[at]]
        return [
            Message({"nbstream": 1, "type": kind, "client": OWNER, **fields}, buffers)
            for kind, fields, buffers in spoken
        ]

    def _spoken(self) -> list[list[Said]]:
        painted = {"painted": self._painted()}
        frame = ("frame", {**self._frame(), **painted}, [GOOD_JPEG])
        chunk = ("chunk", self._chunk(), [CHUNK.tobytes()])
        return [
            [*self._of_source(self.eye, self.frame_seq, painted), frame],
            [("painted", painted, [])],
            [*self._of_source(self.ear, self.chunk_seq, painted), chunk],
            [("played", self._played(), [])],
        ]

    def _of_source(self, wire: Wire, seq: int, painted: dict[str, Any]) -> list[Said]:
        return [
            ("beat", {**self._beat(wire, seq), **painted}, []),
            ("camera", {"run": 1, "camera": self._camera(wire)}, []),
            ("command", {"action": "resume", "command_index": 2}, []),
            ("command", {"action": "choose_device", "command_index": 2, "device": "x"}, []),
            ("painted", painted, []),
        ]

    def _camera(self, wire: Wire) -> dict[str, Any]:
        empty = dict.fromkeys(("reason", "message", "label", "width_px", "height_px"))
        of_kind = (
            {"width_px": 64, "height_px": 48}
            if wire is self.eye
            else {"sample_rate_hz": RATE_HZ, "channels": 1}
        )
        devices = [{"id": "x", "label": "camera"}]
        return {**empty, "devices": devices, "state": "on", "label": "camera", **of_kind}

    def _beat(self, wire: Wire, seq: int) -> dict[str, Any]:
        camera = self._camera(wire)
        return {"run": 1, "views": 1, "sent_through": seq, "camera": camera, "sent_at_ms": self._ms}

    @property
    def _ms(self) -> float:
        return self._clock.now_s() * 1000

    def _painted(self) -> dict[str, Any]:
        newest = self.screen.drain().newest
        seqs = {self.view._widget_id: newest.get("result"), self.overlay._id: newest.get("overlay")}
        return {
            name: {"seq": content["seq"], "received_at_ms": self._ms, "painted_at_ms": self._ms}
            for name, content in seqs.items()
            if content
        }

    def _frame(self) -> dict[str, Any]:
        size = {"width_px": 64, "height_px": 48, "byte_length": len(GOOD_JPEG)}
        times = {"captured_at_ms": self._ms, "sent_at_ms": self._ms}
        return {"run": 1, "seq": self.frame_seq + 1, **times, **size}

    def _chunk(self) -> dict[str, Any]:
        return {
            "run": 1,
            "seq": self.chunk_seq + 1,
            "first_sample": self.sample_count,
            "sample_count": len(CHUNK),
            "sample_rate_hz": RATE_HZ,
            "channels": 1,
            "dtype": "int16",
            "clipped_count": 0,
            "captured_at_ms": self._ms,
            "sent_at_ms": self._ms,
            "byte_length": CHUNK.nbytes,
            "final": False,
            "kept_from": 1,
        }

    def _played(self) -> dict[str, Any]:
        newest = self.mouth.drain().newest.get("sound", {"stream": 1, "seq": 1})
        played = {"stream": newest["stream"], "played_through": newest["seq"]}
        return {**played, "state": "ended", "latency_ms": 20.0}

    # --- the proof ---------------------------------------------------------------------------

    def _good_frame(self) -> bool:
        self._clock.advance(0.02)
        before, refused = self.frames, self._refused()
        self.eye.say("beat", **self._beat(self.eye, self.frame_seq), painted=self._painted())
        if not _soon(lambda: self._may_send() > self.frame_seq):
            return False
        self.eye.say("frame", [GOOD_JPEG], **self._frame())
        self.frame_seq += 1
        _soon(lambda: self.frames > before or self._refused() > refused)
        return self.frames > before

    def _refused(self) -> int:
        """How many messages were refused at once: to wait for what comes of them would be in vain."""
        sessions = (self.webcam._session, self.microphone._session)
        counts = self.sound_stream.stats["counts"]
        later = counts.get("chunks_repeated", 0) + counts.get("chunks_early", 0)
        return later + sum(session.bad_message_count for session in sessions)

    def _may_send(self) -> int:
        told = [wire.drain().newest.get("credit") for wire in (self.eye, self.screen)]
        newest = max((one for one in told if one), key=lambda one: one["index"])
        return int(newest["may_send_through"])

    def _good_chunk(self) -> bool:
        before, refused = self.pieces, self._refused()
        self.ear.say("beat", **self._beat(self.ear, self.chunk_seq))
        self.ear.say("chunk", [CHUNK.tobytes()], **self._chunk())
        self.chunk_seq += 1
        self.sample_count += len(CHUNK)
        _soon(lambda: self.pieces > before or self._refused() > refused)
        return self.pieces > before

    def _good_sound(self) -> bool:
        before = self.mouth.drain().count
        self.player.play((RATE_HZ, CHUNK))
        came = self.mouth.drain().count > before
        self.mouth.say("played", **self._played())
        return came

    def _statuses(self) -> tuple[str, ...]:
        return tuple(
            wire.drain().newest.get("state", {}).get("status", "") for wire in (self.eye, self.ear)
        )

    def _means_it(self, message: Message) -> bool:
        """Whether a page says, in a message without fault, that the capture ends: that does what it says."""
        try:
            parsed = from_page.parse(message.content, [memoryview(one) for one in message.buffers])
        except BadMessageError:
            return False
        except Exception:  # which shows when it is handed in
            return False
        match parsed:
            case from_page.Command():
                return parsed.action in ("stop", "take_over", "pause", "freeze")
            case from_page.Bye():
                return parsed.client == OWNER
            case from_page.Beat() | from_page.CameraReport():
                return parsed.client == OWNER and parsed.camera.state != "on"
            case ChunkMessage():
                return parsed.final
        return False


def _soon(condition: Callable[[], bool]) -> bool:
    try:
        wait_for(condition, timeout_s=PATIENCE_S)
    except TimeoutError:
        return False
    return True


def brief(message: Message) -> str:
    """A message in a line."""
    try:
        text = repr(message.content)
    except (RecursionError, ValueError) as error:
        text = f"{type(message.content).__name__} ({error})"
    return f"{text[:800]} with buffers of {[len(one) for one in message.buffers]} bytes"
