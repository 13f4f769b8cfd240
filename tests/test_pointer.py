"""What a person points at reaches the function in pixels of its picture, and whoever listens."""

from __future__ import annotations

import gc
import math
from typing import Any

import numpy as np
import pytest

import nbstream as nbs
from nbstream.pages.pointing import MAX_CLIENTS
from nbstream.testing import FakePage, wait_for

from .streaming import Stream, grey


class Pointed(Stream):
    """A stream whose function notes what its pointer said."""

    def __init__(self, kernel: Any, **options: Any) -> None:
        self.seen: list[Any] = []
        super().__init__(kernel, lambda frame: frame)
        self.pointer = nbs.Pointer(self.webcam, **options)
        self.webcam.stream(self._note, inputs=[self.webcam, self.pointer], outputs=self.view)
        self.go_live()
        self.one_result()

    def _note(self, frame: Any, event: Any) -> Any:
        self.seen.append(event)
        return frame


def traits_of(webcam: nbs.Webcam) -> Any:
    """What pages are told of pointing."""
    return webcam.get_state("_pointing")["_pointing"]


@pytest.fixture
def stream(kernel):
    return Pointed(kernel)


def test_a_function_gets_nothing_and_then_the_last_event_in_pixels_of_its_picture(stream):
    stream.page.point("move", 0.5, 0.5, button=0)
    stream.page.point("click", 0.25, 0.75, modifiers=["Shift"])
    stream.one_result()
    assert stream.seen[0] is None
    event = stream.seen[-1]
    assert (event.kind, event.x, event.y, event.box) == ("click", 16, 36, None)
    assert (event.button, event.modifiers, event.index) == (1, ("Shift",), 2)
    assert event.size_px == (64, 48)
    assert stream.pointer.value == event


def test_the_pixel_under_the_pointer_is_in_the_picture_also_at_its_far_edge(stream):
    stream.page.point("click", 1, 1)
    event = stream.pointer.value
    assert (event.x, event.y) == (64, 48)
    assert (event.column, event.row) == (63, 47)
    assert grey(7)[event.row, event.column].tolist() == [7, 7, 7]


def test_a_drag_has_a_box_whichever_way_it_went(stream):
    stream.page.point("drag", 0.25, 0.25, points=[0.75, 0.5, 0.25, 0.25], is_done=False)
    event = stream.pointer.value
    assert (event.kind, event.is_done) == ("drag", False)
    assert event.box == (16, 12, 48, 24)


def test_listeners_hear_of_clicks_and_of_drags_that_have_ended(stream):
    clicks: list[Any] = []
    drags: list[Any] = []
    stream.pointer.on_click(clicks.append)

    @stream.pointer.on_drag
    def note(event):
        drags.append(event)

    corners = [0.25, 0.25, 0.5, 0.5]
    stream.page.point("move", 0.5, 0.5)
    stream.page.point("drag", 0.4, 0.4, points=corners, is_done=False)
    stream.page.point("drag", 0.5, 0.5, points=corners)
    stream.page.point("click", 0.5, 0.5)
    wait_for(lambda: clicks and drags)
    assert [one.kind for one in clicks + drags] == ["click", "drag"]


def test_a_listener_that_fails_keeps_the_others_from_nothing(stream, caplog):
    heard: list[Any] = []
    stream.pointer.on_click(lambda event: 1 / 0)
    stream.pointer.on_click(heard.append)
    stream.page.point("click", 0.5, 0.5)
    wait_for(lambda: heard)
    assert "failed" in caplog.text


def test_a_message_that_comes_again_is_one_event(stream):
    stream.page.point("click", 0.5, 0.5, pointer_index=9)
    stream.page.point("click", 0.1, 0.1, pointer_index=9)
    stream.page.point("click", 0.1, 0.1, pointer_index=8)
    assert (stream.pointer.value.x, stream.pointer.value.index) == (32, 1)


def test_a_number_that_no_page_has_come_to_costs_that_event_alone(stream):
    stream.page.point("click", 0.5, 0.5)
    stream.page.point("click", 0.1, 0.1, pointer_index=2**53)
    assert stream.pointer.value.x == 32
    stream.page.point("click", 0.25, 0.5)
    assert (stream.pointer.value.x, stream.pointer.value.index) == (16, 2)


def test_the_pages_that_point_are_bounded(stream):
    hub = stream.webcam._pointing_hub
    for number in range(3 * MAX_CLIENTS):
        stream.page.point("click", 0.5, 0.5, client=f"page {number}")
    assert len(hub._newest) == MAX_CLIENTS


def test_before_the_first_picture_there_is_no_event(kernel):
    webcam = nbs.Webcam()
    pointer = nbs.Pointer(webcam)
    heard: list[Any] = []
    pointer.on_click(heard.append)
    page = FakePage(kernel, webcam)
    page.point("click", 0.5, 0.5)
    assert pointer.value is None
    assert pointer.zone is None
    page.point("click", 7, 0.5)  # outside of any picture: no message at all
    assert webcam._session.bad_message_count == 1
    assert heard == []


def test_a_view_can_be_pointed_at_as_well(kernel):
    view = nbs.ImageView(np.zeros((30, 40, 3), np.uint8))
    pointer = nbs.Pointer(view)
    page = FakePage(kernel, view)
    page.point("click", 0.5, 0.5)
    event = pointer.value
    assert event is not None
    assert (event.x, event.y) == (20, 15)


def test_pages_tell_nothing_until_somebody_wants_to_know(kernel):
    webcam = nbs.Webcam()
    assert traits_of(webcam) is None
    pointer = nbs.Pointer(webcam, draws_zone=True)
    assert traits_of(webcam) == {"zone": None, "draws_zone": True, "by_corners": False}
    assert pointer.value is None


def test_a_pointer_that_nobody_has_any_more_is_forgotten(stream):
    hub = stream.webcam._pointing_hub
    other = nbs.Pointer(stream.webcam)
    assert len(hub._listeners) == 2
    del other
    gc.collect()
    assert len(hub._listeners) == 1


# --- the zone ------------------------------------------------------------------------------------

SQUARE = [0.25, 0.25, 0.75, 0.25, 0.75, 0.75, 0.25, 0.75]


def test_a_zone_that_was_drawn_is_there_in_shares_and_pixels_and_in_all_pages(kernel):
    stream = Pointed(kernel, draws_zone=True)
    stream.page.point("zone", 0.75, 0.75, points=SQUARE)
    zone = stream.pointer.zone
    assert zone is not None
    assert zone.shares.tolist() == [[0.25, 0.25], [0.75, 0.25], [0.75, 0.75], [0.25, 0.75]]
    assert zone.box == pytest.approx((16, 12, 48, 36))
    assert traits_of(stream.webcam) == {"zone": SQUARE, "draws_zone": True, "by_corners": False}
    assert stream.pointer.value is None  # it is no event
    stream.page.point("zone", 0.5, 0.5)
    assert traits_of(stream.webcam) == {"zone": None, "draws_zone": True, "by_corners": False}


def test_a_zone_is_drawn_only_where_it_was_asked_for(stream):
    stream.page.point("zone", 0.75, 0.75, points=SQUARE)
    assert stream.pointer.zone is None


def test_a_zone_can_be_any_polygon_and_knows_what_lies_in_it(stream):
    stream.pointer.zone = [(0, 0), (1, 0), (0, 1)]
    zone = stream.pointer.zone
    assert zone.contains(5, 5)
    assert not zone.contains(60, 40)
    assert not zone.contains(math.nan, 5)
    assert nbs.draw(grey(0), nbs.Polygon(zone.pixels)).any()
    stream.pointer.zone = None
    assert stream.pointer.zone is None


@pytest.mark.parametrize(
    "wrong", ["all", [(0, 0), (1, 1)], [(0, 0), (1, 0), (0, 48)], [(0, 0), (1, 0), (0, math.nan)]]
)
def test_a_zone_that_is_none_is_refused(stream, wrong):
    with pytest.raises(ValueError, match=r"3 to 100 corners as shares.*Divide pixels"):
        stream.pointer.zone = wrong


# --- what cannot be pointed at -------------------------------------------------------------------


def test_only_pictures_are_pointed_at(kernel):
    with pytest.raises(TypeError, match="expected a Webcam or an ImageView"):
        nbs.Pointer(nbs.Microphone())


def test_the_picture_of_a_closed_widget_cannot_be_pointed_at(kernel):
    webcam = nbs.Webcam()
    webcam.close()
    with pytest.raises(RuntimeError, match="closed"):
        nbs.Pointer(webcam)


def test_a_zone_can_be_drawn_corner_by_corner_where_that_was_asked(kernel):
    stream = Pointed(kernel, draws_zone="polygon")
    stream.page.point("zone", 0.5, 1, points=[0, 0, 1, 0, 0.5, 1])
    told = {"zone": [0, 0, 1, 0, 0.5, 1], "draws_zone": True, "by_corners": True}
    assert traits_of(stream.webcam) == told
    zone = stream.pointer.zone
    assert zone is not None
    assert zone.pixels.tolist() == [[0, 0], [64, 0], [32, 48]]
    assert zone.contains(32, 10)
    assert not zone.contains(2, 40)
    stream.pointer.zone = None
    assert traits_of(stream.webcam) == {**told, "zone": None}
    with pytest.raises(
        ValueError, match=r'draws_zone is .lasso.; expected True, False or "polygon"'
    ):
        nbs.Pointer(stream.webcam, draws_zone="lasso")  # type: ignore[arg-type]
