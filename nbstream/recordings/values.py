"""Values of Python as JSON and raw bytes, and back: what a recording holds. Nothing is pickled.

A frozen value is made of what JSON has, of `{"$tuple": [...]}` and its like for what JSON has not, and of `Blob`s. What
is no plain value, such as a model, is known by the name of its type alone.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from ..calls.returned import SKIP
from ..errors import RecordingError
from ..pictures.encoding import Picture

MAX_DEPTH = 20
MAX_ITEMS = 100_000
MAX_INT_BITS = 4096
_DTYPE = re.compile(r"[<>|][biufc]\d{1,2}")


class Blob(NamedTuple):
    """Bytes that stand beside the JSON; of an array with its type and shape."""

    data: bytes
    dtype: str | None = None
    shape: tuple[int, ...] = ()


class Unrecorded(NamedTuple):
    """In place of a value that no recording can hold."""

    type_name: str


class _TooMuchError(Exception):
    pass


def freeze(value: Any) -> Any:
    """Copy a value, so that nobody changes it any more; what cannot be is named only."""
    try:
        return _Freezer().freeze(value, 0)
    except _TooMuchError:
        return {"$unrecorded": f"{type(value).__name__} of more than {MAX_ITEMS} values"}


class _Freezer:
    def __init__(self) -> None:
        self._count = 0

    def freeze(self, value: Any, depth: int) -> Any:
        self._count += 1
        if self._count > MAX_ITEMS or depth > MAX_DEPTH:
            raise _TooMuchError
        # Exactly these: what is derived of them may be anything.
        kind = type(value)
        if value is SKIP:
            return {"$skip": True}
        if value is None or kind in (bool, str) or (kind is int and _is_short(value)):
            return value
        if kind is float:
            return value if math.isfinite(value) else {"$float": repr(value)}
        if kind in (list, tuple):
            items = [self.freeze(one, depth + 1) for one in value]
            return items if kind is list else {"$tuple": items}
        if kind is dict:
            pairs = [
                [self.freeze(key, depth + 1), self.freeze(one, depth + 1)]
                for key, one in value.items()
            ]
            return {"$dict": pairs}
        return _freeze_bytes(value)


def _is_short(number: int) -> bool:
    """Whether Python writes it with digits, and reads them again."""
    return number.bit_length() <= MAX_INT_BITS


def _freeze_bytes(value: Any) -> Any:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return Blob(bytes(value))
    if isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind in "biufc":
        array = np.asarray(value)
        blob = Blob(array.tobytes(), array.dtype.str.replace("=", "<"), array.shape)
        return blob if isinstance(value, np.ndarray) else {"$scalar": blob}
    is_numpy = isinstance(value, (np.ndarray, np.generic))  # of times, words or objects
    if hasattr(value, "__array_interface__") and not is_numpy:  # a PIL image, say
        return _freeze_bytes(np.asarray(value))
    return {"$unrecorded": f"{type(value).__module__}.{type(value).__qualname__}"[:200]}


def size_of(frozen: Any) -> int:
    """How many bytes the blobs of a frozen value have."""
    if isinstance(frozen, Blob):
        return len(frozen.data)
    if isinstance(frozen, dict):
        return sum(size_of(one) for one in frozen.values())
    return sum(size_of(one) for one in frozen) if isinstance(frozen, list) else 0


def digest_of(frozen: Any) -> str | None:
    """A name for a frozen value that no other has; `None` where a part of it is unrecorded."""
    whole = hashlib.sha256()
    known = True

    def keep(blob: Blob) -> Any:
        return [blob.dtype, list(blob.shape), hashlib.sha256(blob.data).hexdigest()]

    text = json.dumps(to_json(frozen, keep), sort_keys=True)
    known = '"$unrecorded"' not in text
    whole.update(text.encode("utf-8", "surrogatepass"))
    return whole.hexdigest() if known else None


def to_json(frozen: Any, keep: Callable[[Blob], Any]) -> Any:
    """Put what `keep` makes of each blob in its place."""
    if isinstance(frozen, Blob):
        return {"$blob": keep(frozen)}
    if isinstance(frozen, dict):
        return {name: to_json(one, keep) for name, one in frozen.items()}
    if isinstance(frozen, list):
        return [to_json(one, keep) for one in frozen]
    return frozen


def inline(blob: Blob) -> Any:
    """A blob within the JSON: for small ones."""
    text = base64.b64encode(blob.data).decode("ascii")
    return {"base64": text, "dtype": blob.dtype, "shape": list(blob.shape)}


def thaw(told: Any, load: Callable[[str], bytes]) -> Any:
    """Make the value that JSON tells of; `load` gives the bytes of a file of the recording.

    Raises
    ------
    RecordingError
        If it tells of none.
    """
    try:
        return _thaw(told, load)
    except RecordingError:
        raise
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError) as error:
        raise RecordingError(f"the recording is damaged: a value that is none ({error})") from None


def _thaw(told: Any, load: Callable[[str], bytes]) -> Any:
    if isinstance(told, list):
        return [_thaw(one, load) for one in told]
    if not isinstance(told, Mapping):
        return told
    ((tag, of),) = told.items()
    return _THAW[tag](of, load)


def _picture(of: Mapping[str, Any], load: Callable[[str], bytes]) -> Any:
    return Picture(load(str(of["file"])), of["color"], of["reduce_by"]).decode()


def _array(of: Mapping[str, Any], load: Callable[[str], bytes]) -> Any:
    data = base64.b64decode(of["base64"]) if "base64" in of else load(str(of["file"]))
    if of["dtype"] is None:
        return data
    if not _DTYPE.fullmatch(of["dtype"]):
        raise ValueError(f"the type {of['dtype']!r:.40}")
    # A copy: the function's own, that it may write in.
    return np.frombuffer(data, of["dtype"]).reshape(of["shape"]).copy()


_THAW: dict[str, Callable[[Any, Callable[[str], bytes]], Any]] = {
    "$float": lambda of, _load: float(of),
    "$tuple": lambda of, load: tuple(_thaw(one, load) for one in of),
    "$dict": lambda of, load: {_thaw(key, load): _thaw(one, load) for key, one in of},
    "$blob": _array,
    "$scalar": lambda of, load: _thaw(of, load)[()],
    "$picture": _picture,
    "$skip": lambda _of, _load: SKIP,
    "$unrecorded": lambda of, _load: Unrecorded(str(of)[:200]),
}
