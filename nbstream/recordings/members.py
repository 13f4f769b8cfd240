"""What a call becomes in a recording: its JSON, and arrays beside it."""

from __future__ import annotations

import json
from typing import Any

from .values import Blob, digest_of, inline, size_of, to_json

INLINE_BYTES = 4096


def call_members(name: str, call: dict[str, Any]) -> list[tuple[str, bytes]]:
    """Arrays beside the call's JSON, and the JSON behind them: who reads the call finds what it names."""
    members: list[tuple[str, bytes]] = []

    def keep(blob: Blob) -> Any:
        if len(blob.data) <= INLINE_BYTES:
            return inline(blob)
        file = f"{name[:-5]}-{len(members)}.bin"
        members.append((file, blob.data))
        return {"file": file, "dtype": blob.dtype, "shape": list(blob.shape)}

    call["inputs"] = [to_json(one, keep) for one in call["inputs"]]
    call["meta"] = to_json(call.get("meta"), keep)
    call["results"] = [_result(one) for one in call["results"]]
    return [*members, (name, json.dumps(call).encode())]


def _result(frozen: Any) -> dict[str, Any]:
    """Large results are known by their digest: what was recorded makes them again."""
    told = {"digest": digest_of(frozen)}
    return told if size_of(frozen) > INLINE_BYTES else {**told, "value": to_json(frozen, inline)}
