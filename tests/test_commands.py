"""`python -m nbstream`: doctor, demo, bench, record, replay."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest

import nbstream as nbs
from nbstream.__main__ import main
from nbstream.testing import FakePage

from .films import numbered_film

ROOT = Path(__file__).parent.parent


def command(*arguments, path: Path | None = None, **environment: str):
    """Run it in a process of its own; modules in `path` come before those that are installed."""
    paths = os.pathsep.join(str(one) for one in (path, ROOT) if one is not None)
    return subprocess.run(
        [sys.executable, "-m", "nbstream", *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": paths, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


def fake_package(folder: Path, name: str, version: str) -> None:
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")


def break_opencv(folder):
    (folder / "cv2.py").write_text(
        "raise ImportError('libGL.so.1: cannot open shared object file')\n"
    )


def break_ipywidgets(folder):
    fake_package(folder, "ipywidgets", "7.8.1")


def break_opencvs(folder):
    fake_package(folder, "opencv-python", "4.10.0")
    fake_package(folder, "opencv-python-headless", "4.10.0")


def break_ipykernel(folder):
    fake_package(folder, "ipykernel", "6.29.5")


def break_server_extension(folder):
    told = {"ServerApp": {"jpserver_extensions": {"nbstream.server": False}}}
    (folder / "jupyter_server_config.json").write_text(json.dumps(told))


BROKEN = {
    "OpenCV without its libraries": (break_opencv, "cannot be imported: libGL.so.1"),
    "an old ipywidgets": (break_ipywidgets, "ipywidgets 7.8.1; nbstream needs 8.1"),
    "two OpenCVs": (break_opencvs, "overwrite each other"),
    "a kernel without subshells": (break_ipykernel, "stand still while a cell runs"),
    "a server extension that is off": (break_server_extension, "nbstream.server not enabled"),
}


@pytest.mark.parametrize(("break_it", "words"), BROKEN.values(), ids=BROKEN.keys())
def test_the_doctor_names_a_broken_set_up_and_what_to_do(tmp_path, break_it, words):
    break_it(tmp_path)
    done = command("doctor", path=tmp_path, JUPYTER_CONFIG_PATH=str(tmp_path))
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    (at,) = [number for number, line in enumerate(lines) if words in line]
    assert lines[at].startswith("WRONG"), done.stdout
    assert lines[at + 1].startswith("      -> ")


@pytest.mark.parametrize("url", ["https://hub.example.org/lab", "http://localhost:8888", "[::1]"])
def test_the_doctor_knows_addresses_that_may_have_a_camera(url, capsys):
    main(["doctor", "--url", url])
    assert f"ok    {url} may have a camera" in capsys.readouterr().out


def test_the_doctor_names_an_address_without_a_camera(capsys):
    assert main(["doctor", "--url", "http://192.168.1.5:8888"]) == 1
    out = capsys.readouterr().out
    assert "WRONG http://192.168.1.5:8888 is neither https nor localhost" in out
    assert "ssh -L 8888:localhost:8888 192.168.1.5" in out


def test_the_doctor_names_a_port_that_is_in_use(capsys):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        assert main(["doctor", "--port", str(port)]) == 1
    assert f"port {port} is in use" in capsys.readouterr().out
    main(["doctor", "--port", str(port)])
    assert f"port {port} is free" in capsys.readouterr().out


def test_the_demo_is_a_notebook_that_runs_and_is_never_overwritten(tmp_path, capsys, kernel):
    assert main(["demo", "--folder", str(tmp_path), "--write-only"]) == 0
    path = tmp_path / "nbstream_demo.ipynb"
    book = nbformat.read(path, as_version=4)
    nbformat.validate(book)
    exec(book.cells[1].source, {})
    path.write_text("mine")
    main(["demo", "--folder", str(tmp_path), "--write-only"])
    assert path.read_text() == "mine"
    assert "stays as it is" in capsys.readouterr().out


@pytest.fixture
def lesson(kernel, tmp_path):
    """A recording of three calls, and a module with functions for it."""
    (tmp_path / "mine.py").write_text(
        "def negative(frame): return 255 - frame\n"
        "def other(frame): return frame\n"
        "def fails(frame): raise ValueError('a fault')\n"
    )
    webcam, view = nbs.Webcam(), nbs.ImageView()
    binding = webcam.stream(lambda frame: 255 - frame, outputs=view)
    page = FakePage(kernel, webcam, view)
    with binding.record(tmp_path / "a.nbs"):
        page.start()
        page.wait_for_status("live")
        for count in (1, 2, 3):
            page.send_frame(np.full((48, 64, 3), count * 20, np.uint8))
            page.wait_for_result(view, count)
    return tmp_path / "a.nbs"


def test_a_recording_is_described_and_replayed(lesson, capsys, monkeypatch):
    monkeypatch.chdir(lesson.parent)
    assert main(["replay", "a.nbs"]) == 0
    assert "3 calls, 3 pictures" in capsys.readouterr().out
    assert main(["replay", "a.nbs", "mine:negative"]) == 0
    assert "3 calls: 3 as recorded, 0 differ" in capsys.readouterr().out
    assert main(["replay", "a.nbs", "mine:other"]) == 1
    assert "3 calls: 0 as recorded, 3 differ" in capsys.readouterr().out
    assert main(["replay", "a.nbs", "mine:fails"]) == 1
    assert "call 2: a fault" in capsys.readouterr().out
    assert main(["replay", "a.nbs", "mine:other", "--against", "mine:negative"]) == 1
    assert "negative and other: 3 calls, 3 differ" in capsys.readouterr().out


def test_a_function_is_timed(lesson, capsys, monkeypatch):
    monkeypatch.chdir(lesson.parent)
    assert main(["bench", "mine:negative", "--frames", "5", "--size", "64x48"]) == 0
    assert "pictures per second. Of each, decoding takes" in capsys.readouterr().out
    assert main(["bench", "--pictures", "a.nbs", "--fps", "1e9"]) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["replay", "no.nbs"], "No such file"),
        (["replay", __file__], "no recording of nbstream"),
        (["bench", "mine"], "expected module:function"),
        (["bench", "json:nothing"], "json has no function 'nothing'"),
        (["bench", "no_such_module:f"], "No module named"),
        (["bench", "--size", "big"], "expected width x height"),
    ],
)
def test_wrong_arguments_are_one_clear_error(arguments, words, capsys):
    assert main(arguments) == 1
    assert words in capsys.readouterr().err


def test_the_commands_are_listed():
    done = command("--help")
    assert done.returncode == 0
    assert all(f"    {name} " in done.stdout for name in ("doctor", "demo", "bench", "replay"))
    assert command("dance").returncode == 2


def test_record_makes_a_film_of_a_camera_and_of_what_a_function_makes_of_it(tmp_path, capsys):
    film = numbered_film(tmp_path / "camera.mp4", 20)
    # OpenCV takes a film for a camera, which is gone at its end.
    assert main(["record", str(tmp_path / "a.mp4"), "--camera", str(film)]) == 1
    said = capsys.readouterr().out
    assert "a.mp4: 20 pictures" in said
    assert "gives no picture any more" in said
    assert nbs.VideoFile(tmp_path / "a.mp4").size_px == (64, 48)
    target = [str(tmp_path / "b.gif"), "numpy:fliplr", "--camera", str(film)]
    assert main(["record", *target]) == 1
    assert (tmp_path / "b.gif").read_bytes().startswith(b"GIF8")
