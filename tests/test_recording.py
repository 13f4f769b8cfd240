"""Recordings: what a stream was called with, byte for byte, and calling a function with it again."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import os
import signal
import struct
import subprocess
import sys
import tarfile
import threading
import zipfile
from functools import partial

import ipywidgets
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nbstream as nbs
from nbstream.pictures.codecs import encode
from nbstream.recordings import recorder as recorder_module
from nbstream.recordings.container import END, member_bytes
from nbstream.recordings.values import Unrecorded, digest_of, freeze, inline, thaw, to_json
from nbstream.testing import FakeMicrophone, FakePage, wait_for

from .streaming import Stream, grey


def mix(frame, level):
    return frame // 2 + np.uint8(level)


def record_mix(kernel, path, levels=(10, 20, 30), fn=mix, **options):
    """A recording of one call per level, each with its own value of a slider; gives what was shown."""
    webcam, view, slider = nbs.Webcam(), nbs.ImageView(), ipywidgets.IntSlider(max=255)
    results = []

    def keep(frame, level):
        result = fn(frame, level)
        results.append(result)
        return result

    binding = webcam.stream(keep, inputs=[webcam, slider], outputs=view)
    page = FakePage(kernel, webcam, view)
    with binding.record(path, **options) as recorder:
        page.start()
        page.wait_for_status("live")
        for count, level in enumerate(levels, 1):
            slider.value = level
            page.send_frame(noise(level))
            page.wait_for_result(view, count)
        binding.stop()
    return results, recorder


def has_length(things, length):
    return len(things) == length


def changed(state, before):
    return state.value is not before


def noise(seed):
    return np.random.default_rng(seed).integers(0, 255, (48, 64, 3), np.uint8)


def equal(first, second):
    return len(first) == len(second) and all(map(np.array_equal, first, second))


# --- record and replay -----------------------------------------------------------------------


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
    recording = nbs.Recording(recorder.path)
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


# --- when and where a recording ends ---------------------------------------------------------


def test_a_file_that_is_there_is_not_replaced_unasked(kernel, tmp_path):
    path = tmp_path / "a.nbs"
    path.write_text("mine")
    with pytest.raises(FileExistsError):
        record_mix(kernel, path, [1])
    record_mix(kernel, path, [1], overwrite=True)
    assert len(nbs.Recording(path)) == 1


def test_a_stream_has_one_recording_at_a_time(kernel, tmp_path):
    binding = nbs.Webcam().stream(lambda frame: frame)
    with (
        binding.record(tmp_path / "a.nbs"),
        pytest.raises(RuntimeError, match="recorded already"),
    ):
        binding.record(tmp_path / "b.nbs")
    assert not (tmp_path / "b.nbs").exists()
    with binding.record(tmp_path / "c.nbs"):
        pass
    recorder = binding.record(tmp_path / "d.nbs")
    binding.close()
    assert recorder.why_ended == "The stream was closed."
    recorder.close()
    with pytest.raises(RuntimeError, match="closed"):
        binding.record(tmp_path / "e.nbs")


def test_a_stream_with_an_executor_is_refused(kernel, tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        binding = nbs.Webcam().stream(lambda frame: frame, executor=pool)
        with pytest.raises(RuntimeError, match="with an executor cannot be recorded"):
            binding.record(tmp_path / "a.nbs")


def test_at_its_size_a_recording_ends_whole_and_the_stream_goes_on(kernel, tmp_path):
    results, recorder = record_mix(kernel, tmp_path / "a.nbs", range(9), max_bytes=20_000)
    assert recorder.why_ended == "It reached its limit of 20000 bytes."
    assert (tmp_path / "a.nbs").stat().st_size <= 20_000
    recording = nbs.Recording(tmp_path / "a.nbs")
    assert recording.is_whole
    assert 0 < len(recording) < 9 == len(results)


def test_at_its_time_a_recording_ends(kernel, tmp_path):
    stream = Stream(kernel)
    recorder = stream.binding.record(tmp_path / "a.nbs", max_s=5)
    stream.go_live()
    stream.one_result()
    stream.page.pass_time(6)
    stream.one_result()
    wait_for(lambda: recorder.why_ended)
    assert recorder.why_ended == "It reached its limit of 5 s."
    recorder.close()
    assert len(nbs.Recording(tmp_path / "a.nbs")) == 1


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a disk that is full: Linux")  # noqa: PTH110
def test_a_full_disk_ends_the_recording_with_an_error_and_not_the_stream(kernel):
    stream = Stream(kernel)
    recorder = stream.binding.record("/dev/full", overwrite=True)
    wait_for(lambda: recorder.why_ended)
    stream.go_live()
    assert stream.one_result(50) == 50
    with pytest.raises(nbs.RecordingError, match="No space left"):
        recorder.close()


def test_a_disk_that_is_too_slow_ends_the_recording(kernel, tmp_path, monkeypatch):
    monkeypatch.setattr(recorder_module, "MAX_WAITING_BYTES", 100)
    stream = Stream(kernel).go_live()
    recorder = stream.binding.record(tmp_path / "a.nbs")
    stream.one_result()
    with pytest.raises(nbs.RecordingError, match="too slow"):
        recorder.close()
    assert nbs.Recording(tmp_path / "a.nbs").is_whole


KILLED = """
import os, signal, sys
import numpy as np
import nbstream as nbs
from nbstream.testing import FakePage, mock_kernel, wait_for
with mock_kernel() as kernel:
    webcam, view = nbs.Webcam(), nbs.ImageView()
    recorder = webcam.stream(lambda frame: frame, outputs=view).record(sys.argv[1])
    page = FakePage(kernel, webcam, view)
    page.start()
    for count in range(1, 6):
        page.send_frame(np.full((48, 64, 3), count, np.uint8))
        page.wait_for_result(view, count)
    wait_for(lambda: len(nbs.Recording(sys.argv[1])) == 5)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_a_killed_kernel_leaves_what_it_has_recorded(tmp_path):
    path = tmp_path / "a.nbs"
    done = subprocess.run([sys.executable, "-c", KILLED, path], timeout=60)
    assert done.returncode == -signal.SIGKILL
    recording = nbs.Recording(path)
    assert not recording.is_whole
    assert [int(one.mean()) for one in nbs.replay(path, lambda frame: frame)] == [1, 2, 3, 4, 5]
    with tarfile.open(path) as archive:
        first = archive.next()
    assert first is not None
    assert first.name == "recording.json"


# --- files that are no recordings ------------------------------------------------------------


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The bytes of a recording of three calls."""
    from nbstream.testing import mock_kernel

    path = tmp_path_factory.mktemp("recordings") / "a.nbs"
    with mock_kernel() as kernel:
        record_mix(kernel, path)
    return path.read_bytes()


@pytest.mark.parametrize("count", [*range(0, 3000, 170), 6000, 9000])
def test_a_recording_cut_anywhere_is_read_up_to_there_or_is_one_clear_error(small, tmp_path, count):
    path = tmp_path / "cut.nbs"
    path.write_bytes(small[:count])
    try:
        recording = nbs.Recording(path)
    except nbs.RecordingError:
        assert count < 2000
        return
    assert not recording.is_whole
    assert len(nbs.replay(path, mix)) == len(recording)


def test_no_recording_is_said_to_be_none(tmp_path):
    path = tmp_path / "a.nbs"
    with pytest.raises(FileNotFoundError):
        nbs.Recording(path)
    whole = with_header() + END
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as file:
        file.writestr("../recording.json", whole)
    packed = (gzip.compress(whole), zipped.getvalue())  # neither is unpacked, so neither is a bomb
    for data in (b"", b"x" * 5000, encode(grey(1)), member_bytes("other", b"") + END, *packed):
        path.write_bytes(data)
        with pytest.raises(nbs.RecordingError, match="no recording of nbstream"):
            nbs.Recording(path)


def with_header(**changed):
    header = {"format": "nbstream recording", "version": 1, "began_at": "", "function": "f"}
    header |= {"inputs": [{"name": "x", "state": None}], "outputs": [], "packages": {}}
    return member_bytes("recording.json", json.dumps({**header, **changed}).encode())


def with_call(told, **changed):
    call = {"began_s": 0, "took_s": 0, "inputs": [told], "results": []}
    return member_bytes("calls/1.json", json.dumps({**call, **changed}).encode())


def test_a_newer_recording_is_refused_with_what_to_do(tmp_path):
    (tmp_path / "a.nbs").write_bytes(with_header(version=2) + END)
    with pytest.raises(nbs.RecordingError, match=r"version 2; .* reads up to 1. Install a newer"):
        nbs.Recording(tmp_path / "a.nbs")


HOSTILE = {
    "an array of another size": {"$blob": {"base64": "AAAA", "dtype": "<f8", "shape": [5]}},
    "an array of objects": {"$blob": {"base64": "AAAA", "dtype": "|O8", "shape": [1]}},
    "a huge array": {"$blob": {"base64": "AAAA", "dtype": "<f8", "shape": [2**40]}},
    "a file that is not there": {"$blob": {"file": "../../etc/passwd", "dtype": None}},
    "a picture that is none": {"$picture": {"file": "junk", "color": "rgb", "reduce_by": 1}},
    "a picture of a strange colour": {
        "$picture": {"file": "recording.json", "color": "x", "reduce_by": 1}
    },
    "an unknown tag": {"$pickle": "gASVBQAAAAAAAABLAS4="},
    "two tags": {"$float": "1", "$tuple": []},
    "a dict that cannot be": {"$dict": [[[], 1]]},
    "a number that is none": {"$float": "one"},
}


@pytest.mark.parametrize("told", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_value_is_one_clear_error(tmp_path, told):
    path = tmp_path / "a.nbs"
    path.write_bytes(with_header() + with_call(told) + member_bytes("junk", b"junk") + END)
    with pytest.raises(nbs.RecordingError, match=r"a\.nbs|recording is damaged"):
        nbs.replay(path, lambda x: x)


@pytest.mark.parametrize(
    "broken",
    [
        with_header(inputs=5),
        with_header(packages=[]),
        with_header() + member_bytes("calls/1.json", b"[" * 100_000),
        with_header() + member_bytes("calls/1.json", b"[]"),
        with_header() + with_call(1, results=[5]),
        with_header() + with_call(1, began_s="soon"),
        with_header() + with_call(1, inputs=[1, 2]),
        with_header() + with_call(1, meta=["Meta", {}]),
    ],
)
def test_a_damaged_member_is_one_clear_error(tmp_path, broken):
    path = tmp_path / "a.nbs"
    path.write_bytes(broken + END)
    with pytest.raises(nbs.RecordingError, match="is damaged"):
        nbs.replay(path, lambda x: x)


def test_more_than_there_may_be_is_refused_by_what_is_said_of_it(tmp_path):
    path = tmp_path / "a.nbs"
    info = tarfile.TarInfo("calls/1.json")
    info.size = 2**33
    path.write_bytes(with_header() + info.tobuf(tarfile.GNU_FORMAT))
    with pytest.raises(nbs.RecordingError, match="at most 256 MB"):
        nbs.Recording(path)
    huge = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + struct.pack(">II", 60_000, 60_000) + bytes(9)
    told = {"$picture": {"file": "huge", "color": "rgb", "reduce_by": 1}}
    path.write_bytes(with_header() + with_call(told) + member_bytes("huge", huge) + END)
    with pytest.raises((nbs.RecordingError, nbs.CorruptFrameError), match="60000"):
        nbs.replay(path, lambda x: x)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, b"x"])
def test_links_folders_and_extensions_in_the_file_are_refused(tmp_path, kind):
    info = tarfile.TarInfo("calls/1.json")
    info.type, info.linkname = kind, "/etc/passwd"
    (tmp_path / "a.nbs").write_bytes(with_header() + info.tobuf(tarfile.USTAR_FORMAT) + END)
    with pytest.raises(nbs.RecordingError, match="something else than a file"):
        nbs.Recording(tmp_path / "a.nbs")


@given(st.integers(0, 100_000), st.binary(min_size=1, max_size=8))
@settings(max_examples=150, deadline=None)
def test_bytes_changed_anywhere_give_calls_or_a_recording_error(tmp_path_factory, at, junk):
    path = tmp_path_factory.mktemp("changed") / "a.nbs"
    data = bytearray(with_header() + with_call({"$tuple": [1, {"$float": "nan"}]}) + END)
    at %= len(data)
    data[at : at + len(junk)] = junk
    path.write_bytes(data)
    with contextlib.suppress(nbs.RecordingError, nbs.SignatureError):
        nbs.replay(path, lambda x: x)


# --- values ----------------------------------------------------------------------------------

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text() | st.integers() | st.tuples(st.booleans()), inner, max_size=4)
    ),
    max_leaves=20,
)


def there_and_back(value):
    told = json.loads(json.dumps(to_json(freeze(value), inline)))
    return thaw(told, pytest.fail)


@given(plain)
@settings(deadline=None)
def test_plain_values_come_back_as_they_were(value):
    back = there_and_back(value)
    assert back == value
    assert type(back) is type(value)
    assert digest_of(freeze(back)) == digest_of(freeze(value))


@pytest.mark.parametrize("dtype", ["u1", "<i2", ">i2", "<f4", "f8", "?", "c16"])
def test_arrays_and_numbers_of_numpy_come_back_as_they_were(dtype):
    array = np.arange(12).reshape(3, 4)[:, ::2].astype(dtype)
    back = there_and_back(array)
    assert np.array_equal(back, array)
    assert back.dtype == array.dtype
    assert back.flags.writeable
    number = there_and_back(array[0, 1])
    assert (number, type(number)) == (array[0, 1], type(array[0, 1]))


def test_what_is_no_plain_value_is_named_and_has_no_digest():
    back = there_and_back([1, threading])
    assert back == [1, Unrecorded("builtins.module")]
    assert digest_of(freeze([1, threading])) is None
    deep: list = []
    for _ in range(100):
        deep = [deep]
    assert isinstance(there_and_back(deep), Unrecorded)
    assert isinstance(there_and_back([0] * 200_000), Unrecorded)
    assert there_and_back(nbs.skip()) is nbs.skip()
    assert np.isnan(there_and_back(float("nan")))


def test_what_differs_has_another_digest():
    values = [1, 1.0, True, "1", b"1", [1], (1,), {1: 1}, None, np.uint8(1), np.array([1]), []]
    values += [np.zeros((2, 3)), np.zeros((3, 2)), np.zeros(6), np.zeros(6, np.float32)]
    assert len({digest_of(freeze(one)) for one in values}) == len(values)


def test_a_member_is_what_tar_makes():
    data = member_bytes("calls/1.json", b"{}") + END
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        file = archive.extractfile("calls/1.json")
        assert file is not None
        assert file.read() == b"{}"
