"""A stream made anew on a live microphone: each sample goes to one of the two, and none is lost."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nbstream as nbs
from nbstream.testing import FakeMicrophone, mock_kernel, wait_for
from tests.hearing import RATE, numbered
from tests.streaming import Holdup
from tests.test_utterances import LoudOrNot


class Line:
    """One microphone whose streams are replaced while somebody talks; keeps what each of them hears."""

    def __init__(self, kernel: Any, client: str = "page-1", **options: Any) -> None:
        self.microphone = nbs.Microphone()
        self.options = {"stream_every": 0.05, "metadata": True, **options}
        self.heard: list[list[int]] = []
        self.gaps_s: list[float] = []
        self.streams: list[nbs.StreamBinding] = []
        self.replace()
        self.page = FakeMicrophone(kernel, self.microphone, client=client)
        self.page.start()
        self.page.wait_for_status("live")
        self.said = 0

    def replace(self, before: Any = None, **options: Any) -> None:
        """Make the stream anew; `before` is called with the samples at the begin of each call."""
        mine: list[int] = []
        self.heard.append(mine)

        def hear(sound: tuple[int, Any], meta: nbs.SoundMeta) -> None:
            if before is not None:
                before(sound[1])
            mine.extend(sound[1].tolist())
            self.gaps_s.append(meta.gap_s)

        self.streams.append(self.microphone.stream(hear, **{**self.options, **options}))

    def speak(self, count: int) -> None:
        self.page.speak(numbered(count, self.said))
        self.said += count

    def talk(self, chunk_count: int) -> None:
        for _ in range(chunk_count):
            self.speak(160)

    def stop(self) -> None:
        self.page.stop()
        wait_for(lambda: all(one.life.runner is None for one in self.streams))

    def check(self) -> None:
        """Everything was heard by one of them, in order, the older streams before the newer ones."""
        assert [one for mine in self.heard for one in mine] == list(range(self.said))
        assert not any(self.gaps_s)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.one_of(st.integers(1, 2000), st.sampled_from(["replace", "twice"])), max_size=25)
)
def test_each_sample_goes_to_the_old_stream_or_to_the_new_one(steps):
    with mock_kernel() as kernel:
        line = Line(kernel)
        for step in steps:
            if isinstance(step, int):
                line.speak(step)
            else:
                line.replace()
            if step == "twice":
                line.replace()
        line.stop()
        line.check()


def test_it_is_so_while_somebody_talks_in_another_thread(kernel):
    line = Line(kernel, stream_every=0.02)
    talker = threading.Thread(target=line.talk, args=(150,))
    talker.start()
    while talker.is_alive():
        line.replace()
    line.stop()
    line.check()
    assert line.said == 24000


def test_what_is_said_while_the_new_stream_waits_for_the_old_ones_slot_is_its_first_piece(kernel):
    holdup = Holdup()
    line = Line(kernel, concurrency_limit=1, concurrency_id="one")
    line.replace(holdup)
    line.speak(800)
    holdup.wait_until_entered()
    line.replace()
    assert line.streams[-1].current_status == "waiting"
    line.speak(800)
    line.speak(800)
    holdup.release(100)
    wait_for(lambda: len(line.heard[-1]) == 1600)
    line.stop()
    line.check()
    assert line.streams[-1].stats["counts"]["samples"] == 1600


def test_who_replaces_a_stream_that_still_waits_gets_what_waited_for_it(kernel):
    holdup = Holdup()
    line = Line(kernel, concurrency_limit=1, concurrency_id="one")
    line.replace(holdup)
    line.speak(800)
    holdup.wait_until_entered()
    line.replace()
    line.speak(800)
    line.replace()
    line.speak(800)
    holdup.release(100)
    wait_for(lambda: len(line.heard[-1]) == 1600)
    line.stop()
    line.check()
    assert line.heard[-2] == []


def test_what_is_said_while_the_new_stream_gets_ready_is_heard_up_to_the_bound(kernel):
    line = Line(kernel)
    line.microphone.max_backlog_s = 1.0
    ready = threading.Event()
    line.replace(warm_up=ready.wait)
    for _ in range(3):
        line.speak(4000)
    ready.set()
    wait_for(lambda: len(line.heard[-1]) >= RATE)
    assert line.heard[-1] == list(range(4000, 12000))
    assert line.gaps_s == [0.5]
    assert line.streams[-1].stats["gauges"]["overrun_s"] == 0.5
    line.stop()


@pytest.mark.parametrize("how", ["pause", "stop"])
def test_a_new_stream_that_is_not_wanted_any_more_keeps_nothing(kernel, how):
    line = Line(kernel)
    never = threading.Event()
    line.replace(warm_up=never.wait)
    line.speak(4000)
    getattr(line.streams[-1], how)()
    assert not line.streams[-1].intake.keeps_sound
    assert not line.page.receipt["open"]
    never.set()


class Pair:
    """Two microphones that drive one stream, which is replaced; keeps what is heard of each."""

    def __init__(self, kernel: Any) -> None:
        self.microphones = [nbs.Microphone(), nbs.Microphone()]
        self.heard: list[list[int]] = [[], []]
        self.streams: list[nbs.StreamBinding] = []
        self.replace()
        self.pages = [
            FakeMicrophone(kernel, one, client=f"page-{number}")
            for number, one in enumerate(self.microphones)
        ]
        for page in self.pages:
            page.start()
        self.pages[0].wait_for_status("live")

    def replace(self) -> None:
        def hear(*sounds: Any) -> None:
            for heard, sound in zip(self.heard, sounds, strict=True):
                heard.extend([] if sound is None else sound[1].tolist())

        self.streams.append(nbs.stream(self.microphones, hear, stream_every=0.05))

    def stop(self) -> None:
        for page in self.pages:
            page.stop()
        wait_for(lambda: all(one.life.runner is None for one in self.streams))


def test_streams_of_several_microphones_are_replaced_without_a_loss(kernel):
    pair = Pair(kernel)
    for first in range(0, 8000, 200):
        for page in pair.pages:
            page.speak(numbered(200, first))
        if first % 600 == 0:
            pair.replace()
    pair.stop()
    assert [sorted(heard) for heard in pair.heard] == [list(range(8000))] * 2


def test_with_add_both_hear_everything(kernel):
    line = Line(kernel)
    line.replace(add=True)
    line.streams[-1].start()
    for _ in range(5):
        line.speak(500)
    line.stop()
    assert line.heard == [list(range(2500))] * 2


def test_what_is_being_said_at_the_change_is_an_utterance_of_each(kernel):
    line = Line(kernel, on=LoudOrNot())
    line.said = 1  # 0 would be silence
    line.speak(1000)
    line.replace(on=LoudOrNot())
    line.speak(1000)
    line.page.speak(np.zeros(100, np.int16))
    wait_for(lambda: all(line.heard))
    line.stop()
    assert line.heard == [list(range(1, 1001)), list(range(1001, 2001))]
    assert set(Counter(line.gaps_s)) == {0.0}
