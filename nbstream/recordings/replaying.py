"""Calling a function again with what a recording holds, without any widget; and two functions side by side."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any, NamedTuple

from ..calls.caller import check_signature, name_of
from ..calls.once import CallsHere
from ..calls.returned import deal
from ..errors import RecordingError
from ..pictures.figures import own_figures
from .recording import RecordedCall, Recording, StateIn
from .values import Unrecorded, digest_of, freeze


class Replayed(NamedTuple):
    """One call that was made again: its result (of a generator the list of what it yielded), or its error."""

    call: RecordedCall
    result: Any
    error: BaseException | None
    digests: Sequence[str | None]
    """Of each value that was returned or yielded."""

    @property
    def is_as_recorded(self) -> bool | None:
        """Whether results and error are what they were; `None` where a result cannot be compared."""
        recorded_error = None if self.call.error is None else self.call.error.partition(":")[0]
        error = None if self.error is None else type(self.error).__name__
        if recorded_error != error or len(self.digests) != len(self.call.digests):
            return False
        if None in self.digests or None in self.call.digests:
            return None
        return list(self.digests) == list(self.call.digests)


class _Out(NamedTuple):
    key: Hashable
    name: str


class Player:
    """Makes the calls of a recording again with one function, in order. A `State` has what the function makes of it."""

    def __init__(self, recording: Recording, fn: Callable[..., Any]) -> None:
        self._recording = recording
        self._fn = fn
        self._states: dict[int, Any] = {}
        self._outputs = [_Out((n, one), one.name) for n, one in enumerate(recording.outputs)]
        metadata = any(recording.meta(call) is not None for call in recording.calls[:1])
        check_signature(fn, [one.name for one in recording.inputs], metadata=metadata)

    def play(self) -> Iterator[Replayed]:
        """Make the calls, one for each that is taken."""
        calls = CallsHere(self._fn)
        try:
            for call in self._recording.calls:
                yield self._replay(call, calls)
        finally:
            calls.close()

    def values(self, call: RecordedCall) -> list[Any]:
        """What the function gets in that call."""
        values = self._recording.values(call)
        for number, value in enumerate(values):
            if isinstance(value, StateIn):
                if value.was_set:
                    self._states[value.number] = value.value
                values[number] = self._states.get(value.number)
        for port, value in zip(self._recording.inputs, values, strict=True):
            if isinstance(value, Unrecorded):
                raise RecordingError(
                    f"{self._recording.path} has no value of the input {port.name}: it was a {value.type_name}, which "
                    "is no plain value. Make it in the function."
                )
        return values

    def _replay(self, call: RecordedCall, calls: CallsHere) -> Replayed:
        values = self.values(call)
        meta = self._recording.meta(call)
        digests: list[str | None] = []
        result: Any = None
        raised: BaseException | None = None

        def take(value: Any) -> None:
            digests.append(digest_of(freeze(value)))
            self.take_states(value)

        try:
            with own_figures():
                result = calls.call(values, {} if meta is None else {"meta": meta}, take)
        except Exception as error:
            raised = error
        return Replayed(call, result, raised, digests)

    def take_states(self, value: Any) -> None:
        """Let each `State` among the outputs have its part of a result."""
        states = [one.state for one in self._recording.outputs]
        if states.count(None) == len(states):
            return
        for number, one in deal(value, self._outputs, name_of(self._fn)):
            state = states[number]
            if state is not None:
                self._states[state] = one


def replay(
    path: str | os.PathLike[str], fn: Callable[..., Any], *, keep_errors: bool = False
) -> list[Any]:
    """Call `fn` with all that a recording holds, as fast as it goes, without any widget.

    Pictures, sound, values of widgets and `meta` are those of the recorded calls, byte for byte; a `State` begins with
    what it was and goes on with what `fn` returns for it.

    Parameters
    ----------
    path
        What `binding.record` has written; it may be cut.
    fn
        Plain, async or generator function with the inputs of the recorded one.
    keep_errors
        Whether an error of `fn` stands in the list in place of a result; else it is raised.

    Returns
    -------
    results
        Of each call what `fn` returned; of a generator the list of what it yielded.

    Raises
    ------
    RecordingError
        If the file is no recording, is damaged or newer, or a value that is needed could not be recorded.
    SignatureError
        If `fn` cannot take the recorded inputs.
    """
    results: list[Any] = []
    for one in Player(Recording(path), fn).play():
        if one.error is not None and not keep_errors:
            if hasattr(one.error, "add_note"):  # Python 3.11
                one.error.add_note(f"in call {one.call.number} of {os.fspath(path)}")
            raise one.error
        results.append(one.result if one.error is None else one.error)
    return results


class Difference(NamedTuple):
    """A call in which two functions differ; `None` in `digests` = something that cannot be compared."""

    call_number: int
    old: Any
    new: Any
    """The result, or the error."""


class Comparison:
    """What two functions make of one recording.

    Attributes
    ----------
    call_count
        How many calls were compared.
    differences
        The calls in which results differ, at most `max_kept` of them with their results.
    difference_count, unknown_count
        How many calls differ, and of how many it cannot be told, since results are no plain values.
    """

    def __init__(self, old_name: str, new_name: str, max_kept: int) -> None:
        self.old_name, self.new_name = old_name, new_name
        self.call_count = self.difference_count = self.unknown_count = 0
        self.differences: list[Difference] = []
        self._max_kept = max_kept

    @property
    def is_same(self) -> bool:
        """Whether all results are the same, byte for byte."""
        return not self.difference_count and not self.unknown_count

    def note(self, old: Replayed, new: Replayed) -> None:
        """Compare one call."""
        self.call_count += 1
        same = type(old.error) is type(new.error) and len(old.digests) == len(new.digests)
        if same and None in (*old.digests, *new.digests):
            self.unknown_count += 1
            return
        if same and list(old.digests) == list(new.digests):
            return
        self.difference_count += 1
        if len(self.differences) < self._max_kept:
            results = [one.result if one.error is None else one.error for one in (old, new)]
            self.differences.append(Difference(old.call.number, *results))

    def __repr__(self) -> str:
        first = f", the first in call {self.differences[0].call_number}" if self.differences else ""
        unknown = f"; {self.unknown_count} cannot be compared" if self.unknown_count else ""
        return (
            f"{self.old_name} and {self.new_name}: {self.call_count} calls, "
            f"{self.difference_count} differ{first}{unknown}"
        )


def compare(
    path: str | os.PathLike[str],
    fn_old: Callable[..., Any],
    fn_new: Callable[..., Any],
    *,
    max_kept: int = 20,
) -> Comparison:
    """Call two functions with all that a recording holds, and tell where their results differ.

    Parameters
    ----------
    max_kept
        Of how many calls that differ both results are kept.

    Raises
    ------
    RecordingError, SignatureError
        As `replay`.
    """
    if max_kept < 0:
        raise ValueError(f"max_kept is {max_kept!r:.80}; expected a whole number >= 0.")
    recording = Recording(path)
    comparison = Comparison(name_of(fn_old), name_of(fn_new), max_kept)
    both = zip(Player(recording, fn_old).play(), Player(recording, fn_new).play(), strict=True)
    for old, new in both:
        comparison.note(old, new)
    return comparison
