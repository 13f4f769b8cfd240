"""The paced way of results to the pages."""

from __future__ import annotations

from typing import Any

import pytest

from nbstream.pages.skipping import SERVER_SKIPS
from nbstream.protocol.fields import Painted
from nbstream.protocol.from_page import GONE_AFTER_S
from nbstream.results.outgoing import Result, Sending
from nbstream.results.picture_outlet import (
    GIVE_UP_AFTER_S,
    MAX_FORGOTTEN,
    PictureOutlet,
    _forgotten,
    _note_forgotten,
    deliver_painted,
)
from nbstream.results.window import YOUNG_S
from nbstream.testing import FakeClock


class VideoFrame(Result):
    """As far as an outlet sees it."""

    def message(self, sending: Sending) -> Any:
        content, buffers = super().message(sending)
        return {**content, "after": 0}, buffers


class Display:
    """An outlet, and what it has sent."""

    kind: type[Result] = Result

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.sent: list[tuple[dict[str, Any], list[bytes]]] = []
        self.outlet = PictureOutlet(
            "display", lambda *message: self.sent.append(message), self.clock
        )

    def show(self, *pictures: bytes, **fields: Any) -> None:
        for data in pictures:
            self.outlet.show(self.kind(data, "image/jpeg", **fields))

    def paint(self, seq: int, client: str = "page") -> None:
        self.outlet.painted(client, Painted(seq, 1.25, 1.5))

    @property
    def pictures(self) -> list[bytes]:
        return [buffers[0] for _, buffers in self.sent]


@pytest.fixture
def display() -> Display:
    display = Display()
    display.outlet.hello("page")
    return display


def test_without_a_page_nothing_is_sent():
    display = Display()
    display.show(b"1", b"2")
    assert display.sent == []
    assert display.clock.timer_count == 0


def test_hello_brings_the_newest_result():
    display = Display()
    display.show(b"1", b"2")
    display.outlet.hello("page")
    assert display.pictures == [b"2"]


def test_hello_before_any_result_brings_nothing(display):
    assert display.sent == []


def test_hello_of_a_second_page_brings_it_the_newest_result_again(display):
    display.show(b"1")
    display.paint(1)
    display.outlet.hello("another page")
    assert display.pictures == [b"1", b"1"]


def test_results_are_numbered_and_carry_what_they_were_made_from(display):
    display.outlet.show(Result(b"1", "image/png", captured_at_ms=5.5, frame_seq=7))
    content, buffers = display.sent[0]
    assert buffers == [b"1"]
    assert content["seq"] == 1
    assert (content["mime"], content["byte_length"]) == ("image/png", 1)
    assert (content["captured_at_ms"], content["frame_seq"]) == (5.5, 7)


def test_clearing_has_no_buffer(display):
    display.outlet.show(Result(b"", None))
    assert display.sent[0][1] == []
    assert display.sent[0][0]["mime"] is None


def test_credits_are_asked_for_when_the_result_is_sent(display):
    credit: Any = {"index": 1}
    display.show(b"1", b"2")
    display.show(b"3")
    display.show(b"4", carry=lambda: {"source": credit})
    credit["index"] = 2
    display.paint(1)
    assert display.sent[3][0]["credits"] == {"source": {"index": 2}}


def test_at_most_three_results_are_unpainted_and_the_newest_replaces_the_one_that_waits(display):
    display.show(b"1", b"2", b"3", b"4", b"5", b"6")
    assert display.pictures == [b"1", b"2", b"3"]
    assert display.outlet.replaced_count == 2
    display.paint(1)
    assert display.pictures == [b"1", b"2", b"3", b"6"]


def test_of_a_page_that_takes_its_time_two_are_unpainted(display):
    display.show(b"1", b"2")
    display.clock.advance(YOUNG_S + 0.01)
    display.show(b"3", b"4")
    assert display.pictures == [b"1", b"2"]
    display.paint(1)
    assert display.pictures == [b"1", b"2", b"4"]


def test_painting_the_newest_counts_for_all_before(display):
    display.show(b"1", b"2", b"3", b"4")
    display.paint(3)
    display.show(b"5", b"6", b"7")
    assert display.pictures == [b"1", b"2", b"3", b"4", b"5", b"6"]


@pytest.mark.parametrize("every", [0, 10, 30])
def test_the_quickest_page_sets_the_pace_whatever_a_slow_screen_paints(display, every):
    display.outlet.hello("slow page")
    for number in range(1, 501):
        display.show(b"x")
        display.paint(number)
        if every and number % every == 0:
            display.paint(number, "slow page")
        display.clock.advance(0.05)
    assert len(display.pictures) == 500


def test_without_the_quick_page_the_slow_one_sets_the_pace(display):
    display.outlet.hello("slow page")
    display.show(b"1", b"2", b"3", b"4")
    display.outlet.bye("page")
    assert display.pictures == [b"1", b"2", b"3"]
    display.paint(1, "slow page")
    assert display.pictures == [b"1", b"2", b"3", b"4"]


def run_thin_link(display: Display, seconds: int) -> list[int]:
    """A quick page, and one whose link takes four results a second; how many there are on that link, each second."""
    display.outlet.hello("thin")
    queue: list[int] = []
    lengths = []
    for tick in range(20 * seconds):
        sent = len(display.sent)
        display.show(b"x")
        queue += [content["seq"] for content, _ in display.sent[sent:]]
        if queue:
            display.paint(queue[-1])
        if tick % 5 == 0 and queue:
            now_ms = display.clock.now_s() * 1000
            display.outlet.painted("thin", Painted(queue.pop(0), now_ms, now_ms))
        display.clock.advance(0.05)
        if tick % 20 == 19:
            lengths.append(len(queue))
    return lengths


def test_what_a_thin_link_does_not_take_does_not_pile_up(display):
    assert max(run_thin_link(display, 120)) < 40


def test_where_the_server_skips_a_thin_link_slows_nobody(monkeypatch):
    monkeypatch.setenv(SERVER_SKIPS, "1")
    display = Display()
    display.outlet.hello("page")
    run_thin_link(display, 120)
    assert len(display.pictures) == 20 * 120


def test_no_server_skips_video_so_a_thin_link_counts(monkeypatch):
    monkeypatch.setenv(SERVER_SKIPS, "1")
    display = Display()
    display.kind = VideoFrame
    display.outlet.hello("page")
    assert max(run_thin_link(display, 120)) < 40


def test_a_page_whose_results_came_late_and_that_says_no_more_holds_up_nobody_for_long(display):
    run_thin_link(display, 30)
    for _ in range(100):
        display.show(b"x")
        display.paint(display.sent[-1][0]["seq"])
        display.clock.advance(0.1)
    before = len(display.sent)
    for _ in range(10):
        display.show(b"x")
        display.paint(display.sent[-1][0]["seq"])
    assert len(display.sent) == before + 10


def test_an_unpainted_result_is_given_up_after_a_second(display):
    display.show(b"1", b"2", b"3", b"4")
    display.clock.advance(GIVE_UP_AFTER_S - 0.01)
    assert display.pictures == [b"1", b"2", b"3"]
    display.clock.advance(0.02)
    assert display.pictures == [b"1", b"2", b"3", b"4"]


@pytest.mark.parametrize("seq", [0, 99])
def test_painting_what_was_never_sent_changes_nothing(display, seq):
    display.show(b"1", b"2", b"3", b"4")
    display.paint(seq)
    assert display.pictures == [b"1", b"2", b"3"]


def test_a_page_that_paints_is_here_though_its_hello_was_lost():
    display = Display()
    display.outlet.hello("page")
    display.show(b"1")
    display.outlet.bye("page")
    display.paint(1, "page whose hello was lost")
    display.show(b"2")
    assert display.pictures == [b"1", b"2"]


def keep_showing(display: Display, seconds: float) -> None:
    for _ in range(int(seconds * 10)):
        display.show(b"x")
        display.clock.advance(0.1)


def test_a_page_that_is_silent_for_twenty_seconds_of_results_is_forgotten(display):
    keep_showing(display, GONE_AFTER_S + 2)
    sent = len(display.sent)
    keep_showing(display, 2)
    assert len(display.sent) == sent
    assert display.clock.timer_count == 0


def test_a_forgotten_page_does_not_hold_up_the_others(display):
    display.outlet.hello("gone")
    for _ in range(int(GONE_AFTER_S * 2)):
        display.show(b"w", b"x", b"y", b"z")
        display.paint(display.sent[-1][0]["seq"])
        display.clock.advance(1.0)
    before = len(display.sent)
    for _ in range(10):
        display.show(b"x")
        display.paint(display.sent[-1][0]["seq"])
    assert len(display.sent) == before + 10


def test_a_page_that_had_nothing_to_paint_for_long_is_not_forgotten(display):
    display.show(b"1")
    display.paint(1)
    display.clock.advance(GONE_AFTER_S * 2)
    display.show(b"2", b"3", b"4", b"5")
    display.clock.advance(GIVE_UP_AFTER_S + 0.1)
    display.paint(4)
    display.show(b"6")
    assert display.pictures[-1] == b"6"


def test_a_slow_page_that_is_always_behind_is_not_forgotten(display):
    for _ in range(int(GONE_AFTER_S * 2)):
        display.show(b"w", b"x", b"y", b"z")
        display.clock.advance(0.9)
        display.paint(display.sent[-1][0]["seq"] - 1)
    display.paint(display.sent[-1][0]["seq"])
    display.show(b"newest")
    assert display.pictures[-1] == b"newest"


@pytest.mark.parametrize(
    "speak",
    [
        lambda display: display.outlet.hello("page"),
        lambda display: display.paint(1),
        lambda display: display.outlet.heard("page"),
        lambda display: deliver_painted("page", {}),
    ],
    ids=["hello", "painted", "another word", "a message of another widget"],
)
def test_whatever_it_says_brings_a_forgotten_page_back(display, speak):
    keep_showing(display, GONE_AFTER_S + 2)
    display.show(b"newest")
    assert display.pictures[-1] == b"x"
    speak(display)
    assert display.pictures[-1] == b"newest"


def test_the_pages_that_were_taken_for_gone_are_remembered_up_to_a_bound(display):
    for number in range(MAX_FORGOTTEN + 10):
        _note_forgotten(f"page {number}", display.outlet)
    assert len(_forgotten) == MAX_FORGOTTEN
    _forgotten.clear()


def test_the_time_of_painting_is_told_once(display):
    display.outlet.hello("another page")
    told: list[tuple[Painted, float]] = []
    display.show(b"1", on_painted=lambda painted, sent_at_s: told.append((painted, sent_at_s)))
    display.paint(1)
    display.paint(1)
    display.paint(1, "another page")
    assert told == [(Painted(1, 1.25, 1.5), display.clock.now_s())]


def test_painted_that_rode_on_another_widgets_message_reaches_its_display(display):
    display.show(b"1", b"2", b"3", b"4")
    deliver_painted("page", {"display": Painted(1, 1.25, 1.5), "nobody": Painted(1, 1.25, 1.5)})
    assert display.pictures == [b"1", b"2", b"3", b"4"]


def test_a_closed_outlet_sends_nothing_and_keeps_no_timer(display):
    display.show(b"1", b"2", b"3", b"4")
    display.outlet.close()
    assert display.clock.timer_count == 0
    display.show(b"5")
    display.paint(2)
    assert display.pictures == [b"1", b"2", b"3"]
