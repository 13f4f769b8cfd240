"""A value that a stream keeps between calls, in the kernel only."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any


class State:
    """An input and output of a stream that never leaves the kernel.

    The function gets the value by reference, and what it returns for the state becomes the value.
    It is not rolled back when a call fails, and survives Stop, rejoining and a reload of the page.

    Parameters
    ----------
    initial
        First value; deep-copied now and at each `reset`.
    factory
        Makes the value, in place of `initial`, for what cannot be copied (a model, an open file).

    Raises
    ------
    TypeError
        If both are given, or `initial` cannot be deep-copied.
    """

    value: Any
    """The value now. May be read and set at any time, from any thread."""

    def __init__(self, initial: Any = None, *, factory: Callable[[], Any] | None = None) -> None:
        if factory is not None and initial is not None:
            raise TypeError(
                "State() was given both an initial value and a factory; give one of them."
            )
        if factory is None:
            try:
                kept = copy.deepcopy(initial)
            except Exception as error:
                raise TypeError(
                    f"State() cannot copy its initial value of type {type(initial).__name__} ({error}); "
                    "give State(factory=...) a function that makes the value."
                ) from error

            def factory() -> Any:
                return copy.deepcopy(kept)

        self._factory = factory
        self.reset()

    def reset(self) -> None:
        """Put the value back to the initial one (a new copy, or what the factory makes)."""
        self.value = self._factory()

    def __repr__(self) -> str:
        return f"State({self.value!r})"
