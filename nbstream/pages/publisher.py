"""Telling the pages all there is to know of a source: whole, numbered, at once or a little later."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from typing import Any

from ..kernel.clock import Clock, Timer

logger = logging.getLogger("nbstream")

PUBLISH_SOON_S = 0.2


class StatePublisher:
    """Sends `state` messages. `_order` keeps them in order; `_lock` guards the timer.

    Parameters
    ----------
    make
        Makes the message for an index; `None` = nothing is to be said any more.
    send
        Hands one message to the carrier; must not block.
    """

    def __init__(
        self,
        clock: Clock,
        make: Callable[[int], dict[str, Any] | None],
        send: Callable[[dict[str, Any], list[bytes]], None],
    ) -> None:
        self._clock = clock
        self._make = make
        self._send = send
        self._order = threading.RLock()
        self._lock = threading.Lock()
        self._index = 0
        self._has_failed = False
        self._soon: Timer | None = None

    def publish(self, *, soon: bool = False) -> None:
        """Send the state as it is now; `soon`: it may wait for what else changes within `PUBLISH_SOON_S`."""
        if soon:
            with self._lock:
                if self._soon is None:
                    self._soon = self._clock.call_later(PUBLISH_SOON_S, self._publish)
        else:
            self._publish()

    def cancel(self) -> None:
        """Send nothing later of what may still wait."""
        with self._lock:
            if self._soon is not None:
                self._soon.cancel()
                self._soon = None

    def _publish(self) -> None:
        # Numbered and sent under one lock: a newer index never carries an older state.
        with self._order:
            self.cancel()
            try:
                message = self._make(self._index + 1)
                if message is not None:
                    self._index += 1
                    self._send(message, [])
            except Exception:
                # Whoever changes a stream must not fail for it, and the next state says all again.
                # As Python ends, modules are gone that are needed for a state; nobody reads it.
                if not self._has_failed and not sys.is_finalizing():
                    logger.exception(
                        "[nbstream] a state could not be sent; further ones are not logged"
                    )
                self._has_failed = True
