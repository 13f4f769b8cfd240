"""The pictures of a film: of whatever kind they come, they look as they did, and cost little."""

from __future__ import annotations

import errno
import gc
import io
import os
import sys
import threading
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import ExifTags, Image

import nbstream as nbs
from nbstream.errors import CorruptFrameError
from nbstream.pictures.codecs import encode
from nbstream.pictures.raw import RawPicture
from nbstream.recordings.film.encoder import FilmEncoder
from nbstream.recordings.film.film_recorder import NICENESS
from nbstream.recordings.film.frames import FrameMaker
from nbstream.recordings.film.shot import Shot
from nbstream.testing import wait_for

THREADS = Path("/proc/self/task")


def scene():
    """Bright and dark, and three colors: 96 x 64, RGB."""
    picture = np.zeros((64, 96, 3), np.uint8)
    for column, color in enumerate([(255, 255, 255), (0, 0, 0), (220, 30, 40), (30, 200, 40)]):
        picture[:, column * 16 : column * 16 + 16] = color
    picture[:, 64:] = (40, 50, 210)
    return picture


def threads() -> int:
    """How many this process has, those of the libraries as well."""
    return len(list(THREADS.iterdir()))


def turned() -> bytes:
    """The scene, on its side in its file."""
    exif, file = Image.Exif(), io.BytesIO()
    exif[ExifTags.Base.Orientation] = 6
    Image.fromarray(np.rot90(scene())).save(file, "JPEG", quality=95, exif=exif)
    return file.getvalue()


def opened(file: io.BytesIO) -> Any:
    return av.open(io.BytesIO(file.getvalue()))


def filmed(shot: Shot, form: Any) -> Any:
    """The picture as it is seen in a film of it."""
    file = io.BytesIO()
    film = FilmEncoder(file, form, (96, 64), 0)
    film.add_picture(FrameMaker().frame_of(shot), 0.0)
    film.close()
    with opened(file) as container:
        (frame,) = container.decode(video=0)
        return frame.to_ndarray(format="rgb24")


SHOTS: dict[str, Any] = {
    "jpeg": lambda: encode(scene(), "jpeg", 95),
    "png": lambda: encode(scene(), "png"),
    "turned": turned,
    "array": lambda: RawPicture(scene(), "rgb"),
    "bgr array": lambda: RawPicture(scene()[:, :, ::-1], "bgr"),
}


@pytest.mark.parametrize("form", ["mp4", "webm", "gif"])
@pytest.mark.parametrize("kind", SHOTS)
def test_a_picture_of_any_kind_looks_in_a_film_as_it_did(kind, form):
    picture = filmed(Shot(SHOTS[kind](), None), form)
    for x in (8, 24, 40, 56, 80):
        seen = picture[8:56, x - 3 : x + 4].mean(axis=(0, 1))
        # A gif has 256 colors, which are the same for all.
        assert np.abs(seen - scene()[32, x]).max() < (45 if form == "gif" else 12), (x, seen)


def test_a_grey_picture_stays_grey():
    grey = scene()[:, :, 0]
    for shot in (Shot(encode(grey, "jpeg", 95), None), Shot(RawPicture(grey, "gray"), None)):
        picture = filmed(shot, "mp4").astype(int)
        assert np.abs(picture[32, [8, 24]] - [[255] * 3, [0] * 3]).max() < 8
        assert np.ptp(picture, axis=2).max() < 8


def test_a_film_has_a_key_picture_each_second_and_no_others():
    file, maker = io.BytesIO(), FrameMaker()
    film = FilmEncoder(file, "mp4", (96, 64), 0)
    for number in range(45):
        film.add_picture(maker.frame_of(Shot(SHOTS["jpeg"](), None)), number / 30)
    film.close()
    with opened(file) as container:
        keys = [float(frame.time) for frame in container.decode(video=0) if frame.key_frame]
    assert keys == pytest.approx([0.0, 1.0], abs=0.001)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[: len(data) // 2],
        lambda data: data[: len(data) // 2] + b"\xff\xd9",
        lambda data: data[:40],
        lambda data: b"no picture",
    ],
)
def test_a_damaged_picture_is_refused_and_the_next_is_not(damage):
    noise = np.random.default_rng(1).integers(0, 255, (64, 96, 3), np.uint8)
    data, maker = encode(noise, "jpeg", 80), FrameMaker()
    with pytest.raises(CorruptFrameError):
        maker.frame_of(Shot(damage(data), None))
    assert maker.frame_of(Shot(data, None)).width == 96


def test_a_damaged_picture_is_left_out_of_the_film_and_counted(kernel):
    view = nbs.ImageView()
    whole = encode(scene(), "jpeg", 95)
    recorder = nbs.Recorder(view)
    for data in (whole, whole[:-300], whole):
        view.nbstream_taps.tell(Shot(data, None))
    wait_for(lambda: recorder.picture_count == 2)
    recorder.close()
    assert recorder.skipped_count == 1


@pytest.mark.skipif(not THREADS.exists(), reason="Linux tells of threads in a folder")
def test_an_encoder_takes_no_thread_for_each_processor():
    noise = np.random.default_rng(1).integers(0, 255, (480, 640, 3), np.uint8)
    shot, maker, before = Shot(RawPicture(noise, "rgb"), None), FrameMaker(), threads()
    film = FilmEncoder(io.BytesIO(), "webm", (640, 480), 0)
    for number in range(3):
        film.add_picture(maker.frame_of(shot), number / 30)
    assert threads() <= before
    film.close()


class FillingDisk(io.BytesIO):
    """A file whose disk is full from some time on."""

    is_full = False
    refused_count = 0

    def write(self, data: Any) -> int:
        if self.is_full:
            self.refused_count += 1
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(data)


def test_after_a_film_was_closed_on_a_full_disk_nothing_is_written():
    # Some releases of PyAV end the process where they come to the end of a film that was left open.
    file, maker = FillingDisk(), FrameMaker()
    film = FilmEncoder(file, "webm", (96, 64), 1)
    shot = Shot(SHOTS["jpeg"](), None)
    film.add_picture(maker.frame_of(shot), 0.0)
    film.add_sound(np.ones((8000, 1), np.int16), 8000, 0.0)
    file.is_full = True
    film.add_picture(maker.frame_of(shot), 2.2)
    with pytest.raises(OSError, match="No space left"):
        film.close()
    refused_count = file.refused_count
    del film
    gc.collect()
    assert file.refused_count == refused_count


@pytest.mark.skipif(
    sys.platform != "linux", reason="a thread has a priority of its own on Linux alone"
)
def test_all_else_goes_before_an_encoder(kernel):
    priority = os.getpriority(os.PRIO_PROCESS, 0)
    before = set(threading.enumerate())
    with nbs.Recorder(nbs.ImageView()):
        (thread,) = set(threading.enumerate()) - before
        expected = min(19, priority + NICENESS)
        wait_for(lambda: os.getpriority(os.PRIO_PROCESS, thread.native_id or 0) == expected)
    assert os.getpriority(os.PRIO_PROCESS, 0) == priority


def test_what_came_before_an_error_is_in_the_film(kernel):
    view = nbs.ImageView()
    recorder = nbs.Recorder(view, format="webm")
    no_picture = RawPicture(np.zeros((64, 96, 7), np.uint8), "rgb")
    for picture in (SHOTS["jpeg"](), SHOTS["jpeg"](), no_picture):
        view.nbstream_taps.tell(Shot(picture, None))
    with pytest.raises(nbs.MediaError, match="ended early"):
        recorder.close()
    with opened(io.BytesIO(recorder.clip)) as container:
        assert len(list(container.decode(video=0))) == 2
