"""Waiting for what another thread does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

happened = threading.Condition()
"""Notified by the mocked comm at each message from the kernel."""

_POLL_S = 0.01


def wait_for(
    condition: Callable[[], T], timeout_s: float = 30.0, what: str | Callable[[], str] = ""
) -> T:
    """Return the first truthy value of `condition`.

    Raises
    ------
    TimeoutError
        After `timeout_s` seconds of real time; the message says `what` was waited for (a function is asked
        then, so that it can tell what came instead).
    """
    deadline_s = time.monotonic() + timeout_s
    with happened:
        while not (value := condition()):
            if time.monotonic() > deadline_s:
                awaited = what() if callable(what) else what or condition
                raise TimeoutError(f"nothing came within {timeout_s} s: {awaited}")
            # The poll is for conditions that no message announces, such as a thread's end.
            happened.wait(_POLL_S)
    return value
