"""What the privacy test searches with: it finds bytes however they were written."""

from __future__ import annotations

import base64

import pytest

from .faults.needles import needles, places

DATA = bytes(range(7, 250)) * 20
WRITTEN = {
    "as they are": DATA,
    "in hexadecimal": DATA.hex().encode(),
    **{
        f"in base64 after {count} bytes": base64.b64encode(b"x" * count + DATA)
        for count in range(3)
    },
}


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN)
def test_bytes_are_found(text):
    assert places(needles(DATA), {"here": b"{}" + text, "not here": b"{}"}) == ["here"]
