"""Films, sound files and cameras of the kernel as sources."""

from __future__ import annotations

import contextlib
import sys
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

import nbstream as nbs
from nbstream.feeds import camera
from nbstream.testing import number_of, numbered, wait_for

from .films import numbered_film, write_film, write_wav

COUNT = 20
OPEN_FILES = Path("/proc/self/fd")


@pytest.fixture
def film(tmp_path):
    return numbered_film(tmp_path / "a.mp4", COUNT)


def have(things, count):
    return len(things) == count


def watched(source, **options):
    """A stream of it, and the numbers of the pictures that its function got."""
    got: list[int] = []
    return source.stream(lambda frame: got.append(number_of(frame)), **options), got


def run_through(binding):
    binding.start()
    wait_for(lambda: binding.status == "idle" and not binding.life.is_in_call)


def test_every_picture_of_a_film_comes_once_and_in_order(kernel, film):
    video = nbs.VideoFile(film, speed=None)
    assert video.duration_s == pytest.approx(COUNT / 30)
    assert (video.fps, video.size_px) == (30, (64, 48))
    binding, got = watched(video, pictures="all")
    run_through(binding)
    assert got == list(range(COUNT))


def test_a_film_keeps_its_time_and_a_place_in_it_is_told(kernel, film):
    places: list[float] = []
    binding = nbs.VideoFile(film).stream(
        lambda frame, meta: places.append(meta.captured_at_s), metadata=True, pictures="all"
    )
    binding.start()
    for count in range(1, COUNT):
        wait_for(partial(have, places, count))
        kernel.clock.advance(1 / 30 - 0.002)
        assert len(places) == count
        kernel.clock.advance(0.003)
    wait_for(lambda: binding.status == "idle")
    assert places == pytest.approx([number / 30 for number in range(COUNT)])


def test_step_by_step_a_picture_comes_with_each_step(kernel, film):
    video = nbs.VideoFile(film, speed="step")
    binding, got = watched(video)
    binding.start()
    wait_for(lambda: binding.status == "live")
    for count in (1, 2):
        video.step()
        wait_for(partial(have, got, count))
    video.step(3)
    wait_for(partial(have, got, 5))
    video.speed = None
    wait_for(lambda: binding.status == "idle")
    assert got == list(range(COUNT))


def test_a_film_goes_on_at_another_place_and_begins_anew(kernel, film):
    video = nbs.VideoFile(film, speed="step", loop=True)
    binding, got = watched(video)
    video.seek(15 / 30)
    binding.start()
    wait_for(lambda: binding.status == "live")
    video.step(2)
    wait_for(partial(have, got, 2))
    video.seek(3 / 30)
    video.step(1)
    wait_for(partial(have, got, 3))
    assert video.position_s == pytest.approx(0.1)
    video.seek(19 / 30)
    video.step(2)
    wait_for(partial(have, got, 5))
    assert got == [15, 16, 3, 19, 0]


def test_a_film_of_an_upright_phone_is_shown_upright(kernel, tmp_path):
    picture = np.zeros((48, 64, 3), np.uint8)
    picture[:24, :32] = 255  # top left
    path = write_film(tmp_path / "a.mp4", [picture])
    data = path.read_bytes()
    plain = b"".join(n.to_bytes(4, "big") for n in (1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30))
    at = data.index(plain, data.index(b"tkhd"))
    turned = (0, 1 << 16, 0, (1 << 32) - (1 << 16), 0, 0, 0, 0, 1 << 30)  # a quarter clockwise
    quarter = b"".join(n.to_bytes(4, "big") for n in turned)
    path.write_bytes(data[:at] + quarter + data[at + len(plain) :])
    got: list[Any] = []
    run_through(nbs.VideoFile(path, speed=None).stream(got.append))
    assert got[0].shape == (64, 48, 3)
    assert got[0][:32, 24:].mean() > 240  # top right
    assert got[0].mean() < 80


def test_every_sample_of_a_file_comes_once_and_in_order(kernel, tmp_path):
    ramp = np.arange(20_000, dtype=np.int16)
    sound = nbs.SoundFile(write_wav(tmp_path / "a.wav", ramp), speed=None)
    assert sound.duration_s == pytest.approx(2.5)
    heard: list[Any] = []
    finals: list[bool] = []

    def hear(piece, meta):
        heard.append(piece[1])
        finals.append(meta.final)

    binding = sound.stream(hear, metadata=True)
    binding.start()
    wait_for(lambda: finals and finals[-1])
    assert list(chain(*heard)) == ramp.tolist()
    assert binding.stats["gauges"].get("overrun_s") == 0


def test_a_sound_file_waits_for_a_function_that_is_slow(kernel, tmp_path, holdup):
    ramp = np.arange(32_000, dtype=np.int16)
    path = write_wav(tmp_path / "a.wav", ramp)
    heard: list[Any] = []

    def hear(piece):
        heard.append(piece[1])
        if len(heard) == 1:
            holdup(None)

    sound = nbs.SoundFile(path, speed=1.0)
    binding = sound.stream(hear)
    binding.start()
    wait_for(lambda: binding.status == "live")
    session = sound.nbstream_session()

    def is_full():
        kernel.clock.advance(0.1)  # here, since the file is opened in a thread, at whatever time
        return heard and not session.has_room()

    wait_for(is_full)
    kernel.clock.advance(60)
    assert binding.stats["counts"]["samples"] < len(ramp)
    holdup.release()
    wait_for(lambda: binding.status == "idle")
    wait_for(lambda: sum(map(len, heard)) == len(ramp))
    assert list(chain(*heard)) == ramp.tolist()


def test_sound_has_the_channels_and_type_that_are_asked_for(kernel, tmp_path):
    stereo = np.stack([np.full(4000, 8192), np.full(4000, -8192)], axis=1)
    path = write_wav(tmp_path / "a.wav", stereo)
    heard: list[Any] = []
    sound = nbs.SoundFile(path, speed=None, channels=2, dtype="float32")
    sound.stream(heard.append).start()
    wait_for(lambda: heard)
    rate, samples = heard[0]
    assert (rate, samples.dtype, samples.shape[1]) == (8000, np.float32, 2)
    assert samples[0].tolist() == [0.25, -0.25]


def test_the_sound_of_a_film_begins_where_it_is_wanted(kernel, tmp_path):
    tone = (8000 * np.sin(np.arange(8000) * 0.3)).astype(np.int16)
    path = write_film(tmp_path / "a.mp4", [numbered(n) for n in range(30)], sound=tone)
    heard: list[Any] = []
    sound = nbs.SoundFile(path, speed=None)
    sound.seek(0.5)
    binding = sound.stream(lambda piece: heard.append(piece[1]))
    binding.start()
    wait_for(lambda: binding.status == "idle" and heard)
    wait_for(lambda: abs(sum(map(len, heard)) - 4000) < 1100)  # the codec adds a frame


@pytest.mark.parametrize("kind", [nbs.VideoFile, nbs.SoundFile])
@pytest.mark.parametrize(
    ("name", "data", "error", "said"),
    [
        ("nope.mp4", None, FileNotFoundError, "No such file"),
        ("empty.mp4", b"", nbs.MediaError, "cannot be read: Invalid data"),
        ("text.mp4", b"no film at all. " * 100, nbs.MediaError, "cannot be read: Invalid data"),
        ("cut.mp4", 900, nbs.MediaError, "none at all, and may be cut"),
        ("list.m3u8", b"#EXTM3U\n#EXTINF:1,\na.mp4\n#EXT-X-ENDLIST\n", nbs.MediaError, "list.m3u8"),
        (".", None, IsADirectoryError, "Is a directory"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_clear_error(
    kernel, film, tmp_path, kind, name, data, error, said
):
    path = tmp_path / name
    if data is not None:
        path.write_bytes(film.read_bytes()[:data] if isinstance(data, int) else data)
    with pytest.raises(error, match=said):
        kind(path)


def test_a_file_without_the_track_says_so(kernel, film, tmp_path):
    with pytest.raises(nbs.MediaError, match=r"a\.mp4 has no track of sound"):
        nbs.SoundFile(film)
    with pytest.raises(nbs.MediaError, match=r"a\.wav has no track of pictures"):
        nbs.VideoFile(write_wav(tmp_path / "a.wav", np.zeros(100)))


def test_a_coding_that_is_not_known_says_so(kernel, tmp_path):
    film = numbered_film(tmp_path / "a.mkv", 2)
    film.write_bytes(film.read_bytes().replace(b"V_MPEG4/ISO/ASP", b"V_FUTURE_CODING"))
    with pytest.raises(nbs.MediaError, match="coded in a way that this PyAV does not know"):
        nbs.VideoFile(film)


def test_a_film_that_is_lost_before_it_begins_fails_the_stream_in_words(kernel, film):
    binding, _got = watched(nbs.VideoFile(film))
    film.unlink()
    binding.start()
    wait_for(lambda: binding.status == "failed")
    assert "No such file" in str(binding.error)


def test_a_film_that_is_damaged_in_the_middle_gives_what_can_be_read(kernel, tmp_path):
    path = numbered_film(tmp_path / "a.mkv", COUNT)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    binding, got = watched(nbs.VideoFile(path, speed=None))
    run_through(binding)
    assert 3 < len(got) < COUNT
    assert got == list(range(len(got)))


@pytest.mark.parametrize(
    ("make", "error", "said"),
    [
        (lambda film: nbs.VideoFile(cast(Any, 3)), TypeError, "expected the path of a file"),
        (lambda film: nbs.VideoFile("rtsp://10.0.0.7/a"), ValueError, "was given the address"),
        (lambda film: nbs.SoundFile("https://x.org/a.mp3"), ValueError, "was given the address"),
        (lambda film: nbs.VideoFile(film, speed=0), ValueError, "speed is 0; expected a number"),
        (
            lambda film: nbs.VideoFile(film, speed=cast(Any, "slow")),
            ValueError,
            "speed is 'slow'; expected",
        ),
        (lambda film: nbs.SoundFile(film, speed="step"), ValueError, "Only pictures have steps"),
        (lambda film: nbs.VideoFile(film).seek(-1), ValueError, "expected seconds from 0 on"),
        (lambda film: nbs.VideoFile(film).seek(99), ValueError, "at most 0.66"),
        (
            lambda film: nbs.VideoFile(film).step(-1),
            ValueError,
            "step\\(\\) was given -1; expected",
        ),
        (lambda film: nbs.KernelCamera(True), TypeError, "expected the number of a camera"),
        (lambda film: nbs.KernelCamera(-1), TypeError, "int -1; expected the number"),
        (lambda film: nbs.KernelCamera(""), TypeError, "expected the number of a camera"),
    ],
)
def test_what_cannot_be_is_refused(kernel, film, make, error, said):
    with pytest.raises(error, match=said):
        make(film)


def test_a_camera_of_the_kernel_gives_pictures_until_it_is_gone(kernel, film):
    # OpenCV takes a film for a camera, as it does an address.
    binding, got = watched(nbs.KernelCamera(str(film)), pictures="all")
    binding.start()
    wait_for(lambda: binding.status == "failed")
    assert "gives no picture any more" in str(binding.error)
    assert got == sorted(got)


@pytest.mark.parametrize(
    ("device", "said"),
    [
        (47, "The kernel's machine has no camera 47"),
        ("/dev/nope", "no camera '/dev/nope'"),
        ("rtsp://me:secret@127.0.0.1:9/a", "'rtsp://127.0.0.1:9/a' does not answer"),
    ],
)
def test_a_camera_that_is_not_there_says_so(kernel, device, said):
    binding, _got = watched(nbs.KernelCamera(device))
    binding.start()
    wait_for(lambda: binding.status == "failed", timeout_s=30)
    assert said in str(binding.error)
    assert "secret" not in str(binding.error)


def test_a_camera_of_the_network_that_hangs_is_given_up(kernel, monkeypatch):
    import socket

    monkeypatch.setattr(camera, "WITHIN_MS", 500)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # it accepts, and says nothing
        binding, _got = watched(nbs.KernelCamera(f"rtsp://127.0.0.1:{silent.getsockname()[1]}/a"))
        binding.start()
        wait_for(lambda: binding.status == "failed", timeout_s=30)
    assert "does not answer" in str(binding.error)


@pytest.mark.skipif(not OPEN_FILES.is_dir(), reason="open files are listed on Linux only")
def test_stop_lets_go_of_the_file(kernel, film):
    video = nbs.VideoFile(film, loop=True)
    binding, got = watched(video)
    binding.start()
    wait_for(lambda: got)
    assert film_is_open(film)
    binding.stop()
    wait_for(lambda: not film_is_open(film))


def film_is_open(film):
    names = []
    for one in OPEN_FILES.iterdir():
        with contextlib.suppress(OSError):
            names.append(one.readlink())
    return film in names


def test_pyav_is_named_where_it_is_missing(kernel, film, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(nbs.MissingDependencyError, match=r"nbstream\[video\]"):
        nbs.VideoFile(film)
