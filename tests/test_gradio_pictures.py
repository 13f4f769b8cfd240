"""Pictures of an app: the camera, and what shows them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image as PilImage

import nbstream.gradio as gr
from nbstream.testing import FakePage, wait_for

from .gradio_app import launched, press

PICTURE = np.full((48, 64, 3), 120, np.uint8)


@pytest.fixture
def app(kernel):
    demo = gr.Blocks()
    yield demo
    demo.close()


@pytest.mark.parametrize(
    ("kind", "expected"), [("numpy", np.ndarray), ("pil", PilImage.Image), ("filepath", str)]
)
def test_a_picture_comes_as_its_type_says(kernel, app, kind, expected):
    got: list[Any] = []
    with app:
        camera = gr.Image(sources="webcam", type=kind)
        camera.stream(got.append, camera, None, stream_every=0.0)
    app.launch()
    page = FakePage(kernel, camera.widget)
    page.start()
    page.wait_for_status("live")
    for number in range(10):
        page.send_frame(PICTURE)
        wait_for(lambda number=number: len(got) == number + 1)  # type: ignore[misc]
    assert isinstance(got[-1], expected)
    if kind == "filepath":
        folder = Path(got[-1]).parent
        assert len(list(folder.iterdir())) == 8
        with PilImage.open(got[-1]) as picture:
            assert picture.size == (64, 48)
        app.close()
        assert not folder.exists()


def test_a_grey_camera_gives_one_channel(kernel, app):
    got: list[Any] = []
    with app:
        camera = gr.Image(sources="webcam", image_mode="L")
        camera.stream(got.append, camera, None)
    app.launch()
    page = FakePage(kernel, camera.widget)
    page.start()
    page.wait_for_status("live")
    page.send_frame(PICTURE)
    wait_for(lambda: got)
    assert got[0].shape == (48, 64)


def test_the_options_of_the_camera_are_those_of_the_webcam(app):
    options = gr.WebcamOptions(
        mirror=False,
        constraints={"video": {"width": {"ideal": 800}, "height": 600, "frameRate": 10}},
    )
    with app:
        camera = gr.Image(sources="webcam", webcam_options=options)
        camera.stream(lambda frame: None, camera, None)
    app.launch()
    widget = camera.widget
    assert (widget.mirror, widget.resolution, widget.constraints) == (
        False,
        (800, 600),
        {"frameRate": 10},
    )


def test_a_picture_that_one_function_returns_and_another_reads_is_no_camera(kernel, app):
    saved: list[Any] = []
    with app:
        camera, shown, save = gr.Image(sources="webcam"), gr.Image(), gr.Button("Save")
        camera.stream(lambda frame: 255 - frame, camera, shown)
        save.click(saved.append, shown, None)
    app.launch()
    page = FakePage(kernel, camera.widget, shown.widget)
    page.start()
    page.wait_for_status("live")
    page.send_frame(PICTURE)
    wait_for(lambda: shown.read() is not None)
    press(save)
    wait_for(lambda: saved)
    assert abs(int(saved[0].mean()) - 135) < 3


def test_a_click_reads_the_newest_picture_of_the_camera(kernel, app):
    got: list[Any] = []
    with app:
        camera, button = gr.Image(sources="webcam"), gr.Button()
        button.click(got.append, camera, None)
    app.launch()
    press(button)
    wait_for(lambda: got == [None])
    page = FakePage(kernel, camera.widget)
    page.start()
    page.send_frame(PICTURE)
    press(button)
    wait_for(lambda: len(got) == 2)
    assert got[1].shape == (48, 64, 3)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: gr.Image(sources=["upload"]), "from the camera"),
        (lambda: gr.Audio(sources=["upload"]), "from the microphone"),
    ],
)
def test_an_input_that_takes_files_only_is_not_part_of_it(app, make, words):
    with app:
        one, button = make(), gr.Button()
        button.click(lambda value: None, one, None)
    with pytest.raises(ValueError, match=words):
        app.launch()


def test_annotations_are_drawn_into_the_picture(app):
    mask = np.zeros((48, 64))
    mask[30:] = 1
    shown = launched(app, gr.AnnotatedImage(color_map={"box": "#ff0000"}))
    shown.take((PICTURE, [((5, 5, 30, 25), "box"), (mask, "ground")]))
    picture = shown.widget.value
    assert picture.shape == (48, 64, 3)
    assert abs(picture.astype(int) - 120).max() > 50


def test_a_gallery_shows_pictures_with_captions_and_lets_the_old_go(app):
    gallery = launched(app, gr.Gallery(columns=3))
    gallery.take([(PICTURE, "first"), PICTURE, PICTURE])
    views = gallery._grid.children
    assert [view.label for view in views] == ["first", "", ""]
    gallery.take([PICTURE])
    assert len(gallery._grid.children) == 1
    assert views[2].comm is None


def test_a_plot_shows_a_figure(app):
    figure = Figure()
    figure.subplots().plot([1, 2])
    plot = launched(app, gr.Plot())
    plot.take(figure)
    assert plot.widget.value.ndim == 3


def test_a_file_is_shown_as_a_picture(app, tmp_path):
    path = tmp_path / "picture.png"
    PilImage.fromarray(PICTURE).save(path)
    assert launched(app, gr.Image(str(path), interactive=False)).read().shape == (48, 64, 3)


def test_a_click_into_a_picture_tells_the_pixel(kernel, app):
    got: list[Any] = []

    def clicked(event: gr.SelectData):
        got.append((event.target, event.index))

    with app:
        camera = gr.Image(sources="webcam")
        camera.select(clicked)
        camera.stream(lambda frame: None, camera, None)
    app.launch()
    page = FakePage(kernel, camera.widget)
    page.start()
    page.wait_for_status("live")
    page.send_frame(PICTURE)
    page.point("click", 0.5, 0.25)
    wait_for(lambda: got == [(camera, (32, 12))])


def test_a_click_into_an_annotated_picture_tells_the_topmost_annotation(kernel, app):
    got: list[Any] = []
    mask = np.zeros((48, 64))
    mask[24:] = 1

    def clicked(event: gr.SelectData):
        got.append((event.index, event.value))

    with app:
        shown = gr.AnnotatedImage((PICTURE, [(mask, "ground"), ((0, 20, 20, 40), "box")]))
        shown.select(clicked, trigger_mode="multiple")
    app.launch()
    page = FakePage(kernel, shown.widget)
    for place in ((0.1, 0.6), (0.9, 0.1), (0.9, 0.6)):
        page.point("click", *place)
    wait_for(lambda: got == [(1, "box"), (0, "ground")])
