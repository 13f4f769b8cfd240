"""Sound as a function wants it: channels, rate and type, without a seam, an alias or a lost sample."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np
import pytest
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st

import nbstream as nbs
from nbstream.errors import MissingDependencyError
from nbstream.protocol.sound import SampleType
from nbstream.sounds.chunk import Chunk
from nbstream.sounds.format import SoundConverter, SoundFormat, mixed, typed


def converter(
    rate: int | None = None, channels: int = 1, dtype: SampleType = "int16"
) -> SoundConverter:
    return SoundConverter(SoundFormat(rate, channels, dtype))


def chunk(samples: Any, first: int = 0, rate: int = 48000, **fields: Any) -> Chunk:
    array = samples if samples.ndim == 2 else samples[:, np.newaxis]
    at_ms = first / rate * 1000
    return Chunk(None, 1, 1, first, rate, array, at_ms, received_at_s=0.0)._replace(**fields)


def noise(count: int, channels: int = 1) -> Any:
    return np.random.default_rng(1).uniform(-0.9, 0.9, (count, channels)).astype(np.float32)


def in_parts(whole: Any, size: int, **fields: Any) -> list[Chunk]:
    parts = [chunk(whole[at : at + size], first=at, **fields) for at in range(0, len(whole), size)]
    return [*parts[:-1], parts[-1]._replace(final=True)]


def joined(of: SoundConverter, parts: list[Chunk]) -> Any:
    return np.concatenate([one.samples for part in parts for one in of.convert(part)])


def test_sound_in_the_wanted_form_is_untouched():
    samples = np.arange(-5, 5, dtype=np.int16)
    (same,) = converter().convert(chunk(samples))
    assert same.samples.tolist() == samples.tolist()
    assert same.samples.shape == (10,)
    assert same.sample_rate == 48000


def test_a_high_tone_does_not_come_back_as_a_low_one():
    seconds = np.arange(48000 * 2) / 48000
    tone = np.sin(2 * np.pi * 10_000 * seconds).astype(np.float32)[:, np.newaxis]
    heard = joined(converter(16000, dtype="float32"), in_parts(tone, 2400))

    def level_db(signal: Any) -> float:
        return float(20 * np.log10(np.sqrt(np.mean(np.square(signal)))))

    # Where a tone begins and ends it has all frequencies; what lasts is what counts.
    assert level_db(heard[800:-800]) <= level_db(tone) - 60


@settings(deadline=None, max_examples=25)
@given(
    st.sampled_from([(48000, 16000), (44100, 16000), (8000, 48000), (44100, 48000)]),
    st.integers(100, 5000),
    st.integers(1, 2),
)
def test_resampled_in_pieces_is_the_same_as_resampled_at_once(rates, size, channels):
    came, wanted = rates
    whole = noise(20_000, channels)
    heard = joined(converter(wanted, channels, "float32"), in_parts(whole, size, rate=came))
    expected = soxr.resample(whole, came, wanted)
    assert heard.shape == (expected[:, 0] if channels == 1 else expected).shape
    np.testing.assert_array_equal(heard.reshape(expected.shape), expected)


def test_before_a_gap_the_resampler_gives_what_it_held_and_begins_anew():
    whole, after = noise(4800), noise(4800)
    of = converter(16000, dtype="float32")
    before = of.convert(chunk(whole))
    rest, gap = of.convert(chunk(after, first=9600, gap_s=0.1))
    assert (rest.gap_s, gap.gap_s) == (0.0, 0.1)
    heard = np.concatenate([*(one.samples for one in before), rest.samples])
    np.testing.assert_array_equal(heard, soxr.resample(whole[:, 0], 48000, 16000))
    assert rest.captured_at_ms == pytest.approx(len(before[0].samples) / 16)
    assert gap.captured_at_ms == pytest.approx(200)


def test_resampled_sound_knows_when_it_was_captured():
    of = converter(16000)
    pieces = [one for part in in_parts(noise(48000), 1000) for one in of.convert(part)]
    at_ms = 0.0
    for one in pieces:
        assert one.captured_at_ms == pytest.approx(at_ms, abs=0.1)
        at_ms += len(one.samples) / 16


def test_a_last_piece_that_is_empty_flushes_the_resampler():
    of = converter(16000, dtype="float32")
    whole = noise(4800)
    first = of.convert(chunk(whole))
    (last,) = of.convert(chunk(whole[:0], first=4800, final=True))
    assert last.final
    assert len(first[0].samples) + len(last.samples) == 1600


def test_a_last_piece_comes_even_if_it_is_empty():
    (last,) = converter().convert(chunk(np.zeros(0, np.int16), final=True))
    assert last.samples.shape == (0,)


def test_a_change_of_the_devices_rate_begins_a_new_resampling():
    of = converter(16000, dtype="float32")
    of.convert(chunk(noise(4800)))
    pieces = of.convert(chunk(noise(4410), first=4800, rate=44100, final=True))
    assert len(pieces) == 2
    assert pieces[-1].sample_rate == 16000
    assert len(pieces[-1].samples) == 1600


@pytest.mark.parametrize(
    ("came", "wanted", "expected"),
    [
        ([[10, 20]], 1, [[15]]),
        ([[1, 2]], 1, [[2]]),
        ([[10]], 2, [[10, 10]]),
        ([[1, 2, 3]], 2, [[1, 2]]),
        ([[1, 2]], 3, [[1, 2, 2]]),
    ],
)
def test_channels_are_mixed_to_one_taken_or_repeated(came, wanted, expected):
    given_samples = np.array(came, np.int16)
    out = mixed(given_samples, wanted)
    assert out.tolist() == expected
    assert out.dtype == np.int16


def test_two_channels_come_side_by_side():
    (out,) = converter(channels=2).convert(chunk(np.arange(8, dtype=np.int16).reshape(4, 2)))
    assert out.samples.shape == (4, 2)
    assert out.samples.flags["C_CONTIGUOUS"]


def test_floats_become_int16_and_what_does_not_fit_is_counted():
    samples = np.array([[0.0], [0.5], [1.0], [-1.0], [1.5], [-2.0]], np.float32)
    out, clipped = typed(samples, "int16")
    assert out[:, 0].tolist() == [0, 16384, 32767, -32768, 32767, -32768]
    assert clipped == 2
    back, none = typed(out, "float32")
    assert back.dtype == np.float32
    assert (float(np.abs(back).max()), none) == (1.0, 0)


def test_int16_survives_floats_bit_by_bit():
    every = np.arange(-32768, 32768, dtype=np.int16)[:, np.newaxis]
    floats, _ = typed(every, "float32")
    again, clipped = typed(floats, "int16")
    np.testing.assert_array_equal(again, every)
    assert clipped == 0


def test_what_is_no_number_becomes_silence_and_is_counted():
    samples = np.array([0.5, np.nan, np.inf, -np.inf], np.float32)
    (out,) = converter(dtype="float32").convert(chunk(samples, clipped_count=3))
    assert out.samples.tolist() == [0.5, 0, 0, 0]
    assert out.clipped_count == 6


def test_without_the_resampler_the_error_names_the_extra(kernel, monkeypatch):
    real_import = builtins.__import__

    def no_soxr(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "soxr":
            raise ImportError(name)
        return real_import(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", no_soxr)
    microphone = nbs.Microphone(sample_rate=16000)
    with pytest.raises(MissingDependencyError, match=r'pip install "nbstream\[sound\]"'):
        microphone.stream(lambda sound: None)
    nbs.Microphone().stream(lambda sound: None)  # needs none
