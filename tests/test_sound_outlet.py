"""The way of sound to the pages: lossless, in order, paced, bounded."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nbstream.pages.pages
import nbstream.results.sound_outlet
from nbstream.errors import ResultError
from nbstream.pages.pages import SILENT_AFTER_S
from nbstream.protocol.from_page import GONE_AFTER_S, MAX_PIECE_BYTES, Played
from nbstream.results.sound_outlet import AHEAD_S, SoundOutlet, SoundOutletNews
from nbstream.results.sound_pieces import Cause
from nbstream.sounds.playable import Pcm
from nbstream.testing import FakeClock

RATE = 8000


class Player:
    """An outlet, what it has sent and what it told."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.sent: list[tuple[dict[str, Any], list[bytes]]] = []
        self.news: list[SoundOutletNews] = []
        self.outlet = SoundOutlet(
            lambda *message: self.sent.append(message), self.news.append, self.clock
        )

    def play(self, seconds: float, value: int = 1, channels: int = 1, limit_s: float = 600) -> None:
        samples = np.full((round(seconds * RATE), channels), value, np.int16)
        self.outlet.play(Pcm(RATE, samples, 0), max_queued_s=limit_s)

    def say(
        self, through: int, state: Any = "playing", client: str = "page", stream: int = 1
    ) -> None:
        self.outlet.played(Played(client, stream, through, state, 20.0))

    @property
    def seqs(self) -> list[int]:
        return [content["seq"] for content, _ in self.sent if content["type"] == "sound"]

    @property
    def values(self) -> list[int]:
        return [np.frombuffer(one[0], np.int16)[0] for _, one in self.sent if one]

    @property
    def ended_count(self) -> int:
        return sum(news.ended for news in self.news)


@pytest.fixture
def player() -> Player:
    player = Player()
    player.outlet.hello("page")
    return player


def test_sound_goes_out_at_once_and_in_order(player):
    for value in (1, 2, 3):
        player.play(0.1, value)
    assert player.seqs == [1, 2, 3]
    assert player.values == [1, 2, 3]


def test_a_message_says_what_it_holds_and_where_it_comes_from(player):
    stereo = np.array([[1, 2], [3, 4]], np.int16)
    player.outlet.play(Pcm(44100, stereo, 7), Cause(5.5, 9), max_queued_s=600)
    content, (buffer,) = player.sent[0]
    assert np.frombuffer(buffer, "<i2").tolist() == [1, 2, 3, 4]
    del content["nbstream"], content["type"]
    assert content == {
        "stream": 1,
        "seq": 1,
        "sample_rate_hz": 44100,
        "channels": 2,
        "sample_count": 2,
        "byte_length": 8,
        "clipped_count": 7,
        "captured_at_ms": 5.5,
        "frame_seq": 9,
        "credits": {},
    }


@pytest.mark.parametrize("channels", [1, 2])
def test_a_long_sound_goes_in_pieces_that_a_message_can_hold(player, channels):
    samples = np.arange(1_100_000 * channels).astype(np.int16).reshape(-1, channels)
    player.outlet.play(Pcm(768000, samples, 3), max_queued_s=600)
    lengths = [len(buffers[0]) for _, buffers in player.sent]
    assert max(lengths) == MAX_PIECE_BYTES
    assert b"".join(buffers[0] for _, buffers in player.sent) == samples.tobytes()
    assert [content["clipped_count"] for content, _ in player.sent] == [3] + [0] * (
        len(lengths) - 1
    )


def test_an_empty_sound_is_no_message(player):
    player.play(0)
    assert player.sent == []


def test_sound_that_is_far_ahead_waits_until_some_of_it_was_played(player):
    for _ in range(10):
        player.play(AHEAD_S / 4)
    assert player.seqs == [1, 2, 3, 4]
    player.say(2)
    assert player.seqs == [1, 2, 3, 4, 5, 6]


def test_the_page_that_is_furthest_sets_the_pace(player):
    player.outlet.hello("slow page")
    for _ in range(10):
        player.play(AHEAD_S / 4)
    player.say(1)
    player.say(0, client="slow page")
    assert len(player.seqs) == 5


def test_what_is_queued_counts_down_as_it_is_played(player):
    player.play(1)
    player.play(2)
    assert player.outlet.queued_s == 3
    player.say(1)
    assert player.outlet.queued_s == 2
    player.say(2, "ended")
    assert player.outlet.queued_s == 0


def test_the_end_is_told_once_when_all_was_played(player):
    player.play(1)
    player.play(1)
    player.say(1)
    assert player.ended_count == 0
    player.say(2)
    player.say(2, "ended")
    assert player.ended_count == 1


def test_a_page_that_ran_dry_before_the_last_piece_came_is_no_end(player):
    player.play(1)
    player.play(1)
    player.say(1, "ended")
    assert player.ended_count == 0
    assert player.outlet.playing


def test_a_second_page_that_ends_later_is_no_second_end(player):
    player.outlet.hello("another page")
    player.play(1)
    player.say(1, "ended")
    player.say(1, "ended", client="another page")
    assert player.ended_count == 1


def test_it_plays_from_the_first_sound_until_all_was_played(player):
    assert not player.outlet.playing
    player.play(1)
    assert player.outlet.playing
    player.say(1, "ended")
    assert not player.outlet.playing


def test_a_page_that_waits_for_a_click_does_not_play(player):
    player.play(1)
    player.say(0, "blocked")
    assert not player.outlet.playing
    player.say(0, "playing")
    assert player.outlet.playing


# --- silence -----------------------------------------------------------------------------------


def test_clearing_drops_what_waits_and_silences_the_pages(player):
    for _ in range(10):
        player.play(AHEAD_S / 4)
    player.outlet.clear()
    assert player.sent[-1][0] == {"nbstream": 1, "type": "silence", "stream": 2}
    assert (player.outlet.queued_s, player.outlet.playing, player.ended_count) == (0, False, 0)


def test_what_is_played_after_clearing_belongs_to_the_next_stream_with_numbers_that_go_on(player):
    player.play(1)
    player.outlet.clear()
    player.play(1)
    newest, _ = player.sent[-1]
    assert (newest["stream"], newest["seq"]) == (2, 2)


def test_what_a_page_says_of_a_cleared_stream_ends_nothing(player):
    player.play(1)
    player.outlet.clear()
    player.play(1)
    player.say(2, "ended", stream=1)
    assert player.ended_count == 0
    assert player.outlet.queued_s == 1


def test_clearing_what_was_never_used_says_nothing(player):
    player.outlet.clear()
    player.outlet.clear()
    assert player.sent == []


def test_clearing_silences_a_page_that_may_still_sound_though_it_said_that_it_ended(player):
    player.play(1)
    player.say(1, "ended")
    player.outlet.clear()
    player.outlet.clear()
    assert [content["type"] for content, _ in player.sent] == ["sound", "silence"]


# --- pages that are not there ------------------------------------------------------------------


def test_without_a_page_nothing_is_sent():
    player = Player()
    player.play(1)
    player.outlet.clear()
    assert player.sent == []
    assert not player.outlet.playing
    assert player.clock.timer_count == 0


def test_the_first_page_gets_all_that_waited_for_it():
    player = Player()
    player.play(1, 1)
    player.play(1, 2)
    player.outlet.hello("page")
    assert player.values == [1, 2]


def test_a_page_that_comes_back_gets_what_was_not_played_with_the_same_numbers(player):
    for value in (1, 2, 3):
        player.play(1, value)
    player.say(1)
    player.outlet.bye("page")
    player.outlet.hello("page after the reload")
    assert player.seqs == [1, 2, 3, 2, 3]


def test_a_second_page_does_not_repeat_what_the_first_one_plays(player):
    player.play(1)
    player.outlet.hello("second page")
    player.play(1)
    assert player.seqs == [1, 2]


def test_without_a_page_the_oldest_sounds_make_room_and_the_newest_stays_whole():
    player = Player()
    for value in (1, 2, 3):
        player.play(4, value, limit_s=10)
    player.outlet.hello("page")
    assert player.values == [2, 3]
    assert player.outlet.dropped_s == 4
    player = Player()
    player.play(1, 1, limit_s=10)
    player.play(25, 2, limit_s=10)
    player.outlet.hello("page")
    assert player.values == [2]


def test_a_sound_is_dropped_as_a_whole_when_it_went_in_pieces(monkeypatch):
    monkeypatch.setattr(nbstream.results.sound_outlet, "MAX_PIECE_BYTES", RATE * 2)
    player = Player()
    player.play(4, 1)
    player.play(4, 2, limit_s=7)
    player.outlet.hello("page")
    assert player.values == [2] * 4
    assert player.outlet.dropped_s == 4


def test_with_a_page_too_much_sound_is_refused_and_what_is_queued_stays(player):
    player.play(8, limit_s=10)
    with pytest.raises(ResultError, match=r"3\.0 s of sound, while 8\.0 s wait.* at most 10 s"):
        player.play(3, limit_s=10)
    assert player.outlet.queued_s == 8
    player.say(1)
    player.play(3, limit_s=10)
    assert player.seqs == [1, 2]


def test_the_refusal_says_that_a_click_is_awaited(player):
    player.play(8, limit_s=10)
    player.say(0, "blocked")
    with pytest.raises(ResultError, match="waits for a click"):
        player.play(3, limit_s=10)


def test_one_sound_may_be_longer_than_the_bound_when_nothing_else_is_queued(player):
    player.play(30, limit_s=10)
    assert player.seqs == [1]


def test_a_page_that_says_nothing_for_long_is_gone(player):
    player.play(1)
    player.clock.advance(GONE_AFTER_S - 0.1)
    assert player.outlet.playing
    player.clock.advance(0.2)
    assert not player.outlet.playing
    assert player.ended_count == 0


def test_to_pages_that_fell_silent_no_more_is_sent_than_they_can_hold(player):
    for _ in range(10):
        player.play(AHEAD_S / 4)
        player.clock.advance(GONE_AFTER_S)
    assert player.seqs == [1, 2, 3, 4]
    player.say(2)
    assert player.seqs == [1, 2, 3, 4, 5, 6]


def test_a_page_that_said_bye_is_sent_nothing_though_others_fell_silent(player):
    player.play(1)
    player.clock.advance(GONE_AFTER_S)
    player.outlet.hello("another page")
    player.outlet.bye("another page")
    player.play(1)
    assert player.seqs == [1, 1]


def test_a_page_that_had_nothing_to_say_is_not_gone(player):
    player.clock.advance(1000)
    player.play(1)
    player.clock.advance(GONE_AFTER_S - 0.1)
    assert player.outlet.playing


def test_a_page_that_was_thought_gone_is_there_again_when_it_speaks(player):
    player.play(1)
    player.play(1)
    player.clock.advance(GONE_AFTER_S)
    player.say(1)
    assert player.outlet.playing
    player.say(2, "ended")
    assert player.ended_count == 1


def test_a_piece_that_never_reached_a_page_that_has_played_all_else_is_given_up(player):
    player.play(1)
    player.play(1)
    player.say(1, "ended")
    player.clock.advance(GONE_AFTER_S)
    assert player.ended_count == 1
    assert player.outlet.dropped_s == 1
    player.play(1)
    assert player.seqs == [1, 2, 3]


def test_a_page_that_waits_for_a_click_is_not_gone_however_long_it_takes(player):
    player.play(1)
    for _ in range(1000):
        player.say(0, "blocked")
        player.clock.advance(1)
    player.play(1)
    player.say(2, "ended")
    assert player.seqs == [1, 2]
    assert player.ended_count == 1


# --- two pages ---------------------------------------------------------------------------------


def test_what_only_the_page_had_that_went_goes_to_the_one_that_is_left(player):
    player.play(40)
    player.outlet.hello("second page")
    player.outlet.bye("page")
    assert player.seqs == [1, 1]
    player.say(1, "ended", client="second page")
    assert (player.ended_count, player.outlet.queued_s, player.outlet.dropped_s) == (1, 0, 0)


def test_a_page_that_plays_later_sound_says_nothing_of_what_it_never_got(player):
    player.play(40)
    player.outlet.hello("second page")
    player.play(1)
    player.say(2, "ended", client="second page")
    assert player.outlet.queued_s == 41
    player.say(1)
    assert player.outlet.queued_s == 0


def test_sound_that_went_away_with_its_page_while_the_other_has_newer_is_counted_as_lost(player):
    player.play(40)
    player.outlet.hello("second page")
    player.play(1)
    player.outlet.bye("page")
    assert player.outlet.dropped_s == 40
    player.say(2, "ended", client="second page")
    assert player.outlet.queued_s == 0
    assert player.ended_count == 1


def test_who_opens_a_page_while_the_other_is_silent_hears_what_was_not_played(player):
    player.play(40)
    player.say(0)
    player.clock.advance(SILENT_AFTER_S)
    player.outlet.hello("second page")
    assert player.seqs == [1, 1]


def test_a_piece_that_did_not_reach_one_page_is_not_lost_while_another_plays_it(player):
    player.outlet.hello("second page")
    player.play(60)
    player.say(0, "ended", client="second page")
    for _ in range(30):
        player.clock.advance(1)
        player.say(0)
    assert player.outlet.dropped_s == 0
    player.say(1, "ended")
    assert player.ended_count == 1


def test_silence_while_a_cell_runs_where_messages_wait_for_it_is_not_absence(player, monkeypatch):
    player.play(1)
    monkeypatch.setattr(nbstream.pages.pages, "cell_is_running", lambda: True)
    player.clock.advance(10 * GONE_AFTER_S)
    assert player.outlet.playing
    monkeypatch.setattr(nbstream.pages.pages, "cell_is_running", lambda: False)
    player.clock.advance(GONE_AFTER_S)
    assert not player.outlet.playing


def test_a_timer_runs_only_while_something_is_awaited(player):
    assert player.clock.timer_count == 0
    player.play(1)
    assert player.clock.timer_count == 1
    player.say(1, "ended")
    assert player.clock.timer_count == 0
    player.play(1)
    player.outlet.bye("page")
    assert player.clock.timer_count == 0


def test_closed_it_forgets_pages_sound_and_timer(player):
    player.play(1)
    player.outlet.close()
    assert player.clock.timer_count == 0
    assert player.outlet.queued_s == 0
    player.play(1)
    assert player.seqs == [1]


@settings(deadline=None)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=30), st.data())
def test_whatever_the_page_says_every_piece_goes_out_once_and_in_order(lengths, data):
    player = Player()
    player.outlet.hello("page")
    for seconds in lengths:
        player.play(seconds, limit_s=10_000)
        if data.draw(st.booleans()):
            player.say(data.draw(st.integers(0, len(lengths))))
    while player.outlet.queued_s:
        player.say(player.seqs[-1])
    assert player.seqs == list(range(1, len(lengths) + 1))
    assert player.ended_count >= 1
