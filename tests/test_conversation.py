"""A microphone, the segmenter that comes with it, and a player: who speaks is heard, answered, and may interrupt."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbstream as nbs
from nbstream.testing import FakeMicrophone, FakeSpeaker, MockKernel, wait_for

from .spoken import Samples, babble, quiet

RATE = 16000
PIECE = RATE // 10


class Conversation:
    """A stream that answers each utterance with its length, and the page of microphone and player; live."""

    def __init__(self, kernel: MockKernel, **options: Any) -> None:
        self.microphone, self.player = nbs.Microphone(), nbs.AudioPlayer()
        self.lengths_s: list[float] = []
        self.binding = self.microphone.stream(
            self._answer, outputs=self.player, on="utterance", **options
        )
        self.speaker = FakeSpeaker(kernel, self.player)
        self.page = FakeMicrophone(kernel, self.microphone, sample_rate=RATE)
        self.page.start()
        self.page.wait_for_status("live")

    def _answer(self, sound: tuple[int, Samples]) -> tuple[int, Samples]:
        rate, samples = sound
        self.lengths_s.append(len(samples) / rate)
        return rate, samples

    def hear(self, *parts: Samples) -> None:
        sound = np.concatenate(parts)
        for start in range(0, len(sound), PIECE):
            self.page.speak(sound[start : start + PIECE])


def test_what_was_said_is_answered_once_the_speaker_falls_silent(kernel):
    conversation = Conversation(kernel)
    conversation.hear(quiet(RATE, 0.5), babble(RATE, 1), quiet(RATE, 1))
    conversation.speaker.wait_for_pieces()
    assert conversation.lengths_s == [pytest.approx(1.6, abs=0.2)]
    ((rate, answer),) = conversation.speaker.sounds()
    assert rate == RATE
    assert len(answer) / rate == conversation.lengths_s[0]


def test_speaking_while_the_answer_plays_silences_it(kernel):
    conversation = Conversation(kernel)
    conversation.hear(babble(RATE, 1), quiet(RATE, 1))
    conversation.speaker.wait_for_pieces()
    conversation.speaker.say("playing", 0)
    conversation.hear(babble(RATE, 0.5))
    wait_for(lambda: conversation.speaker.silence_count == 1)
    assert not conversation.player.playing
    conversation.hear(quiet(RATE, 1))
    conversation.speaker.wait_for_pieces()
    assert len(conversation.lengths_s) == 2


def test_the_seconds_of_the_segmenter_are_options_of_the_stream(kernel):
    conversation = Conversation(kernel, silence=0.3, pre_roll=0.1, max_length=1, speech=0.2)
    conversation.hear(quiet(RATE, 0.5), babble(RATE, 1.2), quiet(RATE, 0.5))
    conversation.speaker.wait_for_pieces(2)
    first_s, second_s = conversation.lengths_s
    assert first_s == 1
    # The engine lets speech end a little later than it does.
    assert 0.35 < second_s < 0.8


@pytest.mark.parametrize("name", ["speech", "silence", "max_length", "pre_roll"])
def test_a_number_of_seconds_out_of_range_is_refused_when_the_stream_is_made(kernel, name):
    seconds: dict[str, Any] = {name: -1}
    with pytest.raises(ValueError, match=f"{name} is -1; expected"):
        nbs.Microphone().stream(lambda sound: None, on="utterance", **seconds)
