"""A collector: pictures by class, taken by holding a button, shown, deleted, saved where it was asked, loaded again."""

from __future__ import annotations

import json
import resource
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nbstream as nbs
from nbstream.collecting.collection import scaled
from nbstream.collecting.shown import THUMBNAIL_PX
from nbstream.pictures.codecs import decode_image, encode
from nbstream.protocol.collection import MAX_SHOWN, collection_message, example_message
from nbstream.testing import FakePage, MockKernel, wait_for

from .streaming import grey, level_of
from .test_lane import golden, shape_of


class Collecting:
    """A live camera, a collector beside it, and a page that shows both."""

    def __init__(self, kernel: MockKernel, *classes: str, **options: Any) -> None:
        self.kernel = kernel
        self.webcam = nbs.Webcam()
        self.collector = nbs.Collector(self.webcam, classes or ("cup", "phone"), **options)
        self.page = FakePage(kernel, self.webcam)
        self.hands = FakePage(kernel, self.collector)
        self._commands = 0
        self.page.start()
        self.page.wait_for_status("live")

    def see(self, level: int = 100, after_s: float = 0.2) -> None:
        """The camera gives a picture."""
        self.kernel.clock.advance(after_s)
        self.page.send_frame(grey(level))

    def hold(self, class_index: int = 0, is_held: bool = True, **fields: Any) -> None:
        self._commands += 1
        command = {"class_index": class_index, "is_held": is_held, "command_index": self._commands}
        self.hands.send("collect", **{**command, **fields})

    def click(self, class_index: int = 0) -> None:
        self.hold(class_index)
        self.hold(class_index, is_held=False)

    def discard(self, example: int) -> None:
        self._commands += 1
        self.hands.send("discard", example=example, command_index=self._commands)

    def wait_for_counts(self, **counts: int) -> None:
        wait_for(
            lambda: self.collector.counts == counts,
            what=lambda: f"{counts}; there are {self.collector.counts}, {self.collector.note}",
        )

    @property
    def state(self) -> dict[str, Any]:
        """What the page shows."""
        came = self.hands._received.messages(self.collector)
        states = [one for one, _ in came if one["type"] == "collection"]
        return max(states, key=lambda one: one["index"], default={})

    def thumbnails(self) -> dict[int, bytes]:
        came = self.hands._received.messages(self.collector)
        return {one["example"]: buffers[0] for one, buffers in came if one["type"] == "example"}

    def wait_for_note(self, part: str) -> None:
        wait_for(
            lambda: part in (self.collector.note or ""), what=lambda: f"note {self.collector.note}"
        )


@pytest.fixture
def collecting(kernel):
    return Collecting(kernel)


def test_a_click_takes_one_picture_and_holding_takes_one_each_tenth_of_a_second(collecting):
    collecting.see(50)
    collecting.click(1)
    collecting.wait_for_counts(cup=0, phone=1)
    collecting.hold(0)
    collecting.wait_for_counts(cup=1, phone=1)
    assert collecting.state["held"] == 0
    for count in (2, 3, 4):
        collecting.see(count * 10 + 70)
        collecting.wait_for_counts(cup=count, phone=1)
    collecting.see(200, after_s=0.05)
    collecting.hold(0, is_held=False)
    wait_for(lambda: collecting.state["held"] is None)
    collecting.see(210)
    collecting.collector.add("phone", grey(220))
    pictures, labels = collecting.collector.data()
    assert (pictures.shape, pictures.dtype, labels.dtype) == ((6, 48, 64, 3), np.uint8, np.int64)
    assert labels.tolist() == [1, 0, 0, 0, 0, 1]
    assert [level_of(one) for one in pictures] == [50, 50, 90, 100, 110, 220]


def test_the_page_shows_the_newest_of_each_class_and_a_click_deletes_one(collecting):
    for level in range(MAX_SHOWN + 2):
        collecting.collector.add("cup", np.full((96, 192, 3), level, np.uint8))
    wait_for(lambda: len(collecting.thumbnails()) >= MAX_SHOWN + 2)
    cup, phone = collecting.state["classes"]
    assert cup == {"name": "cup", "count": 26, "examples": list(range(3, 27))}
    assert phone == {"name": "phone", "count": 0, "examples": []}
    assert decode_image(collecting.thumbnails()[26]).shape == (32, THUMBNAIL_PX, 3)
    collecting.discard(20)
    collecting.wait_for_counts(cup=25, phone=0)
    collecting.discard(20)
    collecting.discard(99)
    wait_for(lambda: collecting.state["classes"][0]["examples"][0] == 2)
    assert level_of(collecting.collector.data()[0][18]) == 20


def test_another_page_that_comes_gets_every_thumbnail(kernel, collecting):
    collecting.collector.add("cup", grey(10))
    wait_for(lambda: 1 in collecting.thumbnails())
    other = FakePage(kernel, collecting.collector, client="page-2")
    wait_for(
        lambda: any(
            one["type"] == "example" for one, _ in other._received.messages(collecting.collector)
        )
    )


def test_what_was_said_before_is_not_done_again(collecting):
    collecting.see()
    collecting.click()
    collecting.wait_for_counts(cup=1, phone=0)
    collecting.hold(0, command_index=1)
    collecting.hold(7)
    collecting.click(1)
    collecting.wait_for_counts(cup=1, phone=1)


def test_a_number_that_no_page_has_come_to_costs_that_press_alone(collecting):
    collecting.see()
    collecting.click()
    collecting.wait_for_counts(cup=1, phone=0)
    collecting.hold(1, command_index=2**53)
    assert collecting.collector.counts["phone"] == 0
    collecting.click(1)
    collecting.wait_for_counts(cup=1, phone=1)


def test_a_page_that_goes_holds_nothing(collecting):
    collecting.see()
    collecting.hold()
    collecting.wait_for_counts(cup=1, phone=0)
    collecting.hands.bye()
    wait_for(lambda: collecting.collector._collecting is None)
    collecting.see()
    assert collecting.collector.counts["cup"] == 1


def test_counts_can_be_observed(collecting):
    seen: list[Any] = []
    collecting.collector.observe(lambda change: seen.append(change["new"]), "counts")
    collecting.collector.add("phone", grey(1))
    wait_for(lambda: {"cup": 0, "phone": 1} in seen)


def test_a_class_takes_so_many_and_no_more(kernel):
    collecting = Collecting(kernel, max_per_class=2)
    collecting.see()
    collecting.hold()
    collecting.wait_for_counts(cup=1, phone=0)
    collecting.see(110)
    collecting.wait_for_counts(cup=2, phone=0)
    collecting.see(120)
    collecting.wait_for_note("cup is full.")
    collecting.wait_for_counts(cup=2, phone=0)
    assert collecting.state["held"] is None
    with pytest.raises(ValueError, match="'cup' is full"):
        collecting.collector.add("cup", grey(1))
    collecting.collector.clear("cup")
    collecting.wait_for_counts(cup=0, phone=0)


@pytest.mark.parametrize("has_stopped", [False, True])
def test_without_a_live_picture_nothing_is_taken_and_a_sentence_says_so(kernel, has_stopped):
    collecting = Collecting(kernel)
    if has_stopped:
        collecting.see()
        kernel.clock.advance(3)
    collecting.click()
    collecting.wait_for_note("start the camera first")
    assert collecting.collector.counts == {"cup": 0, "phone": 0}
    collecting.see()
    collecting.click()
    collecting.wait_for_counts(cup=1, phone=0)
    assert collecting.collector.note is None


def test_a_still_picture_of_a_display_can_be_collected(kernel):
    view = nbs.ImageView(value=grey(70), color="bgr")
    collector = nbs.Collector(view, ["a"])
    kernel.clock.advance(100)
    page = FakePage(kernel, collector)
    page.send("collect", class_index=0, is_held=True, command_index=1)
    wait_for(lambda: collector.counts == {"a": 1})
    collector.close()


# --- arrays --------------------------------------------------------------------------------------


def test_pictures_of_different_size_are_scaled_or_refused(collecting):
    collector = collecting.collector
    pictures, labels = collector.data()
    assert (pictures.shape, labels.shape) == ((0, 0, 0, 3), (0,))
    collector.add("cup", np.full((10, 20, 3), 40, np.uint8))
    collector.add("phone", np.full((30, 20, 3), 80, np.uint8))
    with pytest.raises(ValueError, match=r"2 sizes: 20x10, 20x30; expected one, or size="):
        collector.data()
    pictures, _ = collector.data(size=(8, 12))
    assert pictures.shape == (2, 12, 8, 3)
    assert [level_of(one) for one in pictures] == [40, 80]
    with pytest.raises(ValueError, match=r"size is \(0, 4\); expected \(width, height\)"):
        collector.data(size=(0, 4))


def test_a_gray_camera_gives_gray_examples(kernel):
    collector = nbs.Collector(nbs.Webcam(color="gray"), ["a"])
    collector.add("a", grey(30)[:, :, 0])
    assert collector.data()[0].shape == (1, 48, 64)


@pytest.mark.parametrize("size", [(1, 1), (3, 5), (7, 48), (64, 48), (100, 9)])
def test_each_pixel_of_a_scaled_picture_is_the_mean_of_those_it_stands_for(size):
    ramp = np.repeat(np.arange(64, dtype=np.uint8)[None, :, None] * 4, 48, axis=0).repeat(3, axis=2)
    width, height = size
    small = scaled(encode(ramp, "png"), size, "rgb")
    assert small.shape == (height, width, 3)
    cells = [ramp[:, column * 64 // width : max((column + 1) * 64 // width, column * 64 // width + 1)]
             for column in range(width)]  # fmt: skip
    assert np.abs(small[0, :, 0] - np.array([cell.mean() for cell in cells])).max() <= 3


# --- folders -------------------------------------------------------------------------------------


def files_in(folder: Path) -> list[str]:
    return sorted(one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file())


def test_nothing_is_written_unless_a_folder_is_named(collecting, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    collecting.see()
    collecting.click()
    collecting.wait_for_counts(cup=1, phone=0)
    assert not files_in(tmp_path)


def test_each_example_is_a_file_of_its_class_which_goes_with_it_and_comes_back(kernel, tmp_path):
    folder = tmp_path / "my things"
    collecting = Collecting(kernel, folder=folder)
    assert not folder.exists()
    for class_index in (0, 0, 1):
        collecting.see()
        collecting.click(class_index)
        wait_for(lambda: collecting.state["held"] is None)
    collecting.wait_for_counts(cup=2, phone=1)
    assert files_in(folder) == ["cup/00001.jpg", "cup/00002.jpg", "phone/00001.jpg"]
    collecting.discard(1)
    collecting.wait_for_counts(cup=1, phone=1)
    assert files_in(folder) == ["cup/00002.jpg", "phone/00001.jpg"]
    again = nbs.Collector(collecting.webcam, ["cup", "phone", "pen"], folder=str(folder))
    assert again.counts == {"cup": 1, "phone": 1, "pen": 0}
    again.add("cup", grey(1))
    assert files_in(folder)[:2] == ["cup/00002.jpg", "cup/00003.jpg"]
    again.clear()
    assert files_in(folder) == []


def test_what_is_no_picture_or_too_much_is_passed_over_and_told(kernel, tmp_path):
    (tmp_path / "cup").mkdir()
    (tmp_path / "cup" / "notes.txt").write_text("no picture")
    (tmp_path / "cup" / "cut.jpg").write_bytes(encode(grey(1))[:100])
    (tmp_path / "cup" / ".hidden").write_text("")
    (tmp_path / "other").mkdir()
    for number in range(3):
        (tmp_path / "cup" / f"{number}.png").write_bytes(encode(grey(number), "png"))
    collector = nbs.Collector(nbs.Webcam(), ["cup"], folder=tmp_path, max_per_class=2)
    assert collector.counts == {"cup": 2}
    assert collector.note == (
        "2 files in the folder are no pictures and were passed over. "
        "1 pictures in the folder are more than a class takes."
    )


ROOM_BYTES = 8_000_000
LARGE = encode(grey(1)) + bytes(ROOM_BYTES)
"""A picture, and what no decoder looks at."""


@pytest.fixture
def full_disk():
    """There is no room for a large picture: what a write to a full disk does, by a limit of the process."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM_BYTES, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_on_a_full_disk_nothing_is_collected_no_half_file_stays_and_a_sentence_says_why(
    kernel, tmp_path, full_disk
):
    collecting = Collecting(kernel, folder=tmp_path)
    collecting.kernel.clock.advance(0.2)
    collecting.page.send_frame(LARGE)
    collecting.hold()
    collecting.wait_for_note("Not taken, since it cannot be saved: ")
    assert collecting.collector.counts == {"cup": 0, "phone": 0}
    assert collecting.state["held"] is None
    assert "File too large" in collecting.state["note"]
    with pytest.raises(OSError, match="File too large"):
        collecting.collector.add("phone")
    assert files_in(tmp_path) == []


@pytest.mark.parametrize("place", ["things", "things/cup"])
def test_a_folder_that_is_a_file_is_refused(kernel, tmp_path, place):
    path = tmp_path / place
    path.parent.mkdir(exist_ok=True)
    path.write_text("a file")
    with pytest.raises(NotADirectoryError, match=r"is a file; expected a folder"):
        nbs.Collector(nbs.Webcam(), ["cup"], folder=tmp_path / "things")


@pytest.mark.parametrize(
    ("classes", "expected"),
    [
        (["../cup"], "'../cup', which is a path"),
        (["/etc/passwd"], "is a path"),
        (["a\\b"], "is a path"),
        ([".."], "is a path"),
        ([""], "is empty"),
        (["  "], "is empty"),
        ([".git"], "begins or ends with a dot"),
        (["cup "], "begins or ends with a dot or a space"),
        (["a:b"], "has a character"),
        (["a\0b"], "has a character"),
        (["a\nb"], "has a character"),
        (["x" * 61], "more than 60 characters"),
        (["cup", "Cup"], "'Cup', which comes twice"),
        ([], "classes has 0 names; expected 1 to 30"),
        ([str(number) for number in range(31)], "classes has 31 names"),
    ],
)
def test_a_class_name_that_could_be_no_folder_is_refused(kernel, classes, expected):
    with pytest.raises(ValueError, match="expected") as raised:
        nbs.Collector(nbs.Webcam(), classes)
    assert expected in str(raised.value)


@pytest.mark.parametrize("wrong", ["cup", b"cup", 3, None, [1, 2], {"cup": 1}])
def test_what_is_no_list_of_names_is_refused(kernel, wrong):
    with pytest.raises(TypeError, match="classes"):
        nbs.Collector(nbs.Webcam(), wrong)


def test_what_else_cannot_be_is_refused(kernel):
    webcam = nbs.Webcam()
    with pytest.raises(TypeError, match="expected a Webcam or an ImageView"):
        nbs.Collector("webcam", ["a"])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="every_s is -1; expected seconds"):
        nbs.Collector(webcam, ["a"], every_s=-1)
    with pytest.raises(ValueError, match=r"max_per_class is 0\.5; expected an integer"):
        nbs.Collector(webcam, ["a"], max_per_class=0.5)  # type: ignore[arg-type]
    collector = nbs.Collector(webcam, ["a"])
    with pytest.raises(RuntimeError, match="has no picture yet"):
        collector.add("a")
    with pytest.raises(ValueError, match="There is no class 'b'; expected one of a"):
        collector.add("b", grey(1))
    webcam.close()
    with pytest.raises(RuntimeError, match="closed"):
        nbs.Collector(webcam, ["a"])


# --- messages ------------------------------------------------------------------------------------


def test_the_messages_have_the_golden_shape():
    rows = [
        {"name": "cup", "count": 31, "examples": [8, 9]},
        {"name": "phone", "count": 0, "examples": []},
    ]
    message = collection_message(7, rows, 0, None)
    assert json.loads(json.dumps(message)) == golden("collector", "two classes, one held")
    expected = golden("collector", "a thumbnail")
    assert shape_of(example_message(8, 1200)) == shape_of(expected)
