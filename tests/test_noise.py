"""The comparison that the browser tests of sound rest on: it finds what is lost, doubled or changed."""

from __future__ import annotations

import numpy as np
import pytest

from .browser.noise import SILENCE, compare, noise

PLAYED = noise()


def piece(start: int, stop: int) -> np.ndarray:
    return np.take(PLAYED, range(start, stop), mode="wrap")


def counts(*pieces: np.ndarray) -> tuple[int, int, int, int]:
    found = compare(np.concatenate(pieces), PLAYED)
    return found.lost, found.doubled, found.silence, found.unknown


def test_the_sound_itself_from_anywhere_and_over_its_end_has_no_fault():
    delivered = piece(PLAYED.size - 5000, 2 * PLAYED.size)
    assert compare(delivered, PLAYED).matched == delivered.size
    assert counts(delivered) == (0, 0, 0, 0)


@pytest.mark.parametrize("lost", [1, 100, 44_100])
def test_what_is_lost_is_counted(lost):
    assert counts(piece(0, 9000), piece(9000 + lost, 60_000 + lost)) == (lost, 0, 0, 0)


@pytest.mark.parametrize("doubled", [1, 100, 4410])
def test_what_is_doubled_is_counted(doubled):
    assert counts(piece(0, 9000), piece(9000 - doubled, 60_000)) == (0, doubled, 0, 0)


def test_silence_that_was_put_in_is_counted_apart():
    silence = np.zeros(2 * SILENCE, np.int16)
    assert counts(piece(0, 9000), silence, piece(9000, 20_000)) == (0, 0, 2 * SILENCE, 0)


def test_silence_in_place_of_sound_is_a_loss_as_well():
    silence = np.zeros(SILENCE, np.int16)
    delivered = (piece(0, 9000), silence, piece(9000 + SILENCE, 20_000))
    assert counts(*delivered) == (SILENCE, 0, SILENCE, 0)


def test_a_sample_that_was_changed_is_seen():
    delivered = piece(0, 9000)
    delivered[4000] += 1
    found = compare(delivered, PLAYED)
    assert (found.unknown, found.matched) == (1, 8999)
