"""What tests of a microphone's stream begin with: one that keeps what it hears, and a page that plays it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import nbstream as nbs
from nbstream.testing import FakeMicrophone, MockKernel, wait_for

RATE = 8000


def numbered(count: int, first: int = 0) -> Any:
    """Samples that are their own numbers."""
    return np.arange(first, first + count, dtype=np.int16)


class Hearing:
    """A microphone whose stream keeps what it hears, and a page that plays it; idle."""

    def __init__(
        self,
        kernel: MockKernel,
        fn: Callable[..., Any] | None = None,
        microphone: dict[str, Any] | None = None,
        **options: Any,
    ) -> None:
        self.microphone = nbs.Microphone(**(microphone or {}))
        self.heard: list[tuple[int, Any]] = []
        self.metas: list[nbs.SoundMeta] = []
        self._fn = fn
        options = {"stream_every": 0.5, "metadata": True, **options}
        self.binding = self.microphone.stream(self._hear, **options)
        self.page = FakeMicrophone(kernel, self.microphone)

    def _hear(self, sound: tuple[int, Any], meta: nbs.SoundMeta) -> Any:
        self.heard.append(sound)
        self.metas.append(meta)
        return None if self._fn is None else self._fn(sound)

    def go_live(self) -> Hearing:
        self.page.start()
        self.page.wait_for_status("live")
        return self

    @property
    def samples(self) -> list[int]:
        """All that was heard so far."""
        return [int(one) for _, samples in list(self.heard) for one in samples]

    def wait_for_samples(self, count: int) -> None:
        wait_for(lambda: len(self.samples) >= count, what=lambda: f"{len(self.samples)} came")

    def wait_for_end(self) -> None:
        wait_for(lambda: self.binding.life.runner is None)
