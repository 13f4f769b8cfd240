"""Numbers from outside that cannot be: each costs its message, and what comes after it is heard."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbstream.testing import FakeMicrophone, mock_kernel, wait_for

from .hearing import Hearing, numbered

NAN, INF = float("nan"), float("inf")
VALUES: list[Any] = [-1, 0, 1, 2, 3, 7, 100, 4000, 10**6, 2**31, 2**53 - 1, 2**53, 2**64, 10**400]
VALUES += [-(10**400), 0.5, 1e15, 1.7e308, -1.7e308, NAN, INF, True, None, "1", [], {}]
FIELDS = [
    "run",
    "seq",
    "first_sample",
    "sample_count",
    "sample_rate_hz",
    "channels",
    "clipped_count",
    "captured_at_ms",
    "sent_at_ms",
    "byte_length",
    "kept_from",
]
COUNT = 800


def name_of(value: object) -> str:
    return f"{value!r:.12}"


def spoil(page: FakeMicrophone, count: int, lie: dict[str, Any]) -> None:
    """Send a chunk that comes with other numbers than the page gave it."""
    seq = page.speak(np.full(count, -1, np.int16), lost=True)
    message, data = page._kept[seq]
    page.send("chunk", [data], **{**message, **lie})


def heard_after(hearing: Hearing, lie: dict[str, Any], chunk_count: int = 4) -> list[int]:
    """What is heard of so many good chunks after a bad one; the page sends again what the kernel asks for."""
    page = hearing.page
    page.speak(numbered(COUNT))
    spoil(page, COUNT, lie)
    page.answer_receipt()
    said = range(2 * COUNT, (2 + chunk_count) * COUNT)
    for first in range(said.start, said.stop, COUNT):
        page.speak(numbered(COUNT, first))
        page.answer_receipt()
    page.beat()
    for _ in range(3):
        page.answer_receipt()
        page.pass_time(1)
    page.stop()
    hearing.wait_for_end()
    return [one for one in hearing.samples if one >= 2 * COUNT]


@pytest.mark.parametrize("value", VALUES, ids=name_of)
@pytest.mark.parametrize("field", FIELDS)
def test_a_chunk_with_a_number_that_cannot_be_costs_no_other_chunk(kernel, field, value):
    hearing = Hearing(kernel, stream_every=0.1).go_live()
    assert heard_after(hearing, {field: value}) == list(range(2 * COUNT, 6 * COUNT))
    assert hearing.binding.error is None
    assert all(0 <= meta.gap_s <= 180 for meta in hearing.metas)


@pytest.mark.parametrize("kept_from", [2, 100, 4000, 2**53])
@pytest.mark.parametrize("seq", [3, 100, 4000, 2**53])
@pytest.mark.parametrize("first_sample", [0, 2 * COUNT, 10**6, 2**53])
def test_nor_do_several_that_agree_with_each_other(kernel, seq, kept_from, first_sample):
    hearing = Hearing(kernel, stream_every=0.1).go_live()
    lie = {"seq": seq, "kept_from": kept_from, "first_sample": first_sample}
    heard = heard_after(hearing, lie)
    # One more may be doubted where the lie was believed.
    assert heard[-2 * COUNT :] == list(range(4 * COUNT, 6 * COUNT))


@pytest.mark.parametrize("value", VALUES, ids=name_of)
@pytest.mark.parametrize("field", ["run", "views", "sent_through"])
def test_a_beat_with_a_number_that_cannot_be_costs_no_sound(kernel, field, value):
    hearing = Hearing(kernel, stream_every=0.1).go_live()
    hearing.page.speak(numbered(COUNT))
    hearing.page.beat(**{field: value})
    asked = hearing.page.receipt["missing_through"]
    assert asked <= 1_000_000
    for first in range(COUNT, 5 * COUNT, COUNT):
        hearing.page.speak(numbered(COUNT, first))
        hearing.page.answer_receipt()
    hearing.wait_for_samples(5 * COUNT)
    hearing.page.pass_time(1)
    kernel.clock.advance(1)
    # The next true word takes the untrue one back.
    assert hearing.page.receipt["missing_through"] == 0
    assert hearing.samples == list(range(5 * COUNT))


LIES = st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(VALUES), min_size=1, max_size=3)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.one_of(LIES, st.just({})), max_size=20))
def test_whatever_came_good_sound_is_heard_again_within_two_chunks(lies):
    with mock_kernel() as kernel:
        hearing = Hearing(kernel, stream_every=0.1).go_live()
        page = hearing.page
        for lie in lies:
            spoil(page, 80, lie)
        for _ in range(3):
            page.beat()
            page.answer_receipt()
            kernel.clock.advance(1)
        before = page.sample_count
        for number in range(4):
            page.speak(np.full(80, number + 1, np.int16))
            page.answer_receipt()
        page.stop()
        wait_for(lambda: hearing.binding.life.runner is None)
        assert {3, 4} <= set(hearing.samples)
        assert hearing.samples.count(4) == 80
        assert page.sample_count == before + 320
        assert all(0 <= meta.gap_s < 1e4 for meta in hearing.metas)


def test_a_page_date_far_away_makes_no_gap_of_centuries_in_the_next_run(kernel):
    hearing = Hearing(kernel, stream_every=0.1).go_live()
    hearing.page.speak(numbered(COUNT), captured_at_ms=0.0)
    hearing.wait_for_samples(COUNT)
    hearing.page.command("choose_device", device="other")
    hearing.page.beat(views=0, camera={**hearing.page._camera, "state": "off"})
    hearing.page.command("resume")
    hearing.page.camera_on()
    hearing.page.wait_for_status("live")
    hearing.page.speak(numbered(COUNT), captured_at_ms=8e15)
    hearing.wait_for_samples(2 * COUNT)
    assert hearing.metas[-1].gap_s <= 120
