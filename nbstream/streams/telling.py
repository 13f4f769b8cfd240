"""What is told of a stream: the newest values to the observers of its traits, and a sentence to the person."""

from __future__ import annotations

import threading
from typing import Any

import traitlets

from ..kernel.functions import is_outdated
from .life import Life
from .lifecycle import status_of

COARSE_S = 5.0
ENDLESS_AFTER_S = 10.0


class Telling:
    """Sets the traits of a stream. `_lock` guards the fields.

    One thread at a time does it. Whoever comes meanwhile leaves word that there is news, and the one at work sets the
    traits once more: the last values win.
    """

    def __init__(self, owner: traitlets.HasTraits, life: Life) -> None:
        self._owner = owner
        self._life = life
        self._lock = threading.Lock()
        self._is_at_work = False
        self._has_news = False

    def publish(self) -> None:
        """Set the traits to the newest values; no lock is held."""
        with self._lock:
            self._has_news = True
            if self._is_at_work:
                return
            self._is_at_work = True
        while self._take_news():
            for name, value in _newest(self._life).items():
                self._owner.set_trait(name, value)

    def _take_news(self) -> bool:
        with self._lock:
            self._is_at_work, self._has_news = self._has_news, False
            return self._is_at_work


def _newest(life: Life) -> dict[str, Any]:
    place = life.slot.place()  # asks other streams, so the lock must be free
    with life.lock:
        return {
            "status": status_of(life.state),
            "remaining_s": life.limit.remaining_s(),
            "error": life.errors.newest,
            "queue_position": None if place is None else place.ahead,
            "queue_wait_s": None if place is None else place.wait_s,
        }


def note_of(life: Life) -> str | None:
    """A sentence for the person, when something is out of the ordinary; `None` = nothing is."""
    silent_s = life.silent_s()
    if silent_s is not None:
        return _note_of_silence(silent_s)
    match life.state:
        case "away":
            return "The page that captured went away; Resume goes on from this one."
        case "live":
            return _note_of_waiting(life) or _note_of_function(life)
        case "paused":
            return life.why_paused
        case "waiting":
            return _note_of_wait(life)
    return None


def _note_of_silence(silent_s: float) -> str:
    # By fives: a screen reader reads each new sentence out.
    told_s = silent_s if silent_s < COARSE_S else COARSE_S * (silent_s // COARSE_S)
    note = f"The function has not returned for {told_s:.0f} s."
    if silent_s < ENDLESS_AFTER_S:
        return note
    return (
        f"{note} If it never ends, as an endless loop does, only a restart of the kernel ends it."
    )


def _note_of_waiting(life: Life) -> str | None:
    if life.sound is not None:
        return life.sound.note()
    runner = life.runner
    return None if runner is None else runner.mailbox.note()


def _note_of_function(life: Life) -> str | None:
    """What a beginner may have forgotten."""
    plan = life.plan
    if plan.returns_nothing:
        names = " and ".join(port.name for port in plan.outputs)
        return (
            f"{plan.fn_name}() returns nothing, so nothing goes to {names}. "
            "End it with return and what shall be shown, such as: return frame"
        )
    if is_outdated(plan.fn):
        return (
            f"{plan.fn_name}() was defined anew; this stream calls the one of before. Run the cell with stream() "
            "again, and then the one that shows this widget."
        )
    return None


def _note_of_wait(life: Life) -> str | None:
    warm_up = life.plan.warm_up
    note = None if warm_up is None else warm_up.note()
    return life.slot.note() if note is None else note
