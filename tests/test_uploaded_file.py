"""A file that a person drops or chooses: sent in parts, looked into, streamed."""

from __future__ import annotations

import io
import struct
from functools import partial
from itertools import chain
from typing import Any, cast

import numpy as np
import pytest

import nbstream as nbs
from nbstream.pictures.codecs import encode
from nbstream.testing import FakePage, MockKernel, number_of, numbered, wait_for

from .films import numbered_film, write_wav
from .streaming import grey, level_of

PART = 1_000_000
# EXIF: turn it a quarter clockwise.
_TIFF = b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x0112, 3, 1, 6, 0, 0)
SIDEWAYS = b"\xff\xe1" + struct.pack(">H", 8 + len(_TIFF)) + b"Exif\0\0" + _TIFF


class Person:
    """Who drops files on the widget, and the page that sends them."""

    def __init__(self, kernel: MockKernel, uploaded: nbs.UploadedFile, client: str = "page-1"):
        self.uploaded = uploaded
        self.picker: Any = uploaded.children[0]
        self.page = FakePage(kernel, self.picker, client=client)
        self._count = 0

    @property
    def shown(self) -> dict[str, Any]:
        shown: dict[str, Any] = self.picker._upload
        return shown

    def send(self, name: str, data: bytes, at: int, /, **fields: Any) -> None:
        part = data[at : at + PART]
        told = {"name": name, "size": len(data), "at": at, "byte_length": len(part)}
        self.page.send("file_part", [part], **{"command_index": self._count, **told, **fields})

    def begin(self, name: str, data: bytes, /, **fields: Any) -> None:
        self._count += 1
        self.send(name, data, 0, **fields)

    def drop(self, name: str, data: bytes) -> None:
        """Drop a file, and wait for what becomes of it."""
        self.begin(name, data)
        for at in range(PART, len(data), PART):
            assert self.shown["received"] == at
            self.send(name, data, at)
        wait_for(lambda: self.shown["is_taken"] or self.shown["note"])


def upload(kernel, of="pictures", fn=None, **options):
    got: list[Any] = []
    uploaded = nbs.UploadedFile(of, **options)
    uploaded.stream(got.append if fn is None else lambda frame: got.append(fn(frame)))
    return Person(kernel, uploaded), got


def has(things, count):
    return len(things) >= count


def jpeg(level: int = 100) -> bytes:
    return encode(grey(level), "jpeg", 90)


def test_a_picture_that_is_dropped_comes_once_and_is_shown(kernel):
    person, got = upload(kernel, fn=level_of)
    source = FakePage(kernel, person.uploaded.source)
    person.drop("cat.jpg", jpeg(100))
    wait_for(lambda: got == [100] and person.uploaded.bindings[0].status == "idle")
    assert (person.uploaded.file_name, person.uploaded.data) == ("cat.jpg", jpeg(100))
    assert level_of(person.uploaded.snapshot()) == 100
    assert source.wait_for_result(person.uploaded.source) is not None
    person.drop("dog.png", encode(grey(50), "png"))
    wait_for(lambda: got == [100, 50])
    wait_for(lambda: person.uploaded.bindings[0].status == "idle")
    person.uploaded.start()
    wait_for(lambda: got == [100, 50, 50])


def test_a_photo_of_a_phone_that_lay_on_its_side_is_upright(kernel):
    picture = np.zeros((48, 64, 3), np.uint8)
    picture[:24, :32] = 255  # top left
    data = encode(picture, "jpeg", 90)
    person, got = upload(kernel)
    person.drop("phone.jpg", data[:2] + SIDEWAYS + data[2:])
    wait_for(lambda: got)
    assert got[0].shape == (64, 48, 3)
    assert got[0][:32, 24:].mean() > 240  # top right
    assert got[0][:32, :24].mean() < 20


def test_a_clip_has_every_picture_and_is_on_no_disk(kernel, tmp_path):
    film = numbered_film(tmp_path / "a.mp4", 20)
    data = film.read_bytes()
    film.unlink()
    person, got = upload(kernel, fn=number_of, speed=None)
    person.drop("a.mp4", data)
    wait_for(lambda: got == list(range(20)))
    assert list(tmp_path.iterdir()) == []


def test_a_clip_goes_step_by_step_and_to_another_place(kernel, tmp_path):
    data = numbered_film(tmp_path / "a.mp4", 20).read_bytes()
    person, got = upload(kernel, fn=number_of, speed="step")
    person.drop("a.mp4", data)
    source, (binding,) = person.uploaded.source, person.uploaded.bindings
    wait_for(lambda: binding.status == "live")
    source.step(2)
    wait_for(lambda: got == [0, 1])
    source.seek(10 / 30)
    source.step()
    wait_for(lambda: got == [0, 1, 10])
    assert source.position_s == pytest.approx(10 / 30, abs=0.01)
    with pytest.raises(ValueError, match=r"from 0 on, at most 0\.66"):
        source.seek(1)
    source.stop()
    source.seek(0.5)
    person.drop("b.mp4", data)  # begins at its beginning
    wait_for(lambda: binding.status == "live")
    source.speed = None
    wait_for(lambda: got[3:] == list(range(20)))


def test_a_picture_has_no_other_place(kernel):
    person, got = upload(kernel, fn=level_of, speed="step", loop=True)
    person.drop("a.jpg", jpeg(100))
    wait_for(lambda: person.uploaded.bindings[0].status == "live")
    person.uploaded.source.seek(5)
    person.uploaded.source.step(2)
    wait_for(lambda: got == [100, 100])


def test_a_gif_is_a_clip(kernel):
    recorded = io.BytesIO()
    pil = pytest.importorskip("PIL.Image")
    frames = [pil.fromarray(numbered(number)) for number in range(3)]
    frames[0].save(recorded, "gif", save_all=True, append_images=frames[1:], duration=100)
    person, got = upload(kernel, speed=None)
    person.drop("a.gif", recorded.getvalue())
    wait_for(lambda: len(got) == 3)


def test_every_sample_of_a_sound_comes_once_and_in_order(kernel, tmp_path):
    ramp = np.arange(20_000, dtype=np.int16)
    person, got = upload(kernel, "sound", speed=None)
    person.drop("a.wav", write_wav(tmp_path / "a.wav", ramp).read_bytes())
    wait_for(lambda: sum(len(piece[1]) for piece in got) == len(ramp))
    assert list(chain(*(piece[1] for piece in got))) == ramp.tolist()
    assert person.uploaded.snapshot() is None


def test_a_large_file_comes_in_parts_and_one_that_is_overtaken_is_forgotten(kernel):
    person, got = upload(kernel, fn=level_of)
    large = jpeg(30) + bytes(2_500_000)  # what follows a picture is no harm
    person.begin("old.jpg", large)
    person.drop("new.jpg", large)
    wait_for(lambda: got == [30])
    person.begin("other.jpg", large)
    before = person.shown
    for at, fields in ((2 * PART, {}), (PART, {"size": 7_000_000}), (PART, {"command_index": 1})):
        person.send("other.jpg", large, at, **fields)
        assert person.shown == before
    person.send("other.jpg", large, PART)
    assert person.shown["received"] == 2 * PART


def test_another_page_may_send_and_one_that_is_closed_leaves_a_note(kernel):
    person, got = upload(kernel, fn=level_of)
    other = Person(kernel, person.uploaded, client="page-2")
    person.begin("a.jpg", jpeg() + bytes(PART))
    other.page.send("bye")
    assert person.shown["received"] == PART
    assert not person.shown["note"]
    person.page.send("bye")
    assert person.shown["note"] == "a.jpg did not come to its end: its page was closed."
    other.drop("b.jpg", jpeg(60))
    wait_for(lambda: got == [60])


NO_FILM = b"no film at all. " * 100
LIST = b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
CONCAT = b"ffconcat version 1.0\nfile /etc/passwd\n"


@pytest.mark.parametrize(
    ("of", "name", "data", "said"),
    [
        ("pictures", "a.txt", NO_FILM, "a.txt cannot be read: Invalid data"),
        ("pictures", "cut.jpg", jpeg()[:200], "cut.jpg: "),
        ("pictures", "a.m3u8", LIST, "a.m3u8 cannot be read"),
        ("pictures", "a.ffconcat", CONCAT, "a.ffconcat cannot be read"),
        ("sound", "a.txt", NO_FILM, "a.txt cannot be read"),
        ("sound", "cat.jpg", jpeg(), "cat.jpg cannot be read"),
        ("pictures", "large.jpg", jpeg() + bytes(700_000), "has 0.7 MB; at most 0.5 MB are"),
    ],
)
def test_a_file_that_cannot_be_is_refused_in_words_and_the_one_before_stays(
    kernel, tmp_path, of, name, data, said
):
    good = jpeg() if of == "pictures" else write_wav(tmp_path / "a", np.zeros(40)).read_bytes()
    person, got = upload(kernel, of, max_mb=0.5)
    person.drop("good", good)
    wait_for(lambda: got)
    person.drop(name, data)
    assert said in person.shown["note"]
    assert not person.shown["is_taken"]
    assert person.uploaded.file_name == "good"


def test_a_film_without_sound_says_so(kernel, tmp_path):
    person, _got = upload(kernel, "sound")
    person.drop("a.mp4", numbered_film(tmp_path / "a.mp4", 3).read_bytes())
    assert person.shown["note"] == "a.mp4 has no track of sound."


def test_start_without_a_file_says_what_to_do(kernel):
    person, got = upload(kernel, fn=level_of)
    binding = person.uploaded.bindings[0]
    binding.start()
    wait_for(lambda: binding.status == "failed")
    assert "choose one, or drop it" in str(binding.error)
    person.drop("cat.jpg", jpeg(100))
    wait_for(lambda: got == [100])


def test_a_picture_comes_over_and_over_so_that_a_slider_counts(kernel):
    person, got = upload(kernel, fn=level_of, loop=True)
    person.drop("cat.jpg", jpeg(100))
    for count in range(1, 4):
        wait_for(partial(has, got, count))
        kernel.clock.advance(0.1)
    person.uploaded.stop()
    wait_for(lambda: person.uploaded.bindings[0].status == "idle")


def test_it_is_an_input_and_an_output_and_can_be_recorded(kernel):
    uploaded = nbs.UploadedFile(label="Photo")
    person = Person(kernel, uploaded)
    by = nbs.State(2)
    uploaded.stream(
        lambda frame, by: (frame // by, by), inputs=[uploaded, by], outputs=[uploaded, by]
    )
    page = FakePage(kernel, uploaded.source)
    with nbs.Recorder(uploaded, format="gif") as recorder:
        person.drop("cat.jpg", jpeg(100))
        assert level_of(page.wait_for_result(uploaded.source)) == 50
    assert recorder.picture_count == 1
    with pytest.raises(TypeError, match="shows no pictures"):
        nbs.UploadedFile("sound").nbstream_output()


def test_what_is_no_part_of_a_file_is_dropped(kernel):
    person, _got = upload(kernel)
    for fields in ({"name": 3}, {"size": -1}, {"byte_length": 10**9}, {"at": "0"}):
        person.begin("cat.jpg", jpeg(), **cast(Any, fields))
    person.send("cat.jpg", jpeg(), 5)
    assert person.picker._upload is None


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"of": "film"}, 'of is \'film\'; expected "pictures" or "sound"'),
        ({"max_mb": 0}, "max_mb is 0; expected megabytes"),
        ({"max_mb": 9000}, "up to 2000"),
        ({"of": "sound", "speed": "step"}, "Only pictures have steps"),
    ],
)
def test_what_cannot_be_asked_is_refused(kernel, options, said):
    with pytest.raises(ValueError, match=said):
        nbs.UploadedFile(**options)


def test_closed_it_forgets_the_file(kernel):
    person, got = upload(kernel, fn=level_of)
    person.drop("cat.jpg", jpeg(100))
    wait_for(lambda: got == [100])
    uploaded = person.uploaded
    uploaded.close()
    uploaded.close()
    assert (uploaded.data, uploaded.comm, uploaded.source.comm) == (None, None, None)
