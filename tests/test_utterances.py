"""A function that is called with what was said: the segmenter hears all sound, also while the function is busy."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import nbstream as nbs
from nbstream.sounds.speech import SpeechBegan, SpeechEvent, Utterance
from nbstream.testing import FakeMicrophone, FakeSpeaker, MockKernel, wait_for

RATE = 8000


def said(count: int = 1000, level: int = 1000) -> NDArray[np.int16]:
    return np.full(count, level, np.int16)


SILENCE = np.zeros(1000, np.int16)


class LoudOrNot:
    """A segmenter for tests: what is loud is speech, an utterance ends with the first silence."""

    def __init__(self) -> None:
        self.given: list[int] = []
        self.flushes = 0
        self._spoken: list[NDArray[np.int16]] = []
        self._at = self._first = 0

    def push(self, sample_rate: int, samples: NDArray[np.int16]) -> Sequence[SpeechEvent]:
        assert samples.dtype == np.int16
        assert samples.ndim == 1
        self._rate = sample_rate
        blocks = [samples[at : at + 100] for at in range(0, len(samples), 100)]
        events = [event for block in blocks for event in self._hear(block)]
        self.given += samples.tolist()
        return events

    def _hear(self, block: NDArray[np.int16]) -> Sequence[SpeechEvent]:
        at, self._at = self._at, self._at + len(block)
        if not block.any():
            return self._end()
        self._spoken.append(block)
        if len(self._spoken) > 1:
            return []
        self._first = at
        return [SpeechBegan()]

    def flush(self) -> Sequence[SpeechEvent]:
        self.flushes += 1
        return self._end()

    def _end(self) -> Sequence[SpeechEvent]:
        spoken, self._spoken = self._spoken, []
        if not spoken:
            return []
        return [Utterance(self._rate, np.concatenate(spoken), self._first)]


class Listening:
    """A microphone whose stream is called with utterances, and a page that plays it; live."""

    def __init__(
        self,
        kernel: MockKernel,
        fn: Callable[[Any], Any] = lambda sound: None,
        *,
        microphone: dict[str, Any] | None = None,
        segmenter: Any = None,
        **options: Any,
    ) -> None:
        self.segmenter = segmenter or LoudOrNot()
        self.microphone = nbs.Microphone(**(microphone or {}))
        self.heard: list[tuple[int, Any]] = []
        self.metas: list[nbs.SoundMeta] = []

        def hear(sound: tuple[int, Any], meta: nbs.SoundMeta) -> Any:
            self.heard.append(sound)
            self.metas.append(meta)
            return fn(sound)

        self.binding = self.microphone.stream(hear, on=self.segmenter, metadata=True, **options)
        self.page = FakeMicrophone(kernel, self.microphone)
        self.page.start()
        self.page.wait_for_status("live")

    def speak(self, *pieces: NDArray[np.int16]) -> None:
        for one in pieces:
            self.page.speak(one)

    def wait_for_utterances(self, count: int) -> None:
        wait_for(lambda: len(self.heard) >= count, what=lambda: f"{len(self.heard)} came")

    def wait_until_given(self, count: int) -> None:
        wait_for(lambda: len(self.segmenter.given) >= count)


def test_a_function_gets_what_was_said_and_nothing_else(kernel):
    listening = Listening(kernel)
    listening.speak(SILENCE, said(level=1), said(level=2), SILENCE)
    listening.wait_for_utterances(1)
    ((rate, samples),) = listening.heard
    assert (rate, samples.dtype, samples.shape) == (RATE, np.int16, (2000,))
    assert samples.tolist() == [1] * 1000 + [2] * 1000
    (meta,) = listening.metas
    assert meta.captured_at_s == pytest.approx(kernel.clock.now_s() + 1000 / RATE)
    assert (meta.index, meta.gap_s, meta.final) == (1, 0, False)


def test_while_the_function_is_busy_all_sound_is_heard_and_each_utterance_gets_its_call(
    kernel, holdup
):
    listening = Listening(kernel, holdup)
    listening.speak(said(level=1), SILENCE)
    holdup.wait_until_entered()
    for level in (2, 3):
        listening.speak(said(level=level), SILENCE)
    listening.wait_until_given(6000)
    holdup.release(10)
    listening.wait_for_utterances(3)
    assert [int(samples[0]) for _, samples in listening.heard] == [1, 2, 3]


@pytest.mark.parametrize("dtype", ["int16", "float32"])
def test_an_utterance_has_one_channel_and_the_type_and_rate_that_were_asked_for(kernel, dtype):
    options = {"dtype": dtype, "channels": 2, "sample_rate": 16000}
    listening = Listening(kernel, microphone=options)
    listening.speak(said(4000, level=16384), said(4000, level=16384))
    listening.page.stop()
    listening.wait_for_utterances(1)
    rate, samples = listening.heard[0]
    assert (rate, samples.dtype, samples.ndim) == (16000, np.dtype(dtype), 1)
    middle = float(samples[len(samples) // 2])
    assert middle == pytest.approx(16384 if dtype == "int16" else 0.5, rel=0.01)


def test_stop_gives_what_is_being_said_and_marks_it(kernel):
    listening = Listening(kernel)
    listening.speak(said(), SILENCE, said(level=7))
    listening.page.stop(said(100, level=7))
    wait_for(lambda: listening.binding.life.runner is None)
    assert [len(samples) for _, samples in listening.heard] == [1000, 1100]
    assert listening.metas[-1].final


def test_sound_that_is_missing_ends_an_utterance_and_is_told(kernel):
    listening = Listening(kernel)
    listening.speak(said(level=1))
    listening.page.hold_breath(0.5)
    listening.speak(said(level=2), SILENCE)
    listening.wait_for_utterances(2)
    assert [len(samples) for _, samples in listening.heard] == [1000, 1000]
    assert [meta.gap_s for meta in listening.metas] == [0, 0.5]
    captured = [meta.captured_at_s for meta in listening.metas]
    assert captured[1] - captured[0] == pytest.approx(0.625)


def test_what_was_said_before_a_pause_is_no_part_of_what_comes_after(kernel):
    listening = Listening(kernel)
    listening.speak(said(level=1))
    listening.binding.pause()
    wait_for(lambda: listening.binding.life.runner is None)
    listening.binding.resume()
    listening.page.wait_for_status("live")
    listening.speak(said(level=2), SILENCE)
    listening.wait_for_utterances(2)
    assert [samples.tolist() for _, samples in listening.heard] == [[1] * 1000, [2] * 1000]


def test_a_segmenter_that_fails_is_reported_and_the_stream_goes_on(kernel):
    class Fails(LoudOrNot):
        def push(self, sample_rate: int, samples: NDArray[np.int16]) -> Sequence[SpeechEvent]:
            if int(samples[0]) == 13:
                raise ValueError("unlucky")
            return super().push(sample_rate, samples)

    listening = Listening(kernel, segmenter=Fails())
    listening.speak(said(level=13))
    wait_for(lambda: listening.page.state["error"])
    assert "unlucky" in listening.page.state["error"]["text"]
    listening.speak(said(level=1), SILENCE)
    listening.wait_for_utterances(1)


# --- speaking while an answer plays ------------------------------------------------------------


class Answering:
    """A stream that answers piece by piece through a player."""

    def __init__(self, kernel: MockKernel, **options: Any) -> None:
        self.player = nbs.AudioPlayer()
        self.speaker = FakeSpeaker(kernel, self.player)
        self.next_piece = threading.Semaphore(0)
        self.yielded = 0
        self.closed = 0
        self.listening = Listening(kernel, self._answer, outputs=self.player, **options)

    def _answer(self, sound: Any) -> Any:
        try:
            while self.next_piece.acquire(timeout=10):
                self.yielded += 1
                yield RATE, np.full(800, self.yielded, np.int16)
        finally:
            self.closed += 1


@pytest.fixture
def answering(kernel):
    answering = Answering(kernel)
    yield answering
    answering.next_piece.release(100)
    answering.listening.binding.stop()


def test_speaking_silences_an_answer_and_ends_it(answering):
    answering.listening.speak(said(), SILENCE)
    answering.next_piece.release()
    wait_for(lambda: answering.player.queued_s > 0)
    answering.listening.speak(said(level=2))
    wait_for(lambda: answering.player.queued_s == 0)
    answering.next_piece.release()
    wait_for(lambda: answering.closed == 1)
    assert answering.player.queued_s == 0
    answering.listening.speak(SILENCE)
    answering.listening.wait_for_utterances(2)
    answering.next_piece.release()
    wait_for(lambda: answering.player.queued_s > 0)


def test_with_can_interrupt_false_an_answer_goes_on(kernel):
    answering = Answering(kernel, can_interrupt=False)
    answering.listening.speak(said(), SILENCE)
    answering.next_piece.release()
    wait_for(lambda: answering.player.queued_s > 0)
    answering.listening.speak(said(level=2))
    answering.listening.wait_until_given(3000)
    answering.next_piece.release()
    wait_for(lambda: answering.player.queued_s == pytest.approx(0.2))
    answering.listening.binding.stop()
    answering.next_piece.release(100)


def test_without_a_player_speaking_ends_no_generator(kernel):
    texts: list[int] = []
    next_one = threading.Semaphore(0)

    def count(sound: Any) -> Any:
        for number in range(3):
            next_one.acquire(timeout=10)
            texts.append(number)
            yield None

    listening = Listening(kernel, count)
    listening.speak(said(), SILENCE)
    next_one.release()
    wait_for(lambda: texts == [0])
    listening.speak(said())
    listening.wait_until_given(3000)
    next_one.release(10)
    wait_for(lambda: texts == [0, 1, 2])


# --- what `on` may be --------------------------------------------------------------------------


def test_the_segmenter_of_nbstream_is_what_utterance_means(kernel):
    binding = nbs.Microphone().stream(lambda sound: None, on="utterance")
    assert isinstance(binding.plan.segmenter, nbs.voice.Segmenter)
    assert binding.plan.sound_every_s == 0.1


@pytest.mark.parametrize("wrong", ["sentence", 3])
def test_anything_else_is_refused(kernel, wrong):
    with pytest.raises(ValueError, match='expected "chunk", "utterance"'):
        nbs.Microphone().stream(lambda sound: None, on=wrong)


# --- what waits for a busy function ------------------------------------------------------------


def test_what_waits_for_a_slow_answer_is_shown(kernel, holdup):
    listening = Listening(kernel, holdup)
    listening.speak(said(level=1), SILENCE)
    holdup.wait_until_entered()
    for level in (2, 3):
        listening.speak(said(level=level), SILENCE)
    listening.wait_until_given(6000)
    listening.page.pass_time(1)
    assert listening.page.state["note"] == "2 utterances (0.2 s) wait for the function."
    holdup.release(10)
    listening.wait_for_utterances(3)


def test_past_the_bound_the_oldest_is_dropped_counted_shown_and_told(kernel, holdup):
    listening = Listening(kernel, holdup, microphone={"max_backlog_s": 1.0})
    listening.speak(said(level=1), SILENCE)
    holdup.wait_until_entered()
    for number in range(1, 5):
        listening.speak(said(4000, level=1 + number), SILENCE)
        # Or sound would be lost before it is heard, on a busy machine.
        listening.wait_until_given(2000 + number * 5000)
    listening.page.pass_time(1)
    assert listening.page.state["note"].startswith("1.0 s of sound were lost")
    holdup.release(10)
    listening.wait_for_utterances(3)
    assert [int(samples[0]) for _, samples in listening.heard] == [1, 4, 5]
    assert [meta.gap_s for meta in listening.metas] == [0, 1.0, 0]
    wait_for(lambda: listening.binding.stats["gauges"]["overrun_s"] == 1.0)


def test_of_what_was_said_meanwhile_the_newest_alone_is_answered_where_that_was_asked(
    kernel, holdup
):
    listening = Listening(kernel, holdup, keep="newest")
    listening.speak(said(level=1), SILENCE)
    holdup.wait_until_entered()
    for number in range(1, 5):
        listening.speak(said(4000, level=1 + number), SILENCE)
        listening.wait_until_given(2000 + number * 5000)
    holdup.release(10)
    listening.wait_for_utterances(2)
    assert [int(samples[0]) for _, samples in listening.heard] == [1, 5]
    assert [meta.gap_s for meta in listening.metas] == [0, 1.5]
    # It was wanted so: nothing is lost.
    assert listening.binding.stats["gauges"]["overrun_s"] == 0


def test_what_is_kept_is_one_of_two_words(kernel):
    with pytest.raises(ValueError, match='keep is \'last\'; expected "all" or "newest"'):
        nbs.Microphone().stream(lambda sound: None, on="utterance", keep="last")  # type: ignore[call-overload]


def test_with_metadata_stop_brings_a_last_call_though_nothing_was_being_said(kernel):
    listening = Listening(kernel)
    listening.speak(said(level=1), SILENCE)
    listening.wait_for_utterances(1)
    listening.page.stop()
    wait_for(lambda: listening.binding.life.runner is None)
    assert [len(samples) for _, samples in listening.heard] == [1000, 0]
    assert [meta.final for meta in listening.metas] == [False, True]
    assert listening.heard[1][1].dtype == np.int16


def test_without_metadata_stop_brings_no_empty_call(kernel):
    heard: list[int] = []
    microphone = nbs.Microphone()
    stream = microphone.stream(lambda sound: heard.append(len(sound[1])), on=LoudOrNot())
    page = FakeMicrophone(kernel, microphone)
    page.start()
    page.wait_for_status("live")
    page.speak(said())
    page.speak(SILENCE)
    page.stop()
    wait_for(lambda: stream.life.runner is None)
    assert heard == [1000]
