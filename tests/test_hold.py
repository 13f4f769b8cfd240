"""Hold-to-talk: what is said while the button is held is what the function is called with, to the sample."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import nbstream as nbs
from nbstream.sounds.hold import HoldSegmenter
from nbstream.sounds.speech import SpeechBegan, Utterance
from nbstream.testing import FakeMicrophone, MockKernel, wait_for

RATE = 8000


def said(level: int, count: int = 800) -> NDArray[np.int16]:
    return np.full(count, level, np.int16)


class Talk:
    """A microphone whose stream waits for the button, and its page; live."""

    def __init__(self, kernel: MockKernel, fn: Any = lambda sound: None, **options: Any) -> None:
        self.kernel = kernel
        self.microphone = nbs.Microphone()
        self.heard: list[list[int]] = []

        def hear(sound: tuple[int, NDArray[np.int16]]) -> Any:
            self.heard.append(sound[1].tolist())
            return fn(sound)

        self.binding = self.microphone.stream(hear, on="hold", **{"pre_roll": 0, **options})
        self.page = FakeMicrophone(kernel, self.microphone)
        self.page.start()
        self.page.wait_for_status("live")

    def wait_for_calls(self, count: int) -> None:
        wait_for(lambda: len(self.heard) >= count, what=lambda: f"{len(self.heard)} came")

    def is_held(self) -> bool | None:
        held: bool | None = self.page.state["is_held"]
        return held


def test_what_is_said_while_it_is_held_is_one_call_and_nothing_else_is_heard(kernel):
    talk = Talk(kernel)
    talk.page.speak(said(1))
    talk.page.hold()
    assert talk.is_held()
    talk.page.speak(said(2))
    talk.page.speak(said(3))
    talk.page.release()
    talk.page.speak(said(4))
    talk.page.hold()
    talk.page.speak(said(5))
    talk.page.release()
    talk.page.speak(said(6))
    talk.wait_for_calls(2)
    talk.page.stop()
    wait_for(lambda: talk.binding.life.runner is None)
    assert talk.heard == [[2] * 800 + [3] * 800, [5] * 800]


def test_it_needs_no_package_that_finds_speech_and_keeps_what_was_said_right_before_and_after(
    kernel,
):
    talk = Talk(kernel, pre_roll=0.05)
    for level in (1, 2):
        talk.page.speak(said(level))
    talk.page.hold()
    talk.page.speak(said(3))
    talk.page.release()
    talk.page.speak(said(4))
    talk.wait_for_calls(1)
    assert talk.heard == [[2] * 400 + [3] * 800 + [4] * 400]


def test_stop_while_it_is_held_gives_what_was_said_until_then(kernel):
    talk = Talk(kernel)
    talk.page.hold()
    talk.page.speak(said(2))
    talk.page.stop(said(3, 80))
    talk.wait_for_calls(1)
    assert talk.heard == [[2] * 800 + [3] * 80]
    assert talk.is_held()
    talk.page.start()
    talk.page.wait_for_status("live")
    assert not talk.is_held(), "another start, and nobody has pressed"


def test_a_press_of_a_stream_that_is_not_live_means_nothing(kernel):
    talk = Talk(kernel)
    talk.binding.pause()
    talk.page.hold()
    assert not talk.is_held()
    talk.page.release()


def test_a_camera_and_other_streams_have_no_such_button(kernel):
    microphone = nbs.Microphone()
    binding = microphone.stream(lambda sound: None)
    page = FakeMicrophone(kernel, microphone)
    page.start()
    page.hold()
    page.release()
    assert page.state["is_held"] is None
    binding.close()


def test_a_hold_that_is_never_released_ends_at_max_length(kernel):
    talk = Talk(kernel, max_length=0.25)
    talk.page.hold()
    for level in (1, 2, 3, 4):
        talk.page.speak(said(level))
    talk.wait_for_calls(1)
    assert talk.heard == [[1] * 800 + [2] * 800 + [3] * 400]
    holds = talk.binding.intake.holds
    assert holds is not None
    assert not holds.is_held


def test_only_the_page_whose_microphone_is_on_may_press_and_let_go(kernel):
    talk = Talk(kernel)
    guest = FakeMicrophone(kernel, talk.microphone, client="guest")
    guest.hold()
    assert not talk.is_held()
    talk.page.hold()
    talk.page.speak(said(2))
    guest.release()
    assert talk.is_held()
    talk.page.speak(said(3))
    guest.command("take_over")
    guest.camera_on()
    assert not talk.is_held(), "another microphone, and nobody has pressed"
    guest.speak(said(4))
    talk.wait_for_calls(1)
    guest.hold()
    assert talk.is_held()
    talk.page.release()
    assert talk.is_held(), "this page is the guest now"
    guest.speak(said(5))
    guest.release()
    guest.speak(said(6))
    talk.wait_for_calls(2)
    assert talk.heard == [[2] * 800 + [3] * 800, [5] * 800]


@pytest.mark.parametrize(
    ("option", "value", "expected"),
    [
        ("pre_roll", -1, "pre_roll is -1; expected seconds >= 0"),
        ("pre_roll", float("nan"), "pre_roll is nan"),
        ("max_length", 0.1, "max_length is 0.1; expected seconds above pre_roll, 0.3"),
        ("max_length", float("inf"), "max_length is inf"),
    ],
)
def test_numbers_that_cannot_be_are_refused(kernel, option, value, expected):
    with pytest.raises(ValueError, match=expected):
        nbs.Microphone().stream(lambda sound: None, on="hold", **{option: value})


# --- the segmenter alone -------------------------------------------------------------------------


class Ear:
    """A segmenter and the sound that it is given, whose samples are their own numbers."""

    def __init__(self, **options: Any) -> None:
        self.segmenter = HoldSegmenter(**{"pre_roll": 0.01, **options})
        self.count = self.missed = 0
        self.run = 1
        self.heard: list[list[int]] = []
        self.began = 0

    def at_ms(self, sample: float) -> float:
        return 50_000 + sample / RATE * 1000

    def press(self, sample: float) -> bool:
        return self.segmenter.press(self.at_ms(sample))

    def release(self, sample: float) -> bool:
        return self.segmenter.release(self.at_ms(sample))

    def hear(self, count: int = 400) -> None:
        samples = np.arange(self.count, self.count + count).astype(np.int16)
        self.segmenter.comes(self.at_ms(self.count), self.run)
        self.count += count
        self._told(self.segmenter.push(RATE, samples))

    def miss(self, count: int) -> None:
        self.count += count
        self.missed += count

    def flush(self) -> None:
        self._told(self.segmenter.flush())

    def _told(self, events: Any) -> None:
        for event in events:
            if isinstance(event, Utterance):
                assert event.first_sample + self.missed == int(event.samples[0])
                self.heard.append([int(event.samples[0]), int(event.samples[-1])])
            else:
                assert isinstance(event, SpeechBegan)
                self.began += 1


@pytest.mark.parametrize("late", [0, 400, 4000])
@pytest.mark.parametrize("piece", [1, 7, 80, 400, 5000])
def test_the_sound_is_the_same_however_it_is_cut_and_a_second_late(piece, late):
    ear = Ear()
    told = [(1000, True), (2000, False), (2100, True), (2101, False), (5000, True), (9000, False)]
    while ear.count < 20_000:
        for sample, is_press in [one for one in told if one[0] + late <= ear.count]:
            assert (ear.press if is_press else ear.release)(sample)
            told.remove((sample, is_press))
        ear.hear(piece)
    # 80 samples before and after, where no other press claims them.
    assert ear.heard == [[920, 2079], [2080, 2180], [4920, 9079]]
    assert ear.began == 3


def test_missing_sound_cuts_what_is_being_said_in_two():
    ear = Ear()
    ear.press(0)
    ear.hear(400)
    ear.flush()
    ear.miss(1000)
    ear.hear(400)
    ear.release(1800)
    ear.hear(400)
    assert ear.heard == [[0, 399], [1400, 1879]]


def test_another_capture_ends_what_is_being_said_and_its_last_sound_may_come_after_that():
    ear = Ear()
    ear.press(0)
    ear.hear()
    ear.segmenter.forget(2)
    assert not ear.segmenter.is_held
    assert ear.press(1000)
    ear.hear()
    ear.run = 2
    for _ in range(3):
        ear.hear()
    ear.release(2000)
    ear.hear()
    ear.hear()
    assert ear.heard == [[0, 799], [920, 2079]]


def test_missing_sound_after_a_press_of_the_next_capture_ends_what_is_said_in_this_one():
    ear = Ear()
    ear.press(0)
    ear.hear()
    ear.segmenter.forget(2)
    ear.press(1200)
    ear.flush()
    ear.hear()
    assert ear.heard == [[0, 399]]


def test_what_was_pressed_in_an_earlier_capture_is_forgotten_with_its_sound():
    ear = Ear()
    ear.press(500)
    ear.hear()
    ear.segmenter.forget(2)
    ear.run = 2
    for _ in range(3):
        ear.hear()
    assert ear.heard == []


def test_a_press_without_a_release_and_a_hundred_that_no_sound_follows_change_nothing():
    ear = Ear()
    assert not ear.release(10)
    assert ear.press(10)
    assert not ear.press(20)
    taken = 1
    while (ear.release if taken % 2 else ear.press)(taken * 1000):
        taken += 1
    assert taken == 100
    ear.segmenter.forget(2)
    assert ear.press(10)


def test_what_it_keeps_while_nobody_presses_is_bounded():
    ear = Ear()
    for _ in range(200):
        ear.hear(400)
    assert sum(map(len, ear.segmenter._pieces)) <= RATE * 1.01 + 400
