"""`Recording`: a recording that is read. Whatever is in the file, there is a value or a `RecordingError`."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ..calls.metadata import FrameMeta, SoundMeta
from ..errors import CorruptFrameError, RecordingError
from ..pictures.encoding import Picture
from .container import Container
from .header import FORMAT, HEADER, VERSION
from .values import thaw

MAX_JSON_BYTES = 64 * 1024 * 1024


class Port(NamedTuple):
    """An input or output of the recorded stream; `state`: number of the `State` that it is, `None` = of none."""

    name: str
    state: int | None


class StateIn(NamedTuple):
    """In place of an input that was a `State`: which, and what was set from outside before the call."""

    number: int
    was_set: bool
    value: Any = None


class RecordedCall(NamedTuple):
    """One call of the function.

    `began_s` and `took_s` are seconds since the recording began; `digests` are of its results, `None` for what none can
    be made of; `error` is the type and text of what it raised, `None` = nothing.
    """

    number: int
    began_s: float
    took_s: float
    digests: Sequence[str | None]
    error: str | None
    told: dict[str, Any]


class RecordedFrame(NamedTuple):
    """A picture as it came: encoded bytes, and when, in milliseconds by the page's clock, `None` = set by hand."""

    data: bytes
    captured_at_ms: float | None


class Recording:
    """A recording that is read.

    Parameters
    ----------
    path
        The file that `binding.record` has written, whole or cut anywhere.

    Attributes
    ----------
    function
        Name of the recorded function.
    inputs, outputs
        Its ports, in order.
    packages
        Versions by name.
    is_whole
        Whether the recording was ended; else the file has all up to where the kernel ended.
    calls
        In order.

    Raises
    ------
    RecordingError
        If the file is no recording, is damaged, or is of a newer version.
    OSError
        If it cannot be read.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._container = Container(self.path)
        self.is_whole = self._container.is_whole
        header = self._header()
        self.function = str(header["function"])
        self.inputs = self._ports(header["inputs"])
        self.outputs = self._ports(header["outputs"])
        self.began_at = str(header["began_at"])
        self.packages = {str(name): str(one) for name, one in dict(header["packages"]).items()}
        names = sorted(self._container.members)
        self.calls = [self._call(n, name) for n, name in enumerate(_json_in("calls", names), 1)]
        self._frames = list(_json_in("frames", names))

    def __len__(self) -> int:
        return len(self.calls)

    def __repr__(self) -> str:
        cut = "" if self.is_whole else ", cut"
        return f"Recording({str(self.path)!r}, {len(self)} calls of {self.function}{cut})"

    @property
    def frame_count(self) -> int:
        """How many pictures came."""
        return len(self._frames)

    def frame(self, index: int) -> RecordedFrame:
        """The picture that came as number `index`, from 0."""
        name = self._frames[index]
        told = self._json(name)
        at_ms = told.get("captured_at_ms")
        data = self._container.read(f"{name[:-5]}.jpg")
        return RecordedFrame(data, float(at_ms) if isinstance(at_ms, (int, float)) else None)

    def values(self, call: RecordedCall) -> list[Any]:
        """What the function was called with: new arrays each time; a `StateIn` for a `State`."""
        return [self.value(call, number) for number in range(len(self.inputs))]

    def value(self, call: RecordedCall, number: int) -> Any:
        """One of them, from 0."""
        told = self._told(call, number)
        try:
            if isinstance(told, dict) and "$state" in told:
                value = thaw(told["value"], self._container.read) if "value" in told else None
                return StateIn(int(told["$state"]), "value" in told, value)
            return thaw(told, self._container.read)
        except CorruptFrameError as error:
            raise self._damaged(f"a picture of call {call.number}: {error}") from None

    def picture(self, call: RecordedCall, number: int) -> Picture | None:
        """An input that was a picture, encoded; `None` where it was something else."""
        told = self._told(call, number)
        if not (isinstance(told, dict) and "$picture" in told):
            return None
        try:
            of = told["$picture"]
            return Picture(self._container.read(str(of["file"])), of["color"], of["reduce_by"])
        except (KeyError, TypeError):
            raise self._damaged(f"a picture of call {call.number}") from None

    def meta(self, call: RecordedCall) -> FrameMeta | SoundMeta | None:
        """What the function got as `meta`; `None` = nothing."""
        if call.told.get("meta") is None:
            return None
        try:
            kind, fields = call.told["meta"]
            meta: FrameMeta | SoundMeta = _META[kind](**thaw(fields, self._container.read))
        except (KeyError, TypeError, ValueError):
            raise self._damaged(f"the meta of call {call.number}") from None
        return meta

    def result(self, call: RecordedCall, index: int = 0) -> Any:
        """One of the call's results; raises `RecordingError` where it was too large to be kept."""
        told = call.told["results"][index]
        if "value" not in told:
            raise RecordingError(
                f"{self.path} holds only a digest of this result, which was large. nbs.replay(path, fn) makes it again."
            )
        return thaw(told["value"], self._container.read)

    def _told(self, call: RecordedCall, number: int) -> Any:
        told = call.told["inputs"]
        if len(told) != len(self.inputs):
            raise self._damaged(
                f"call {call.number} has {len(told)} inputs, the stream {len(self.inputs)}"
            )
        return told[number]

    def _header(self) -> dict[str, Any]:
        if HEADER not in self._container.members:
            raise RecordingError(f"{self.path} is no recording of nbstream: it has no {HEADER}.")
        header = self._json(HEADER)
        if header.get("format") != FORMAT:
            raise RecordingError(f"{self.path} is no recording of nbstream.")
        version = header.get("version")
        if not isinstance(version, int) or version > VERSION:
            raise RecordingError(
                f"{self.path} is a recording of version {version!r:.20}; this nbstream reads up to {VERSION}. "
                "Install a newer nbstream."
            )
        missing = {"function", "inputs", "outputs", "packages", "began_at"} - header.keys()
        if missing or not isinstance(header["packages"], dict):
            raise self._damaged(f"its {HEADER}")
        return header

    def _ports(self, told: Any) -> list[Port]:
        try:
            return [
                Port(str(one["name"]), None if one["state"] is None else int(one["state"]))
                for one in told
            ]
        except (TypeError, KeyError, ValueError):
            raise self._damaged(f"its {HEADER}") from None

    def _call(self, number: int, name: str) -> RecordedCall:
        told = self._json(name)
        try:
            error = told.get("error")
            return RecordedCall(
                number,
                float(told["began_s"]),
                float(told["took_s"]),
                [one["digest"] for one in list(told["results"])],
                None if error is None else f"{error['type']}: {error['text']}",
                {**told, "inputs": list(told["inputs"])},
            )
        except (TypeError, KeyError, ValueError):
            raise self._damaged(name) from None

    def _json(self, name: str) -> dict[str, Any]:
        if self._container.members[name].size > MAX_JSON_BYTES:
            raise self._damaged(name)
        try:
            told = json.loads(self._container.read(name))
        except (ValueError, RecursionError):
            raise self._damaged(name) from None
        if not isinstance(told, dict):
            raise self._damaged(name)
        return told

    def _damaged(self, what: str) -> RecordingError:
        return RecordingError(f"{self.path} is damaged: {what}.")


_META: dict[str, Callable[..., Any]] = {"FrameMeta": FrameMeta, "SoundMeta": SoundMeta}


def _json_in(folder: str, names: Sequence[str]) -> list[str]:
    return [one for one in names if one.startswith(f"{folder}/") and one.endswith(".json")]
