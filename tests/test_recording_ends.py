"""When and where a recording ends: it is whole as far as it goes, and the stream goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tarfile

import pytest

import nbstream as nbs
from nbstream.recordings import recorder as recorder_module
from nbstream.testing import wait_for

from .recorded import noise, record_mix
from .streaming import Stream


def test_a_file_that_is_there_is_not_replaced_unasked(kernel, tmp_path):
    path = tmp_path / "a.nbs"
    path.write_text("mine")
    with pytest.raises(FileExistsError):
        record_mix(kernel, path, [1])
    record_mix(kernel, path, [1], overwrite=True)
    assert len(nbs.Recording(path)) == 1


@pytest.mark.parametrize(
    "bound", [{"max_bytes": 0}, {"max_bytes": 1.5}, {"max_s": 0}, {"max_s": "x"}]
)
def test_a_bound_that_is_none_is_refused_and_leaves_no_file(kernel, tmp_path, bound):
    binding = nbs.Webcam().stream(lambda frame: frame)
    with pytest.raises(ValueError, match=r"max_.* is .*; expected"):
        binding.record(tmp_path / "a.nbs", **bound)
    assert list(tmp_path.iterdir()) == []
    with binding.record(tmp_path / "a.nbs"):
        pass


def test_what_cannot_be_written_ends_the_recording_and_not_the_stream(kernel, tmp_path):
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(640)
    try:
        stream = Stream(kernel, lambda frame: 10**1000, outputs=nbs.State(0)).go_live()
        recorder = stream.binding.record(tmp_path / "a.nbs")
        for _ in range(2):
            stream.page.send_frame(noise(1))
            stream.page.pass_time(0.2)
        wait_for(lambda: recorder.why_ended)
        with pytest.raises(nbs.RecordingError, match="could not be written: Exceeds the limit"):
            recorder.close()
        assert (stream.binding.status, stream.binding.error) == ("live", None)
    finally:
        sys.set_int_max_str_digits(before)


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


def test_a_disk_that_is_too_slow_ends_the_recording(kernel, tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(recorder_module, "MAX_WAITING_BYTES", 100)
    stream = Stream(kernel).go_live()
    recorder = stream.binding.record(tmp_path / "a.nbs")
    stream.one_result()
    assert "a.nbs ended early: The disk is too slow" in caplog.text  # at once, and not at close()
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
