"""Where a stream of sound ends: at Stop, a limit, a pause or a failure, all that was said is given or told as a gap."""

from __future__ import annotations

import numpy as np
import pytest

import nbstream as nbs
from nbstream.runs.sound_runner import FINAL_WITHIN_S
from nbstream.testing import FakeMicrophone, wait_for

from .hearing import RATE, Hearing, numbered


def test_stop_gives_what_is_left_in_one_more_call_and_marks_it(kernel):
    hearing = Hearing(kernel).go_live()
    hearing.page.speak(numbered(4000))
    hearing.page.speak(numbered(100, 4000))
    hearing.page.stop(numbered(50, 4100))
    hearing.wait_for_end()
    assert hearing.samples == list(range(4150))
    assert [meta.final for meta in hearing.metas] == [False] * (len(hearing.metas) - 1) + [True]
    assert [meta.index for meta in hearing.metas] == list(range(1, len(hearing.metas) + 1))
    assert hearing.page.status == "idle"


def test_stop_waits_for_a_last_chunk_that_is_late(kernel):
    hearing = Hearing(kernel).go_live()
    hearing.page.speak(numbered(100))
    hearing.page.command("stop")
    kernel.clock.advance(FINAL_WITHIN_S - 0.1)
    assert hearing.samples == []
    hearing.page.finish(numbered(50, 100))
    hearing.wait_for_end()
    assert hearing.samples == list(range(150))
    assert hearing.metas[-1].final


def test_stop_waits_no_longer_than_two_seconds(kernel):
    hearing = Hearing(kernel).go_live()
    hearing.page.speak(numbered(100))
    hearing.page.command("stop")
    kernel.clock.advance(FINAL_WITHIN_S)
    hearing.wait_for_end()
    assert hearing.samples == list(range(100))
    assert hearing.metas[-1].final


def test_the_results_of_the_last_calls_are_shown(kernel, holdup):
    microphone, view = nbs.Microphone(), nbs.ImageView()

    def shade(sound):
        holdup(sound)
        return np.full((48, 64, 3), len(sound[1]) // 100, np.uint8)

    stream = microphone.stream(shade, outputs=view)
    page = FakeMicrophone(kernel, microphone, view)
    page.start()
    page.wait_for_status("live")
    page.speak(numbered(4000))
    holdup.wait_until_entered()
    page.stop(numbered(8000, 4000))
    holdup.release(10)
    wait_for(lambda: stream.life.runner is None)
    page.wait_for_result(view, 2)
    assert [round(float(one.mean())) for one in page.results(view) if one is not None] == [40, 80]


def test_a_new_start_does_not_wait_for_the_last_sound_of_the_one_before(kernel, holdup):
    hearing = Hearing(kernel, holdup).go_live()
    hearing.page.speak(numbered(4000))
    holdup.wait_until_entered()
    hearing.page.command("stop")
    hearing.page.start()
    assert hearing.page.status == "waiting"
    holdup.release(10)
    hearing.page.wait_for_status("live")
    hearing.page.speak(numbered(4000))
    hearing.wait_for_samples(8000)
    assert [(one.index, one.final) for one in hearing.metas][-1] == (1, False)


def test_a_limit_with_nobody_waiting_leaves_no_gap(kernel):
    hearing = Hearing(kernel, time_limit=2).go_live()
    sent = 0
    for _ in range(5):
        hearing.page.speak(numbered(4000, sent))
        sent += 4000
        hearing.page.pass_time(1)
    hearing.wait_for_samples(sent)
    assert hearing.samples == list(range(sent))
    assert {meta.gap_s for meta in hearing.metas} == {0}


def test_at_a_limit_that_stops_the_rest_is_given_and_marked(kernel):
    hearing = Hearing(kernel, time_limit=2, on_limit="stop").go_live()
    hearing.page.speak(numbered(100))
    hearing.page.pass_time(2)
    hearing.wait_for_end()
    assert hearing.samples == list(range(100))
    assert [meta.final for meta in hearing.metas] == [True]
    assert hearing.binding.status == "idle"


def test_who_rejoins_the_queue_gets_the_rest_first_and_is_told_of_the_gap_afterwards(kernel):
    def hear(sound):
        return None

    first = Hearing(kernel, time_limit=2, concurrency_limit=1, concurrency_id="one")
    other_microphone = nbs.Microphone()
    other_microphone.stream(hear, time_limit=2, concurrency_limit=1, concurrency_id="one")
    other = FakeMicrophone(kernel, other_microphone, client="page-2")
    first.go_live()
    other.start()
    first.page.speak(numbered(1000))
    other.beat()
    kernel.clock.advance(2)
    other.wait_for_status("live")
    wait_for(lambda: first.page.status == "waiting")
    assert first.samples == list(range(1000))
    assert [meta.final for meta in first.metas] == [False]
    assert first.page.speak(numbered(8000, 1000)) == 0  # nobody listens
    other.beat()
    first.page.beat()
    kernel.clock.advance(4)  # one that says nothing starts its clock after 2 s
    first.page.wait_for_status("live")
    first.page.speak(numbered(4000, 9000))
    first.wait_for_samples(5000)
    assert first.metas[-1].gap_s == 1.0
    assert first.metas[-1].index == 2


def test_while_paused_sound_is_not_kept_and_the_next_piece_carries_the_gap(kernel):
    hearing = Hearing(kernel).go_live()
    hearing.page.speak(numbered(1000))
    hearing.binding.pause()
    hearing.wait_for_end()
    assert hearing.samples == list(range(1000))
    assert not hearing.metas[-1].final
    assert not hearing.page.receipt["open"]
    hearing.page.hold_breath(2.5)
    hearing.binding.resume()
    hearing.page.wait_for_status("live")
    hearing.page.speak(numbered(4000))
    wait_for(lambda: len(hearing.metas) == 2)
    assert hearing.metas[-1].gap_s == 2.5


def test_what_the_resampler_holds_at_a_pause_is_given_as_well(kernel):
    hearing = Hearing(kernel, microphone={"sample_rate": 2 * RATE}).go_live()
    for paused_at in (4000, 8000):
        hearing.page.speak(numbered(4000, paused_at - 4000))
        hearing.binding.pause()
        hearing.wait_for_end()
        assert len(hearing.samples) == 2 * paused_at
        hearing.page.command("resume")
        hearing.page.wait_for_status("live")


def test_a_stream_that_waited_is_told_what_it_missed_since_start(kernel):
    gate = nbs.Microphone()
    gate.stream(lambda sound: None, concurrency_limit=1, concurrency_id="one")
    other = FakeMicrophone(kernel, gate, client="page-2")
    other.start()
    hearing = Hearing(kernel, concurrency_limit=1, concurrency_id="one")
    hearing.page.start()
    hearing.page.wait_for_status("waiting")
    hearing.page._follow_run()
    hearing.page.hold_breath(1.5)
    other.stop()
    hearing.page.wait_for_status("live")
    hearing.page.speak(numbered(4000))
    hearing.wait_for_samples(4000)
    assert hearing.metas[0].gap_s == 1.5


def test_after_the_page_was_gone_the_gap_is_what_passed_by_the_pages_clock(kernel):
    hearing = Hearing(kernel).go_live()
    hearing.page.speak(numbered(4000))
    hearing.wait_for_samples(4000)
    hearing.page.bye()
    wait_for(lambda: hearing.binding.status == "paused")
    kernel.clock.advance(10)
    hearing.page.hello()
    hearing.page.command("resume")
    hearing.page.camera_on()
    hearing.page.wait_for_status("live")
    hearing.page.speak(numbered(4000))
    hearing.wait_for_samples(8000)
    assert hearing.metas[-1].gap_s == pytest.approx(9.5)


def test_a_function_that_fails_too_often_is_not_called_again_for_the_rest(kernel):
    def fails(sound):
        raise ValueError("no")

    hearing = Hearing(kernel, fails, max_errors=2).go_live()
    for first in (0, 4000):
        hearing.page.speak(numbered(4000, first))
        hearing.wait_for_samples(first + 4000)
    wait_for(lambda: hearing.binding.status == "paused")
    hearing.wait_for_end()
    assert len(hearing.heard) == 2


def test_two_streams_hear_the_same(kernel):
    hearing, second = Hearing(kernel), []
    hearing.microphone.stream(lambda sound: second.extend(sound[1].tolist()), add=True)
    hearing.go_live()
    hearing.page.speak(numbered(4000))
    hearing.page.stop(numbered(10, 4000))
    wait_for(lambda: len(second) == 4010 and len(hearing.samples) == 4010)
    assert second == hearing.samples == list(range(4010))


def test_a_stream_that_is_replaced_goes_on_in_the_new_function(kernel):
    hearing, second = Hearing(kernel).go_live(), []
    hearing.page.speak(numbered(4000))
    hearing.wait_for_samples(4000)
    hearing.microphone.stream(lambda sound, meta: second.append((sound, meta)), metadata=True)
    hearing.page.wait_for_status("live")
    hearing.page.speak(numbered(4000, 4000))
    wait_for(lambda: second)
    ((_, samples), meta) = second[0]
    assert (samples[0], meta.gap_s, meta.index) == (4000, 0, 1)
