"""Over a slow line the page sends smaller chunks of sound: what a piece waits for at the end is short."""

from __future__ import annotations

import numpy as np
import pytest

from nbstream.sounds.chunk_size import JUDGED_CHUNKS, ChunkSize

from .hearing import RATE, Hearing


def size_on(mbit: float, piece_s: float, noise_ms: tuple[float, ...] = (0,)) -> float:
    """How long chunks are after some over such a line; of 48 kHz and 16 bits."""
    size = ChunkSize()
    chunk_s = piece_s
    for k in range(3 * JUDGED_CHUNKS):
        late_ms = chunk_s * 96_000 * 8 / (mbit * 1000) + noise_ms[k % len(noise_ms)]
        size.note(chunk_s, late_ms)
        chunk_s = size.of(piece_s)
    return chunk_s


@pytest.mark.parametrize(
    ("mbit", "piece_s", "chunk_s"),
    [
        (50, 0.1, 0.1),
        (50, 0.5, 0.5),
        (10, 0.1, 0.1),
        (4, 0.1, 0.05),
        (4, 0.5, 0.05),
        (1, 0.1, 0.05),
        (1, 0.12, 0.06),
        (1, 0.02, 0.02),
        (1, 0.0, 0.0),
    ],
)
def test_a_chunk_takes_a_hundredth_of_a_second_of_the_line_and_is_a_whole_part_of_a_piece(
    mbit, piece_s, chunk_s
):
    assert size_on(mbit, piece_s) == pytest.approx(chunk_s)


def test_a_busy_machine_is_no_slow_line():
    assert size_on(1000, 0.1, (80, 30, 200, 1)) == 0.1


def test_chunks_are_larger_again_only_where_the_line_is_quick():
    size = ChunkSize()
    found = []
    for late_ms in (19, 5, 0.8):
        for _ in range(JUDGED_CHUNKS):
            size.note(0.1 if late_ms == 19 else 0.05, late_ms)
        found.append(size.of(0.1))
    assert found == [0.05, 0.05, 0.1]


def test_nothing_changes_before_some_chunks_have_come():
    size = ChunkSize()
    for _ in range(JUDGED_CHUNKS - 1):
        size.note(0.1, 500)
    assert size.of(0.1) == 0.1


def test_the_page_is_told_and_pieces_stay_as_long_as_they_were_with_every_sample(kernel):
    hearing = Hearing(kernel, stream_every=0.1).go_live()
    assert hearing.page.state["stream_every_s"] == 0.1
    hearing.page.beat(sent_at_ms=kernel.clock.now_s() * 1000)
    count = RATE // 10
    for k in range(2 * JUDGED_CHUNKS):
        kernel.clock.advance(0.1)
        sent_at_ms = kernel.clock.now_s() * 1000 - 19
        hearing.page.speak(np.full(count, k, np.int16), sent_at_ms=sent_at_ms)
    kernel.clock.advance(1)
    assert hearing.page.state["stream_every_s"] == 0.05
    hearing.wait_for_samples(2 * JUDGED_CHUNKS * count)
    hearing.page.speak(np.full(count // 2, 77, np.int16))
    hearing.page.speak(np.full(count // 2, 78, np.int16))
    hearing.wait_for_samples((2 * JUDGED_CHUNKS + 1) * count)
    assert len(hearing.heard[-1][1]) == count
    hearing.page.stop()
    hearing.go_live()
    assert hearing.page.state["stream_every_s"] == 0.1, "another page may have another line"
