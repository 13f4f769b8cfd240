"""What the tests of sound read of the loudspeaker, through `sound_probe.js`."""

from __future__ import annotations

import base64

import numpy as np
from numpy.typing import NDArray

from .notebook_page import NotebookPage

QUEUE = "window.__loudspeaker.queues.at(-1)"


class Loudspeaker:
    """The loudspeaker of a page; the newest one, where sample rates follow each other."""

    def __init__(self, notebook: NotebookPage) -> None:
        self._page = notebook.page

    def forget(self) -> None:
        """Forget what was heard until now."""
        self._page.evaluate("() => window.__loudspeaker.forget()")

    def wait_for_sound(self, seconds: float = 0.0, timeout_s: float = 20) -> None:
        """Wait until that much was heard since `forget`, silence after its beginning included."""
        self._page.wait_for_function(
            f"seconds => {QUEUE} && {QUEUE}.beganMs !== null && {QUEUE}.samples.length >= seconds * {QUEUE}.rateHz",
            arg=seconds,
            timeout=timeout_s * 1000,
        )

    def began_ms(self) -> float:
        """Return when the first sound since `forget` came out, as the browser tells it (milliseconds since 1970)."""
        began: float = self._page.evaluate(f"() => {QUEUE}.beganMs + {QUEUE}.latencyMs")
        return began

    def heard(self) -> NDArray[np.int16]:
        """Return what was heard since `forget`, left channel, from the first sound on."""
        data = base64.b64decode(self._page.evaluate("() => window.__loudspeaker.heard()"))
        samples = np.frombuffer(data, "<i2")
        sound = np.flatnonzero(samples)
        return samples[sound[0] :] if sound.size else samples[:0]
