"""A microphone's stream: every sample reaches the function once and in order, from Start to Stop."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import traitlets as t

import nbstream as nbs
from nbstream.lane import SoundStateContent, SourceContent
from nbstream.sound_runner import FINAL_WITHIN_S
from nbstream.testing import FakeMicrophone, FakePage, MockKernel, wait_for

RATE = 8000


def numbered(count: int, first: int = 0) -> Any:
    """Samples that are their own numbers."""
    return np.arange(first, first + count, dtype=np.int16)


class Hearing:
    """A microphone whose stream keeps what it hears, and a page that plays it; idle."""

    def __init__(
        self,
        kernel: MockKernel,
        fn: Callable[..., Any] | None = None,
        microphone: dict[str, Any] | None = None,
        **options: Any,
    ) -> None:
        self.microphone = nbs.Microphone(**(microphone or {}))
        self.heard: list[tuple[int, Any]] = []
        self.metas: list[nbs.SoundMeta] = []
        self._fn = fn
        options = {"stream_every": 0.5, "metadata": True, **options}
        self.binding = self.microphone.stream(self._hear, **options)
        self.page = FakeMicrophone(kernel, self.microphone)

    def _hear(self, sound: tuple[int, Any], meta: nbs.SoundMeta) -> Any:
        self.heard.append(sound)
        self.metas.append(meta)
        return None if self._fn is None else self._fn(sound)

    def go_live(self) -> Hearing:
        self.page.start()
        self.page.wait_for_status("live")
        return self

    @property
    def samples(self) -> list[int]:
        """All that was heard so far."""
        return [int(one) for _, samples in list(self.heard) for one in samples]

    def wait_for_samples(self, count: int) -> None:
        wait_for(lambda: len(self.samples) >= count, what=lambda: f"{len(self.samples)} came")

    def wait_for_end(self) -> None:
        wait_for(lambda: self.binding._runner is None)


# --- what the function gets --------------------------------------------------------------------


def test_a_function_gets_rate_and_samples(kernel):
    hearing = Hearing(kernel).go_live()
    hearing.page.speak(numbered(4000))
    hearing.wait_for_samples(4000)
    ((rate, samples),) = hearing.heard
    assert (rate, samples.dtype, samples.shape) == (RATE, np.int16, (4000,))
    samples[0] = 7  # writable
    (meta,) = hearing.metas
    assert (meta.index, meta.gap_s, meta.final, meta.clipped_count) == (1, 0, False, 0)
    assert meta.captured_at_s == kernel.clock.now_s()


def test_a_piece_is_as_long_as_was_asked(kernel):
    hearing = Hearing(kernel, stream_every=1.0).go_live()
    for first in range(0, 16000, 2000):
        hearing.page.speak(numbered(2000, first))
        hearing.wait_for_samples((first + 2000) // 8000 * 8000)
    hearing.wait_for_samples(16000)
    assert hearing.samples == list(range(16000))
    assert len(hearing.heard) == 2


def test_while_the_function_is_busy_sound_collects_and_comes_as_one_longer_piece(kernel, holdup):
    hearing = Hearing(kernel, holdup).go_live()
    hearing.page.speak(numbered(4000))
    holdup.wait_until_entered()
    for first in range(4000, 24000, 4000):
        hearing.page.speak(numbered(4000, first))
    holdup.release(100)
    hearing.wait_for_samples(24000)
    assert [len(samples) for _, samples in hearing.heard] == [4000, 20000]
    assert hearing.samples == list(range(24000))


@pytest.mark.parametrize("dtype", ["int16", "float32"])
def test_channels_and_dtype_are_those_that_were_asked_for(kernel, dtype):
    hearing = Hearing(kernel, microphone={"channels": 2, "dtype": dtype}).go_live()
    hearing.page.speak(np.full((4000, 2), 16384, np.int16))
    wait_for(lambda: hearing.heard)
    (_, samples) = hearing.heard[0]
    assert (samples.dtype, samples.shape) == (np.dtype(dtype), (4000, 2))
    assert float(samples.max()) == (16384 if dtype == "int16" else 0.5)


def test_another_rate_is_resampled_and_nothing_is_lost_at_stop(kernel):
    hearing = Hearing(kernel, microphone={"sample_rate": 16000}).go_live()
    for first in range(0, 8000, 1000):
        hearing.page.speak(numbered(1000, first))
    hearing.page.stop(numbered(500, 8000))
    hearing.wait_for_end()
    assert {rate for rate, _ in hearing.heard} == {16000}
    assert len(hearing.samples) == 17000
    assert [meta.final for meta in hearing.metas].count(True) == 1


def test_without_metadata_the_function_gets_the_sound_alone_and_no_empty_piece(kernel):
    microphone, heard = nbs.Microphone(), []
    stream = microphone.stream(lambda sound: heard.append(len(sound[1])))
    page = FakeMicrophone(kernel, microphone)
    page.start()
    page.wait_for_status("live")
    page.speak(numbered(4000))
    wait_for(lambda: heard)
    page.stop()
    wait_for(lambda: stream._runner is None)
    assert heard == [4000]


def test_results_and_inputs_are_as_with_a_camera(kernel):
    microphone, view, state = nbs.Microphone(), nbs.ImageView(), nbs.State(0)

    def loudness(sound, so_far):
        level = int(np.abs(sound[1]).max())
        return np.full((48, 64, 3), level, np.uint8), so_far + 1

    microphone.stream(loudness, inputs=[microphone, state], outputs=[view, state])
    page = FakeMicrophone(kernel, microphone, view)
    page.start()
    page.wait_for_status("live")
    page.speak(np.full(4000, 200, np.int16))
    picture = page.wait_for_result(view)
    assert picture is not None
    assert round(float(picture.mean())) == 200
    wait_for(lambda: state.value == 1)
    (result,) = [one for one, _ in view.comm.custom_messages() if one["type"] == "result"]
    assert result["frame_seq"] is None
    assert result["captured_at_ms"] == kernel.clock.now_s() * 1000
    assert result["credits"] == {}


# --- Stop, limit, pause ------------------------------------------------------------------------


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
    wait_for(lambda: stream._runner is None)
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


# --- what the page is told ---------------------------------------------------------------------


def test_a_state_has_the_fields_of_the_contract(kernel):
    page = FakeMicrophone(kernel, nbs.Microphone())
    assert page.state.keys() == {
        "nbstream",
        "type",
        *SoundStateContent.__annotations__,
        *SourceContent.__annotations__,
    }


def test_sound_is_asked_for_only_while_a_stream_is_live(kernel):
    hearing = Hearing(kernel)
    assert not hearing.page.receipt["open"]
    hearing.page.start(camera=False)
    assert not hearing.page.receipt["open"]
    hearing.page.camera_on()
    hearing.page.wait_for_status("live")
    assert hearing.page.receipt["open"]
    hearing.page.stop()
    assert not hearing.page.receipt["open"]
    assert hearing.page.state["stream_every_s"] == 0.5


def test_the_options_reach_the_page(kernel):
    wanted = {"latency": 0.01}
    microphone = nbs.Microphone(device="synthetic", noise_suppression=True, constraints=wanted)
    state = microphone.get_state()
    assert state["_kind"] == "microphone"
    assert (state["device"], state["sample_rate"], state["channels"]) == ("synthetic", None, 1)
    assert (state["dtype"], state["noise_suppression"]) == ("int16", True)
    assert state["constraints"] == wanted
    assert not state["echo_cancellation"]
    assert not state["auto_gain_control"]
    assert "max_backlog_s" not in state


def test_a_person_chooses_the_device_in_the_page(kernel):
    microphone = nbs.Microphone()
    FakeMicrophone(kernel, microphone).command("choose_device", device="headset")
    assert microphone.device == "headset"


def test_another_page_takes_the_capture_over(kernel):
    hearing = Hearing(kernel).go_live()
    hearing.page.speak(numbered(4000))
    hearing.wait_for_samples(4000)
    other = FakeMicrophone(kernel, hearing.microphone, client="page-2")
    other.command("take_over")
    other.camera_on()
    hearing.page.speak(numbered(4000, 4000))
    other.speak(numbered(4000, 4000))
    hearing.wait_for_samples(8000)
    assert hearing.samples == list(range(8000))


def test_closing_ends_threads_at_once(kernel, holdup):
    hearing = Hearing(kernel, holdup).go_live()
    hearing.page.speak(numbered(4000))
    holdup.wait_until_entered()
    hearing.page.command("stop")
    hearing.microphone.close()
    holdup.release(10)
    hearing.wait_for_end()
    assert threading.active_count() < 50


def test_an_async_function_is_not_cut_off_by_stop(kernel):
    import asyncio

    entered, heard = threading.Event(), []

    async def slow(sound):
        entered.set()
        await asyncio.sleep(0.05)
        heard.append(len(sound[1]))

    microphone = nbs.Microphone()
    stream = microphone.stream(slow)
    page = FakeMicrophone(kernel, microphone)
    page.start()
    page.wait_for_status("live")
    page.speak(numbered(4000))
    assert entered.wait(10)
    page.stop(numbered(10))
    wait_for(lambda: stream._runner is None)
    assert heard == [4000, 10]
