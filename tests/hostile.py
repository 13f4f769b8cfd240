"""Messages of a page that does not follow the contract, made of sound ones by a source of chance."""

from __future__ import annotations

import copy
import functools
import json
import struct
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import numpy as np

from nbstream.pictures.codecs import encode

MISSING = object()
GOLDEN = Path(__file__).parent / "golden"
MAX_CHANGES = 4


class Message(NamedTuple):
    """What a comm brings: content, as JSON can carry it, and binary buffers."""

    content: Any
    buffers: list[bytes]


def nested(depth: int, *, in_objects: bool) -> Any:
    """Lists or objects in each other."""
    value: Any = 1
    for _ in range(depth):
        value = {"x": value} if in_objects else [value]
    return value


VALUES: list[Any] = [
    *(
        None,
        True,
        False,
        "",
        [],
        {},
        "now",
        "\ud800",
        "\x00",
        "x" * 70,
        "x" * 100_000,
        [1],
        {"a": 1},
    ),
    *(-1, 0, 1, 2, 7, 255, 2**15, 2**31, 2**53 - 1, 2**53, 2**63, 10**400, 10**5000, -(10**5000)),
    *(0.5, -0.0, 1e-300, 1e15, 1e308, -1e308, float("nan"), float("inf"), -float("inf")),
    *(nested(depth, in_objects=flag) for depth in (3, 900, 5000) for flag in (True, False)),
    list(range(100_000)),
    {f"key {number}": number for number in range(10_000)},
    {f"w{number}": {"seq": 1, "received_at_ms": 1, "painted_at_ms": 1} for number in range(5000)},
]


def jpeg_header_of(width_px: int, height_px: int, data: bytes | None = None) -> bytes:
    """A small JPEG file that says it is that large."""
    changed = bytearray(encode(np.full((48, 64, 3), 100, np.uint8)) if data is None else data)
    start = changed.index(b"\xff\xc0")
    changed[start + 5 : start + 9] = struct.pack(">HH", height_px, width_px)
    return bytes(changed)


@functools.cache
def golden_messages() -> list[Message]:
    """All that the examples of the contract say to the kernel, right and wrong."""
    examples = [one for path in GOLDEN.rglob("*.json") for one in json.loads(path.read_text())]
    return [
        Message(one["content"], [b"\x00" * length for length in one.get("buffer_lengths", [])])
        for one in examples
        if one["direction"] == "to_kernel"
    ]


def hostile(sound: list[Message], chance: Random) -> Message:
    """One of these sound messages, changed in some places; now and then no message at all."""
    if chance.randrange(50) == 0:
        return Message(chance.choice(VALUES), [])
    known = chance.choice(sound if chance.randrange(4) else golden_messages())
    content, buffers = copy.deepcopy(known.content), list(known.buffers)
    for _ in range(chance.randrange(1, MAX_CHANGES)):
        if buffers and chance.randrange(3) == 0:
            buffers = _other_buffers(buffers, chance)
        else:
            _change_field(content, chance)
    return Message(content, buffers)


class Lie(NamedTuple):
    """One field of a message, an inner one perhaps, and what stands in its place."""

    path: tuple[Any, ...]
    value: Any

    def told_in(self, sound: Message) -> Message:
        """That message with the lie in it."""
        content = copy.deepcopy(sound.content)
        *outer, name = self.path
        place = functools.reduce(lambda inner, one: inner[one], outer, content)
        if self.value is MISSING:
            del place[name]
        else:
            place[name] = self.value
        return Message(content, sound.buffers)


def lies_in(sound: Message) -> Iterator[Lie]:
    """Each field missing, and with each value in its place."""
    for path in _paths(sound.content):
        yield from (Lie(path, value) for value in (MISSING, *VALUES))


def _paths(content: Any) -> Iterator[tuple[Any, ...]]:
    for name, value in content.items():
        yield (name,)
        if isinstance(value, dict) and name != "painted":
            yield from ((name, *inner) for inner in _paths(value))


def _change_field(content: Any, chance: Random) -> None:
    place = content
    while isinstance(place, dict) and place:
        name = chance.choice(sorted(place, key=str))
        inner = place[name]
        if isinstance(inner, dict) and inner and chance.randrange(2):
            place = inner
            continue
        _change(place, name, chance)
        return


def _change(place: dict[str, Any], name: str, chance: Random) -> None:
    way = chance.randrange(8)
    value = place[name]
    if way == 0:
        del place[name]
    elif way == 1:
        other = chance.choice(sorted(place, key=str))
        place[name], place[other] = place[other], value
    elif way == 2 and isinstance(value, (int, float)):
        place[name] = value + chance.choice((-1, 1, 2, 1000, -1000, 3_600_000, 2**31))
    elif way == 3 and isinstance(value, (int, float)):
        place[name] = -value
    elif way == 4 and isinstance(value, str) and value:
        at = chance.randrange(len(value))
        place[name] = value[:at] + chance.choice(("\ud800", "\x00", "é", "", "\u202e")) + value[at:]
    else:
        place[name] = chance.choice(VALUES)


def _other_buffers(buffers: list[bytes], chance: Random) -> list[bytes]:
    way, data = chance.randrange(8), buffers[0]
    if way == 0:
        return []
    if way == 1:
        return [*buffers, *buffers]
    if way == 2:
        return [b""]
    if way == 3:
        return [data[: chance.randrange(len(data) + 1)]]
    if way == 4 and b"\xff\xc0" in data:
        return [jpeg_header_of(65535, 65535, data)]
    if way == 5:
        return [bytes(chance.randrange(256) for _ in range(min(len(data), 200)))]
    return [_flipped(data, chance)]


def _flipped(data: bytes, chance: Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randrange(1, 8)):
        if changed:
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)
