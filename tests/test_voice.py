"""Finding utterances: by any `is_speech`, and by the engine that comes with it."""

from __future__ import annotations

import importlib
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nbstream as nbs
from nbstream.voice import Segmenter, SpeechBegan, SpeechEvent, Utterance, WebRtcVad

from .spoken import HAS_ESPEAK, babble, quiet, say

RATE = 1000
FRAME = 20  # samples
LOUD = 1000


def is_loud(frame: tuple[int, np.ndarray]) -> bool:
    """Speech is what is loud: so a test writes down what is spoken as a row of frames."""
    return bool(np.abs(frame[1]).max() >= LOUD)


def sound(*lengths_s: float) -> np.ndarray:
    """Silence and speech in turn; every sample has a value of its own, so that it can be found again."""
    parts, at = [], 1
    for number, length_s in enumerate(lengths_s):
        count = round(length_s * RATE)
        values = np.arange(at, at + count) % 900
        parts.append(values + (LOUD if number % 2 else 0))
        at += count
    return np.concatenate(parts).astype(np.int16)


def found(segmenter: Segmenter, samples: np.ndarray, rate: int = RATE) -> list[SpeechEvent]:
    return [*segmenter.push(rate, samples), *segmenter.flush()]


def utterances(events: list[SpeechEvent]) -> list[tuple[float, float]]:
    """Begin and end of each, in seconds."""
    return [
        (
            one.first_sample / one.sample_rate,
            (one.first_sample + len(one.samples)) / one.sample_rate,
        )
        for one in events
        if isinstance(one, Utterance)
    ]


def test_an_utterance_is_what_is_said_with_some_silence_around_it():
    samples = sound(1, 0.5, 1.5)
    began, utterance = found(Segmenter(is_loud), samples)
    assert began == SpeechBegan()
    assert isinstance(utterance, Utterance)
    assert utterances([utterance]) == [(0.7, 1.8)]
    assert (utterance.samples == samples[700:1800]).all()
    assert utterance.sample_rate == RATE


def test_speech_is_told_as_soon_as_it_is_long_enough_and_the_utterance_once_it_was_silent():
    segmenter = Segmenter(is_loud)
    samples = sound(1, 0.5, 1.5)
    events = {}
    for start in range(0, len(samples), FRAME):
        for event in segmenter.push(RATE, samples[start : start + FRAME]):
            events[type(event)] = (start + FRAME) / RATE
    assert events == {SpeechBegan: 1.1, Utterance: 2.2}


def test_a_cough_is_no_speech():
    assert found(Segmenter(is_loud), sound(1, 0.08, 2)) == []


def test_a_cough_does_not_keep_an_utterance_going_but_is_kept_in_it():
    events = found(Segmenter(is_loud), sound(1, 0.5, 0.4, 0.04, 1))
    assert utterances(events) == [(0.7, 2.2)]


def test_a_pause_that_is_shorter_than_the_silence_is_part_of_the_utterance():
    events = found(Segmenter(is_loud), sound(1, 0.5, 0.6, 0.5, 1))
    assert utterances(events) == [(0.7, 2.9)]


def test_a_longer_pause_parts_two_utterances_that_never_overlap():
    segmenter = Segmenter(is_loud, silence=0.4, pre_roll=0.3)
    events = found(segmenter, sound(1, 0.5, 0.42, 0.5, 1))
    assert [type(event) for event in events] == [SpeechBegan, Utterance, SpeechBegan, Utterance]
    assert utterances(events) == [(0.7, 1.8), (1.8, 2.72)]


def test_a_word_that_begins_as_the_silence_ends_belongs_to_the_next_utterance():
    events = found(Segmenter(is_loud), sound(1, 0.5, 0.66, 0.5, 1))
    assert utterances(events) == [(0.7, 1.8), (1.86, 2.96)]


def test_the_begin_of_the_sound_bounds_the_pre_roll():
    assert utterances(found(Segmenter(is_loud), sound(0.1, 0.5, 1))) == [(0, 0.9)]


def test_without_pre_roll_an_utterance_is_the_speech_alone():
    events = found(Segmenter(is_loud, pre_roll=0), sound(1, 0.5, 1))
    assert utterances(events) == [(1, 1.5)]


def test_a_long_utterance_is_cut_and_goes_on_without_a_hole():
    events = found(Segmenter(is_loud, max_length=2), sound(1, 5, 1))
    assert [type(event) for event in events] == [SpeechBegan, *[Utterance] * 3]
    assert utterances(events) == [(0.7, 2.7), (2.7, 4.7), (4.7, 6.3)]


def test_silence_after_a_cut_is_no_utterance():
    events = found(Segmenter(is_loud, max_length=2), sound(1, 1.7, 2))
    assert utterances(events) == [(0.7, 2.7)]


def test_speech_soon_after_a_cut_that_silence_followed_is_found():
    events = found(Segmenter(is_loud, max_length=2), sound(1, 1.7, 1, 0.5, 1))
    assert utterances(events) == [(0.7, 2.7), (3.4, 4.5)]


def test_the_end_of_the_sound_ends_the_utterance_with_its_last_sample():
    samples = sound(1, 0.513)
    events = found(Segmenter(is_loud), samples)
    assert utterances(events) == [(0.7, 1.513)]


def test_after_the_sound_ended_nothing_of_it_is_in_the_next_utterance():
    segmenter = Segmenter(is_loud)
    assert found(segmenter, sound(0.2)) == []
    assert utterances(found(segmenter, sound(0.1, 0.5, 1))) == [(0.2, 1.1)]


def test_speech_that_was_too_short_when_the_sound_ended_is_none():
    segmenter = Segmenter(is_loud)
    assert found(segmenter, sound(0.5, 0.08)) == []
    assert found(segmenter, sound(0, 0.08, 0.5)) == []


def test_another_rate_ends_the_sound():
    segmenter = Segmenter(is_loud)
    segmenter.push(RATE, sound(1, 0.5))
    (utterance,) = segmenter.push(2 * RATE, sound(0.1))
    assert utterances([utterance]) == [(0.7, 1.5)]


def test_any_function_can_find_speech_and_gets_frames_of_the_length_that_it_wants():
    frames = []

    def is_speech(frame):
        frames.append(frame)
        return False

    Segmenter(is_speech, frame=0.032).push(16000, np.zeros(16000, np.int16))
    assert {(rate, one.shape, one.dtype.name) for rate, one in frames} == {(16000, (512,), "int16")}
    assert len(frames) == 31


def test_an_utterance_does_not_change_with_the_array_that_was_given():
    segmenter = Segmenter(is_loud)
    samples = sound(1, 0.5, 1)
    segmenter.push(RATE, samples[:1510])
    expected = samples.copy()
    samples[:1510] = 0
    (utterance,) = [
        one for one in segmenter.push(RATE, samples[1510:]) if isinstance(one, Utterance)
    ]
    assert (utterance.samples == expected[700:1800]).all()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"speech": 0}, "speech is 0; expected > 0"),
        ({"silence": -1}, "silence is -1; expected > 0"),
        ({"pre_roll": -0.1}, "pre_roll is -0.1; expected >= 0"),
        ({"frame": 0}, "frame is 0; expected > 0 and at most 1"),
        ({"max_length": 0.4}, r"max_length is 0\.4; expected >= 0\.42 s"),
        ({"speech": float("nan")}, "speech is nan; expected > 0"),
    ],
)
def test_an_option_out_of_range_is_refused(options, says):
    with pytest.raises(ValueError, match=says):
        Segmenter(is_loud, **options)


@pytest.mark.parametrize("samples", [np.zeros(5), np.zeros((5, 1), np.int16), [1, 2]])
def test_what_is_no_mono_int16_is_refused(samples):
    with pytest.raises(TypeError, match=r"expected int16 of shape \(n,\)"):
        Segmenter(is_loud).push(RATE, samples)


def test_a_rate_of_0_is_refused():
    with pytest.raises(ValueError, match="sample_rate is 0; expected > 0"):
        Segmenter(is_loud).push(0, sound(1))


# --- whatever is said, however it comes --------------------------------------------------------

LENGTHS_S = st.lists(st.integers(1, 120).map(lambda frames: frames * 0.01), min_size=1, max_size=12)
OPTIONS = st.fixed_dictionaries(
    {
        "speech": st.sampled_from([0.02, 0.1, 0.2]),
        "silence": st.sampled_from([0.1, 0.3, 0.7]),
        "max_length": st.sampled_from([0.6, 1, 30]),
        "pre_roll": st.sampled_from([0, 0.1, 0.3]),
    }
)


@settings(deadline=None)
@given(LENGTHS_S, OPTIONS, st.lists(st.integers(0, 300), min_size=1, max_size=20))
def test_how_the_sound_is_cut_makes_no_difference(lengths_s, options, cuts):
    samples = sound(*lengths_s)
    whole = found(Segmenter(is_loud, **options), samples)
    segmenter = Segmenter(is_loud, **options)
    events: list[SpeechEvent] = []
    start = 0
    for number in range(10_000):
        if start >= len(samples):
            break
        count = cuts[number % len(cuts)] if any(cuts) else 100
        events += segmenter.push(RATE, samples[start : start + count])
        start += count
    events += segmenter.flush()
    assert [repr(event) for event in events] == [repr(event) for event in whole]


@settings(deadline=None)
@given(LENGTHS_S, OPTIONS)
def test_utterances_are_parts_of_the_sound_in_order_and_hold_all_speech(lengths_s, options):
    samples = sound(*lengths_s)
    events = found(Segmenter(is_loud, **options), samples)
    spoken = [event for event in events if isinstance(event, Utterance)]
    held = np.zeros(len(samples), int)
    for one in spoken:
        end = one.first_sample + len(one.samples)
        assert (one.samples == samples[one.first_sample : end]).all()
        assert len(one.samples) <= options["max_length"] * RATE + FRAME
        held[one.first_sample : end] += 1
    assert held.max(initial=0) <= 1
    assert [one.first_sample for one in spoken] == sorted(one.first_sample for one in spoken)
    # A stretch of whole frames that is long enough is in an utterance, whole.
    loud = [
        is_loud((RATE, samples[at : at + FRAME]))
        for at in range(0, len(samples) - FRAME + 1, FRAME)
    ]
    needed = round(options["speech"] / 0.02)
    run = 0
    for number, goes_on in enumerate([*loud, False]):
        if goes_on:
            run += 1
            continue
        if run >= needed:
            assert held[(number - run) * FRAME : number * FRAME].all()
        run = 0


# --- webrtcvad ---------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 44100, 48000, 96000])
def test_two_bursts_of_voice_are_two_utterances_at_any_rate(rate):
    spoken, pause = babble(rate, 1.2), quiet(rate, 1.2)
    events = found(Segmenter(), np.concatenate([pause, spoken, pause, spoken, pause]), rate)
    first, second = utterances(events)
    assert first == pytest.approx((0.9, 2.8), abs=0.15)
    assert second == pytest.approx((3.3, 5.2), abs=0.15)


@pytest.mark.parametrize("rate", [16000, 44100])
def test_the_chunks_length_makes_no_difference_to_the_engine(rate):
    samples = np.concatenate([quiet(rate, 1), babble(rate, 0.6), quiet(rate, 1)])
    segmenter = Segmenter()
    events: list[SpeechEvent] = []
    for start in range(0, len(samples), 333):
        events += segmenter.push(rate, samples[start : start + 333])
    assert utterances(events) == utterances(found(Segmenter(), samples, rate))


def test_silence_and_soft_hiss_are_no_speech():
    hiss = np.random.default_rng(1).normal(0, 20, 5 * 16000).astype(np.int16)
    assert found(Segmenter(), quiet(16000, 5), 16000) == []
    assert found(Segmenter(WebRtcVad(3)), hiss, 16000) == []


@pytest.mark.skipif(not HAS_ESPEAK, reason="espeak-ng is not installed")
@pytest.mark.parametrize("rate_factor", [1, 2])
def test_two_spoken_sentences_are_two_utterances(rate_factor):
    rate, first = say("Hello there, how are you today?")
    _, second = say("This is the second sentence of the test.")
    pause = quiet(rate, 1.5)
    samples = np.repeat(np.concatenate([pause, first, pause, second, pause]), rate_factor)
    room = np.random.default_rng(1).normal(0, 30, len(samples)).astype(np.int16)
    (begin_1, end_1), (begin_2, end_2) = utterances(
        found(Segmenter(), samples + room, rate * rate_factor)
    )
    spoken_1_s, spoken_2_s = len(first) / rate, len(second) / rate
    assert begin_1 < 1.55
    assert 1.5 + spoken_1_s - 0.2 < end_1 < 1.5 + spoken_1_s + 0.5
    assert begin_2 < 3.05 + spoken_1_s
    assert 3 + spoken_1_s + spoken_2_s - 0.2 < end_2


@pytest.mark.parametrize("aggressiveness", [-1, 4, None])
def test_an_aggressiveness_out_of_range_is_refused(aggressiveness):
    with pytest.raises(ValueError, match="expected 0, 1, 2 or 3"):
        WebRtcVad(aggressiveness)


@pytest.mark.parametrize("missing", ["webrtcvad", "soxr"])
def test_where_a_package_is_missing_the_error_names_it_and_the_command(monkeypatch, missing):
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(nbs.MissingDependencyError, match=rf"{missing}.*nbstream\[voice\]"):
        Segmenter().push(44100, quiet(44100, 0.1))


def test_an_engine_of_ones_own_needs_no_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "webrtcvad", None)
    assert len(found(Segmenter(is_loud), sound(1, 0.5, 1))) == 2


def test_the_engine_needs_no_setuptools():
    code = "import sys; sys.modules['pkg_resources'] = None; import webrtcvad; print(webrtcvad.Vad)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.startswith("<class"), done.stderr
    assert importlib.util.find_spec("webrtcvad") is not None
