"""What a player takes, and what it says of the rest."""

from __future__ import annotations

import numpy as np
import pytest

from nbstream.errors import ResultError
from nbstream.sounds.playable import pcm_of


def test_int16_samples_stay_as_they_are():
    pcm = pcm_of((16000, np.array([-32768, 0, 32767], np.int16)))
    assert (pcm.sample_rate_hz, pcm.clipped_count) == (16000, 0)
    assert pcm.samples.dtype == np.int16
    assert pcm.samples.tolist() == [[-32768], [0], [32767]]


def test_a_later_write_into_the_array_changes_nothing():
    samples = np.ones(4, np.int16)
    pcm = pcm_of((16000, samples))
    samples[:] = 9
    assert pcm.samples.max() == 1


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_one_is_full_scale_in_floats(dtype):
    pcm = pcm_of((16000, np.array([-1, -0.5, 0, 0.5, 1], dtype)))
    assert pcm.samples[:, 0].tolist() == [-32768, -16384, 0, 16384, 32767]
    assert pcm.clipped_count == 0


def test_int16_made_floats_and_back_is_the_same():
    samples = np.arange(-32768, 32768, dtype=np.int16)
    back = pcm_of((16000, samples.astype(np.float32) / 32768))
    assert (back.samples[:, 0] == samples).all()


def test_floats_beyond_full_scale_are_cut_and_counted():
    pcm = pcm_of((16000, np.array([[0.5, 1.5], [-1.0001, -3.0]])))
    assert pcm.samples.tolist() == [[16384, 32767], [-32768, -32768]]
    assert pcm.clipped_count == 3


def test_silence_and_nothing_at_all_are_sound():
    assert pcm_of((8000, np.zeros(80, np.int16))).duration_s == 0.01
    assert pcm_of((8000, np.zeros(0, np.int16))).duration_s == 0


@pytest.mark.parametrize("shape", [(5,), (5, 1), (5, 2), (0, 2), (2, 2)])
def test_mono_and_stereo_are_taken(shape):
    assert pcm_of((16000, np.zeros(shape))).samples.shape == (shape[0], (*shape, 1)[1])


def test_a_column_of_a_larger_array_is_taken():
    stereo = np.arange(6, dtype=np.int16).reshape(3, 2)
    assert pcm_of((16000, stereo[:, 1])).samples[:, 0].tolist() == [1, 3, 5]


@pytest.mark.parametrize("rate", [3000, 16000.0, np.int64(44100), np.float32(48000), 768000])
def test_whole_rates_are_taken_whatever_their_type(rate):
    pcm = pcm_of((rate, np.zeros(3)))
    assert type(pcm.sample_rate_hz) is int
    assert pcm.sample_rate_hz == rate


@pytest.mark.parametrize(
    "rate",
    [0, -16000, 2999, 768001, 22050.5, float("nan"), float("inf"), None, "16000", True, 10**400],
)
def test_a_rate_that_is_none_is_refused(rate):
    with pytest.raises(ResultError, match=r"a sample rate of .*; expected a whole number of hertz"):
        pcm_of((rate, np.zeros(3)))


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (np.zeros(3), "float64 of shape .*expected .sample_rate, array.*rate is missing"),
        ((np.zeros(3), 16000), "the number of hertz first"),
        ((16000, np.zeros(3), 1), "a tuple of 3; expected"),
        ("sound", "str 'sound'; expected"),
        ((16000, np.float64(1)), r"samples of shape \(\); expected"),
        ((16000, np.zeros((2, 3, 4))), r"samples of shape \(2, 3, 4\); expected"),
        ((16000, np.zeros((2, 500))), r"samples of shape \(2, 500\).*samples\.T"),
        ((16000, np.zeros((500, 6))), r"samples of shape \(500, 6\).*mean\(axis=1\)"),
        ((16000, np.zeros((500, 0))), r"samples of shape \(500, 0\)"),
        ((16000, np.zeros(3, np.int32)), r"samples of int32; expected int16.*>> 16"),
        ((16000, np.zeros(3, np.uint8)), r"samples of uint8.*128\) \* 256"),
        ((16000, np.zeros(3, np.int64)), "samples of int64"),
        ((16000, np.zeros(3, bool)), "samples of bool"),
        ((16000, np.zeros(3, complex)), "samples of complex128"),
        ((16000, ["a", "b"]), "samples of <U1"),
        ((16000, np.array([0.0, np.nan, np.inf])), "2 samples of 3 that are NaN or infinite"),
    ],
)
def test_what_is_no_sound_is_refused_with_what_to_do(value, says):
    with pytest.raises(ResultError, match=says):
        pcm_of(value)
