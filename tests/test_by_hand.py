"""A display and a camera's picture, set by hand without any stream."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import traitlets

import nbstream as nbs
from nbstream.testing import FakePage

from .streaming import grey, level_of


def test_a_display_shows_an_array_without_any_stream(kernel):
    view = nbs.ImageView(label="result")
    page = FakePage(kernel, nbs.Webcam(), view)
    view.value = grey(70)
    assert level_of(page.wait_for_result(view)) == 70
    assert level_of(view.value) == 70
    view.value = None
    assert page.wait_for_result(view, 2) is None
    assert view.value is None


def test_a_display_shows_the_newest_picture_to_a_page_that_comes_later(kernel):
    view = nbs.ImageView(grey(70))
    page = FakePage(kernel, nbs.Webcam(), view)
    assert level_of(page.wait_for_result(view)) == 70


def test_a_displays_frame_can_be_set_and_observed(kernel):
    one, two = nbs.ImageView(), nbs.ImageView()
    seen: list[Any] = []
    one.observe(lambda change: seen.append(change["new"]), "frame")
    page = FakePage(kernel, nbs.Webcam(), one, two)
    one.value = grey(70)
    two.frame = one.frame
    assert seen == [one.frame]
    assert level_of(page.wait_for_result(two)) == 70


def test_a_png_display_loses_nothing(kernel):
    view = nbs.ImageView(format="png")
    picture = np.random.default_rng(0).integers(0, 255, (8, 8, 3), np.uint8)
    view.value = picture
    assert np.array_equal(view.value, picture)


def test_a_display_paces_itself_by_what_the_page_has_painted(kernel):
    view = nbs.ImageView()
    page = FakePage(kernel, nbs.Webcam(), view, paints=False)
    for level in (10, 20, 30, 40, 50):
        view.value = grey(level)
    assert len(page.results(view)) == 3
    page.paint(view)
    assert [level_of(one) for one in page.results(view)] == [10, 20, 30, 50]


def test_a_display_hears_by_itself_what_was_painted_and_who_goes_away(kernel):
    view = nbs.ImageView()
    page = FakePage(kernel, nbs.Webcam(), view, paints=False)
    for level in (10, 20, 30, 40):
        view.value = grey(level)
    of_another = {
        nbs.ImageView()._widget_id: {"seq": 2, "received_at_ms": 1.0, "painted_at_ms": 1.0}
    }
    view.comm.deliver(page._message("painted", painted=of_another))
    assert len(page.results(view)) == 3
    painted = {view._widget_id: {"seq": 2, "received_at_ms": 1.0, "painted_at_ms": 1.0}}
    view.comm.deliver(page._message("painted", painted=painted))
    assert [level_of(one) for one in page.results(view)] == [10, 20, 30, 40]
    view.comm.deliver(page._message("bye"))
    view.value = grey(50)
    assert len(page.results(view)) == 4


def test_a_frame_set_by_hand_that_is_no_picture_is_refused_with_what_to_give(kernel):
    webcam: Any = nbs.Webcam()
    with pytest.raises(
        traitlets.TraitError,
        match=r"frame was given bytes that it does not take: 5 bytes that begin",
    ):
        webcam.frame = b"hello"
    with pytest.raises(traitlets.TraitError, match="encoded bytes of a JPEG"):
        webcam.frame = grey(100)
    assert webcam.frame is None


def test_a_value_that_is_no_picture_is_refused_by_the_display(kernel):
    view = nbs.ImageView(grey(70))
    with pytest.raises(nbs.ResultError, match=r"ImageView\.value was given an int64 array"):
        view.value = np.zeros((4, 4), np.int64)
    assert level_of(view.value) == 70
