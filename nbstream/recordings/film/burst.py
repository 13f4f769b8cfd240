"""The next pictures that a source captures, one after the other."""

from __future__ import annotations

import threading
import time
from typing import Any

from ...runs.asking.option import is_count
from .shot import Shot
from .taps import Taps


def next_shots(taps: Taps[Shot], count: Any, within_s: float) -> list[Shot]:
    """Wait for the next `count` pictures.

    Raises
    ------
    ValueError
        If `count` is not at least 1, or `within_s` not above 0.
    TimeoutError
        If fewer came.
    """
    if not is_count(count) or count > 1000:
        raise ValueError(f"burst() was given {count!r:.80}; expected how many pictures, 1 to 1000.")
    if not within_s > 0:
        raise ValueError(f"within_s is {within_s!r:.80}; expected seconds above 0.")
    shots: list[Shot] = []
    changed = threading.Condition()

    def came(shot: Shot) -> None:
        with changed:
            shots.append(shot)
            changed.notify_all()

    end = taps.add(came)
    try:
        with changed:
            # A wait of 0.1 s at most, or Interrupt would not be heard before the end.
            until_s = time.monotonic() + within_s
            while len(shots) < count and time.monotonic() < until_s:
                changed.wait(0.1)
    finally:
        end()
    if len(shots) < count:
        raise TimeoutError(
            f"burst() got {len(shots)} of {count} pictures in {within_s:g} s. Is the source started, and does its "
            "kernel take messages while a cell runs (ipykernel 7 does)?"
        )
    return shots[:count]
