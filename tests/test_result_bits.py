"""Video of results over a slow line: it is known what a byte takes, and there are fewer bits where they do not fit."""

from __future__ import annotations

from random import Random
from statistics import median
from typing import Any

import numpy as np
import pytest

from nbstream.protocol.fields import Painted
from nbstream.results.outgoing import Result, Sending
from nbstream.results.picture_outlet import PictureOutlet
from nbstream.results.result_bits import STAYS_S, TAKEN_BACK_AFTER_S, ResultBits
from nbstream.results.result_line import JUDGED_RESULTS, ResultLine
from nbstream.results.video_coder import MOST_BITS_AT_LEAST, VideoCoder
from nbstream.testing import FakeClock

from .test_result_window import FarPage

MOST = 2_000_000
"""Bits a second."""
SECONDS = 16


def ms_per_byte(mbit: float) -> float:
    return 8 / (mbit * 1000)


KNOWN: list[float | None] = []


class Noted(Result):
    """A result that notes what is known of the pages when it is sent."""

    def message(self, sending: Sending) -> tuple[dict[str, Any], list[bytes]]:
        KNOWN.append(sending.ms_per_byte)
        return super().message(sending)


@pytest.mark.parametrize(("down_mbit", "mean_bytes"), [(1, 3000), (1, 9600), (4, 9600)])
def test_an_outlet_learns_what_the_line_takes_for_a_byte_full_or_not(down_mbit, mean_bytes):
    page, random = FarPage(down_mbit, 0.04), Random(1)
    KNOWN.clear()
    for _ in range(30 * SECONDS):
        size = int(mean_bytes * random.uniform(0.7, 1.3))
        page.outlet.show(Noted(bytes(size), "image/jpeg", page.clock.now_s()))
        page.clock.advance(1 / 30)
    assert KNOWN[0] is None
    known = [one for one in KNOWN if one is not None]
    assert median(known[len(known) // 2 :]) == pytest.approx(ms_per_byte(down_mbit), rel=0.35)


class EncodingClock(FakeClock):
    """Some time passes while a result is encoded."""

    encoded_s = 0.0

    def now_s(self) -> float:
        return super().now_s() + self.encoded_s


class Encoded(Result):
    """A result that takes as long to encode as it is large."""

    def message(self, sending: Sending) -> tuple[dict[str, Any], list[bytes]]:
        KNOWN.append(sending.ms_per_byte)
        CLOCK.encoded_s += len(self.data) * ms_per_byte(1) / 1000
        return super().message(sending)


CLOCK = EncodingClock()


def test_what_takes_long_to_encode_is_no_slow_line():
    outlet, random = PictureOutlet("display", lambda *_: None, CLOCK), Random(1)
    outlet.hello("page")
    KNOWN.clear()
    for seq in range(1, 5 * JUDGED_RESULTS):
        outlet.show(Encoded(bytes(random.randint(2000, 10_000)), "image/jpeg", 0.0))
        now_ms = CLOCK.now_s() * 1000
        outlet.painted("page", Painted(seq, now_ms, now_ms))
    assert KNOWN[-1] == pytest.approx(0, abs=ms_per_byte(100))


def test_results_that_are_late_for_another_reason_are_no_slow_line():
    line, random, received_at_ms = ResultLine(), Random(1), 0.0
    for k in range(5 * JUDGED_RESULTS):
        size = random.randint(2000, 10_000)
        late_ms = random.choice([0, 0, 0, 5, 40, 150]) + size * ms_per_byte(100)
        received_at_ms = max(received_at_ms, k * 33 + late_ms)
        line.note(size, received_at_ms - k * 33, received_at_ms)
    assert line.ms_per_byte == pytest.approx(ms_per_byte(100), abs=ms_per_byte(10))


def test_a_page_that_is_busy_at_times_hides_no_slow_line():
    line, random, received_at_ms = ResultLine(), Random(1), 0.0
    for k in range(5 * JUDGED_RESULTS):
        size = random.randint(2000, 10_000)
        is_busy = k % 6 < 2  # The second one comes at once with the first.
        came_at_ms = (k - k % 6 + 1 if is_busy else k) * 100 + size * ms_per_byte(1)
        received_at_ms = max(received_at_ms, came_at_ms)
        line.note(size, received_at_ms - k * 100, received_at_ms)
    assert line.ms_per_byte == pytest.approx(ms_per_byte(1), rel=0.5)


def test_of_results_of_one_size_nothing_is_learned():
    line = ResultLine()
    for k in range(2 * JUDGED_RESULTS):
        line.note(1000, k % 50, k * 33)
    assert line.ms_per_byte is None


def test_what_was_known_of_a_line_is_forgotten_when_results_say_no_more_of_it():
    line = ResultLine()
    for k in range(10 * JUDGED_RESULTS):
        is_varied = k < 2 * JUDGED_RESULTS
        size = 1000 + 3000 * (k % 2) if is_varied else 2000
        line.note(size, size * ms_per_byte(1), k * 100 + size * ms_per_byte(1))
        if k == 2 * JUDGED_RESULTS:
            assert line.ms_per_byte == pytest.approx(ms_per_byte(1))
    assert line.ms_per_byte is None


@pytest.mark.parametrize(
    ("mbit", "bits"), [(100, MOST), (4, MOST), (2, MOST / 2), (1, MOST / 4), (0.01, MOST / 4)]
)
def test_there_are_as_many_bits_as_fit_and_a_quarter_at_least(mbit, bits):
    assert ResultBits().next(MOST, ms_per_byte(mbit), now_s=0) == bits


def test_bits_change_seldom_and_go_up_only_where_there_is_room():
    bits = ResultBits()
    assert bits.next(MOST, None, 0) == MOST
    fewer = bits.next(MOST, ms_per_byte(2), 0)
    assert bits.next(MOST, ms_per_byte(0.5), STAYS_S - 0.1) == fewer
    assert bits.next(MOST, ms_per_byte(2.4), 100) == fewer, "a step up would just fit"
    assert bits.next(MOST, ms_per_byte(50), 101) == fewer
    assert bits.next(MOST, ms_per_byte(50), 99 + TAKEN_BACK_AFTER_S) == fewer
    assert bits.next(MOST, ms_per_byte(50), 100 + TAKEN_BACK_AFTER_S) == MOST
    assert bits.next(MOST, 0.0, 500) == MOST


def test_what_fits_as_it_is_costs_no_key_frame():
    bits = ResultBits()
    assert bits.next(MOST, ms_per_byte(1), 0, taken=0.5e6) == MOST
    assert bits.next(MOST, ms_per_byte(1), 10, taken=0.7e6) == MOST / 4


def test_where_nothing_is_known_of_the_line_any_more_the_bits_come_back_in_steps():
    bits = ResultBits()
    assert bits.next(MOST, ms_per_byte(1), 0) == MOST / 4
    found = [bits.next(MOST, None, at_s) for at_s in range(0, 130, 10)]
    assert found[:3] == [MOST / 4] * 3
    assert found[6] == MOST / 2
    assert found[-1] == MOST


def test_a_busy_video_has_fewer_bytes_on_a_slow_line_and_begins_anew_with_a_key_frame():
    coder, random = VideoCoder(), np.random.default_rng(1)

    def sent(first: int, mbit: float | None) -> tuple[int, list[int]]:
        known = None if mbit is None else ms_per_byte(mbit)
        size, chain = 0, []
        for seq in range(first, first + 60):
            pixels = random.integers(0, 255, (120, 160, 3), dtype=np.uint8)
            frame = coder.encode(pixels, 70, Sending(seq, 0, known, at_s=seq / 30))
            assert frame is not None
            size += len(frame.data)
            chain.append(frame.after)
        return size, chain

    bytes_before, chain_before = sent(1, None)
    assert bytes_before * 4 == pytest.approx(MOST_BITS_AT_LEAST, rel=0.3)
    bytes_after, chain = sent(61, 0.5)
    assert bytes_after < bytes_before * 0.45
    assert [k for k, after in enumerate(chain_before + chain) if after == 0] == [0, 60]
