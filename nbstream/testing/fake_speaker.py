"""A page that plays an `AudioPlayer`, for tests: it keeps what it was sent and says what a test lets it say."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nbstream.protocol.fields import PROTOCOL_VERSION

from .mock_comm import MockKernel
from .waiting import wait_for

LATENCY_MS = 20.0


class FakeSpeaker:
    """The page of one `AudioPlayer`.

    It follows `docs/protocol.md` as the real page does, but no sound ends by itself: a test calls `play_all`.

    Parameters
    ----------
    kernel
        What `mock_kernel` gave.
    player
        The player.
    client
        The page's name; two pages need two.
    says_hello
        Whether the page is there at once; else call `hello()`.
    """

    def __init__(
        self, kernel: MockKernel, player: Any, client: str = "page-1", *, says_hello: bool = True
    ) -> None:
        self._clock = kernel.clock
        self._player = player
        self.client = client
        self._seen = len(player.comm.custom_messages())
        if says_hello:
            self.hello()

    # --- what the kernel said ----------------------------------------------------------------

    @property
    def stream(self) -> int:
        """Number of the newest stream that came."""
        return max((content["stream"] for content, _ in self._messages()), default=1)

    @property
    def pieces(self) -> list[tuple[dict[str, Any], NDArray[np.int16]]]:
        """What a page would play: `sound` messages of the newest stream, with their samples of shape (n, channels)."""
        newest, heard = 0, []
        for content, buffers in self._messages():
            if content["type"] == "sound" and content["seq"] > newest:
                newest = content["seq"]
                if content["stream"] == self.stream:
                    heard.append((content, _samples(content, buffers)))
        return heard

    @property
    def silence_count(self) -> int:
        """How often the player was silenced."""
        return sum(content["type"] == "silence" for content, _ in self._messages())

    def sounds(self) -> list[tuple[int, NDArray[np.int16]]]:
        """What a page would play, as ``(sample_rate, array)``; pieces of one rate and shape are joined."""
        joined: list[tuple[int, int, list[NDArray[np.int16]]]] = []
        for content, samples in self.pieces:
            rate, channels = content["sample_rate_hz"], content["channels"]
            if not joined or joined[-1][:2] != (rate, channels):
                joined.append((rate, channels, []))
            joined[-1][2].append(samples[:, 0] if channels == 1 else samples)
        return [(rate, np.concatenate(parts)) for rate, _, parts in joined]

    def wait_for_pieces(self, count: int = 1, timeout_s: float = 10.0) -> None:
        """Wait until `count` pieces of the newest stream have come in all."""
        wait_for(
            lambda: len(self.pieces) >= count,
            timeout_s,
            lambda: f"{count} pieces of sound; {len(self.pieces)} came",
        )

    # --- what the page does ------------------------------------------------------------------

    def hello(self) -> None:
        """Say that the page is there."""
        self._send("hello", views=1)

    def bye(self) -> None:
        """Say that the page goes away."""
        self._send("bye")

    def play_all(self) -> None:
        """Play all that came to its end."""
        self.say("playing")
        self.say("ended")

    def say(self, state: str, played_through: int | None = None, stream: int | None = None) -> None:
        """Say "playing", "ended" or "blocked", and how far (`None` = all that came)."""
        newest = max((content["seq"] for content, _ in self.pieces), default=0)
        self._send(
            "played",
            stream=self.stream if stream is None else stream,
            played_through=newest if played_through is None else played_through,
            state=state,
            latency_ms=LATENCY_MS,
        )

    def _send(self, type: str, **fields: Any) -> None:
        content = {"nbstream": PROTOCOL_VERSION, "type": type, "client": self.client, **fields}
        self._player.comm.deliver(content)

    def _messages(self) -> list[tuple[dict[str, Any], list[bytes]]]:
        messages: list[tuple[dict[str, Any], list[bytes]]] = self._player.comm.custom_messages()
        return messages[self._seen :]


def _samples(content: dict[str, Any], buffers: list[bytes]) -> NDArray[np.int16]:
    return np.frombuffer(buffers[0], "<i2").reshape(-1, content["channels"])
