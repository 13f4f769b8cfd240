"""Files that are no recordings, or damaged, hostile or newer ones: one clear error each."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import struct
import tarfile
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nbstream as nbs
from nbstream.pictures.codecs import encode
from nbstream.recordings.container import END, member_bytes

from .recorded import mix, record_mix
from .streaming import grey


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
