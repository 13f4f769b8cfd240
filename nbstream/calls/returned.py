"""What the function returned, dealt out to the outputs."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Any, Final, Protocol

from ..errors import ResultCountError


class _Skip:
    def __repr__(self) -> str:
        return "nbstream.skip()"

    def __reduce__(self) -> str:
        return "SKIP"  # there is one, in each process


SKIP: Final = _Skip()


def skip() -> Any:
    """Return this for an output that shall stay as it is."""
    return SKIP


class Keyed(Protocol):
    """An output that has a name for messages and a key in returned dicts."""

    @property
    def key(self) -> Hashable: ...

    @property
    def name(self) -> str: ...


def deal(
    value: Any, outputs: Sequence[Keyed], fn_name: str, advice: str = ""
) -> Iterator[tuple[int, Any]]:
    """Yield (number of the output, its value) for each output that gets one.

    One output: `value` is its value, tuple or not. Several: a tuple or list of as many. A dict
    counts as dealt out by name where all its keys are outputs. No outputs: whatever came is
    ignored.

    Parameters
    ----------
    advice
        What else there is to say where the number of values does not fit.

    Raises
    ------
    ResultCountError
        If the number of values does not fit.
    """
    if not outputs or value is SKIP:
        return
    if (by_key := _by_key(value, outputs)) is not None:
        dealt = by_key
    elif len(outputs) == 1:
        dealt = {0: value}
    else:
        dealt = _in_order(value, outputs, fn_name, advice)
    for number, one in dealt.items():
        if one is not SKIP:
            yield number, one


def _by_key(value: Any, outputs: Sequence[Keyed]) -> dict[int, Any] | None:
    if not isinstance(value, dict) or not (value or len(outputs) > 1):
        return None
    numbers = {output.key: number for number, output in enumerate(outputs)}
    if not all(key in numbers for key in value):
        return None
    return {numbers[key]: one for key, one in value.items()}


def _in_order(value: Any, outputs: Sequence[Keyed], fn_name: str, advice: str) -> dict[int, Any]:
    wanted = f"a tuple of {len(outputs)} values ({', '.join(output.name for output in outputs)})"
    skip = "Return nbs.skip() for an output that shall stay as it is."
    skip += advice
    if not isinstance(value, (tuple, list)):
        came = "None" if value is None else f"a single {type(value).__name__}"
        raise ResultCountError(
            f"{fn_name}() returned {came}; expected {wanted}. {_advice(value, outputs)}{skip}"
        )
    if len(value) != len(outputs):
        raise ResultCountError(
            f"{fn_name}() returned {len(value)} values; expected {wanted}. {skip}"
        )
    return dict(enumerate(value))


def _advice(value: Any, outputs: Sequence[Keyed]) -> str:
    if isinstance(value, dict):
        keys = {output.key for output in outputs}
        wrong = next(key for key in value if key not in keys)
        return f"A dict may have outputs as its keys, and {wrong!r:.80} is none. "
    if getattr(value, "shape", ())[:1] == (len(outputs),):
        return "Return tuple(x). "
    return ""
