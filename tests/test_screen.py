"""`Screen`: what a person shares, as a source of pictures."""

from __future__ import annotations

import pytest

import nbstream as nbs
from nbstream.testing import FakePage, number_of, numbered, wait_for


def test_a_screen_streams_as_a_camera_does_and_is_called_a_screen(kernel):
    screen, got = nbs.Screen(), []
    assert (screen._kind, screen.resolution) == ("screen", (1280, 720))
    binding = screen.stream(lambda frame: got.append(number_of(frame)))
    binding.start()
    page = FakePage(kernel, screen)
    page.hello()
    assert page.state["note"] is None or "screen" in page.state["note"]
    page.start()
    page.wait_for_status("live")
    page.send_frame(numbered(4))
    wait_for(lambda: got == [4])
    page.camera("failed", reason="unplugged", message="Sharing was ended.")
    page.wait_for_status("failed")
    screen.close()
    with pytest.raises(RuntimeError, match="This screen is closed"):
        screen.start()
