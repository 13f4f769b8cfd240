"""When a stream wants the next picture: `stream_every` is kept for each camera by itself."""

from __future__ import annotations

import threading

from ..pictures.frame import Frame

# The page takes the camera's picture that is nearest to the due time: half a period away, of a camera of 12 Hz or more.
TOLERANCE_MS = 40.0


class Pace:
    """The schedule of one stream, by camera. `_lock` guards it: each camera's messages have threads of their own.

    Parameters
    ----------
    every_s
        The shortest time between two pictures of one camera.
    """

    def __init__(self, every_s: float) -> None:
        self._every_ms = every_s * 1000
        self._tolerance_ms = min(self._every_ms / 2, TOLERANCE_MS)
        self._lock = threading.Lock()
        self._due: dict[object, tuple[int, float]] = {}
        """By camera: the run that the time is of, and when the next picture is due by the page's clock."""

    def is_early(self, frame: Frame) -> bool:
        """Whether another stream wanted this frame and it is not our turn yet; one that is not early is ours."""
        at_ms = frame.captured_at_ms
        if at_ms is None:  # set by hand
            return False
        with self._lock:
            run, due_ms = self._due.get(frame.source, (-1, 0.0))
            goes_on = run == frame.run
            # Earlier than any picture that the schedule was made of: the page's clock was set.
            is_past = at_ms < due_ms - self._every_ms - self._tolerance_ms
            if goes_on and not is_past and at_ms < due_ms - self._tolerance_ms:
                return True
            # The schedule goes on in exact steps, as the page's does, so that jitter does not lower the rate.
            is_on_time = goes_on and abs(at_ms - due_ms) <= self._tolerance_ms
            self._due[frame.source] = (
                frame.run,
                (due_ms if is_on_time else at_ms) + self._every_ms,
            )
            return False
