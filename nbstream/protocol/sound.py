"""The wire contract of `docs/protocol.md` for sound: chunks, parsed, and receipts, built."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypedDict

from .fields import (
    MAX_CHANNELS,
    MAX_RATE_HZ,
    MIN_RATE_HZ,
    PROTOCOL_VERSION,
    BadMessageError,
    Fields,
    Painted,
    only_buffer,
    short,
)

SampleType = Literal["int16", "float32"]
ITEM_BYTES: Mapping[str, int] = {"int16": 2, "float32": 4}
MAX_CHUNK_S = 1.0
"""Twice what a page makes: whoever sends more at a time does not follow the contract."""
MAX_SAMPLE_INDEX = 2**53
"""JavaScript counts no further."""
MAX_JUMP_S = 120.0
"""So much more sound than time has passed may be missing: clocks differ, messages are late."""


class ChunkMessage(NamedTuple):
    """One piece of sound: `data` is PCM, little-endian, the channels of a sample side by side."""

    client: str
    run: int
    seq: int
    first_sample: int
    sample_count: int
    sample_rate_hz: int
    channels: int
    dtype: SampleType
    clipped_count: int
    captured_at_ms: float
    sent_at_ms: float
    final: bool
    data: bytes
    painted: Mapping[str, Painted]
    kept_from: int = 1


def read_chunk(fields: Fields, client: str, buffers: Sequence[Any]) -> ChunkMessage:
    """Read a `chunk`; its buffer must hold exactly the samples that the fields say.

    Raises
    ------
    BadMessageError
        If a field is missing, has the wrong type or is out of range.
    """
    final = fields.boolean("final")
    sample_rate_hz = fields.integer("sample_rate_hz", MIN_RATE_HZ, MAX_RATE_HZ)
    longest = int(MAX_CHUNK_S * sample_rate_hz)
    sample_count = fields.integer("sample_count", 0 if final else 1, longest)
    channels = fields.integer("channels", 1, MAX_CHANNELS)
    dtype: SampleType = fields.one_of("dtype", tuple(ITEM_BYTES))
    byte_length = fields.integer("byte_length")
    if byte_length != sample_count * channels * ITEM_BYTES[dtype]:
        stated = f"{sample_count} samples of {channels} channels in {dtype}"
        raise BadMessageError(f"byte_length is {short(byte_length)}, not that of {stated}")
    return ChunkMessage(
        client,
        run=fields.integer("run"),
        seq=fields.integer("seq", 1, MAX_SAMPLE_INDEX),
        first_sample=fields.integer("first_sample", 0, MAX_SAMPLE_INDEX),
        sample_count=sample_count,
        sample_rate_hz=sample_rate_hz,
        channels=channels,
        dtype=dtype,
        clipped_count=fields.integer("clipped_count", 0, sample_count * channels),
        captured_at_ms=fields.time_ms("captured_at_ms"),
        sent_at_ms=fields.time_ms("sent_at_ms"),
        final=final,
        data=only_buffer(buffers, byte_length),
        painted=fields.painted(),
        kept_from=fields.optional_integer("kept_from", 1, MAX_SAMPLE_INDEX) or 1,
    )


class ReceiptContent(TypedDict):
    """What of a microphone's sound is stored; every field is in docs/protocol.md, "receipt"."""

    index: int
    run: int
    open: bool
    received_through: int
    missing_through: int


def receipt_message(receipt: ReceiptContent) -> dict[str, Any]:
    """Build a `receipt` message."""
    return {"nbstream": PROTOCOL_VERSION, "type": "receipt", "receipt": receipt}
