"""The wire contract: golden messages decode as they say, rubbish never does harm, what is sent has the golden shape."""

from __future__ import annotations

import contextlib
import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbstream.protocol import from_page, to_page
from nbstream.protocol.fields import BadMessageError
from nbstream.protocol.sound import ChunkMessage, ReceiptContent, receipt_message

FOLDER = Path(__file__).parent / "golden"
GOLDEN = [
    {"file": path.relative_to(FOLDER).with_suffix("").as_posix(), **entry}
    for path in sorted(FOLDER.rglob("*.json"))
    for entry in json.loads(path.read_text())
]
TO_KERNEL = [entry for entry in GOLDEN if entry["direction"] == "to_kernel"]
TO_PAGE = [entry for entry in GOLDEN if entry["direction"] == "to_page" and entry["valid"]]


def named(entry: dict[str, Any]) -> str:
    return f"{entry['file']}: {entry['name']}"


def buffers_of(entry: dict[str, Any]) -> list[memoryview]:
    return [memoryview(bytes(length)) for length in entry["buffer_lengths"]]


@pytest.mark.parametrize("entry", [one for one in TO_KERNEL if one["valid"]], ids=named)
def test_a_valid_golden_message_is_parsed_field_by_field(entry):
    content = entry["content"]
    message = from_page.parse(content, buffers_of(entry))
    for name in content.keys() - {"nbstream", "type", "byte_length", "camera", "painted", "colour"}:
        wanted = tuple(content[name]) if isinstance(content[name], list) else content[name]
        assert getattr(message, name) == wanted
    if "camera" in content:
        camera = message.camera  # type: ignore[union-attr]
        for name in ("state", "reason", "message", "label", "width_px", "height_px"):
            assert getattr(camera, name) == content["camera"].get(name)
        for name in ("sample_rate_hz", "channels"):
            assert getattr(camera, name) == content["camera"].get(name)
        devices = [(one["id"], one["label"]) for one in content["camera"]["devices"]]
        assert list(camera.devices) == devices
    if content.get("painted"):
        painted = message.painted  # type: ignore[union-attr]
        assert {key: one.seq for key, one in painted.items()} == {
            key: one["seq"] for key, one in content["painted"].items()
        }


@pytest.mark.parametrize("entry", [one for one in TO_KERNEL if not one["valid"]], ids=named)
def test_an_invalid_golden_message_is_refused(entry):
    with pytest.raises(BadMessageError) as caught:
        from_page.parse(entry["content"], buffers_of(entry))
    assert 0 < len(str(caught.value)) < 500


def test_the_golden_files_cover_every_type_of_message():
    kinds = {entry["content"]["type"] for entry in GOLDEN if entry["valid"]}
    from_kernel = {"state", "credit", "result", "overlay", "receipt", "sound", "silence"} | {
        "collection",
        "example",
        "clip",
    }
    assert kinds == set(from_page._READERS) | from_kernel


def test_the_picture_of_a_frame_is_not_copied_before_anybody_wants_it():
    entry = next(one for one in TO_KERNEL if one["file"] == "frame" and one["valid"])
    buffer = bytearray(entry["buffer_lengths"][0])
    message = from_page.parse(entry["content"], [memoryview(buffer)])
    buffer[:3] = b"\xff\xff\xff"
    assert isinstance(message, from_page.FrameMessage)
    assert bytes(message.data[:3]) == b"\xff\xff\xff"


def test_the_sound_of_a_chunk_is_copied():
    entry = next(one for one in TO_KERNEL if one["file"] == "microphone/chunk" and one["valid"])
    buffer = bytearray(entry["buffer_lengths"][0])
    message = from_page.parse(entry["content"], [memoryview(buffer)])
    buffer[:2] = b"\xff\xff"
    assert isinstance(message, ChunkMessage)
    assert message.data[:2] == b"\0\0"


def test_a_buffer_of_wider_items_counts_in_bytes():
    entry = next(one for one in TO_KERNEL if one["file"] == "frame" and one["valid"])
    content = {**entry["content"], "byte_length": 8}
    message = from_page.parse(content, [memoryview(bytes(8)).cast("I")])
    assert isinstance(message, from_page.FrameMessage)
    assert len(bytes(message.data)) == 8


# --- fuzz --------------------------------------------------------------------------------------

HUGE = 10**400  # JSON has integers that no float can hold
SCALARS: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=70) | st.just(HUGE)
)
JSON_VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


def _view(data: bytes) -> memoryview:
    return memoryview(data)


BUFFERS: st.SearchStrategy[Any] = st.lists(st.binary(max_size=20).map(_view), max_size=2)


def parse_or_refuse(content: Any, buffers: Any) -> None:
    with contextlib.suppress(BadMessageError):
        assert from_page.parse(content, buffers).client


@settings(deadline=None)
@given(JSON_VALUES, BUFFERS)
def test_whatever_comes_is_parsed_or_refused(content, buffers):
    parse_or_refuse(content, buffers)


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_a_golden_message_with_one_field_replaced_is_parsed_or_refused(data):
    entry = data.draw(st.sampled_from(TO_KERNEL))
    content = json.loads(json.dumps(entry["content"]))
    where = content
    if isinstance(content.get("camera"), dict) and data.draw(st.booleans()):
        where = content["camera"]
    where[data.draw(st.sampled_from(sorted(where)))] = data.draw(JSON_VALUES)
    parse_or_refuse(content, buffers_of(entry))


@pytest.mark.parametrize("field", ["captured_at_ms", "sent_at_ms"])
def test_a_number_that_no_float_can_hold_is_refused(field):
    entry = next(one for one in TO_KERNEL if one["file"] == "frame" and one["valid"])
    with pytest.raises(BadMessageError, match=field):
        from_page.parse({**entry["content"], field: HUGE}, buffers_of(entry))


def numbers_in(value: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Where the numbers of a message are; lists hold none."""
    if isinstance(value, dict):
        return [found for key, one in value.items() for found in numbers_in(one, (*path, key))]
    return [path] if isinstance(value, (int, float)) and not isinstance(value, bool) else []


def with_field(content: Any, path: tuple[str, ...], value: Any) -> Any:
    changed = json.loads(json.dumps(content))
    where = changed
    for key in path[:-1]:
        where = where[key]
    where[path[-1]] = value
    return changed


NUMBER_FIELDS = sorted(
    {
        (entry["file"], path): entry
        for entry in TO_KERNEL
        if entry["valid"]
        for path in numbers_in(entry["content"])
    }.items(),
    key=lambda item: item[0],
)
# What no field of any message can be.
IMPOSSIBLE = [1e308, -1e308, 1.7e308, -1, 2**64, HUGE, -HUGE, math.nan, math.inf, -math.inf]


@pytest.mark.parametrize("value", IMPOSSIBLE, ids=lambda value: f"{value!r:.8}")
@pytest.mark.parametrize(
    ("field", "entry"),
    NUMBER_FIELDS,
    ids=[f"{file}-{'.'.join(at)}" for (file, at), _ in NUMBER_FIELDS],
)
def test_every_number_is_checked_against_what_can_be(field, entry, value):
    with pytest.raises(BadMessageError):
        from_page.parse(with_field(entry["content"], field[1], value), buffers_of(entry))


def nested(depth: int) -> Any:
    deep: Any = 1
    for _ in range(depth):
        deep = [deep]
    return deep


@pytest.mark.parametrize("value", [10**5000, nested(2000)], ids=["digits", "lists"])
def test_what_cannot_be_written_down_is_refused_all_the_same(value):
    with pytest.raises(BadMessageError, match=r"views is (a huge integer|of type list)"):
        from_page.parse({"nbstream": 1, "type": "hello", "client": "c", "views": value})


# --- kernel -> page ----------------------------------------------------------------------------


def shape_of(value: Any) -> Any:
    """Keys and kinds of a JSON value: numbers count alike, a list is one of its kinds."""
    if isinstance(value, dict):
        return {key: shape_of(one) for key, one in value.items()}
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, list):
        return ["of", *{shape_of(one) for one in value}]
    return "null" if value is None else "text"


RECEIPT: ReceiptContent = {
    "index": 12,
    "run": 3,
    "open": True,
    "received_through": 41,
    "missing_through": 0,
}
CREDIT: to_page.CreditContent = {
    "index": 12,
    "run": 3,
    "may_send_through": 58,
    "settled_through": 42,
    "taken_through": 42,
    "ended_through": 41,
    "superseded": 0,
    "rejected": 0,
    "call_ms": 4.5,
    "late_ms": 6.25,
    "held_ms": 7.5,
}
SOURCE: to_page.SourceContent = {
    "index": 9,
    "run": 3,
    "wanted": True,
    "owner": "page",
    "status": "live",
    "note": None,
    "time_limit_s": 30.0,
    "remaining_s": 21.75,
    "clock_running": True,
    "queue_position": None,
    "queue_wait_s": None,
    "stream_every_s": 0.1,
    "shows_result": False,
    "can_resume": False,
    "captures_waiting": None,
    "is_frozen": False,
    "stats": None,
    "error": None,
    "log": [],
    "progress": None,
}
STATE: to_page.StateContent = {**SOURCE, "credit": CREDIT}
SOUND_STATE: to_page.SoundStateContent = {**SOURCE, "is_held": None, "receipt": RECEIPT}


def golden(file: str, name: str) -> Any:
    return next(one["content"] for one in TO_PAGE if one["file"] == file and one["name"] == name)


def test_a_state_message_has_the_golden_shape():
    assert shape_of(to_page.state_message(STATE)) == shape_of(golden("state", "live"))


def test_a_microphones_state_message_has_the_golden_shape():
    assert shape_of(to_page.state_message(SOUND_STATE)) == shape_of(
        golden("microphone/state", "live")
    )


def test_a_receipt_message_has_the_golden_shape():
    expected = golden("microphone/receipt", "everything is stored")
    assert shape_of(receipt_message(RECEIPT)) == shape_of(expected)


def test_a_credit_message_has_the_golden_shape():
    assert shape_of(to_page.credit_message(CREDIT)) == shape_of(golden("credit", "short calls"))


def test_a_result_message_has_the_golden_shape():
    message = to_page.result_message(
        8, "image/jpeg", 32000, captured_at_ms=1.5, frame_seq=42, credits={"source": CREDIT}
    )
    expected = golden("result", "a picture with a credit")
    expected = {**expected, "credits": {"source": next(iter(expected["credits"].values()))}}
    assert shape_of(message) == shape_of(expected)


def test_a_result_that_clears_has_the_golden_shape():
    message = to_page.result_message(
        8, None, 0, captured_at_ms=1.5, frame_seq=42, credits={"source": CREDIT}
    )
    expected = golden("result", "the display is cleared")
    assert {**message, "credits": {}} == {
        **expected,
        "captured_at_ms": 1.5,
        "credits": {},
    }


def test_an_overlay_message_has_the_golden_shape():
    marks: list[to_page.MarkContent] = [
        {
            "kind": "keypoints",
            "points": [0.5, 0.25],
            "edges": [0, 0],
            "text": "a",
            "color": "#ffffff",
            "line_px": None,
        }
    ]
    message = to_page.overlay_message(
        "id", 8, marks, 4, 0, captured_at_ms=1.5, frame_seq=42, credits={"source": CREDIT}
    )
    expected = golden("overlay", "shapes and text")
    credit = {"source": next(iter(expected["credits"].values()))}
    expected = {**expected, "marks": expected["marks"][1:2], "credits": credit}
    assert [{key: shape_of(one) for key, one in mark.items()} for mark in message["marks"]] == [
        {key: shape_of(one) for key, one in mark.items()} for mark in expected["marks"]
    ]
    assert shape_of({**message, "marks": []}) == shape_of({**expected, "marks": []})


def test_a_sound_message_has_the_golden_shape():
    message = to_page.sound_message(
        1,
        8,
        sample_rate_hz=24000,
        channels=1,
        sample_count=2400,
        byte_length=4800,
        clipped_count=0,
        captured_at_ms=None,
        frame_seq=None,
        credits={},
    )
    assert message == golden("sound", "a piece that was played by hand")


def test_a_silence_message_is_the_golden_one():
    assert to_page.silence_message(2) == golden("silence", "what sounds is dropped")
