"""Code that few use: a page asks for it, and the kernel hands it over."""

from __future__ import annotations

from typing import Any

import pytest

import nbstream as nbs
from nbstream.protocol.parts import PARTS

HEAD = {"nbstream": 1, "type": "part", "client": "page-1"}


@pytest.mark.parametrize("make", [nbs.Webcam, nbs.ImageView, nbs.Microphone, nbs.AudioPlayer])
@pytest.mark.parametrize("part", PARTS)
def test_any_widget_hands_over_a_part(kernel: Any, make: Any, part: str):
    widget = make()
    widget.comm.deliver({**HEAD, "part": part})
    content, (code,) = widget.comm.custom_messages()[-1]
    assert content == {"nbstream": 1, "type": "part", "part": part, "byte_length": len(code)}
    assert b"export" in code


def test_a_part_that_is_none_is_not_read_from_the_disk(kernel: Any):
    view = nbs.ImageView()
    for name in ("../widget", "", 3, None):
        view.comm.deliver({**HEAD, "part": name})
    assert not [one for one, _ in view.comm.custom_messages() if one["type"] == "part"]
