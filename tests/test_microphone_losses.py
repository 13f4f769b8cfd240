"""Sound that is lost on the way or comes broken, and a microphone that fails."""

from __future__ import annotations

import numpy as np
import pytest
import traitlets as t

import nbstream as nbs
from nbstream.testing import FakeMicrophone, FakePage, wait_for

from .hearing import Hearing, numbered

# --- what is lost on the way -------------------------------------------------------------------


def test_a_lost_chunk_is_asked_for_and_comes_in_its_place(kernel):
    hearing = Hearing(kernel).go_live()
    hearing.page.speak(numbered(4000))
    hearing.page.speak(numbered(4000, 4000), lost=True)
    hearing.page.speak(numbered(4000, 8000))
    assert hearing.page.receipt["missing_through"] == 3
    assert hearing.page.answer_receipt() == [2, 3]
    hearing.wait_for_samples(12000)
    assert hearing.samples == list(range(12000))
    assert {meta.gap_s for meta in hearing.metas} == {0}
    hearing.page.beat()
    kernel.clock.advance(1)
    assert hearing.page.receipt.items() >= {"received_through": 3, "missing_through": 0}.items()
    assert hearing.binding.stats["counts"]["chunks_early"] == 1


def test_the_page_is_told_of_each_chunk_that_is_stored_while_later_ones_are_missing(kernel):
    hearing = Hearing(kernel).go_live()
    for first_sample in (0, 4000, 8000):
        hearing.page.speak(numbered(4000, first_sample), lost=first_sample < 8000)
    hearing.page.send_again(1)
    assert hearing.page.receipt.items() >= {"received_through": 1, "missing_through": 3}.items()
    hearing.page.repeat(1)
    told = hearing.page.receipt["index"]
    hearing.page.send_again(2)
    assert hearing.page.receipt.items() >= {"received_through": 2, "index": told + 1}.items()


def test_a_lost_last_chunk_is_noticed_by_a_beat(kernel):
    hearing = Hearing(kernel).go_live()
    hearing.page.speak(numbered(4000), lost=True)
    hearing.page.beat()
    assert hearing.page.answer_receipt() == [1]
    hearing.wait_for_samples(4000)


def test_a_chunk_that_comes_twice_is_heard_once(kernel):
    hearing = Hearing(kernel).go_live()
    hearing.page.speak(numbered(4000))
    hearing.page.repeat(3)
    hearing.page.speak(numbered(4000, 4000))
    hearing.wait_for_samples(8000)
    assert hearing.samples == list(range(8000))
    assert hearing.binding.stats["counts"]["chunks_repeated"] == 3
    assert hearing.microphone._session.bad_message_count == 0


def test_what_the_page_gave_up_is_a_gap(kernel):
    hearing = Hearing(kernel).go_live()
    hearing.page.speak(numbered(4000))
    hearing.page.speak(numbered(4000, 4000), lost=True)
    hearing.page.speak(numbered(4000, 8000), kept_from=3)
    hearing.wait_for_samples(8000)
    assert [meta.gap_s for meta in hearing.metas] == [0, 0.5]


def test_past_the_bound_the_overrun_is_counted_shown_and_told(kernel, holdup):
    hearing = Hearing(kernel, holdup, microphone={"max_backlog_s": 2.0}).go_live()
    hearing.page.speak(numbered(4000))
    holdup.wait_until_entered()
    for first in range(4000, 28000, 4000):
        hearing.page.speak(numbered(4000, first))
    hearing.page.beat()
    kernel.clock.advance(1)
    assert (
        hearing.page.state["note"] == "1.0 s of sound were lost: the function is too slow for it."
    )
    holdup.release(100)
    hearing.wait_for_samples(20000)
    assert hearing.samples == [*range(4000), *range(12000, 28000)]
    assert hearing.metas[-1].gap_s == 1.0
    assert hearing.binding.stats["gauges"]["overrun_s"] == 1.0


def test_clipped_samples_are_counted_and_shown(kernel):
    hearing = Hearing(kernel).go_live()
    hearing.page.speak(numbered(4000), clipped_count=12)
    hearing.wait_for_samples(4000)
    wait_for(lambda: hearing.binding.stats["counts"]["results"] == 1)
    assert hearing.metas[0].clipped_count == 12
    assert hearing.binding.stats["counts"]["clipped"] == 12
    hearing.page.beat()
    kernel.clock.advance(1)
    assert hearing.page.state["note"] == "12 samples were too loud and were cut off."


# --- bad input ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lie",
    [
        {"byte_length": 1},
        {"sample_count": 10**9},
        {"sample_rate_hz": 0},
        {"channels": 99},
        {"dtype": "complex64"},
        {"first_sample": -1},
        {"captured_at_ms": None},
    ],
    ids=lambda lie: next(iter(lie)),
)
def test_a_broken_chunk_is_counted_and_the_stream_goes_on_with_a_gap(kernel, lie):
    hearing = Hearing(kernel).go_live()
    hearing.page.speak(numbered(4000), **lie)
    hearing.page.speak(numbered(4000, 4000))
    hearing.wait_for_samples(4000)
    assert hearing.samples == list(range(4000, 8000))
    assert hearing.metas[0].gap_s == 0.5
    assert hearing.microphone._session.bad_message_count == 1


def test_sound_of_a_strange_page_or_of_another_run_is_dropped(kernel):
    hearing = Hearing(kernel).go_live()
    stranger = FakeMicrophone(kernel, hearing.microphone, client="stranger")
    stranger.speak(numbered(4000))
    hearing.page.speak(numbered(4000), run=77)
    assert hearing.microphone._session.bad_message_count == 2
    assert hearing.binding.stats["counts"].get("samples") is None


def test_a_picture_for_a_microphone_and_sound_for_a_camera_are_dropped(kernel):
    hearing = Hearing(kernel).go_live()
    FakePage.send_frame(hearing.page)
    assert hearing.microphone._session.bad_message_count == 1
    webcam = nbs.Webcam()
    webcam.stream(lambda frame: frame)
    page = FakeMicrophone(kernel, webcam)
    page.start()
    page.speak(numbered(4000), final=True)
    assert webcam._session.bad_message_count == 1


def test_floats_that_are_no_numbers_are_silence_and_counted(kernel):
    hearing = Hearing(kernel, microphone={"dtype": "float32"}).go_live()
    samples = np.full(4000, 0.5, np.float32)
    samples[:3] = np.nan
    hearing.page.speak(samples)
    hearing.wait_for_samples(4000)
    assert hearing.heard[0][1][:4].tolist() == [0, 0, 0, 0.5]
    assert hearing.metas[0].clipped_count == 3


def test_a_device_that_changes_its_rate_midway_is_heard_on(kernel):
    hearing = Hearing(kernel).go_live()
    hearing.page.speak(numbered(4000))
    hearing.wait_for_samples(4000)
    hearing.page.sample_rate = 16000
    hearing.page.speak(numbered(8000, 4000))
    hearing.wait_for_samples(12000)
    assert [rate for rate, _ in hearing.heard] == [8000, 16000]
    assert hearing.samples == list(range(12000))


def test_a_microphone_that_is_unplugged_gives_what_it_heard_and_says_why(kernel):
    hearing = Hearing(kernel).go_live()
    hearing.page.speak(numbered(100))
    hearing.page.finish(numbered(10, 100))
    message = "The microphone was unplugged. Connect it and press Start again."
    hearing.page.camera("failed", reason="unplugged", message=message)
    hearing.wait_for_end()
    assert hearing.samples == list(range(110))
    assert hearing.metas[-1].final
    assert hearing.binding.status == "failed"
    assert hearing.page.state["error"]["text"].endswith(message)


@pytest.mark.parametrize("reason", ["denied", "missing", "in_use"])
def test_a_microphone_that_cannot_be_had_fails_the_stream(kernel, reason):
    hearing = Hearing(kernel)
    hearing.page.start(camera=False)
    hearing.page.camera("failed", reason=reason)
    assert hearing.binding.status == "failed"
    assert "The microphone failed." in hearing.page.state["error"]["text"]


def test_options_out_of_range_are_refused():
    for wrong in (
        {"sample_rate": 10},
        {"channels": 0},
        {"dtype": "int32"},
        {"max_backlog_s": 0.1},
    ):
        with pytest.raises(t.TraitError):
            nbs.Microphone(**wrong)


def test_a_piece_cannot_be_longer_than_what_is_kept(kernel):
    microphone = nbs.Microphone(max_backlog_s=2)
    with pytest.raises(ValueError, match=r"stream_every is 3 s, but the microphone keeps 2 s"):
        microphone.stream(lambda sound: None, stream_every=3)
