"""The wire contract of `docs/protocol.md`: what the kernel says, built."""

from collections.abc import Mapping
from typing import Any, TypedDict

from .fields import PROTOCOL_VERSION
from .from_page import Status
from .sound import ReceiptContent


class _Account(TypedDict):
    index: int
    run: int
    may_send_through: int
    settled_through: int
    taken_through: int
    ended_through: int
    superseded: int
    rejected: int
    call_ms: float | None
    late_ms: float | None
    held_ms: float | None


class CreditContent(_Account, total=False):
    """Permission and counters of one source; every field is in docs/protocol.md, "credit"."""

    key_after: int


class ErrorContent(TypedDict):
    """The newest error, as plain text, and how often it came."""

    text: str
    count: int


class NumbersContent(TypedDict):
    """How a stream is doing; every field is in docs/protocol.md, "state"."""

    fps: float
    legs_ms: dict[str, float]
    superseded: int
    bytes_up: int
    bytes_down: int


class SourceContent(TypedDict):
    """What there is to know of any source; every field is in docs/protocol.md, "state"."""

    index: int
    run: int
    wanted: bool
    owner: str | None
    status: Status
    note: str | None
    time_limit_s: float | None
    remaining_s: float | None
    clock_running: bool
    queue_position: int | None
    queue_wait_s: float | None
    stream_every_s: float
    shows_result: bool
    can_resume: bool
    captures_waiting: int | None
    is_frozen: bool
    stats: NumbersContent | None
    error: ErrorContent | None
    log: list[str]
    progress: float | None


class StateContent(SourceContent):
    """All there is to know of a camera."""

    credit: CreditContent


class SoundStateContent(SourceContent):
    """All there is to know of a microphone."""

    is_held: bool | None
    receipt: ReceiptContent


def state_message(state: StateContent | SoundStateContent) -> dict[str, Any]:
    """Build a `state` message."""
    return {"nbstream": PROTOCOL_VERSION, "type": "state", **state}


def credit_message(credit: CreditContent) -> dict[str, Any]:
    """Build a `credit` message."""
    return {"nbstream": PROTOCOL_VERSION, "type": "credit", "credit": credit}


def result_message(
    seq: int,
    mime: str | None,
    byte_length: int,
    *,
    captured_at_ms: float | None,
    frame_seq: int | None,
    credits: Mapping[str, CreditContent],
) -> dict[str, Any]:
    """Build a `result` message; its one buffer is the encoded picture (none with `mime` None)."""
    return {
        "nbstream": PROTOCOL_VERSION,
        "type": "result",
        "seq": seq,
        "mime": mime,
        "byte_length": byte_length,
        "captured_at_ms": captured_at_ms,
        "frame_seq": frame_seq,
        "credits": dict(credits),
    }


class MarkContent(TypedDict):
    """One thing to draw over a picture; every field is in docs/protocol.md, "overlay"."""

    kind: str
    points: list[float]
    edges: list[int]
    text: str
    color: str
    line_px: float | None


def overlay_message(
    overlay: str,
    seq: int,
    marks: list[MarkContent],
    total_count: int,
    byte_length: int,
    *,
    captured_at_ms: float | None,
    frame_seq: int | None,
    credits: Mapping[str, CreditContent],
) -> dict[str, Any]:
    """Build an `overlay` message; its one buffer is the masks' PNG (none with `byte_length` 0)."""
    return {
        "nbstream": PROTOCOL_VERSION,
        "type": "overlay",
        "overlay": overlay,
        "seq": seq,
        "marks": marks,
        "total_count": total_count,
        "byte_length": byte_length,
        "captured_at_ms": captured_at_ms,
        "frame_seq": frame_seq,
        "credits": dict(credits),
    }


def sound_message(
    stream: int,
    seq: int,
    *,
    sample_rate_hz: int,
    channels: int,
    sample_count: int,
    byte_length: int,
    clipped_count: int,
    captured_at_ms: float | None,
    frame_seq: int | None,
    credits: Mapping[str, CreditContent],
) -> dict[str, Any]:
    """Build a `sound` message; its one buffer is int16 PCM, the channels of a sample side by side."""
    return {
        "nbstream": PROTOCOL_VERSION,
        "type": "sound",
        "stream": stream,
        "seq": seq,
        "sample_rate_hz": sample_rate_hz,
        "channels": channels,
        "sample_count": sample_count,
        "byte_length": byte_length,
        "clipped_count": clipped_count,
        "captured_at_ms": captured_at_ms,
        "frame_seq": frame_seq,
        "credits": dict(credits),
    }


def silence_message(stream: int) -> dict[str, Any]:
    """Build a `silence` message."""
    return {"nbstream": PROTOCOL_VERSION, "type": "silence", "stream": stream}
