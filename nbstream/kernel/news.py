"""Telling observers in a thread of their own, so that a slow one holds up nothing but what it is told next."""

from __future__ import annotations

import contextvars
import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import traitlets

logger = logging.getLogger("nbstream")

MAX_PENDING = 32


class News:
    """What the observers of one owner are still to be told, in order. `_lock` guards the fields.

    The thread exists only while there is something to tell. It runs in a copy of the context in which this was made, so
    that prints land in that cell.
    """

    def __init__(self, owner_name: str) -> None:
        self._thread_name = f"nbstream-news-{owner_name}"
        self._context = contextvars.copy_context()
        self._lock = threading.Lock()
        self._pending: list[tuple[str, Callable[[], object]]] = []
        self._thread: threading.Thread | None = None

    def tell(self, name: str, call: Callable[[], object], *, newest_only: bool = False) -> None:
        """Have `call` made soon.

        Parameters
        ----------
        name
            What the news is about.
        newest_only
            It replaces what is still to be told by that name; else it does so only once `MAX_PENDING` calls wait.
        """
        with self._lock:
            replaces = newest_only or len(self._pending) >= MAX_PENDING
            same = [number for number, (of, _) in enumerate(self._pending) if of == name]
            if replaces and same:
                self._pending[same[-1]] = (name, call)
            else:
                self._pending.append((name, call))
            if self._thread is None:
                self._thread = self._start()

    def _start(self) -> threading.Thread:
        run = self._context.copy().run
        thread = threading.Thread(
            target=run, args=(self._run,), name=self._thread_name, daemon=True
        )
        try:
            thread.start()
        except RuntimeError:  # a browser's Python has no threads, and one loop that always runs
            from asyncio import get_running_loop

            get_running_loop().call_soon(run, self._run)
        return thread

    def _run(self) -> None:
        while (one := self._next()) is not None:
            name, call = one
            try:
                call()
            except (
                BaseException
            ):  # an observer of the user's failed; the others are told all the same
                logger.exception("[nbstream] an observer of %s failed", name)

    def _next(self) -> tuple[str, Callable[[], object]] | None:
        with self._lock:
            if self._pending:
                return self._pending.pop(0)
            self._thread = None
            return None


def tell_observers(
    news: News, owner: traitlets.HasTraits, change: Any, *, newest_only: bool = False
) -> None:
    """Tell those who observe a trait that it has changed, if there are any."""
    notifiers = owner._trait_notifiers
    name = change["name"]
    if notifiers.get(name) or notifiers.get(traitlets.All):
        call = partial(traitlets.HasTraits.notify_change, owner, change)
        news.tell(name, call, newest_only=newest_only)
