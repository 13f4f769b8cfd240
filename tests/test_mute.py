"""mute_while_answering: nothing is heard from the end of an utterance until its answer was given and played."""

from __future__ import annotations

import numpy as np
import pytest

import nbstream as nbs
from nbstream.runs.sound_runner import SoundRunner
from nbstream.testing import FakeSpeaker, wait_for

from .test_utterances import RATE, SILENCE, Listening, said


def test_what_is_said_while_the_function_answers_is_not_heard_and_is_told_as_a_gap(kernel, holdup):
    listening = Listening(kernel, holdup, mute_while_answering=True)
    listening.speak(said(level=1), SILENCE)
    holdup.wait_until_entered()
    for level in (2, 3, 4):
        listening.speak(said(level=level), SILENCE)
    holdup.release(10)
    runner = listening.binding.life.runner
    assert isinstance(runner, SoundRunner)
    wait_for(lambda: not runner._is_answering)
    # While this one is captured the answer ends.
    listening.speak(said(level=5))
    listening.speak(SILENCE, said(level=6), SILENCE)
    listening.wait_for_utterances(2)
    assert [int(samples[0]) for _, samples in listening.heard] == [1, 6]
    assert listening.metas[1].gap_s == pytest.approx(7 * 1000 / RATE)


def test_while_a_player_plays_the_answer_nothing_is_heard(kernel):
    player = nbs.AudioPlayer()
    speaker = FakeSpeaker(kernel, player)
    listening = Listening(
        kernel,
        lambda sound: (RATE, np.full(RATE, 7, np.int16)),
        outputs=player,
        mute_while_answering=True,
    )
    listening.speak(said(level=1), SILENCE)
    wait_for(lambda: player.queued_s > 0)
    listening.speak(said(level=2), SILENCE)
    assert player.queued_s > 0, "what the loudspeaker says interrupts nothing"
    speaker.play_all()
    wait_for(lambda: player.queued_s == 0)
    listening.speak(SILENCE)
    listening.speak(said(level=3), SILENCE)
    listening.wait_for_utterances(2)
    assert [int(samples[0]) for _, samples in listening.heard] == [1, 3]


def test_unless_it_was_asked_for_everything_is_heard(kernel, holdup):
    listening = Listening(kernel, holdup)
    listening.speak(said(level=1), SILENCE)
    holdup.wait_until_entered()
    listening.speak(said(level=2), SILENCE)
    holdup.release(10)
    listening.wait_for_utterances(2)


def test_a_function_that_fails_has_answered(kernel):
    def fail(sound: object) -> None:
        raise ValueError("no")

    listening = Listening(kernel, fail, mute_while_answering=True)
    for level in (1, 2):
        listening.speak(said(level=level), SILENCE)
        listening.wait_for_utterances(level)
        wait_for(lambda: not listening.binding.life.is_in_call)
        listening.speak(SILENCE)
    assert len(listening.heard) == 2
