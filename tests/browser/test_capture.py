"""What the page makes of the camera's picture before it is sent: part, size, colours, quality."""

from __future__ import annotations

import pytest

from .live_stream import Source

pytestmark = pytest.mark.kept_page

# The camera is asked for more than `resolution` says, as a camera gives that has no smaller size.
SETUP = """
import nbstream as nbs
from nbstream.pictures.codecs import decode_image

webcam, view = nbs.Webcam(
    crop=(0, 0.5, 1, 0.5),
    resolution=(320, 240),
    constraints={"width": 640, "height": 480},
    color="gray",
    quality=(40, 85),
), nbs.ImageView()
shapes = []

def look(gray):
    shapes.append(gray.shape)
    return gray

binding = webcam.stream(look, outputs=view, stream_every=0.05)
"""


@pytest.fixture
def live(open_notebook):
    """A live stream of the lower half of the picture, small and gray."""
    notebook = open_notebook([SETUP, "import ipywidgets; ipywidgets.HBox([webcam, view])"])
    notebook.watch(".nbstream-display")
    Source(notebook).go_live()
    notebook.wait_for_shown(5)
    return notebook


def test_only_the_part_in_the_asked_size_and_without_its_colours_is_sent(live):
    shown = live.wait_for_shown(10)
    # The clip's number is in the lowest twelfth of the whole picture.
    assert {(one.where, one.width_px, one.height_px) for one in shown} == {("bottom", 320, 120)}
    camera = live.evaluate("[webcam._session.camera.width_px, webcam._session.camera.height_px]")
    assert camera == [640, 480]
    assert live.evaluate("shapes[-1]") == [120, 320]
    live.execute("sent = decode_image(webcam.frame).astype(int)")
    assert live.evaluate("sent.shape") == [120, 320, 3]
    assert live.evaluate("int((sent.max(axis=2) - sent.min(axis=2)).max())") == 0
    assert live.evaluate("float(sent.std())") > 10
    assert live.evaluate("40 <= binding.stats['gauges']['quality'] <= 85")
    assert live.evaluate("binding.stats['gauges']['scale']") == 1


def test_the_preview_shows_the_part_that_is_sent(live):
    boxes = live.page.evaluate(
        """() => ['.nbstream-source .nbstream-picture', '.nbstream-preview'].map((css) => {
            const { top, bottom, width, height } = document.querySelector(css).getBoundingClientRect();
            return { top, bottom, width, height };
        })"""
    )
    place, video = boxes
    assert place["width"] / place["height"] == pytest.approx(640 / 240, rel=0.02)
    assert video["width"] == pytest.approx(place["width"], abs=1)
    assert video["height"] == pytest.approx(2 * place["height"], abs=1)
    assert video["bottom"] == pytest.approx(place["bottom"], abs=1)
