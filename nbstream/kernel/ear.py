"""Whether the event loop that a page's messages come in takes any: it is asked, and one that is busy does not answer.

A cell, a widget's callback, whatever runs in that loop: no host need tell us of it.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from .clock import Clock

if TYPE_CHECKING:
    import asyncio

ASK_AFTER_S = 1.0
"""So long a page must have been silent before its loop is asked: nothing is asked while pictures come."""
BUSY_AFTER_S = 1.0
"""An answer that takes longer tells that messages have waited, too."""


class _Question:
    """Asked in any thread, answered in the loop's; each field is written once, so no lock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.asked_at_s = clock.now_s()
        self.answered_at_s: float | None = None

    def answer(self) -> None:
        self.answered_at_s = self._clock.now_s()

    def waited_s(self) -> float:
        """How long the answer took, or has taken so far."""
        answered_at_s = self.answered_at_s
        until_s = self._clock.now_s() if answered_at_s is None else answered_at_s
        return until_s - self.asked_at_s


class Ear:
    """One page's: when its messages could be heard. Not thread-safe: the owner of the page holds a lock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._loop: asyncio.AbstractEventLoop | None = None
        self._question: _Question | None = None
        self._heard_at_s = clock.now_s()
        self._deaf_until_s = float("-inf")
        self._known_until_s = self._heard_at_s

    def hear(self) -> None:
        """A message has come, in the calling thread."""
        self._loop = _running_loop()
        self._question = None
        self._heard_at_s = self._clock.now_s()

    @property
    def is_deaf(self) -> bool:
        """Whether messages wait since the loop is busy."""
        question = self._question
        return (
            question is not None
            and question.answered_at_s is None
            and question.waited_s() > BUSY_AFTER_S
        )

    def silent_since(self, at_s: float) -> float:
        """How many seconds it has been silent since then, as far as messages are known to have been taken."""
        now_s = self._clock.now_s()
        if now_s - self._heard_at_s >= ASK_AFTER_S and self._can_be_asked():
            self._ask(now_s)
        else:
            self._known_until_s = now_s
        return max(0.0, self._known_until_s - max(at_s, self._deaf_until_s))

    def _can_be_asked(self) -> bool:
        # A loop that has ended takes no messages any more: the silence is the page's own.
        return self._loop is not None and self._loop.is_running()

    def _ask(self, now_s: float) -> None:
        question = self._question
        if question is None:
            # Nobody knows what was until now.
            self._deaf_until_s = self._known_until_s = now_s
        elif question.waited_s() > BUSY_AFTER_S:
            answered_at_s = question.answered_at_s
            self._deaf_until_s = self._known_until_s = (
                now_s if answered_at_s is None else answered_at_s
            )
        elif question.answered_at_s is not None:
            self._known_until_s = question.asked_at_s
        if question is None or question.answered_at_s is not None:
            self._question = question = _Question(self._clock)
            assert self._loop is not None
            try:
                self._loop.call_soon_threadsafe(question.answer)
            except RuntimeError:  # it was closed this moment
                self._loop = None


def _running_loop() -> asyncio.AbstractEventLoop | None:
    """The loop of the calling thread; `None` in a host that has threads for its messages."""
    # Where nobody has imported it, nobody runs one.
    module = sys.modules.get("asyncio")
    try:
        return None if module is None else module.get_running_loop()
    except RuntimeError:
        return None
