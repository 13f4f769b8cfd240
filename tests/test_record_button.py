"""A button by which a person records, and saves what was recorded."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

import nbstream as nbs
from nbstream.protocol.clip import clip_message
from nbstream.recordings.film import film_recorder
from nbstream.testing import FakeMicrophone, FakePage, number_of, numbered, wait_for

from .streaming import Stream, level_of
from .test_film import pictures_of
from .test_lane import golden, shape_of


class Recording:
    """A live camera, a record button for it, and a page that shows both."""

    def __init__(self, kernel, what=None, **options):
        self.kernel = kernel
        self.stream = Stream(kernel, lambda frame: frame).go_live()
        self.button: Any = nbs.RecordButton(
            self.stream.webcam if what is None else what(self.stream), **options
        )
        self.page = FakePage(kernel, self.button)
        self._count = 0

    def press(self, **fields):
        self._count += 1
        action = "stop" if self.button._is_recording else "start"
        fields = {"action": action, "command_index": self._count, **fields}
        self.page.send("command", **fields)

    def start(self, **fields):
        self.press(**fields)
        wait_for(lambda: self.button._is_recording)

    def stop(self, **fields):
        self.press(**fields)
        wait_for(lambda: not self.button._is_recording)

    def see(self, *numbers):
        for number in numbers:
            self.stream.page.send_frame(numbered(number))
            self.stream.page.pass_time(0.2)

    def clips(self):
        """What pages got to save: the message, and its bytes."""
        return [one for one in self.button.comm.custom_messages() if one[0]["type"] == "clip"]


def numbers_in(data: bytes) -> list[int]:
    return [number_of(picture) for _at_s, picture in pictures_of(data)]


def test_a_clip_message_has_the_golden_shape():
    made = clip_message("page-1", "a.mp4", "video/mp4", 5)
    assert shape_of(made) == shape_of(golden("clip", "a film to be saved"))


def test_a_press_records_and_a_second_one_ends_it_and_gives_the_file_to_that_page(kernel):
    at = Recording(kernel)
    at.see(1)
    at.start()
    assert at.button.is_recording
    at.see(2, 3, 4)
    at.stop()
    at.see(5)
    wait_for(at.clips)
    ((message, (data,)),) = at.clips()
    assert numbers_in(data) == [2, 3, 4]
    assert (message["client"], message["mime"]) == ("page-1", "video/mp4")
    assert message["name"].endswith(".mp4")
    assert at.button.recordings == [data]
    assert at.button._note is None


def test_what_a_display_shows_is_recorded_and_the_newest_are_kept(kernel):
    at = Recording(kernel, lambda stream: stream.view, format="gif", keep=2)
    for number in (1, 2, 3):
        at.button.start()
        at.button.start()
        at.stream.view.value = numbered(number)
        assert at.button.stop()[:6] == b"GIF89a"
    assert at.button.stop() is None
    assert [len(numbers_in(one)) for one in at.button.recordings] == [1, 1]
    assert at.clips() == []  # no page asked


def test_sound_is_recorded_as_wav_without_pyav(kernel, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    microphone = nbs.Microphone()
    microphone.stream(lambda sound: None)
    page = FakeMicrophone(kernel, microphone)
    page.start()
    page.wait_for_status("live")
    button = nbs.RecordButton(microphone)
    button.start()
    page.speak(np.arange(100, dtype=np.int16))
    clip = button.stop()
    assert clip is not None
    assert clip[:4] == b"RIFF"
    assert len(clip) == 44 + 200


def test_the_calls_of_a_stream_are_recorded_for_a_replay(kernel, tmp_path):
    at = Recording(kernel, lambda stream: stream.binding)
    at.start()
    for level in (50, 90):
        at.stream.one_result(level)
    at.stop()
    wait_for(at.clips)
    ((message, (data,)),) = at.clips()
    assert (message["mime"], message["name"][-4:]) == ("application/x-tar", ".nbs")
    assert at.button.recordings == [data]
    assert at.button._note is None
    path = tmp_path / "lesson.nbs"
    path.write_bytes(data)
    assert nbs.Recording(path).is_whole
    assert [level_of(one) for one in nbs.replay(path, lambda frame: frame)] == [50, 90]


def test_a_stream_that_cannot_be_recorded_says_why(kernel, tmp_path):
    at = Recording(kernel, lambda stream: stream.binding)
    at.start()
    at.stop()
    assert "Nothing was recorded" in at.button._note
    with at.stream.binding.record(tmp_path / "a.nbs"):
        at.press()
        wait_for(lambda: "recorded already" in (at.button._note or ""))
    assert at.button.recordings == []
    with pytest.raises(ValueError, match="expected None with a stream"):
        nbs.RecordButton(at.stream.binding, "mp4")


def test_where_nothing_came_that_is_said(kernel):
    at = Recording(kernel)
    at.start()
    at.stop()
    assert "Nothing was recorded" in at.button._note
    assert at.button.recordings == []
    at.start()
    assert at.button._note is None


def test_pictures_that_the_encoder_was_too_slow_for_are_said_to_be_missing(kernel, monkeypatch):
    monkeypatch.setattr(film_recorder, "MAX_WAITING_BYTES", 10_000)
    at = Recording(kernel)
    at.start()
    at.see(1)
    at.stream.page.send_frame(np.random.default_rng(1).integers(0, 255, (240, 320, 3), np.uint8))
    at.stop()
    assert at.button._note == "Pictures that are missing, since the encoder was too slow: 1."
    assert [numbers_in(one) for one in at.button.recordings] == [[1]]


def test_it_ends_by_itself(kernel):
    at = Recording(kernel, max_s=5)
    at.start()
    at.see(1)
    kernel.clock.advance(5)
    wait_for(lambda: not at.button._is_recording)
    assert [numbers_in(one) for one in at.button.recordings] == [[1]]


def test_the_time_of_one_that_was_ended_by_hand_ends_no_other(kernel):
    at = Recording(kernel, max_s=5)
    at.start()
    at.see(1)
    at.stop()
    kernel.clock.advance(2)
    at.start()
    kernel.clock.advance(4)
    told: list[int] = []
    at.button._news.tell("nothing", lambda: told.append(1))  # after what the timer would tell
    wait_for(lambda: told)
    assert at.button.is_recording


def test_a_press_that_was_overtaken_counts_once(kernel):
    at = Recording(kernel)
    at.start(command_index=7)
    at.see(1)
    at.page.send("command", action="stop", command_index=7)
    at.page.send("command", action="capture", command_index=8)
    at.page.send("frame")
    assert at.button.is_recording


def test_closed_it_ends_its_recording(kernel):
    at = Recording(kernel)
    at.start()
    at.see(1)
    at.button.close()
    assert not at.button.is_recording
    assert [numbers_in(one) for one in at.button.recordings] == [[1]]
    at.button.start()
    assert not at.button.is_recording


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"what": 3}, TypeError, "expected a camera, an ImageView"),
        ({"format": "avi"}, ValueError, "expected one of mp4"),
        ({"format": "wav"}, ValueError, "a wav file has no pictures"),
        ({"max_s": 0}, ValueError, "max_s is 0; expected seconds"),
        ({"max_s": 1e9}, ValueError, "up to 3600"),
        ({"keep": 0}, ValueError, "keep is 0; expected how many"),
    ],
)
def test_what_cannot_be_is_refused(kernel, options, error, said):
    with pytest.raises(error, match=said):
        nbs.RecordButton(**{"what": nbs.Webcam(), **options})


def test_pyav_is_named_where_it_is_missing(kernel, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(nbs.MissingDependencyError, match=r"nbstream\[video\]"):
        nbs.RecordButton(nbs.Webcam())
