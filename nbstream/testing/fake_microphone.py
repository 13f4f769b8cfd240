"""A page that plays a microphone: what a browser says to the kernel of its sound, said by a test."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .fake_page import FakePage
from .mock_comm import MockKernel

Samples = NDArray[np.int16] | NDArray[np.float32]


class FakeMicrophone(FakePage):
    """One page that shows a `Microphone` and displays.

    It keeps each chunk until the kernel says that it is stored, as a real page does, but sends nothing again by itself:
    `answer_receipt` does.

    Parameters
    ----------
    kernel
        What `mock_kernel` gave.
    source
        The microphone that the page captures for.
    displays
        Displays that the page shows as well.
    sample_rate
        Of the device, in Hz.
    options
        As for `FakePage`.
    """

    def __init__(
        self,
        kernel: MockKernel,
        source: Any,
        *displays: Any,
        sample_rate: int = 8000,
        **options: Any,
    ) -> None:
        self.sample_rate = sample_rate
        self.sample_count = 0
        """How many samples the microphone gave in this run so far, heard or not."""
        self._kept: dict[int, tuple[dict[str, Any], bytes]] = {}
        self._began_ms = 0.0
        self._answered = 0
        super().__init__(kernel, source, *displays, **options)

    @property
    def receipt(self) -> dict[str, Any]:
        """The newest receipt of the microphone, however it came."""
        found = [
            one["receipt"] for one, _ in self._received.messages(self._source) if "receipt" in one
        ]
        return max(found, key=lambda receipt: receipt["index"], default={})

    def camera_on(self, width_px: int = 64, height_px: int = 48) -> None:
        """Report that the microphone runs, for the newest run."""
        del width_px, height_px  # a microphone has none
        self.camera("on", sample_rate_hz=self.sample_rate, channels=1, label="fake microphone")

    def speak(self, samples: Samples, *, lost: bool = False, **fields: Any) -> int:
        """Send one chunk, shape (n,) or (n, channels), and return its number; 0 while nothing is listened to.

        `lost`: the message does not arrive. `fields` replace fields of the message, to tell lies.
        """
        self._follow_run()
        first_sample, self.sample_count = self.sample_count, self.sample_count + len(samples)
        final = bool(fields.get("final", False))
        if not (self.receipt.get("open") or final):
            return 0
        self.seq += 1
        data = samples.astype(samples.dtype.newbyteorder("<")).tobytes()
        message = {
            "run": self._run,
            "seq": self.seq,
            "first_sample": first_sample,
            "sample_count": len(samples),
            "sample_rate_hz": self.sample_rate,
            "channels": 1 if samples.ndim == 1 else samples.shape[1],
            "dtype": samples.dtype.name,
            "clipped_count": 0,
            "captured_at_ms": self._began_ms + first_sample / self.sample_rate * 1000,
            "sent_at_ms": self._clock.now_s() * 1000,
            "byte_length": len(data),
            "final": final,
            **self._received.acks(),
            **fields,
        }
        self._kept[self.seq] = (message, data)
        if not lost:
            self.send("chunk", [data], **message)
        return self.seq

    def hold_breath(self, seconds: float) -> None:
        """Let the microphone give sound that is not sent, as a page does that kept it for too long."""
        self.sample_count += round(seconds * self.sample_rate)

    def hold(self) -> None:
        """Press Hold to talk, now by the sound: what is spoken next is said into it."""
        self.command("hold", at_ms=self._sound_ms())

    def release(self) -> None:
        """Let go of it: what was spoken last is the last of it."""
        self.command("release", at_ms=self._sound_ms())

    def stop(self, rest: Samples | None = None, *, lost: bool = False) -> None:
        """Press Stop; the page sends the `rest` that it holds, or nothing, as the last chunk."""
        run = self._run
        self.command("stop")
        if self.state.get("run") == run and not self.state.get("wanted"):
            self.finish(rest, lost=lost)

    def finish(self, rest: Samples | None = None, *, lost: bool = False) -> None:
        """Send the last chunk of the run."""
        self.speak(np.zeros(0, np.int16) if rest is None else rest, lost=lost, final=True)

    def answer_receipt(self) -> list[int]:
        """Forget what is stored and send again what is missing, once per receipt; returns the numbers of those."""
        receipt = self.receipt
        if receipt.get("run") != self._run or receipt["index"] == self._answered:
            return []
        self._answered = receipt["index"]
        for seq in [seq for seq in self._kept if seq <= receipt["received_through"]]:
            del self._kept[seq]
        again = [seq for seq in self._kept if seq <= receipt["missing_through"]]
        for seq in again:
            self.send_again(seq)
        return again

    def send_again(self, seq: int) -> None:
        """Send a chunk once more, unless it was forgotten as stored."""
        if seq not in self._kept:
            return
        message, data = self._kept[seq]
        self.send("chunk", [data], **{**message, "sent_at_ms": self._clock.now_s() * 1000})

    def _sound_ms(self) -> float:
        return self._began_ms + self.sample_count / self.sample_rate * 1000

    def _follow_run(self) -> None:
        before = self._run
        super()._follow_run()
        if self._run != before:
            self.sample_count, self._began_ms = 0, self._clock.now_s() * 1000
            self._kept.clear()
