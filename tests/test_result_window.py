"""Results over a line with a rate and a delay: the line is full, and nothing stands in its queue."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from nbstream.protocol.fields import Painted
from nbstream.results.outgoing import Result
from nbstream.results.picture_outlet import PictureOutlet
from nbstream.results.window import (
    FEWEST,
    FEWEST_WHILE_YOUNG,
    JUDGED_RESULTS,
    MOST,
    MOST_BYTES,
    YOUNG_S,
    ResultWindow,
)
from nbstream.testing import FakeClock

FRAME_S = 1 / 30
SCREEN_S = 0.012
RESULT_BYTES = 28_000


@dataclass
class FarPage:
    """An outlet, a line down to a page and one up, on which what was painted rides with frames."""

    down_mbit: float
    delay_s: float
    frame_s: float = FRAME_S
    """How long it takes until the next frame carries the word."""
    free_at_s: float = 0.0
    ages_s: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = FakeClock()
        self.outlet = PictureOutlet("display", self._send, self.clock)
        self.outlet.hello("page")

    def run(self, seconds: float) -> None:
        """Have a result each thirtieth of a second; keep the ages of what is shown in this time."""
        self.ages_s = []
        for _ in range(round(seconds / FRAME_S)):
            made_at_s = self.clock.now_s()
            self.outlet.show(Result(bytes(RESULT_BYTES), "image/jpeg", made_at_s))
            self.clock.advance(FRAME_S)

    @property
    def age_s(self) -> float:
        """In the median."""
        return sorted(self.ages_s)[len(self.ages_s) // 2]

    def _send(self, content: dict[str, Any], buffers: list[bytes]) -> None:
        now_s = self.clock.now_s()
        takes_s = sum(map(len, buffers)) / (self.down_mbit * 125_000)
        self.free_at_s = max(self.free_at_s, now_s) + takes_s
        there_s = self.free_at_s + self.delay_s
        back_s = there_s + SCREEN_S + self.frame_s + self.delay_s

        def painted() -> None:
            self.ages_s.append(there_s + SCREEN_S - content["captured_at_ms"])
            word = Painted(content["seq"], there_s * 1000, (there_s + SCREEN_S) * 1000)
            self.outlet.painted("page", word)

        self.clock.call_later(back_s - now_s, painted)


@pytest.mark.parametrize(
    ("down_mbit", "delay_ms", "fps", "beyond_ms"),
    [
        (1000, 1, 29, 20),
        (50, 10, 29, 25),
        (20, 40, 29, 35),
        (10, 40, 29, 50),
        (50, 150, 29, 25),
        # The line itself carries 17.8 a second.
        (4, 75, 15, 160),
    ],
)
def test_as_many_come_as_the_line_carries_and_none_is_old(down_mbit, delay_ms, fps, beyond_ms):
    page = FarPage(down_mbit, delay_ms / 1000)
    page.run(20)
    page.run(10)
    assert len(page.ages_s) / 10 >= fps
    assert page.age_s * 1000 - delay_ms < beyond_ms


def test_when_the_line_gets_slower_the_pictures_are_young_again_within_two_seconds():
    page = FarPage(50, 0.1)
    page.run(20)
    page.down_mbit = 4
    page.run(2)
    page.run(2)
    assert page.age_s < 0.1 + 0.25


def test_a_word_that_comes_late_over_a_quick_line_holds_nothing_up():
    page = FarPage(1000, 0.002, frame_s=0.2)
    page.run(10)
    page.run(5)
    assert len(page.ages_s) / 5 > 28


def filled(window: ResultWindow, byte_count: int = 0, oldest_s: float = 0.0) -> int:
    """How many results the window lets be on the way."""
    on_the_way = 0
    while window.has_room(on_the_way, byte_count, oldest_s):
        on_the_way += 1
    return on_the_way


def grown() -> ResultWindow:
    """A window on a line that never has a queue."""
    window = ResultWindow()
    for seq in range(1, 200):
        filled(window)
        window.sent(seq)
        window.painted(seq, 1.0, 0.0, float(seq))
    return window


def test_at_first_two_are_on_the_way_three_while_they_are_young():
    assert filled(ResultWindow(), oldest_s=YOUNG_S) == FEWEST
    assert filled(ResultWindow(), oldest_s=0) == FEWEST_WHILE_YOUNG


def test_however_long_the_line_is_there_is_a_bound_in_results_and_in_bytes():
    assert filled(grown()) == MOST
    assert filled(grown(), byte_count=MOST_BYTES, oldest_s=1) == FEWEST


def test_it_shrinks_at_once_by_what_stands_in_the_queue():
    window = grown()
    for seq in range(200, 200 + JUDGED_RESULTS):
        window.sent(seq)
        window.painted(seq, 1.0, 500.0, float(seq))
    assert window.results == MOST // 2


def test_single_late_ones_change_nothing():
    window = grown()
    for seq in range(200, 300):
        window.sent(seq)
        window.painted(seq, 1.0, 500.0 if seq % JUDGED_RESULTS else 0.0, float(seq))
    assert window.results == MOST


def test_of_several_pages_the_first_that_painted_counts():
    window = grown()
    for seq in range(200, 230):
        window.sent(seq)
        window.painted(seq, 1.0, 0.0, float(seq))
        window.painted(seq, 1.0, 900.0, float(seq))
    assert window.results == MOST
