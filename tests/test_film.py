"""`Recorder`: films and sound files for people."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

import nbstream as nbs
from nbstream.testing import FakeMicrophone, FakePage, number_of, numbered, wait_for

from .films import RATE, numbered_film, write_film, write_wav
from .streaming import Stream

FULL_DISK = Path("/dev/full")


def opened(data) -> Any:
    return av.open(io.BytesIO(data))


def pictures_of(data):
    """(seconds, picture) of each picture of a film."""
    with opened(data) as container:
        return [
            (float(frame.time or 0), frame.to_ndarray(format="rgb24"))
            for frame in container.decode(video=0)
        ]


def sound_of(data):
    """Rate and samples of a film's sound."""
    with opened(data) as container:
        track = container.streams.audio[0]
        frames = [frame.to_ndarray() for frame in container.decode(track)]
        return track.rate, np.concatenate(frames, axis=1)[0]


def play(source):
    """Stream a source that has an end through a function that does nothing."""
    binding = source.stream(lambda _piece: None, **({} if is_sound(source) else ALL))
    binding.start()
    wait_for(lambda: binding.status == "idle" and not binding.life.is_in_call, timeout_s=60)


ALL = {"pictures": "all"}


def is_sound(source):
    return isinstance(source, nbs.SoundFile)


@pytest.mark.parametrize("name", ["a.mp4", "a.webm"])
def test_a_camera_is_recorded_picture_by_picture_at_its_own_times(kernel, tmp_path, name):
    stream = Stream(kernel, outputs=None).go_live()
    with nbs.Recorder(stream.webcam, tmp_path / name) as recorder:
        for number in range(6):
            stream.page.send_frame(numbered(number))
            stream.page.pass_time(0.2)
        wait_for(lambda: recorder.picture_count == 6)
    stream.page.send_frame(numbered(9))  # after the end
    assert recorder.why_ended == "It was closed."
    film = pictures_of((tmp_path / name).read_bytes())
    assert [number_of(picture) for _at_s, picture in film] == list(range(6))
    assert [at_s for at_s, _ in film] == pytest.approx([0.2 * n for n in range(6)], abs=0.002)


def test_what_a_function_returned_is_recorded(kernel):
    stream = Stream(kernel, lambda frame: 255 - frame).go_live()
    recorder = nbs.Recorder(stream.view)
    assert stream.one_result(200) == 60
    wait_for(lambda: recorder.picture_count == 1)
    with pytest.raises(RuntimeError, match="call close"):
        recorder.clip  # noqa: B018
    recorder.close()
    ((_at_s, picture),) = pictures_of(recorder.clip)
    assert abs(int(picture.mean()) - 55) < 8


@pytest.mark.parametrize("kind", ["camera", "source in the kernel"])
def test_streams_get_a_picture_before_those_who_record_it(kernel, holdup, kind):
    # An encoder that begins at once would keep a processor from the function.
    had_room: dict[int, bool] = {}

    def came(shot: Any) -> None:
        had_room[number_of(shot.array("rgb"))] = binding.intake.has_room()

    if kind == "camera":
        stream = Stream(kernel, holdup, outputs=None).go_live()
        source, binding = stream.webcam, stream.binding
        stream.page.send_frame(numbered(1))
    else:
        source = nbs.FrameSource([numbered(number) for number in range(1, 5)], fps=20)
        binding = source.stream(holdup)
        binding.start()
    holdup.wait_until_entered()
    source.nbstream_session().taps.add(came)
    if kind == "camera":
        stream.page.send_frame(numbered(2))
    wait_for(lambda: kernel.clock.advance(0.05) or 2 in had_room)
    assert had_room[2] is False


def test_ten_seconds_of_thirty_pictures_are_three_hundred(kernel, tmp_path):
    video = nbs.VideoFile(numbered_film(tmp_path / "a.mp4", 300), speed=None)
    recorder = nbs.Recorder(video)
    play(video)
    recorder.close()
    film = pictures_of(recorder.clip)
    assert len(film) == recorder.picture_count == 300
    assert film[-1][0] == pytest.approx(299 / 30, abs=0.01)


@pytest.mark.parametrize("sound_leads_s", [0.0, 0.3])
def test_a_flash_and_its_click_stay_together(kernel, tmp_path, sound_leads_s):
    dark, bright = np.zeros((48, 64, 3), np.uint8), np.full((48, 64, 3), 255, np.uint8)
    flashes_s = [0.5, 1.5, 2.5]
    pictures = [
        bright if any(0 <= n / 30 - at_s < 0.1 for at_s in flashes_s) else dark for n in range(90)
    ]
    click = np.zeros(3 * RATE, np.int16)
    for at_s in flashes_s:
        click[int(at_s * RATE) : int((at_s + 0.1) * RATE)] = 20_000
    video = nbs.VideoFile(write_film(tmp_path / "v.mp4", pictures), speed=None)
    sound = nbs.SoundFile(write_wav(tmp_path / "s.wav", click), speed=None)
    video.seek(sound_leads_s)
    recorder = nbs.Recorder([video, sound])
    for one in (video, sound) if not sound_leads_s else (sound, video):
        play(one)
    recorder.close()
    film = pictures_of(recorder.clip)
    seen = [at_s for at_s, picture in film if picture.mean() > 128]
    rate, heard = sound_of(recorder.clip)
    loud = np.flatnonzero(np.abs(heard) > 0.3 * np.abs(heard).max()) / rate
    for at_s in flashes_s:
        flash_s = min(one for one in seen if one > at_s - 0.3)
        click_s = min(one for one in loud if one > at_s - 0.3)
        assert abs(flash_s - click_s) <= 0.040


def test_a_microphone_is_recorded_sample_by_sample(kernel, tmp_path):
    microphone = nbs.Microphone()
    microphone.stream(lambda sound: None)
    page = FakeMicrophone(kernel, microphone)
    page.start()
    page.wait_for_status("live")
    recorder = nbs.Recorder(microphone, tmp_path / "a.wav")
    said = np.arange(-3000, 3000, dtype=np.int16)
    for part in np.split(said, 4):
        page.speak(part)
    recorder.close()
    import wave

    with wave.open(str(tmp_path / "a.wav")) as file:
        assert (file.getframerate(), file.getnchannels()) == (8000, 1)
        assert np.array_equal(np.frombuffer(file.readframes(10_000), "<i2"), said)


def test_a_gif_has_ten_pictures_a_second(kernel, tmp_path):
    video = nbs.VideoFile(numbered_film(tmp_path / "a.mp4", 30), speed=None)
    with nbs.Recorder(video, tmp_path / "a.gif"):
        play(video)
    data = (tmp_path / "a.gif").read_bytes()
    assert data[:6] == b"GIF89a"
    assert 9 <= len(pictures_of(data)) <= 11


def test_a_killed_kernel_leaves_a_film_that_plays_up_to_the_last_second(tmp_path):
    numbered_film(tmp_path / "a.mp4", 100)
    code = """
import os, sys
import nbstream as nbs
from nbstream.testing import wait_for
video = nbs.VideoFile(sys.argv[1], speed=None)
recorder = nbs.Recorder(video, sys.argv[2])
video.stream(lambda frame: None, pictures="all").start()
wait_for(lambda: recorder.picture_count >= 100, timeout_s=60)
os._exit(9)
"""
    paths = [str(tmp_path / "a.mp4"), str(tmp_path / "b.mp4")]
    command = [sys.executable, "-c", code, *paths]
    assert subprocess.run(command, timeout=100).returncode == 9
    film = pictures_of((tmp_path / "b.mp4").read_bytes())
    assert len(film) >= 100 - 31
    assert [number_of(picture) for _, picture in film] == list(range(len(film)))


@pytest.mark.skipif(not FULL_DISK.exists(), reason="a disk that is always full is Linux's")
@pytest.mark.parametrize("name", ["a.mp4", "a.wav"])
def test_a_full_disk_ends_it_in_words(kernel, tmp_path, name):
    path = tmp_path / name
    path.symlink_to(FULL_DISK)
    source: Any
    if name == "a.wav":
        samples = np.arange(20_000)
        source = nbs.SoundFile(write_wav(tmp_path / "s.wav", samples), speed=None)
    else:
        source = nbs.VideoFile(numbered_film(tmp_path / "v.mp4", 60), speed=None)
    recorder = nbs.Recorder(source, path, overwrite=True)
    play(source)
    with pytest.raises(nbs.MediaError, match=r"ended early: It could not be written: .*No space"):
        recorder.close()


def test_it_ends_at_its_limit(kernel, tmp_path):
    video = nbs.VideoFile(numbered_film(tmp_path / "a.mp4", 60), speed=None)
    recorder = nbs.Recorder(video, max_s=1)
    play(video)
    wait_for(lambda: recorder.why_ended == "It reached its limit of 1 s.")
    recorder.close()
    assert len(pictures_of(recorder.clip)) == 31


def test_pictures_that_the_encoder_is_too_slow_for_are_left_out_counted_and_told_of(
    kernel, monkeypatch, caplog
):
    from nbstream.recordings.film import film_recorder

    monkeypatch.setattr(film_recorder, "MAX_WAITING_BYTES", 100)
    stream = Stream(kernel, outputs=None).go_live()
    recorder = nbs.Recorder(stream.webcam)
    for number in (1, 2):
        stream.page.send_frame(numbered(number))
        stream.page.pass_time(0.2)
    assert recorder.skipped_count == 2
    recorder.close()
    assert recorder.clip == b""
    assert caplog.text.count("a film leaves pictures out: the encoder or the disk is too slow") == 1


@pytest.mark.parametrize(
    ("what", "options", "error", "said"),
    [
        ("slider", {}, TypeError, "expected a camera, an ImageView, a microphone"),
        ("webcam", {"path": "a.avi"}, ValueError, r"expected \.mp4, \.webm, \.gif, \.wav"),
        ("webcam", {"path": "a.wav"}, ValueError, "a wav file has no pictures"),
        ("webcam", {"format": "mkv"}, ValueError, "expected one of mp4, webm, gif, wav"),
        ("webcam", {"path": "a.mp4", "format": "mp4"}, ValueError, "expected None with a path"),
        ("webcam", {"path": "no/a.mp4"}, FileNotFoundError, "No such file"),
        ("webcam", {"path": "there.mp4"}, FileExistsError, "there.mp4"),
        ("webcam", {"max_s": 0}, ValueError, "max_s is 0; expected seconds above 0"),
        ("microphone", {"path": "a.mp4"}, ValueError, "mp4 needs a source of pictures"),
        ("both", {"path": "a.gif"}, ValueError, "a gif has no sound"),
        ("two", {}, ValueError, "given 2 sources of pictures and 0 of sound"),
        ("none", {}, ValueError, "given 0 sources of pictures"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(
    kernel, tmp_path, monkeypatch, what, options, error, said
):
    import ipywidgets

    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.mp4").write_bytes(b"mine")
    webcam, microphone = nbs.Webcam(), nbs.Microphone()
    given: dict[str, Any] = {
        "slider": ipywidgets.IntSlider(),
        "webcam": webcam,
        "microphone": microphone,
        "both": [webcam, microphone],
        "two": [webcam, nbs.ImageView()],
        "none": [],
    }
    with pytest.raises(error, match=said):
        nbs.Recorder(given[what], **options)
    assert [one.name for one in tmp_path.iterdir()] == ["there.mp4"]
    assert (tmp_path / "there.mp4").read_bytes() == b"mine"


@pytest.mark.parametrize("name", ["a.mp4", "a.webm", "a.gif", "a.wav"])
def test_where_nothing_came_no_file_is_left_and_this_is_said(kernel, tmp_path, caplog, name):
    source = nbs.Microphone() if name == "a.wav" else nbs.Webcam()
    recorder = nbs.Recorder(source, tmp_path / name)
    recorder.close()
    assert list(tmp_path.iterdir()) == []
    assert recorder.clip == b""
    assert f"{name} was not made: nothing came that could be recorded" in caplog.text


def test_it_needs_pyav_but_for_sound_alone(kernel, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(nbs.MissingDependencyError, match=r"nbstream\[video\]"):
        nbs.Recorder(nbs.Webcam())
    nbs.Recorder(nbs.Microphone()).close()


def test_a_picture_that_is_no_picture_is_left_out(kernel):
    view = nbs.ImageView()
    page = FakePage(kernel, nbs.Webcam(), view)
    del page
    recorder = nbs.Recorder(view)
    view.value = numbered(3)
    wait_for(lambda: recorder.picture_count == 1)
    recorder.close()
    assert number_of(pictures_of(recorder.clip)[0][1]) == 3


# --- a burst ---------------------------------------------------------------------------------


def in_a_cell(call):
    """What a call that waits returns, or raises, while the test goes on."""
    ended: list[Any] = []

    def run():
        try:
            ended.append(call())
        except Exception as error:
            ended.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, ended


def test_a_burst_is_the_next_pictures(kernel):
    stream = Stream(kernel, outputs=None).go_live()
    webcam = stream.webcam
    stream.page.send_frame(numbered(1))
    thread, ended = in_a_cell(lambda: webcam.burst(3, within_s=30))
    wait_for(lambda: webcam.nbstream_session().taps.are_open)
    for number in range(5, 9):
        stream.page.send_frame(numbered(number))
        stream.page.pass_time(0.2)
    thread.join()
    (pictures,) = ended
    assert [number_of(one) for one in pictures] == [5, 6, 7]
    assert not webcam.nbstream_session().taps.are_open


def test_a_burst_of_a_source_in_the_kernel_is_as_functions_get_it(kernel):
    pictures = [np.full((4, 4, 3), n, np.uint8) for n in range(9)]
    source = nbs.FrameSource(pictures, fps=None, color="gray")
    source.stream(lambda frame: None, pictures="all")
    thread, ended = in_a_cell(lambda: source.burst(2, within_s=30))
    wait_for(lambda: source.nbstream_session().taps.are_open)
    source.start()
    thread.join()
    assert [one.shape for one in ended[0]] == [(4, 4), (4, 4)]
    assert [int(one[0, 0]) for one in ended[0]] == [0, 1]


def test_a_burst_of_a_camera_that_is_off_says_how_many_came(kernel):
    with pytest.raises(TimeoutError, match=r"got 0 of 2 pictures in 0.01 s. Is the source started"):
        nbs.Webcam().burst(2, within_s=0.01)
    counts: list[Any] = [0, True, 2.0]
    for count in counts:
        with pytest.raises(ValueError, match="expected how many pictures, 1 to 1000"):
            nbs.Webcam().burst(count)
    with pytest.raises(ValueError, match="expected seconds above 0"):
        nbs.Webcam().burst(1, within_s=0)
