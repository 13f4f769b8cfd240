"""Annotations become marks: what counts, what is left out, what is refused, and that `draw` paints it."""

from __future__ import annotations

import math
import re
import sys
from typing import Any, get_args

import numpy as np
import pytest

import nbstream as nbs
from nbstream.annotations import draw as draw_module
from nbstream.annotations import shapes
from nbstream.annotations.color_names import COLOR_NAMES
from nbstream.annotations.colors import PALETTE, color_of, outline_of
from nbstream.annotations.kinds import Annotation
from nbstream.annotations.marks import MAX_MARKS, MAX_POINTS, marks_of

SIZE = (200, 100)


def only(annotations: Any, **options: Any) -> Any:
    (mark,) = marks_of(annotations, SIZE, **options).shown
    return mark


# --- what counts ---------------------------------------------------------------------------------


def test_a_box_in_pixels_becomes_shares_of_the_picture():
    mark = only(nbs.Box(20, 30, 100, 50, label="cat", score=0.875))
    assert (mark.kind, mark.text) == ("box", "cat 0.88")
    assert mark.points == pytest.approx((0.1, 0.3, 0.6, 0.8))


def test_relative_coordinates_stay_as_they_are():
    assert only(nbs.Box(0.1, 0.3, 0.5, 0.5), relative=True).points == pytest.approx(
        (0.1, 0.3, 0.6, 0.8)
    )
    found = np.array([[0.1, 0.3, 0.6, 0.8, 0.5, 0]])
    assert only(found, relative=True).points == pytest.approx((0.1, 0.3, 0.6, 0.8))


@pytest.mark.parametrize(
    ("plain", "text"),
    [
        ((20, 30, 100, 50), ""),
        ((20, 30, 100, 50, "cat"), "cat"),
        ((np.float32(20), 30, 100, 50, "cat", 0.5), "cat 0.50"),
    ],
)
def test_a_plain_tuple_is_a_box_alone_and_in_a_list(plain, text):
    for given in (plain, [plain]):
        mark = only(given)
        assert mark.text == text
        assert mark.points == pytest.approx((0.1, 0.3, 0.6, 0.8))


def test_an_array_of_a_detector_is_boxes_with_the_names_of_their_classes():
    found = np.array([[20, 30, 120, 80, 0.25, 1], [0, 0, 10, 10, 0.75, 0]], np.float32)
    marks = marks_of(found, SIZE, labels=["cat", "dog"])
    assert [mark.text for mark in marks.shown] == ["cat 0.75", "dog 0.25"]
    assert marks.shown[1].points == pytest.approx((0.1, 0.3, 0.6, 0.8))
    assert [mark.text for mark in marks_of(found, SIZE).shown] == ["0 0.75", "1 0.25"]
    assert only(found[:1], labels={1: "dog"}).text == "dog 0.25"


def test_polygons_keypoints_and_texts_keep_their_points():
    assert only(nbs.Polygon([(0, 0), (200, 0), (0, 100)])).points == (0, 0, 1, 0, 0, 1)
    dots = only(nbs.Keypoints(np.array([[20, 10], [40, 20]]), edges=[(0, 1)], label="arm"))
    assert (dots.kind, dots.edges, dots.text) == ("keypoints", (0, 1), "arm")
    assert dots.points == pytest.approx((0.1, 0.1, 0.2, 0.2))
    text = only(nbs.Text(20, 10, "  two\nlines "))
    assert (text.kind, text.text) == ("text", "two lines")


def test_ellipses_arrows_and_points_keep_their_places():
    circle = only(nbs.Ellipse(100, 50, 40))
    assert circle.kind == "ellipse"
    assert circle.points == pytest.approx((0.5, 0.5, 0.6, 0.5, 0.5, 0.7))
    turned = only(nbs.Ellipse(100, 50, 40, 20, angle_deg=90))
    assert turned.points == pytest.approx((0.5, 0.5, 0.5, 0.7, 0.45, 0.5))
    arrow = only(nbs.Arrow(0, 0, 100, 50, label="up"))
    assert (arrow.kind, arrow.text) == ("arrow", "up")
    assert arrow.points == pytest.approx((0, 0, 0.5, 0.5))
    dots = only(nbs.Points([(20, 10), (math.nan, 5), (40, 20)]))
    assert dots.kind == "points"
    assert dots.points == pytest.approx((0.1, 0.1, 0.2, 0.2))


def test_a_line_is_as_wide_as_it_is_told():
    assert only(nbs.Box(1, 2, 3, 4)).line_px is None
    assert only(nbs.Box(1, 2, 3, 4, line_px=2.5)).line_px == 2.5
    thick = nbs.draw(BLACK, nbs.Arrow(50, 50, 150, 50, line_px=9, color="lime"))
    assert (thick[47:54, 100] == (0, 255, 0)).all()


def test_a_keypoint_that_was_not_seen_takes_its_lines_with_it():
    points = [(20, 10), (math.nan, 20), (60, 30)]
    mark = only(nbs.Keypoints(points, edges=[(0, 1), (1, 2), (0, 2)]))
    assert mark.points == pytest.approx((0.1, 0.1, 0.3, 0.3))
    assert mark.edges == (0, 1)


def test_the_same_label_has_the_same_colour_whatever_else_it_has():
    marks = marks_of([(0, 0, 9, 9, "cat", 0.2), nbs.Text(5, 50, "x", label="cat")], SIZE)
    assert {mark.color for mark in marks.shown} == {color_of("cat")}
    found = np.array([[0, 0, 9, 9, 0.2, 0]])
    assert only(found, labels=["cat"]).color == color_of("cat")
    assert len({color_of(f"label {number}") for number in range(200)}) == len(PALETTE)


def test_colours_stand_out_against_their_outline():
    assert {outline_of(color) for color in PALETTE} == {"#000000"}
    assert outline_of("#000080") == "#ffffff"


def test_colours_have_the_names_that_they_have_in_css():
    assert only(nbs.Box(1, 2, 3, 4, color="RebeccaPurple")).color == "#663399"
    assert only(nbs.Box(1, 2, 3, 4, color="grey")).color == "#808080"
    assert len(COLOR_NAMES) == 148
    assert all(map(re.compile("#[0-9a-f]{6}").fullmatch, COLOR_NAMES.values()))


# --- what is left out ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "annotation",
    [
        nbs.Box(0, 0, 10, 10, score=math.nan),
        nbs.Box(math.nan, 0, 10, 10),
        nbs.Box(0, 0, math.inf, math.nan),
        nbs.Box(0, 0, 0, 10),
        nbs.Box(10, 10, -5, 10),
        nbs.Box(201, 0, 10, 10),
        nbs.Box(-20, 0, 10, 10),
        nbs.Box(0, 101, 10, 10),
        nbs.Polygon([(1, 1)]),
        nbs.Polygon([(0, 0), (math.nan, 1), (5, 5)]),
        nbs.Polygon([(-9, 0), (-1, 0), (-5, 9)]),
        nbs.Keypoints([(math.nan, math.nan)]),
        nbs.Text(500, 0, "far"),
        nbs.Ellipse(math.nan, 5, 10),
        nbs.Ellipse(50, 50, 0),
        nbs.Ellipse(50, 50, 10, -1),
        nbs.Ellipse(50, 50, 10, angle_deg=math.inf),
        nbs.Ellipse(-10, 50, 15),
        nbs.Arrow(0, 0, math.nan, 5),
        nbs.Arrow(-9, 0, -1, 9),
        nbs.Points([(math.nan, 1)]),
        nbs.Points([(500, 10)]),
        nbs.Mask(np.zeros((4, 4), bool)),
        np.array([[0, 0, 10, 10, np.nan, 0]]),
        np.array([[np.inf, 0, 10, 10, 0.5, 0]]),
        np.array([[10, 10, 5, 20, 0.5, 0]]),
        np.array([[300, 0, 310, 10, 0.5, 0]]),
    ],
    ids=str,
)
def test_what_is_no_number_has_no_area_or_lies_outside_is_left_out(annotation):
    marks = marks_of(annotation, SIZE)
    assert (marks.shown, marks.total_count) == ((), 0)
    if not isinstance(annotation, np.ndarray):
        beside = marks_of([annotation, (0, 0, 9, 9, "seen")], SIZE)
        assert [mark.text for mark in beside.shown] == ["seen"]


def test_a_box_that_sticks_out_is_drawn_and_cannot_be_endless():
    assert only(nbs.Box(-20, 0, 40, 10)).points == pytest.approx((-0.1, 0, 0.1, 0.1))
    assert only(nbs.Box(-1e300, 0, 2e300, 10)).points[0] == -10


@pytest.mark.parametrize("none", [None, [], (), np.empty((0, 6)), np.empty(0)], ids=repr)
def test_nothing_is_nothing(none):
    assert marks_of(none, SIZE).shown == ()


def test_of_10_000_boxes_the_best_300_are_shown_and_all_are_counted():
    rng = np.random.default_rng(0)
    found = np.zeros((10_000, 6))
    found[:, 2:4] = 50
    found[:, 4] = rng.random(10_000)
    boxes = [nbs.Box(0, 0, 50, 50, score=float(score)) for score in found[:, 4]]
    best = [f"0 {score:.2f}" for score in sorted(found[:, 4], reverse=True)[:MAX_MARKS]]
    assert [mark.text for mark in marks_of(found, SIZE).shown] == best
    assert [f"0 {mark.text}" for mark in marks_of(boxes, SIZE).shown] == best
    assert marks_of(found, SIZE).total_count == marks_of(boxes, SIZE).total_count == 10_000


def test_no_more_points_are_shown_than_a_page_can_draw():
    outline = np.random.default_rng(0).random((2000, 2)) * 100
    marks = marks_of([nbs.Polygon(outline)] * 50, SIZE)
    assert len(marks.shown) == MAX_POINTS // 2000
    assert marks.total_count == 50


def test_a_long_text_is_cut():
    assert len(only(nbs.Text(0, 50, "x" * 5000)).text) == 200


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("cat", "'cat' of type str.*expected nbstream.Box.*None clears"),
        ([(1, 2, 3)], r"\(1, 2, 3\) of type tuple"),
        ((1, 2, 3, 4, "a", 0.5, 7), "of type tuple"),
        ([nbs.Box("1", 2, 3, 4)], "'1' as x"),  # type: ignore[arg-type]
        ((1, 2, 3, 4, "cat", "sure"), "'sure' as score"),
        (np.zeros((3, 4)), r"shape \(3, 4\).*\(n, 6\)"),
        (np.array([list("abcdef")]), "dtype <U1"),
        (nbs.Polygon([1, 2, 3]), r"expected \(n, 2\)"),
        (nbs.Polygon(np.zeros((2001, 2))), "at most 2000"),
        (nbs.Keypoints([(1, 2)], edges=[(0, 1)]), "edges of 1 keypoints"),
        (nbs.Keypoints([(1, 2)], edges=["ab"]), "edges of 1 keypoints"),  # type: ignore[list-item]
        (nbs.Mask(np.zeros((2, 2, 3))), "a mask of shape"),
        (nbs.Box(1, 2, 3, 4, color="nave"), "'nave' as color.*#rrggbb"),
        (nbs.Box(1, 2, 3, 4, color=(1, 2, 300)), "as color"),
        (nbs.Box(1, 2, 3, 4, line_px=0), "0 as line_px.*above 0 and up to 100"),
        (nbs.Box(1, 2, 3, 4, line_px=math.nan), "nan as line_px"),
        (nbs.Box(1, 2, 3, 4, line_px="2"), "'2' as line_px"),  # type: ignore[arg-type]
        (nbs.Ellipse(1, 2, "3"), "'3' as width"),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_annotation_is_refused_with_what_came_and_what_was_wanted(wrong, said):
    with pytest.raises(nbs.NbstreamError, match=said):
        marks_of(wrong, SIZE)


def test_too_few_labels_are_refused():
    found = np.array([[0, 0, 9, 9, 0.5, 2]])
    with pytest.raises(nbs.ResultError, match="class 2, and `labels` names 2"):
        marks_of(found, SIZE, labels=["cat", "dog"])


# --- draw ----------------------------------------------------------------------------------------

BLACK = np.zeros((100, 200, 3), np.uint8)


def test_every_annotation_is_checked_and_every_shape_of_one_is_painted():
    assert set(shapes._SHAPES) == set(Annotation.__subclasses__())
    assert set(draw_module._SHAPES) == set(get_args(shapes.Kind))


def test_draw_paints_a_new_picture():
    box = nbs.Box(20.5, 30.5, 100, 50, color=(255, 0, 0))
    painted = nbs.draw(BLACK, box)
    assert not BLACK.any()
    assert painted.shape == BLACK.shape
    for row, column in ((30, 60), (80, 60), (50, 20), (50, 120)):
        assert painted[row, column].tolist() == [255, 0, 0]
    assert not painted[50, 60].any()
    assert nbs.draw(BLACK, box, color="bgr")[30, 60].tolist() == [0, 0, 255]


@pytest.mark.parametrize(
    ("annotation", "row", "column"),
    [
        (nbs.Polygon([(20, 20), (80, 20), (50, 90)], color="#00ff00"), 20, 50),
        (nbs.Keypoints([(20.5, 20.5), (80.5, 20.5)], [(0, 1)], color="#00ff00"), 20, 50),
        (nbs.Keypoints([(20.5, 20.5)], color="#00ff00"), 20, 20),
        (nbs.Points([(20.5, 20.5)], color="#00ff00"), 20, 20),
        (nbs.Arrow(20.5, 20.5, 80.5, 20.5, color="#00ff00"), 20, 50),
        (nbs.Ellipse(100.5, 50.5, 60, 40, color="#00ff00"), 50, 70),
        (nbs.Ellipse(100.5, 50.5, 60, 40, 90, color="#00ff00"), 20, 100),
    ],
)
def test_draw_paints_lines_and_points(annotation, row, column):
    assert nbs.draw(BLACK, annotation)[row, column].tolist() == [0, 255, 0]


def test_draw_paints_masks_half_transparent_and_texts_inside_the_picture():
    tinted = nbs.draw(BLACK + 100, nbs.Mask(np.ones((4, 4), bool), color="#ff0000"))
    red, green, _ = tinted[50, 50].tolist()
    assert 100 < red < 255
    assert 0 < green < 100
    right = nbs.draw(BLACK, nbs.Text(199, 3, "long text", color="#00ff00"))
    assert (right[:, :, 1] > 150).sum() > 20
    assert nbs.draw(BLACK, np.array([[0, 0, 9, 9, 0.5, 0]] * 301))[-20:].any()


@pytest.mark.parametrize("wrong", [BLACK.astype(float), BLACK[:, :, 0], "picture"])
def test_draw_refuses_what_is_no_picture(wrong):
    with pytest.raises(nbs.ResultError, match=r"draw\(\) was given .* expected uint8"):
        nbs.draw(wrong, None)


def test_draw_without_opencv_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "cv2", None)
    with pytest.raises(nbs.MissingDependencyError, match=r"nbstream\[cv\]"):
        nbs.draw(BLACK, None)
