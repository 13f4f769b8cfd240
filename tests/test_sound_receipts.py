"""Which chunks are stored and which are missing, as numbers that may come late, twice or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbstream.protocol.sound import MAX_JUMP_S
from nbstream.sources.sound_receipts import MAX_AHEAD, Receipts, SampleNumbers


def through(receipts: Receipts) -> tuple[int, int]:
    content = receipts.content()
    return content["received_through"], content["missing_through"]


def test_chunks_in_order_are_stored():
    receipts = Receipts()
    assert [receipts.arrived(seq, 1) for seq in (1, 2, 3)] == ["next"] * 3
    assert through(receipts) == (3, 0)


def test_a_chunk_that_was_stored_comes_again_in_vain():
    receipts = Receipts()
    receipts.arrived(1, 1)
    assert receipts.arrived(1, 1) == "repeated"
    assert through(receipts) == (1, 0)


def test_a_chunk_that_comes_too_early_is_missing_with_those_before_it():
    receipts = Receipts()
    receipts.arrived(1, 1)
    assert receipts.arrived(4, 1) == "early"
    assert through(receipts) == (1, 4)
    assert [receipts.arrived(seq, 1) for seq in (2, 3, 4)] == ["next"] * 3
    assert through(receipts) == (4, 0)


def test_a_beat_tells_of_a_loss():
    receipts = Receipts()
    assert not receipts.sent_through(0)
    assert receipts.sent_through(2)
    assert through(receipts) == (0, 2)
    receipts.arrived(1, 1)
    receipts.arrived(2, 1)
    assert not receipts.sent_through(2)


def test_what_the_page_has_given_up_is_not_waited_for():
    receipts = Receipts()
    receipts.arrived(1, 1)
    assert receipts.arrived(7, kept_from=7) == "next"
    assert through(receipts) == (7, 0)
    assert receipts.arrived(9, kept_from=8) == "early"
    assert through(receipts) == (7, 9)


def test_a_page_that_says_it_gave_up_what_it_sends_changes_nothing():
    receipts = Receipts()
    assert receipts.arrived(2, kept_from=5) == "early"
    assert through(receipts) == (0, 2)


def test_a_useless_chunk_is_passed_over_in_its_turn_only():
    receipts = Receipts()
    receipts.skip(2)
    assert through(receipts) == (0, 0)
    receipts.skip(1)
    assert through(receipts) == (1, 0)


def test_a_number_that_no_page_can_have_reached_by_now_changes_nothing():
    receipts = Receipts()
    assert receipts.arrived(10**15, 1) == "absurd"
    assert receipts.arrived(10**15, 10**15) == "absurd"
    assert not receipts.sent_through(10**15)
    assert through(receipts) == (0, 0)
    assert receipts.arrived(MAX_AHEAD + 1, 1, now_s=0.0) == "absurd"


def test_a_number_far_ahead_asks_for_no_more_than_a_page_can_hold():
    receipts = Receipts()
    assert receipts.arrived(10_000, 1, now_s=600.0) == "early"
    assert through(receipts) == (0, MAX_AHEAD)


def test_after_a_long_loss_the_page_goes_on_with_what_it_has_kept():
    receipts = Receipts()
    assert receipts.arrived(30_000, 27_000, now_s=600.0) == "early"
    assert [receipts.arrived(seq, 27_000, now_s=600.0) for seq in (27_000, 27_001)] == ["next"] * 2


def test_of_two_beats_the_newest_one_counts():
    receipts = Receipts()
    assert receipts.sent_through(4000)
    assert receipts.sent_through(1)
    assert through(receipts) == (0, 1)


def test_a_page_that_sends_new_sound_with_a_number_it_gave_up_has_not_given_it_up():
    receipts = Receipts()
    receipts.arrived(1, 1)
    assert receipts.arrived(4000, kept_from=4000, is_newest=True) == "next"
    assert receipts.arrived(2, 1, is_newest=True) == "next"
    assert receipts.arrived(3, 1, is_newest=True) == "next"
    assert through(receipts) == (3, 0)


def test_what_was_given_up_and_comes_late_from_the_server_is_old():
    receipts = Receipts()
    receipts.arrived(1, 1)
    receipts.arrived(40, kept_from=40, is_newest=True)
    assert receipts.arrived(2, 1) == "repeated"
    assert receipts.arrived(41, 40, is_newest=True) == "next"


def test_samples_go_on_or_jump_by_no_more_than_time_can_have_passed():
    numbers = SampleNumbers()
    numbers.stored(0, 800, now_s=1.0)
    assert numbers.fits(800, 8000, 1.0)
    assert not numbers.fits(799, 8000, 1.0)
    assert numbers.fits(800 + int(MAX_JUMP_S) * 8000, 8000, 1.0)
    assert not numbers.fits(801 + int(MAX_JUMP_S) * 8000, 8000, 1.0)
    assert numbers.fits(801 + int(MAX_JUMP_S) * 8000, 8000, 2.0)
    assert not numbers.fits(2**53, 8000, 3600.0)


def test_a_number_that_was_doubted_is_believed_where_the_next_chunk_goes_on_with_it():
    numbers = SampleNumbers()
    numbers.stored(0, 800, now_s=0.0)
    assert not numbers.fits(10**9, 8000, 0.0)
    numbers.doubted(10**9 + 800)
    assert numbers.fits(10**9 + 800, 8000, 0.0)
    numbers.stored(10**9 + 800, 10**9 + 1600, now_s=0.0)
    assert numbers.fits(10**9 + 1600, 8000, 0.0)


def test_what_fills_what_a_jump_left_out_shows_that_the_jump_was_a_lie():
    numbers = SampleNumbers()
    numbers.stored(0, 800, now_s=0.0)
    numbers.stored(80_000, 80_800, now_s=0.0)
    assert numbers.fits(800, 8000, 0.0)
    assert numbers.fits(1600, 8000, 0.0)
    assert not numbers.fits(799, 8000, 0.0)
    assert not numbers.fits(80_000, 8000, 0.0)


def test_a_new_run_counts_from_one_and_keeps_the_numbering_of_receipts():
    receipts = Receipts()
    receipts.arrived(1, 1)
    receipts.sent_through(9)
    before = receipts.content()["index"]
    receipts.begin(2)
    assert receipts.content() == {
        "index": before + 1,
        "run": 2,
        "open": False,
        "received_through": 0,
        "missing_through": 0,
    }


@settings(deadline=None)
@given(st.lists(st.integers(1, 12)))
def test_whatever_comes_each_number_is_next_once_and_in_order(seqs):
    receipts = Receipts()
    stored = [seq for seq in seqs if receipts.arrived(seq, 1) == "next"]
    assert stored == list(range(1, len(stored) + 1))


@pytest.mark.parametrize("missing", [1, 5])
def test_missing_and_received_never_cross(missing):
    receipts = Receipts()
    receipts.sent_through(missing)
    for seq in range(1, missing + 1):
        receipts.arrived(seq, 1)
    assert through(receipts) == (missing, 0)
