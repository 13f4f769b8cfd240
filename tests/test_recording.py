"""Recordings: what a stream was called with, byte for byte, and calling a function with it again."""

from __future__ import annotations

import sys
from functools import partial

import numpy as np
import pytest

import nbstream as nbs
from nbstream.pictures.codecs import encode
from nbstream.testing import FakeMicrophone, FakePage, wait_for

from .recorded import equal, mix, noise, record_mix
from .streaming import Stream, grey


def has_length(things, length):
    return len(things) == length


def changed(state, before):
    return state.value is not before


def test_a_replay_gives_what_the_stream_gave_byte_for_byte(kernel, tmp_path):
    path = tmp_path / "lesson.nbs"
    results, recorder = record_mix(kernel, path)
    assert recorder.why_ended == "It was closed."
    assert equal(nbs.replay(path, mix), results)


def test_a_recording_says_what_it_is_of(kernel, tmp_path):
    record_mix(kernel, tmp_path / "lesson.nbs")
    recording = nbs.Recording(tmp_path / "lesson.nbs")
    assert recording.is_whole
    assert [one.name for one in recording.inputs] == ["Webcam", "IntSlider.value"]
    assert recording.packages["numpy"] == np.__version__
    assert (len(recording), recording.frame_count) == (3, 3)
    assert [recording.values(one)[1] for one in recording.calls] == [10, 20, 30]
    assert recording.frame(0).captured_at_ms is not None
    assert repr(recording).endswith("3 calls of keep)")


def test_the_pictures_are_those_that_came_and_are_kept_once(kernel, tmp_path):
    data = encode(noise(1))
    stream = Stream(kernel)
    with stream.binding.record(tmp_path / "a.nbs") as recorder:
        stream.go_live()
        stream.page.send_frame(data)
        stream.page.wait_for_result(stream.view)
    recording = nbs.Recording(tmp_path / "a.nbs")
    assert recording.frame(0).data == data
    assert recording.frame_count == 1
    assert recorder.size_bytes < len(data) + 8 * 1024


def test_the_digests_of_the_recorded_results_are_those_of_the_replay(kernel, tmp_path):
    from nbstream.recordings.replaying import Player

    record_mix(kernel, tmp_path / "a.nbs")
    recording = nbs.Recording(tmp_path / "a.nbs")
    assert [one.is_as_recorded for one in Player(recording, mix).play()] == [True] * 3
    other = Player(recording, lambda frame, level: frame).play()
    assert [one.is_as_recorded for one in other] == [False] * 3
    unknown = Player(recording, lambda frame, level: object()).play()
    assert [one.is_as_recorded for one in unknown] == [None] * 3


def test_states_go_on_as_they_did_and_what_was_set_from_outside_is_set_again(kernel, tmp_path):
    webcam, count = nbs.Webcam(), nbs.State({"n": 5})

    def step(frame, state):
        return {"n": state["n"] + 1}

    binding = webcam.stream(step, inputs=[webcam, count], outputs=count)
    page = FakePage(kernel, webcam)
    seen = []
    with binding.record(tmp_path / "a.nbs"):
        page.start()
        page.wait_for_status("live")
        for number in range(4):
            if number == 2:
                count.value = {"n": 100}
            before = count.value
            page.send_frame(grey(10))
            wait_for(partial(changed, count, before))
            seen.append(count.value["n"])
    assert seen == [6, 7, 101, 102]
    assert [one["n"] for one in nbs.replay(tmp_path / "a.nbs", step)] == seen
    doubled = nbs.replay(tmp_path / "a.nbs", lambda frame, state: {"n": state["n"] + 10})
    assert [one["n"] for one in doubled] == [15, 25, 110, 120]


def test_sound_is_replayed_in_the_same_pieces_with_the_same_meta(kernel, tmp_path):
    microphone = nbs.Microphone()
    heard = []

    def hear(sound, meta):
        heard.append((sound[0], sound[1].copy(), meta))
        sound[1][:] = 0  # it is the function's own
        return int(heard[-1][1].sum())

    binding = microphone.stream(hear, stream_every=0.0, metadata=True)
    page = FakeMicrophone(kernel, microphone)
    with binding.record(tmp_path / "a.nbs"):
        page.start()
        page.wait_for_status("live")
        for level in (1, 2, 3):
            page.speak(np.full(4000, level, np.int16))
            wait_for(partial(has_length, heard, level))
        page.stop(np.full(10, 9, np.int16))
        wait_for(lambda: len(heard) == 4)
    live, heard = heard, []
    assert nbs.replay(tmp_path / "a.nbs", hear) == [4000, 8000, 12000, 90]
    for was, now in zip(live, heard, strict=True):
        assert (was[0], was[2]) == (now[0], now[2])
        assert np.array_equal(was[1], now[1])
        assert was[1].dtype == now[1].dtype


def test_generators_and_async_functions_are_replayed(kernel, tmp_path):
    record_mix(kernel, tmp_path / "a.nbs", [1, 2])

    def yields(frame, level):
        yield level
        yield level * 10

    async def waits(frame, level):
        return level

    assert nbs.replay(tmp_path / "a.nbs", yields) == [[1, 10], [2, 20]]
    assert nbs.replay(tmp_path / "a.nbs", waits) == [1, 2]


def test_an_error_of_the_function_is_raised_or_kept(kernel, tmp_path):
    record_mix(kernel, tmp_path / "a.nbs", [1, 0, 2])
    with pytest.raises(ZeroDivisionError) as caught:
        nbs.replay(tmp_path / "a.nbs", lambda frame, level: 1 / level)
    if sys.version_info >= (3, 11):
        assert caught.value.__notes__ == [f"in call 2 of {tmp_path / 'a.nbs'}"]
    kept = nbs.replay(tmp_path / "a.nbs", lambda frame, level: 1 / level, keep_errors=True)
    assert (kept[0], type(kept[1]), kept[2]) == (1.0, ZeroDivisionError, 0.5)


def test_errors_of_the_stream_are_recorded(kernel, tmp_path):
    def fails(frame):
        raise KeyError("a fault")

    stream = Stream(kernel, fails)
    with stream.binding.record(tmp_path / "a.nbs"):
        stream.go_live()
        stream.page.send_frame(grey(1))
        wait_for(lambda: stream.binding.error)
    assert nbs.Recording(tmp_path / "a.nbs").calls[0].error == "KeyError: 'a fault'"


def test_two_functions_are_compared(kernel, tmp_path):
    record_mix(kernel, tmp_path / "a.nbs", [1, 200, 2])
    same = nbs.compare(tmp_path / "a.nbs", mix, lambda frame, level: frame // 2 + np.uint8(level))
    assert same.is_same
    assert same.call_count == 3

    def capped(frame, level):
        return mix(frame, min(level, 100))

    comparison = nbs.compare(tmp_path / "a.nbs", mix, capped)
    assert not comparison.is_same
    (only,) = comparison.differences
    assert only.call_number == 2
    assert not np.array_equal(only.old, only.new)
    assert "3 calls, 1 differ, the first in call 2" in repr(comparison)
    unknown = nbs.compare(tmp_path / "a.nbs", mix, lambda frame, level: object())
    assert (unknown.unknown_count, unknown.is_same) == (3, False)
    short = nbs.compare(tmp_path / "a.nbs", mix, lambda frame, level: None, max_kept=1)
    assert (short.difference_count, len(short.differences)) == (3, 1)


def test_a_value_that_no_recording_holds_is_named(kernel, tmp_path):
    class Model:
        pass

    webcam, state = nbs.Webcam(), nbs.State(Model())
    calls = []
    binding = webcam.stream(lambda frame, model: calls.append(1), inputs=[webcam, state])
    page = FakePage(kernel, webcam)
    with binding.record(tmp_path / "a.nbs"):
        page.start()
        page.wait_for_status("live")
        page.send_frame(grey(1))
        wait_for(lambda: calls)
    with pytest.raises(nbs.RecordingError, match=r"no value of the input State: it was a .*Model"):
        nbs.replay(tmp_path / "a.nbs", lambda frame, model: None)


def test_a_function_of_other_inputs_is_refused(kernel, tmp_path):
    record_mix(kernel, tmp_path / "a.nbs", [1])
    with pytest.raises(nbs.SignatureError, match="IntSlider"):
        nbs.replay(tmp_path / "a.nbs", lambda frame: frame)


def test_without_a_path_a_recording_is_bytes(kernel, tmp_path):
    binding = nbs.Webcam().stream(lambda frame: frame)
    recorder = binding.record()
    with pytest.raises(RuntimeError, match="call close"):
        recorder.clip  # noqa: B018
    recorder.close()
    (tmp_path / "a.nbs").write_bytes(recorder.clip)
    assert nbs.Recording(tmp_path / "a.nbs").is_whole
    assert recorder.call_count == 0
