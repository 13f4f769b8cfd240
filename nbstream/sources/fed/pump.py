"""The thread of a source in the kernel: it reads the feed, and gives each thing on when its turn has come."""

from __future__ import annotations

import bisect
import contextlib
import threading
from collections.abc import Callable
from functools import partial
from typing import Any, Generic, Literal, Protocol, TypeVar

from ...feeds.feed import Feed, Timed
from ...kernel.clock import Clock, Timer
from ...pictures.figures import own_figures
from ...runs.asking.option import is_count, is_number

T = TypeVar("T", bound=Timed)
LATE_S = 0.001
"""A timer that is late by less is not set anew."""
Speed = float | Literal["step"] | None
"""1.0 = as it was in time; `None` = as fast as it is taken; "step" = one each time that somebody asks."""


def checked_steps(count: Any) -> int:
    """Make sure that it is how many steps to take."""
    if not is_count(count):
        raise ValueError(f"step() was given {count!r:.80}; expected how many, 1 or more.")
    return int(count)


def checked_speed(speed: Any) -> Speed:
    """Make sure that it is a number above 0, `None` or "step"."""
    if speed is None or (isinstance(speed, str) and speed == "step"):
        return speed if speed is None else "step"
    if not is_number(speed) or not speed > 0:
        raise ValueError(
            f"speed is {speed!r:.80}; expected a number above 0, None for as fast as it is taken, or "
            '"step" for one picture with each step().'
        )
    return float(speed)


class Pumped(Protocol[T]):
    """Who gets what is read; called with no lock held. What is asked here must not change by itself: whoever changes it
    calls `look_again`.
    """

    @property
    def speed(self) -> Speed: ...

    def wants(self) -> bool:
        """Whether anything is wanted now."""

    def has_room(self) -> bool:
        """Whether the next can be given, of a source that waits."""

    def is_done(self) -> bool:
        """Whether everything that was given is done with."""

    def opened(self, pump: Pump[T]) -> None:
        """Its feed is open."""

    def give(self, number: int, item: T) -> None:
        """The next one; `number` counts from 1."""

    def ended(self, pump: Pump[T], error: BaseException | None) -> None:
        """All was given and is done with, or something failed."""


class Pump(Generic[T]):
    """Reads one feed from beginning to end, until it is stopped. `_changed` guards all fields but those of the thread,
    of which others read one: `_waits_since_s`, a single value.

    Parameters
    ----------
    name
        Of the thread.
    after
        The pump before, which may still hold what the feed opens.
    """

    def __init__(
        self, feed: Feed[T], owner: Pumped[T], clock: Clock, name: str, after: Pump[T] | None
    ) -> None:
        self._feed = feed
        self._owner = owner
        self._clock = clock
        self._after = after
        self._changed = threading.Condition()
        self._news = 0
        self._is_stopped = False
        self._steps = 0
        self._moves = 0
        self._move: Callable[[Any], None] | None = None
        self._returned: list[tuple[int, T]] = []
        # The thread's own.
        self._number = 0
        self._base_s: float | None = None
        self._base_speed: Speed = None
        self._timer: Timer | None = None
        self._error: BaseException | None = None
        self._waits_since_s: float | None = None
        self._thread = threading.Thread(target=self._run, name=f"nbstream-{name}", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def stop(self) -> None:
        """Read no more, and let go of the feed; does not wait for it."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()

    def look_again(self) -> None:
        """Something that the owner is asked for has changed."""
        with self._changed:
            self._news += 1
            self._changed.notify_all()

    def step(self, count: int) -> None:
        """Give so many more, at speed "step"."""
        with self._changed:
            self._steps += count
        self.look_again()

    def give_back(self, number: int, item: T) -> None:
        """Nobody took it: it comes again, in its order."""
        with self._changed:
            bisect.insort(self._returned, (number, item), key=lambda one: one[0])
        self.look_again()

    def move(self, how: Callable[[Any], None]) -> None:
        """Move the feed to another place by `how`, in its thread; what was read and not given is wanted no more."""
        with self._changed:
            self._move = how
            self._returned.clear()
            self._moves += 1
        self.look_again()

    def waits_for_s(self) -> float:
        """Seconds since the feed was asked for what it has not given yet; 0 when it is asked for nothing."""
        since_s = self._waits_since_s
        return 0.0 if since_s is None else self._clock.now_s() - since_s

    # --- the thread --------------------------------------------------------------------------

    def _run(self) -> None:
        # What a program of the user's draws with pyplot is of no cell.
        with own_figures():
            self._read_all()

    def _read_all(self) -> None:
        error: BaseException | None = None
        self._waits_since_s = self._clock.now_s()
        try:
            if self._after is not None:
                self._after.join()
                self._after = None
            if not self._is_stopped:
                self._feed.open()
                self._owner.opened(self)
                self._give_all()
                error = self._error
        except BaseException as raised:
            # What a program of the user's raises, SystemExit too, would end the thread without a word.
            error = raised
        finally:
            self._waits_since_s = None
            self._cancel_timer()
            # What failed on the way is the error; what fails at the end changes nothing.
            with contextlib.suppress(Exception):
                self._feed.close()
        if not self._is_stopped:
            self._owner.ended(self, error)

    def join(self) -> None:
        """Wait until the feed is closed."""
        if self._thread.ident is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def _give_all(self) -> None:
        while not self._is_stopped:
            with self._changed:
                moves = self._moves
                move, self._move = self._move, None
                taken = self._returned.pop(0) if self._returned else None
            if move is not None:
                self._error = None
                move(self._feed)
            if taken is None:
                taken = self._read()
            if taken is None:
                if self._wait_for(partial(self._is_at_end, moves)) and self._is_over(moves):
                    return
                continue
            number, item = taken
            if item.is_jump:
                self._base_s = None
            is_due = partial(self._is_due, number, item, moves)
            if not self._wait_for(is_due) or self._is_moved(moves):
                continue
            if self._is_behind(number):
                self.give_back(number, item)
            else:
                self._owner.give(number, item)

    def _is_due(self, number: int, item: T, moves: int) -> bool:
        return self._is_moved(moves) or self._is_behind(number) or self._may_give(item)

    def _is_behind(self, number: int) -> bool:
        """Whether one before it has come back meanwhile."""
        with self._changed:
            return bool(self._returned) and self._returned[0][0] < number

    def _is_at_end(self, moves: int) -> bool:
        return not self._is_over(moves) or self._owner.is_done()

    def _is_over(self, moves: int) -> bool:
        """Whether nothing has come back, and nobody has moved the feed."""
        return not self._returned and not self._is_moved(moves)

    def _is_moved(self, moves: int) -> bool:
        return self._moves != moves

    def _read(self) -> tuple[int, T] | None:
        if self._error is not None:
            return None
        self._waits_since_s = self._clock.now_s()
        try:
            item = self._feed.read()
        except BaseException as raised:
            if self._feed.is_live:
                raise
            # What it gave before is done with first, as at its end.
            self._error, item = raised, None
        self._waits_since_s = None
        if item is None:
            return None
        self._number += 1
        return self._number, item

    def _wait_for(self, is_so: Callable[[], bool]) -> bool:
        """Ask after each change until it is so; False when the pump is stopped."""
        while True:
            with self._changed:
                if self._is_stopped:
                    return False
                news = self._news
            # With the lock free: whoever tells of a change may hold another one.
            if is_so():
                self._cancel_timer()
                return True
            with self._changed:
                self._changed.wait_for(partial(self._has_news, news))

    def _has_news(self, news: int) -> bool:
        return self._is_stopped or self._news != news

    def _may_give(self, item: T) -> bool:
        self._cancel_timer()
        if not self._owner.wants():
            self._base_s = None  # time stands still meanwhile
            return False
        if not self._owner.has_room():
            return False
        speed = self._owner.speed
        if speed == "step":
            return self._take_step()
        if speed is None or item.at_s is None:
            return True
        now_s = self._clock.now_s()
        if self._base_s is None or speed != self._base_speed:
            self._base_s, self._base_speed = now_s - item.at_s / speed, speed
        return self._is_time(self._base_s + item.at_s / speed)

    def _is_time(self, due_s: float) -> bool:
        """Whether it is `due_s` by the clock; sets the timer if it is not."""
        while (wait_s := due_s - self._clock.now_s()) > 1e-6:
            self._cancel_timer()
            self._timer = self._clock.call_later(wait_s, self.look_again)
            # The timer counts from when it was set: what passed since the clock was read comes on top.
            if wait_s - (due_s - self._clock.now_s()) <= LATE_S:
                return False
        return True

    def _take_step(self) -> bool:
        with self._changed:
            is_allowed = self._steps > 0
            self._steps -= is_allowed
            return is_allowed

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
