"""What functions return by habit, and does not fit as it is: taken, or refused with what to return instead."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import ipywidgets
import numpy as np
import pytest
from jupyter_client.session import Session

import nbstream as nbs
from nbstream.annotations.marks import marks_of
from nbstream.errors import ResultError
from nbstream.pictures import result_pixels as pixels
from nbstream.pictures.frame import Frame
from nbstream.runs.plan import Origin
from nbstream.streams.ports import as_output

from .streaming import Stream, wait_for_error

ORIGIN = Origin(Frame(None, 1, 1, b"", 64, 48, 0.0, 0.0), dict)
W = ipywidgets

TAKEN: list[tuple[Any, Any, Any]] = [
    (W.Checkbox(), np.bool_(True), True),
    (W.Valid(), np.bool_(True), True),
    (W.ToggleButton(), np.bool_(True), True),
    (W.Label(), np.str_("a"), "a"),
    (W.FloatText(), np.float32(1.5), 1.5),
    (W.FloatSlider(), np.array(0.5), 0.5),
    (W.IntText(), np.uint8(3), 3),
    (W.Dropdown(options=[1, 2, 3]), np.int64(2), 2),
    (W.SelectMultiple(options=[1, 2, 3]), (np.int64(1), np.int64(2)), (1, 2)),
    (W.SelectMultiple(options=[1, 2, 3]), np.array([1, 2]), (1, 2)),
    (W.IntRangeSlider(), np.array([1, 2]), (1, 2)),
    (W.FloatRangeSlider(), [np.float32(1), np.float32(2)], (1.0, 2.0)),
    ((W.Dropdown(), "options"), [np.int64(4), np.int64(5)], (4, 5)),
]


@pytest.mark.parametrize(("output", "value", "expected"), TAKEN)
def test_numpys_numbers_go_to_any_ipywidget_and_on_to_the_page(kernel, output, value, expected):
    widget, trait = output if isinstance(output, tuple) else (output, "value")
    as_output(output).write(value, ORIGIN)
    came = getattr(widget, trait)
    assert came == expected
    assert type(came) is type(expected)
    sent = {name: getattr(widget, name) for name in ("value", "index") if widget.has_trait(name)}
    Session().serialize(Session().msg("comm_msg", {"data": {"state": sent}}))


Html = type("Html", (), {"_repr_html_": lambda self: "<b>"})
Table = type("Table", (), {"to_html": lambda self: "<b>", "_repr_html_": lambda self: "<b>"})

REFUSED: list[tuple[Any, Any, str]] = [
    (W.Label(), None, 'Return nbs.skip() to leave the output as it is, "" to clear it.'),
    (W.IntText(), None, "Return nbs.skip() to leave the output as it is."),
    (
        W.Label(),
        {},
        "Return its value and no dict. Return nbs.skip() to leave the output as it is.",
    ),
    (W.Label(), np.float64(1.5), 'Return text, such as str(x) or f"{x:.2f}".'),
    (W.HTML(), Html(), "Return x._repr_html_()."),
    (W.HTML(), Table(), "Return x.to_html()."),
    (W.FloatSlider(), np.array([0.5]), "Return float(x[0])."),
    (W.IntText(), [3], "Return int(x[0])."),
    (W.Checkbox(), "yes", "Return bool(x)."),
    (W.ColorPicker(), (255, 0, 0), 'Return a colour such as "#ff0000"'),
    (W.ColorPicker(), np.array([255, 0, 0]), 'Return a colour such as "#ff0000"'),
    (W.Dropdown(options=["a"]), "zz", "Return one of its options: ('a',)."),
]


@pytest.mark.parametrize(("widget", "value", "todo"), REFUSED)
def test_a_widget_that_refuses_says_what_to_return(kernel, widget, value, todo):
    with pytest.raises(ResultError) as caught:
        as_output(widget).write(value, ORIGIN)
    assert todo in str(caught.value)
    assert "of type" in str(caught.value)


Landmark = namedtuple("Landmark", "x y z visibility")
Rect = namedtuple("Rect", "x y w h")


@dataclass
class Tensor:
    array: Any
    problem: str = ""

    def cpu(self):
        return self

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        if self.problem:
            raise TypeError(self.problem)
        return np.asarray(self.array)


ROW = [5.0, 5.0, 20.0, 20.0, 0.9, 0.0]
CONTOUR = np.array([[[5, 5]], [[20, 5]], [[20, 20]]], np.int32)
DRAWN = {
    "named tuple": Rect(5, 5, 20, 20),
    "tuple of np.int32": tuple(np.array([5, 5, 20, 20], np.int32)),
    "tuple of tuples": ((5, 5, 20, 20),),
    "tensor": Tensor([ROW]),
    "contour": nbs.Polygon(CONTOUR),
    "contours": (CONTOUR,),
    "landmarks": [Landmark(0.5, 0.5, 0, 1)],
}


@pytest.mark.parametrize("name", DRAWN)
def test_these_are_drawn(name):
    assert marks_of(DRAWN[name], (64, 48)).total_count == 1


NOT_DRAWN: dict[str, tuple[Any, str]] = {
    "(n, 4)": (np.array([ROW[:4]]), 'give the overlay boxes="xywh"; for x1'),
    "(4,)": (np.array(ROW[:4]), 'boxes="xywh"; for x1'),
    "(n, 5)": (np.array([ROW[:5]]), "The class is missing. For x, y, width, height"),
    "(n, 7)": (np.array([[*ROW, 1]]), "Return x[:, :6]"),
    "(6,)": (np.array(ROW), "Return x[None]"),
    "(1, n, 6)": (np.array([[ROW]]), "Return x[0]."),
    "flat": (np.ones(9), 'give the overlay boxes="xywh"'),
    "objects": (np.array([nbs.Box(1, 1, 5, 5)], object), "Return list(x)"),
    "mask": (np.zeros((48, 64), bool), "Return nbs.Mask(x)"),
    "grey": (np.zeros((48, 64), np.uint8), "Of a mask return nbs.Mask(x)"),
    "picture": (np.zeros((48, 64, 3), np.uint8), "A picture goes to a display"),
    "list of rows": ([np.array(ROW[:4])], 'boxes="xywh"; for x1'),
    "list of six": ([np.array(ROW)], "Return np.array(x), of shape (n, 6)."),
    "list of numbers": ([5, 5, 20, 20], "One box is a tuple"),
    "list of lists": ([ROW[:4]], 'boxes="xywh"; for x1'),
    "list of lists of six": ([ROW], "Return np.array(x), of shape (n, 6)."),
    "contours and their tree": (
        ((CONTOUR,), np.zeros((1, 1, 4))),
        "Of contours return the first that findContours gives.",
    ),
    "tensors": ((Tensor(5), Tensor(5)), "of single numbers float(x)"),
    "tensor elsewhere": (Tensor([ROW], "on a device"), "Return x.detach().cpu().numpy()"),
    "landmark objects": ([SimpleNamespace(x=0, y=0)], "nbs.Keypoints([(p.x, p.y) for p in x])"),
    "rectangle": (SimpleNamespace(left=0, top=0, width=0, height=0), "nbs.Box(x.left(), x.top()"),
    "dict": ({"x": 1}, "Return nbs.Box(x, y, width, height, label=...)"),
    "text": ("face", "Return nbs.Text(x, y, text)."),
    "number": (0, "One box is a tuple"),
    "for two outputs": ((np.array([ROW[:4]]), 0.9), "return the annotations alone, or list more"),
    "tensor as x": (nbs.Box(Tensor(1), 1, 5, 5), "Give float(x)."),  # type: ignore[arg-type]
    "score as text": (nbs.Box(1, 1, 5, 5, score="0.9"), "Give float(x)."),  # type: ignore[arg-type]
    "name of a colour": (nbs.Box(1, 1, 5, 5, color="rot"), 'a name such as "red"'),
    "points with scores": (nbs.Keypoints(np.ones((4, 3))), "Give x[:, :2]."),
    "points with None": (nbs.Keypoints([(1, 2), None]), "is (nan, nan), not None."),
    "mask in a batch": (nbs.Mask(np.ones((1, 4, 4), bool)), "Give x[0]."),
}


@pytest.mark.parametrize("name", NOT_DRAWN)
def test_an_overlay_that_refuses_says_what_to_return(name):
    value, todo = NOT_DRAWN[name]
    with pytest.raises(ResultError) as caught:
        marks_of(value, (64, 48))
    assert "expected" in str(caught.value)
    assert todo in str(caught.value)


@pytest.mark.parametrize(
    ("value", "todo"),
    [
        ({}, "Return nbs.skip() to leave the output as it is."),
        ("a.jpg", "pathlib.Path(x).read_bytes()."),
        (np.array([[0.0, 1.2]]), "return np.clip(x, 0, 1)."),
        (np.array([[-0.2, 1.2]]), "return np.clip(x, 0, 1)."),
        (np.array([[-1.0, 1.0]]), "return (x + 1) / 2."),
        (np.array([[0.0, 200.0]]), "return x.astype('uint8')."),
    ],
)
def test_a_display_that_refuses_says_what_to_return(value, todo):
    with pytest.raises(ResultError) as caught:
        pixels.to_pixels(value)
    assert str(caught.value).endswith(todo)


def test_floats_a_little_beyond_their_range_are_cut():
    assert pixels.to_pixels(np.array([[-0.05, 0.5, 1.05]])).tolist() == [[0, 128, 255]]


@pytest.mark.parametrize(
    ("value", "todo"),
    [
        (None, "Return nbs.skip() for an output that shall stay as it is."),
        ([], "Return nbs.skip() for an output that shall stay as it is."),
        ({"x": 1}, "A dict may have outputs as its keys, and 'x' is none."),
        (np.array(["a", "b"]), "Return tuple(x)."),
    ],
)
def test_with_two_outputs_the_error_says_what_to_return(kernel, value, todo):
    stream = Stream(kernel, lambda frame: value, outputs=[W.Label(), W.Label()]).go_live()
    stream.page.send_frame()
    assert todo in wait_for_error(stream.binding)
