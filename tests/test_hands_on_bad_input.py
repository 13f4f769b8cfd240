"""What goes wrong where hands are on the picture: for each a stated outcome, in one table."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nbstream as nbs
from nbstream.detect import Tracker
from nbstream.testing import FakeMicrophone, FakePage, MockKernel

from .streaming import grey

NAN = math.nan
NANS = np.full((2, 6), NAN)


class Table:
    """A camera with its page; each method does something with it and returns what came of that."""

    def __init__(self, kernel: MockKernel, folder: Path) -> None:
        self.kernel = kernel
        self.folder = folder
        self.webcam = nbs.Webcam()
        self.page = FakePage(kernel, self.webcam)

    def pointer(self, **options: Any) -> nbs.Pointer:
        self.page.start()
        self.page.send_frame(grey(1))
        return nbs.Pointer(self.webcam, **options)

    def point(self, pointer: nbs.Pointer, gesture: str, *place: Any, **fields: Any) -> Any:
        bad = self.webcam._session.bad_message_count
        self.page.point(gesture, *place, **fields)
        return pointer.value, pointer.zone, self.webcam._session.bad_message_count - bad

    def drawn(self, *found: Any) -> int:
        overlay = nbs.Overlay(self.webcam)
        page = FakePage(self.kernel, self.webcam, client="other")
        self.page.start()
        self.page.send_frame(grey(1))
        overlay.show(*found)
        return len(page.wait_for_overlay()["marks"])

    def hold_before_start(self) -> Any:
        microphone = nbs.Microphone()
        microphone.stream(lambda sound: None, on="hold")
        page = FakeMicrophone(self.kernel, microphone)
        page.hold()
        return page.state["is_held"]


NOTHING_CAME = (None, None, 1)
Case = Callable[[Table], Any]

OUTCOMES: dict[str, tuple[Case, Any]] = {
    "a click outside of the picture": (
        lambda at: at.point(at.pointer(), "click", 1.5, 0.5),
        NOTHING_CAME,
    ),
    "a click that is nowhere": (
        lambda at: at.point(at.pointer(), "click", NAN, 0.5),
        NOTHING_CAME,
    ),
    "a drag whose corners are no numbers": (
        lambda at: at.point(at.pointer(), "drag", 0.5, 0.5, points=[0, 0, NAN, 1]),
        NOTHING_CAME,
    ),
    "a zone of two corners": (
        lambda at: at.point(at.pointer(draws_zone=True), "zone", 0, 0, points=[0, 0, 1, 1]),
        NOTHING_CAME,
    ),
    "a zone where none may be drawn": (
        lambda at: at.point(at.pointer(), "zone", 0, 0, points=[0, 0, 1, 1, 0, 1]),
        (None, None, 0),
    ),
    "a click before the first picture": (
        lambda at: at.point(nbs.Pointer(at.webcam), "click", 0.5, 0.5),
        (None, None, 0),
    ),
    "a hold before Start": (Table.hold_before_start, False),
    "no results at all": (lambda at: at.drawn([]), 0),
    "an empty array": (lambda at: at.drawn(np.empty((0, 6))), 0),
    "boxes that are no numbers": (lambda at: at.drawn(NANS), 0),
    "a box outside of the picture": (lambda at: at.drawn(nbs.Box(500, 500, 9, 9)), 0),
    "an ellipse that is nowhere": (lambda at: at.drawn(nbs.Ellipse(NAN, 1, 9)), 0),
    "an arrow to nowhere": (lambda at: at.drawn(nbs.Arrow(1, 1, NAN, NAN)), 0),
    "a score that is no number": (lambda at: at.drawn(nbs.Box(1, 1, 9, 9, score=NAN)), 0),
    "a tracker without boxes": (lambda at: len(Tracker()(np.empty((0, 6))).xyxy), 0),
    "a tracker of boxes that are no numbers": (lambda at: len(Tracker()(NANS).xyxy), 0),
    "scores of nothing": (lambda at: nbs.Scores({}).value, {}),
    "scores that are no numbers": (lambda at: nbs.Scores({"a": NAN, "b": 0.5}).value, {"b": 0.5}),
}

REFUSALS: dict[str, tuple[Case, type[Exception], str]] = {
    "a capture before Start": (lambda at: at.webcam.capture(), RuntimeError, "no live stream"),
    "an example before the first picture": (
        lambda at: nbs.Collector(at.webcam, ["a"]).add("a"),
        RuntimeError,
        "has no picture yet",
    ),
    "a class whose name is a path": (
        lambda at: nbs.Collector(at.webcam, ["../../etc"]),
        ValueError,
        "which is a path",
    ),
    "a folder that is a file": (
        lambda at: nbs.Collector(at.webcam, ["a"], folder=at.folder / "file"),
        NotADirectoryError,
        "is a file; expected a folder",
    ),
    "a zone beyond the picture": (
        lambda at: setattr(at.pointer(), "zone", [(0, 0), (2, 0), (1, 1)]),
        ValueError,
        "expected 3 to 100 corners as shares",
    ),
    "a zone that is nowhere": (
        lambda at: setattr(at.pointer(), "zone", [(0, 0), (NAN, 0), (1, 1)]),
        ValueError,
        "expected 3 to 100 corners as shares",
    ),
    "scores of something else": (lambda at: nbs.Scores([1, 2]), nbs.ResultError, "expected a dict"),
    "an array that could be two things": (
        lambda at: at.drawn(np.ones((3, 4))),
        nbs.ResultError,
        'boxes="xyxy"',
    ),
}


@pytest.fixture
def table(kernel, tmp_path):
    (tmp_path / "file").write_text("a file")
    return Table(kernel, tmp_path)


@pytest.mark.parametrize("what", OUTCOMES)
def test_what_is_wrong_has_its_outcome(table, what):
    case, outcome = OUTCOMES[what]
    assert case(table) == outcome


@pytest.mark.parametrize("what", REFUSALS)
def test_what_cannot_be_is_refused_in_words(table, what):
    case, kind, words = REFUSALS[what]
    with pytest.raises(kind) as raised:
        case(table)
    assert words in str(raised.value)
