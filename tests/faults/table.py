"""The table of faults: what each test provokes, and what is promised. `docs/reliability.md` is made of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Fault:
    """One row: what happens, what is promised then, and the function that provokes it."""

    name: str
    promise: str
    group: str
    function: Callable[..., Any]
    is_everyday: bool

    @property
    def test_name(self) -> str:
        """The test's name, as pytest reports it."""
        if self.group == GOES_ON:
            return f"test_the_streams_go_on[{self.name}]"
        return self.function.__name__

    @property
    def test(self) -> str:
        """The test's file and function, or the function that disturbs what one test plays."""
        return f"{self.function.__module__.rpartition('.')[2]}.py::{self.function.__name__}"


FAULTS: dict[str, Fault] = {}
"""By name."""
GOES_ON = "goes on"
"""The group that one test plays: functions that are given the scene, and disturb it."""


def fault(name: str, promise: str, *, group: str, everyday: bool = False) -> Callable[[F], F]:
    """Enter what a test provokes into the table; what is not `everyday` runs with `make faults` only.

    Raises
    ------
    ValueError
        If the table has a row of that name.
    """

    def enter(function: F) -> F:
        if name in FAULTS:
            raise ValueError(f"Two rows are called {name!r}; choose another name.")
        FAULTS[name] = Fault(name, promise, group, function, everyday)
        if group == GOES_ON:
            return function
        marked: F = pytest.mark.faults(function)
        return marked if everyday else pytest.mark.slow(marked)

    return enter


def that_go_on() -> list[Any]:
    """The rows that one test plays."""
    return [
        pytest.param(one, id=one.name, marks=[] if one.is_everyday else [pytest.mark.slow])
        for one in FAULTS.values()
        if one.group == GOES_ON
    ]
