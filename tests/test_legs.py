"""Times of two clocks become the legs of a frame's way."""

from __future__ import annotations

import pytest

from nbstream.pictures.frame import Frame
from nbstream.protocol.fields import Painted
from nbstream.runs.frame_times import Legs, Shown, way_of
from nbstream.runs.stats import Stats

SKEW_MS = 5_000_000.0  # the kernel's clock is that much ahead of the page's


def shown(up_ms: float, down_ms: float, captured_at_ms: float | None = 1000.0) -> Shown:
    """A frame: 6 ms encoding, then up, 10 ms in the kernel, down, 8 ms painting."""
    sent_at_ms = 1006.0
    received_ms = sent_at_ms + up_ms + SKEW_MS
    result_ms = received_ms + 10
    arrived_ms = result_ms + down_ms - SKEW_MS
    frame = Frame(
        None, 1, 1, b"", 64, 48, captured_at_ms, received_ms / 1000, sent_at_ms=sent_at_ms
    )
    return Shown(way_of(frame), result_ms / 1000, Painted(1, arrived_ms, arrived_ms + 8))


def test_each_leg_is_told_although_the_clocks_differ():
    stats = Stats()
    legs = Legs(stats)
    for _ in range(3):
        legs.note(shown(3, 3))
    legs.note(shown(3, 43))
    found = stats.content(0.0)["legs_ms"]
    assert found["encode"]["p50"] == pytest.approx(6)
    assert found["up"]["p50"] == pytest.approx(3, abs=0.1)
    assert found["down"]["p50"] == pytest.approx(3, abs=0.1)
    assert found["down"]["max"] == pytest.approx(43, abs=0.1)
    assert found["paint"]["p50"] == pytest.approx(8)
    assert found["total"]["max"] == pytest.approx(6 + 3 + 10 + 43 + 8, abs=0.1)


def test_a_picture_set_by_hand_has_no_way():
    stats = Stats()
    Legs(stats).note(shown(3, 3, captured_at_ms=None))
    assert stats.content(0.0)["legs_ms"] == {}


def test_times_that_cannot_be_cost_one_frame_and_leave_the_others_right():
    stats = Stats()
    legs = Legs(stats)
    legs.note(shown(3, 3))
    legs.note(shown(3, 3, captured_at_ms=8.64e15))
    legs.note(shown(-3_600_000, 3))  # stated as sent an hour ahead
    for _ in range(3):
        legs.note(shown(3, 3))
    found = stats.content(0.0)["legs_ms"]
    assert found["up"]["p50"] == pytest.approx(3, abs=0.1)
    assert found["total"]["max"] == pytest.approx(30, abs=0.1)
