"""A value that stays between calls, in the kernel only."""

from __future__ import annotations

import hashlib
import pickle
import threading
from typing import TYPE_CHECKING, Any

import ipywidgets

import nbstream as nbs

from ..tree.arguments import refuse_unless_default
from ..tree.tables import Refusal
from .component import Component

if TYPE_CHECKING:
    from nbstream.runs.plan import Origin


class State(Component):
    """A value that stays between calls.

    Parameters
    ----------
    value
        The first value; deep-copied when the app is launched. A function is called for it.
    time_to_live, delete_callback
        Not part of it: a kernel has one session, which ends with it.

    Notes
    -----
    `.change` comes when a function has returned another value, or has changed what is in it. `_lock` guards what is
    known of the last one.
    """

    EVENTS = ("change",)

    def __init__(
        self,
        value: Any = None,
        render: bool = True,
        *,
        time_to_live: float | None = None,
        delete_callback: Any = None,
    ) -> None:
        instead = "The value stays until the app is closed."
        refuse_unless_default("State", "time_to_live", time_to_live, Refusal(None, instead))
        refuse_unless_default("State", "delete_callback", delete_callback, Refusal(None, instead))
        self._state = nbs.State()
        self._lock = threading.Lock()
        self._digest: object = None
        super().__init__(value, render=render)

    def build(self) -> ipywidgets.Widget:
        """Take the first value. There is nothing to be seen."""
        self._state = (
            nbs.State(factory=self.value) if callable(self.value) else nbs.State(self.value)
        )
        self._is_another(self._state.value)
        return None

    def read(self, frame: Any = None) -> Any:
        return self._state.value

    def _show(self, value: Any, _origin: Origin | None) -> None:
        self._state.value = value
        if self._is_another(value):
            self.happened("change")

    def _is_another(self, value: Any) -> bool:
        """Whether it differs from the last value; looked at only where somebody listens."""
        if "change" not in self.targeted:
            return False
        digest = digest_of(value)
        with self._lock:
            before, self._digest = self._digest, digest
        return before != digest


def digest_of(value: Any) -> object:
    """What is the same for equal values; of what cannot be pickled, which object it is."""
    try:
        return hashlib.sha256(pickle.dumps(value)).digest()
    except Exception:  # each type has errors of its own for it
        return id(value)
