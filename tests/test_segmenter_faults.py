"""A segmenter that fails or talks nonsense is an error like any other; its sound is told to be missing."""

from __future__ import annotations

import functools
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from nbstream.sounds.speech import SpeechBegan, SpeechEvent, Utterance
from nbstream.testing import wait_for
from tests.test_utterances import RATE, SILENCE, Listening, LoudOrNot, said

NAN = float("nan")


class Faulty(LoudOrNot):
    """Fails or returns rubbish where it was asked to, as long as it was asked to."""

    def __init__(self, push: Any = None, flush: Any = None) -> None:
        super().__init__()
        self.faults = {"push": push, "flush": flush}
        self.calls = 0

    def push(self, sample_rate: int, samples: NDArray[np.int16]) -> Sequence[SpeechEvent]:
        return self._or_fault("push", lambda: super(Faulty, self).push(sample_rate, samples))

    def flush(self) -> Sequence[SpeechEvent]:
        return self._or_fault("flush", super().flush)

    def _or_fault(self, where: str, hear: Any) -> Sequence[SpeechEvent]:
        self.calls += 1
        fault = self.faults[where]
        if isinstance(fault, BaseException):
            raise fault
        events: Sequence[SpeechEvent] = hear() if fault is None else fault
        return events


def utterance(rate: Any = RATE, samples: Any = None, first_sample: Any = 0) -> list[Any]:
    return [Utterance(rate, said(10) if samples is None else samples, first_sample)]


def error_count(listening: Listening) -> int:
    return listening.binding.stats["counts"].get("errors", 0)


def fails_again(listening: Listening, before: int) -> bool:
    return error_count(listening) > before


RAISED = [RuntimeError("broke"), SystemExit("ended"), KeyboardInterrupt("stopped")]
RUBBISH = {
    "nothing": 3,
    "no events": ["hello"],
    "one that is no event": [SpeechBegan(), None],
    "no samples": utterance(samples="hello"),
    "samples of another type": utterance(samples=np.zeros(3)),
    "samples of several channels": utterance(samples=np.zeros((3, 2), np.int16)),
    "ragged samples": utterance(samples=[[1], [1, 2]]),
    "no rate": utterance(rate=0),
    "a huge rate": utterance(rate=10**30),
    "a rate that is no number": utterance(rate=None),
    "a negative number": utterance(first_sample=-1),
    "a huge number": utterance(first_sample=10**400),
    "a number that is none": utterance(first_sample=NAN),
    "a text as number": utterance(first_sample="0"),
}


@pytest.mark.parametrize("where", ["push", "flush"])
@pytest.mark.parametrize("error", RAISED, ids=lambda error: type(error).__name__)
def test_an_error_of_a_segmenter_is_shown_counted_and_pauses_the_stream(kernel, where, error):
    segmenter = Faulty(**{where: error})
    listening = Listening(kernel, segmenter=segmenter, max_errors=3)
    for _ in range(3):
        before = error_count(listening)
        listening.speak(said())
        wait_for(functools.partial(fails_again, listening, before))
    listening.page.wait_for_status("paused")
    wait_for(lambda: listening.binding.life.runner is None)
    error_shown = listening.page.state["error"]
    assert type(error).__name__ in error_shown["text"]
    assert error_shown["count"] == 3
    assert listening.heard == []
    # Resume tries again, and where the fault is gone the stream goes on.
    segmenter.faults[where] = None
    listening.binding.resume()
    listening.page.wait_for_status("live")
    listening.speak(said(level=5), SILENCE)
    listening.wait_for_utterances(1)


@pytest.mark.parametrize("rubbish", RUBBISH.values(), ids=RUBBISH)
def test_rubbish_of_a_segmenter_is_an_error_that_says_what_was_wanted(kernel, rubbish):
    segmenter = Faulty(push=rubbish)
    listening = Listening(kernel, segmenter=segmenter)
    listening.speak(said())
    wait_for(lambda: listening.page.state["error"])
    text = listening.page.state["error"]["text"]
    assert "expected" in text or "inhomogeneous" in text  # numpy's own word for ragged lists
    segmenter.faults["push"] = None
    listening.speak(said(level=5), SILENCE)
    listening.wait_for_utterances(1)
    assert listening.binding.current_status == "live"


def test_while_it_fails_nothing_is_asked_again_by_itself(kernel):
    segmenter = Faulty(flush=RuntimeError("broke"))
    listening = Listening(kernel, segmenter=segmenter, max_errors=None)
    listening.speak(said())
    wait_for(lambda: listening.page.state["error"])
    listening.page.pass_time(5)
    assert segmenter.calls == 1
    assert listening.page.status == "live"


def test_sound_that_a_segmenter_failed_at_is_told_as_missing(kernel):
    segmenter = Faulty(push=RuntimeError("broke"))
    listening = Listening(kernel, segmenter=segmenter)
    listening.speak(said(4000))
    wait_for(lambda: listening.page.state["error"])
    segmenter.faults["push"] = None
    listening.speak(SILENCE, said(level=5), SILENCE)
    listening.wait_for_utterances(1)
    assert [meta.gap_s for meta in listening.metas] == [0.5]


def test_a_flush_that_fails_at_the_end_still_lets_the_last_call_come(kernel):
    segmenter = Faulty()
    listening = Listening(kernel, segmenter=segmenter)
    listening.speak(said(level=5), SILENCE)
    listening.wait_for_utterances(1)
    segmenter.faults["flush"] = RuntimeError("broke")
    listening.page.stop()
    wait_for(lambda: listening.binding.life.runner is None)
    assert [meta.final for meta in listening.metas] == [False, True]
    assert "broke" in listening.page.state["error"]["text"]


def test_no_thread_is_left_behind(kernel):
    before = set(threading.enumerate())
    listening = Listening(kernel, segmenter=Faulty(flush=SystemExit("ended")), max_errors=1)
    listening.speak(said())
    listening.page.wait_for_status("paused")
    listening.binding.close()
    wait_for(lambda: set(threading.enumerate()) <= before)


def test_one_segmenter_for_the_old_and_the_new_stream_hears_them_one_after_the_other(kernel):
    segmenter = LoudOrNot()
    listening = Listening(kernel, segmenter=segmenter)
    listening.speak(said(level=1))
    mine: list[Any] = []

    def hear(sound: Any, meta: Any) -> None:
        mine.append((sound[1].tolist(), meta.captured_at_s))

    listening.microphone.stream(hear, on=segmenter, metadata=True)
    listening.page.wait_for_status("live")
    listening.speak(said(level=2), SILENCE)
    wait_for(lambda: mine)
    assert [samples.tolist() for _, samples in listening.heard] == [[1] * 1000]
    ((samples, captured_at_s),) = mine
    assert samples == [2] * 1000
    # Its number counts from the segmenter's first sample on, whichever stream gave that.
    assert captured_at_s - listening.metas[0].captured_at_s == pytest.approx(1000 / RATE)
