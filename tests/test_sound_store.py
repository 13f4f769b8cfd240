"""Sound that waits for a function: nothing is lost below the bound, and what is missing is told as a gap."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbstream.sounds.chunk import Chunk
from nbstream.sounds.store import Ending, SoundPosition, SoundStore, UtteranceQueue

RATE = 1000
STOP, PAUSE = Ending(final=True), Ending(final=False)


def piece(first: int, count: int, **fields: Any) -> Chunk:
    """Samples that are their own numbers, captured at as many milliseconds."""
    samples = np.arange(first, first + count, dtype=np.int16)[:, np.newaxis]
    chunk = Chunk(None, 1, 1, first, RATE, samples, captured_at_ms=float(first), received_at_s=0.0)
    return chunk._replace(**fields)


def store(every_s: float = 0.5, backlog_s: float = 60.0, start: int | None = 0) -> SoundStore:
    return SoundStore(every_s, backlog_s, None if start is None else SoundPosition(1, start))


def test_sound_is_due_once_there_is_enough_of_it():
    held = store()
    held.put(piece(0, 300))
    assert not held.is_due(None)
    held.put(piece(300, 200))
    assert held.is_due(None)


def test_a_page_that_sends_whole_blocks_only_is_near_enough():
    held = store()
    held.put(piece(0, 496))
    assert held.is_due(None)


def test_all_that_is_contiguous_comes_as_one_piece():
    held = store()
    for first in (0, 500, 1000):
        held.put(piece(first, 500, clipped_count=2))
    taken = held.take(None)
    assert taken.samples[:, 0].tolist() == list(range(1500))
    assert (taken.captured_at_ms, taken.gap_s, taken.final, taken.clipped_count) == (0, 0, False, 6)
    assert not held.is_due(None)


def test_sound_before_a_hole_comes_at_once_and_what_follows_tells_of_the_hole():
    held = store()
    held.put(piece(0, 100))
    assert not held.is_due(None)
    held.put(piece(350, 500))
    assert held.take(None).sample_count == 100
    after = held.take(None)
    assert (after.first_sample, after.gap_s, after.captured_at_ms) == (350, 0.25, 350.0)


@pytest.mark.parametrize(
    "fields",
    [
        {"sample_rate": 2000},
        {"samples": np.zeros((500, 2), np.int16)},
        {"samples": np.zeros((500, 1), np.float32)},
    ],
    ids=["rate", "channels", "dtype"],
)
def test_sound_of_another_form_is_a_piece_of_its_own(fields):
    held = store()
    held.put(piece(0, 100))
    held.put(piece(100, 500, **fields))
    assert held.take(None).sample_count == 100
    assert held.take(None).gap_s == 0


def test_past_the_bound_the_oldest_goes_to_the_sample():
    held = store(backlog_s=1.0)
    held.put(piece(0, 700))
    held.put(piece(700, 550))
    assert held.overrun_s == pytest.approx(0.25)
    taken = held.take(None)
    assert taken.samples[:, 0].tolist() == list(range(250, 1250))
    assert (taken.gap_s, taken.captured_at_ms) == (0.25, 250.0)


def test_a_first_piece_tells_of_what_came_before_it():
    held = store(start=0)
    held.put(piece(800, 500))
    assert held.take(None).gap_s == 0.8
    unbound = store(start=None)
    unbound.put(piece(800, 500))
    assert unbound.take(None).gap_s == 0


def test_a_new_run_is_placed_by_the_pages_clock():
    held = SoundStore(0.5, 60, SoundPosition(1, 4000, at_ms=4000.0))
    held.put(piece(0, 500, run=2, captured_at_ms=6500.0))
    assert held.take(None).gap_s == 2.5
    unheard = SoundStore(0.5, 60, SoundPosition(1, 0))
    unheard.put(piece(250, 500, run=2))
    assert unheard.take(None).gap_s == 0.25


def test_what_is_left_at_the_end_is_due_however_short_and_marked_at_stop_only():
    for ending in (STOP, PAUSE):
        held = store()
        held.put(piece(0, 10))
        assert not held.is_due(None)
        assert held.is_due(ending)
        assert held.take(ending).final == ending.final
        assert not held.is_due(ending)


def test_of_several_pieces_that_are_left_the_last_is_final():
    held = store()
    held.put(piece(0, 10))
    held.put(piece(20, 10))
    assert [held.take(STOP).final, held.take(STOP).final] == [False, True]


def test_where_nothing_is_left_an_empty_piece_is_final_once():
    held = store()
    assert not held.is_due(STOP)  # nothing was ever heard
    held.put(piece(0, 500))
    held.take(None)
    last = held.take(STOP)
    assert (last.sample_count, last.final, last.captured_at_ms) == (0, True, 500.0)
    assert last.samples.shape == (0, 1)
    assert not held.is_due(STOP)


def test_a_capture_that_has_ended_waits_for_nothing_more():
    held = store()
    held.put(piece(0, 10, final=True))
    assert held.has_ended
    assert held.is_due(None)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["put", "hole", "take"]), st.integers(1, 400)), max_size=60),
    st.sampled_from([0.2, 1.0, 60.0]),
)
def test_what_is_delivered_and_what_is_missing_add_up_to_what_was_said(steps, backlog_s):
    held, said, delivered, gaps = store(0.1, backlog_s), 0, 0, 0.0
    taken: list[Chunk] = []
    for step, count in steps:
        if step == "put":
            held.put(piece(said, count))
        said += count if step != "take" else 0
        if step == "take" and held.is_due(None):
            taken.append(held.take(None))
        assert held.backlog_s <= backlog_s + 1e-6
    held.put(piece(said, 0, final=True))
    while held.is_due(STOP):
        taken.append(held.take(STOP))
    delivered = sum(one.sample_count for one in taken)
    gaps = sum(one.gap_s for one in taken)
    assert delivered + gaps * RATE == pytest.approx(said)
    numbers = np.concatenate([one.samples[:, 0] for one in taken] or [np.zeros(0)])
    assert (np.diff(numbers) > 0).all()
    assert [one.final for one in taken] == [False] * (len(taken) - 1) + [True] * bool(taken)


def test_utterances_queue_and_past_the_bound_the_oldest_becomes_a_gap():
    queue = UtteranceQueue(1.0)
    for first in (0, 1000, 2000):
        queue.put(piece(first, 600))
    assert queue.overrun_s == pytest.approx(1.2)
    assert queue.waiting_count == 1
    assert queue.backlog_s == pytest.approx(0.6)
    queue.put(piece(2600, 0, final=True))
    last = queue.take(STOP)
    assert (last.first_sample, last.final) == (2000, True)
    assert last.gap_s == pytest.approx(1.2)
    assert not queue.is_due(STOP)


def test_the_end_comes_by_itself_where_no_utterance_can_tell_of_it():
    queue = UtteranceQueue(1.0)
    queue.put(piece(0, 600))
    assert not queue.take(None).final
    queue.put(piece(600, 0, final=True))
    assert not queue.is_due(None)
    assert not queue.is_due(PAUSE)
    end = queue.take(STOP)
    assert (end.sample_count, end.final) == (0, True)
    assert not queue.is_due(STOP)


def test_what_is_missing_after_the_last_utterance_is_told_by_the_end():
    queue = UtteranceQueue(1.0)
    queue.put(piece(0, 600))
    queue.put(piece(600, 0, final=True)._replace(gap_s=2.0))
    assert not queue.take(STOP).final
    end = queue.take(STOP)
    assert (end.gap_s, end.final) == (2.0, True)
