"""`Overlay`: what a function finds reaches the pages that show the picture, the newest first, and goes when it must."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import ipywidgets
import numpy as np
import pytest

import nbstream as nbs
from nbstream.pictures.codecs import decode_image, encode, image_size
from nbstream.testing import FakePage, MockKernel, wait_for

from .streaming import Holdup, grey

BOX = nbs.Box(16, 12, 32, 24, label="cat", score=0.5)


class Marked:
    """A webcam whose stream draws what `fn` returns over the camera or a view; live."""

    def __init__(
        self,
        kernel: MockKernel,
        fn: Any,
        over_view: bool = False,
        paints: bool = True,
        **options: Any,
    ) -> None:
        self.webcam, self.view = nbs.Webcam(), nbs.ImageView()
        self.target: Any = self.view if over_view else self.webcam
        self.overlay = nbs.Overlay(self.target, **options)
        self.binding = self.webcam.stream(fn, outputs=self.overlay)
        self.page = FakePage(kernel, self.webcam, self.view, paints=paints)
        self.page.start()
        self.page.wait_for_status("live")

    def one(self, frame: Any = None) -> dict[str, Any]:
        """Send one frame and return what is drawn for it."""
        count = len(self.page.overlays(self.target))
        self.page.send_frame(frame)
        return self.page.wait_for_overlay(self.target, count + 1)


@pytest.mark.parametrize("over_view", [False, True], ids=["webcam", "view"])
def test_a_box_goes_to_the_target_in_shares_of_the_frame(kernel, over_view):
    marked = Marked(kernel, lambda frame: BOX, over_view)
    message = marked.one()
    assert message["marks"] == [
        {
            "kind": "box",
            "points": [0.25, 0.25, 0.75, 0.75],
            "edges": [],
            "text": "cat 0.50",
            "color": message["marks"][0]["color"],
            "line_px": None,
        }
    ]
    assert (message["seq"], message["total_count"], message["frame_seq"]) == (1, 1, 1)
    assert marked.webcam._widget_id in message["credits"]


def test_the_preview_stays_and_no_picture_is_sent(kernel):
    marked = Marked(kernel, lambda frame: BOX)
    marked.one()
    assert marked.page.state["shows_result"] is False
    assert marked.page.results() == []


def test_relative_coordinates_and_labels_are_the_overlays(kernel):
    found = np.array([[0.25, 0.25, 0.75, 0.75, 0.5, 1]])
    marked = Marked(kernel, lambda frame: found, labels=["dog", "cat"], relative=True)
    (mark,) = marked.one()["marks"]
    assert (mark["points"], mark["text"]) == ([0.25, 0.25, 0.75, 0.75], "cat 0.50")


def test_masks_travel_as_one_png(kernel):
    half = np.zeros((48, 64), bool)
    half[:24] = True
    marked = Marked(kernel, lambda frame: [nbs.Mask(half), nbs.Mask(~half)])
    message = marked.one()
    ((_, (png,)),) = [
        one for one in marked.webcam.comm.custom_messages() if one[0]["type"] == "overlay"
    ]
    assert message["byte_length"] == len(png)
    assert image_size(png) == (64, 48)


def test_none_clears(kernel):
    answers = iter([BOX, None])
    marked = Marked(kernel, lambda frame: next(answers))
    assert marked.one()["marks"]
    assert marked.one()["marks"] == []


@pytest.mark.parametrize("over_view", [False, True], ids=["webcam", "view"])
def test_stop_clears_and_a_new_start_draws_again(kernel, over_view):
    marked = Marked(kernel, lambda frame: BOX, over_view)
    marked.one()
    marked.page.stop()
    assert marked.page.wait_for_overlay(marked.target, 2)["marks"] == []
    marked.page.start()
    marked.page.wait_for_status("live")
    assert marked.one()["marks"]


def test_what_a_stopped_call_still_finds_is_not_drawn(kernel):
    holdup = Holdup()

    def slow(frame):
        holdup(frame)
        return BOX

    marked = Marked(kernel, slow)
    marked.page.send_frame()
    holdup.wait_until_entered()
    marked.page.stop()
    holdup.release()
    assert marked.page.wait_for_overlay()["marks"] == []


def test_a_stream_that_replaces_another_with_the_same_overlay_goes_on_drawing(kernel):
    holdup = Holdup()
    marked = Marked(kernel, lambda frame: holdup(frame) is frame and BOX)
    marked.page.send_frame()
    holdup.wait_until_entered()
    second = marked.webcam.stream(lambda frame: BOX, outputs=marked.overlay)
    wait_for(lambda: second.status == "live")
    assert marked.one()["marks"]
    holdup.release()
    wait_for(lambda: marked.overlay._live_count == 1)
    assert all(message["marks"] for message in marked.page.overlays())


def test_a_page_that_paints_late_gets_the_newest_only(kernel):
    calls: list[str] = []

    def numbered(frame):
        calls.append(str(len(calls) + 1))
        return nbs.Text(1, 1, calls[-1])

    marked = Marked(kernel, numbered, paints=False)
    for number in range(1, 7):
        marked.page.send_frame()
        wait_for(lambda number=number: marked.binding.stats["counts"].get("results") == number)  # type: ignore[misc]
    assert texts_of(marked) == ["1", "2", "3"]
    marked.page.paint()
    assert texts_of(marked) == ["1", "2", "3", "6"]


def texts_of(marked: Marked) -> list[str]:
    return [message["marks"][0]["text"] for message in marked.page.overlays()]


def test_a_page_that_comes_later_gets_what_is_drawn(kernel):
    marked = Marked(kernel, lambda frame: BOX, over_view=True)
    marked.one()
    second = FakePage(kernel, marked.webcam, marked.view, client="page-2")
    assert second.wait_for_overlay(marked.view)["marks"]


def test_with_no_page_nothing_is_sent(kernel):
    webcam = nbs.Webcam()
    overlay = nbs.Overlay(webcam)
    overlay.show((0.1, 0.1, 0.5, 0.5))
    assert webcam.comm.custom_messages() == []


def test_a_page_that_went_holds_nothing_up(kernel):
    view = nbs.ImageView(grey(100))
    overlay = nbs.Overlay(view)
    page = FakePage(kernel, nbs.Webcam(), view, paints=False)
    for number in range(4):
        overlay.show(nbs.Text(1, 1, str(number)))
    assert len(page.overlays(view)) == 3
    FakePage(kernel, nbs.Webcam(), view, client="page-2")
    page.bye()
    assert page.overlays(view)[-1]["marks"][0]["text"] == "3"


def test_a_page_that_was_taken_for_gone_gets_the_overlay_of_its_camera_with_its_next_message(
    kernel,
):
    webcam = nbs.Webcam()
    overlay = nbs.Overlay(webcam)
    page = FakePage(kernel, webcam, paints=False)
    for number in range(100):
        overlay.show(nbs.Text(1, 1, str(number)))
        kernel.clock.advance(0.5)
    assert page.overlays()[-1]["marks"][0]["text"] != "99"
    page.beat()
    assert page.overlays()[-1]["marks"][0]["text"] == "99"


def test_by_hand_pixels_are_those_of_the_newest_picture(kernel):
    view = nbs.ImageView(grey(100))
    overlay = nbs.Overlay(view)
    page = FakePage(kernel, nbs.Webcam(), view)
    overlay.show(BOX)
    assert page.overlays(view)[-1]["marks"][0]["points"] == [0.25, 0.25, 0.75, 0.75]
    overlay.clear()
    page.beat()
    assert page.overlays(view)[-1]["marks"] == []


def test_the_age_of_the_boxes_is_in_the_statistics(kernel):
    marked = Marked(kernel, lambda frame: BOX)
    marked.one()
    kernel.clock.advance(0.25)
    marked.page.paint()
    assert marked.binding.stats["legs_ms"]["overlay"]["p50"] == 250


def test_what_is_no_annotation_is_an_error_that_says_so(kernel):
    marked = Marked(kernel, lambda frame: "cat")
    marked.page.send_frame()
    wait_for(lambda: marked.binding.error is not None)
    assert "returned 'cat' of type str for an overlay; expected" in marked.binding.error.text


def test_an_overlay_is_over_a_webcam_or_a_view_only():
    with pytest.raises(TypeError, match="given str 'cam'; expected a Webcam or an ImageView"):
        nbs.Overlay("cam")  # type: ignore[arg-type]


def test_an_overlay_is_an_output_among_others_and_no_input(kernel):
    webcam, view = nbs.Webcam(), nbs.ImageView()
    overlay = nbs.Overlay(webcam)
    webcam.stream(lambda frame: {overlay: BOX, view: frame}, outputs=[overlay, view])
    page = FakePage(kernel, webcam, view)
    page.start()
    page.send_frame()
    page.wait_for_result(view)
    assert page.wait_for_overlay()["marks"]
    with pytest.raises(TypeError, match=r"Overlay .* as an input"):
        webcam.stream(lambda frame: None, inputs=overlay)


def test_a_forgotten_overlay_is_told_nothing_any_more(kernel):
    view = nbs.ImageView()
    overlay = nbs.Overlay(view)
    overlay.show(nbs.Text(0.5, 0.5, "x"))
    del overlay
    gc.collect()
    page = FakePage(kernel, nbs.Webcam(), view)
    assert page.overlays(view) == []


def test_a_closed_view_draws_nothing(kernel):
    view = nbs.ImageView()
    overlay = nbs.Overlay(view)
    page = FakePage(kernel, nbs.Webcam(), view)
    view.close()
    overlay.show(nbs.Text(0.5, 0.5, "x"))
    assert page._sent == []


# --- of which picture the positions are ------------------------------------------------------


def in_the_middle(picture: Any, *_others: Any) -> nbs.Box:
    """A box where the second quarter of the picture begins, a quarter large."""
    height, width = picture.shape[:2]
    return nbs.Box(width / 2, height / 2, width / 4, height / 4)


def of_bytes(data: Any) -> nbs.Box:
    return in_the_middle(decode_image(data))


def other_camera(_camera: nbs.Webcam) -> nbs.Webcam:
    other = nbs.Webcam()
    other.frame = encode(np.zeros((90, 30, 3), np.uint8))
    return other


def a_view(_camera: nbs.Webcam) -> nbs.ImageView:
    return nbs.ImageView(np.zeros((30, 90), np.uint8))


INPUTS: dict[str, tuple[Any, Any]] = {
    "the camera": (lambda camera: camera, in_the_middle),
    "a half": (lambda camera: nbs.Reduced(camera, 2), in_the_middle),
    "an eighth": (lambda camera: nbs.Reduced(camera, 8), in_the_middle),
    "another camera": (other_camera, in_the_middle),
    "another camera, reduced": (lambda _: nbs.Reduced(other_camera(_), 4), in_the_middle),
    "a view": (a_view, in_the_middle),
    "a view's bytes": (lambda camera: (a_view(camera), "frame"), of_bytes),
    "a picture of ipywidgets": (
        lambda _: ipywidgets.Image(value=encode(np.zeros((20, 40), np.uint8), "png")),
        of_bytes,
    ),
    "a picture and a number": (lambda c: [a_view(c), ipywidgets.IntSlider(3)], in_the_middle),
    "two pictures of one size": (lambda camera: [a_view(camera), a_view(camera)], in_the_middle),
    "a picture, and a view that is empty": (lambda c: [a_view(c), nbs.ImageView()], in_the_middle),
}


@pytest.mark.filterwarnings("ignore:webcam.frame was set")
@pytest.mark.parametrize("in_executor", [False, True], ids=["thread", "executor"])
@pytest.mark.parametrize("of", INPUTS)
def test_positions_are_pixels_of_the_picture_that_the_function_got(kernel, of, in_executor):
    make, fn = INPUTS[of]
    webcam = nbs.Webcam()
    overlay = nbs.Overlay(webcam)
    with ThreadPoolExecutor(1) as pool:
        options: Any = {"executor": pool} if in_executor else {}
        webcam.stream(fn, inputs=make(webcam), outputs=overlay, **options)
        page = FakePage(kernel, webcam)
        page.start()
        page.wait_for_status("live")
        page.send_frame(np.zeros((481, 641, 3), np.uint8))
        points = page.wait_for_overlay()["marks"][0]["points"]
    assert points == [0.5, 0.5, 0.75, 0.75]


@pytest.mark.parametrize(
    ("inputs", "got"),
    [
        (lambda camera: [camera, nbs.Reduced(camera, 4)], "pictures of 16 x 12 and 64 x 48 pixels"),
        (lambda camera: [ipywidgets.IntSlider(), ipywidgets.IntSlider()], "no picture"),
    ],
)
def test_where_it_is_not_known_an_error_says_what_to_do(kernel, inputs, got):
    answers = iter([BOX, [nbs.Mask(np.ones((4, 4), bool))], None])
    webcam = nbs.Webcam()
    overlay = nbs.Overlay(webcam)
    binding = webcam.stream(
        lambda *_: next(answers), inputs=inputs(webcam), outputs=overlay, max_errors=None
    )
    page = FakePage(kernel, webcam)
    page.start()
    page.wait_for_status("live")
    page.send_frame()
    wait_for(lambda: binding.error is not None)
    assert f"for an overlay, and got {got}; expected one size" in str(binding.error)
    assert "Overlay(..., relative=True)" in str(binding.error)
    page.send_frame()
    assert page.wait_for_overlay()["byte_length"] > 0  # a mask covers any picture
    page.send_frame()
    assert page.wait_for_overlay(count=2)["marks"] == []


def test_shares_need_no_size(kernel):
    webcam = nbs.Webcam()
    overlay = nbs.Overlay(webcam, relative=True)
    webcam.stream(
        lambda *_: nbs.Box(0.5, 0.5, 0.25, 0.25),
        inputs=[webcam, nbs.Reduced(webcam, 2)],
        outputs=overlay,
    )
    page = FakePage(kernel, webcam)
    page.start()
    page.wait_for_status("live")
    page.send_frame()
    assert page.wait_for_overlay()["marks"][0]["points"] == [0.5, 0.5, 0.75, 0.75]
