"""What can be told of a user's function by looking at it, and at the notebook's variables."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from types import CodeType
from typing import Any

MAX_WRAPPERS = 20


def told(thing: Any, attribute: str) -> Any:
    """What an object of the user's says of itself; `None` = nothing, whatever it does when it is asked."""
    try:
        return getattr(thing, attribute, None)
    except Exception:
        return None


def is_generator(fn: Callable[..., Any]) -> bool:
    """Whether a function yields its results, as far as it is known before it is called."""
    try:
        return inspect.isgeneratorfunction(fn) or inspect.isasyncgenfunction(fn)
    except Exception:  # an object that fails when it is asked for its name
        return False


def returns_nothing(fn: Callable[..., Any]) -> bool:
    """Whether every way out of a function returns `None`: most likely its `return` was forgotten.

    False where that cannot be known: of a generator, of a method, of anything that is no plain function. A wrapper of
    ours has the function whose values it returns as `nbstream_fn`.
    """
    code = told(told(fn, "nbstream_fn") or fn, "__code__")
    if not isinstance(code, CodeType) or code.co_flags & (
        inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR
    ):
        return False
    import dis  # only where a stream is made

    steps = [one for one in dis.get_instructions(code) if one.opname not in ("CACHE", "NOP")]
    ways_out = [number for number, one in enumerate(steps) if one.opname.startswith("RETURN_")]
    # A generator's RETURN_GENERATOR, which coroutines have as well, is no way out.
    ways_out = [number for number in ways_out if steps[number].opname != "RETURN_GENERATOR"]
    return bool(ways_out) and all(_gives_none(steps, number) for number in ways_out)


def _gives_none(steps: list[Any], number: int) -> bool:
    step = steps[number]
    if step.opname == "RETURN_CONST":
        return step.argval is None
    before = steps[number - 1] if number else None
    return before is not None and before.opname.startswith("LOAD_C") and before.argval is None


def is_outdated(fn: Callable[..., Any]) -> bool:
    """Whether the notebook has by now another function of the same name: its cell was run again."""
    name = told(fn, "__qualname__")
    if told(fn, "__module__") != "__main__" or not (isinstance(name, str) and name.isidentifier()):
        return False
    now = vars(sys.modules["__main__"]).get(name)
    return callable(now) and not _share_a_layer(now, fn)


def _share_a_layer(now: Any, fn: Callable[..., Any]) -> bool:
    """Whether a variable and a function are the same, streams of the same, or wrappers around the same."""
    ours, theirs = layers(fn), layers(now)
    if any(one is other for one in ours for other in theirs):
        return True
    # A wrapper that tells nothing of what it wraps has another name, or is no function of the notebook.
    return bool(told(theirs[-1], "__qualname__") != told(fn, "__qualname__"))


def layers(fn: Any) -> list[Any]:
    """A function, and what it wraps, outermost first."""
    layers: list[Any] = []
    for _ in range(MAX_WRAPPERS):
        inner = told(told(fn, "plan"), "fn")
        fn = fn if inner is None else inner
        layers.append(fn)
        fn = told(fn, "__wrapped__")
        if fn is None:
            break
    return layers
