"""`Reduced`: a camera as an input, at a fraction of its size."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbstream as nbs
from nbstream.testing import FakePage, MockKernel, wait_for

from .streaming import Stream, grey, identity, level_of


def live(kernel: MockKernel, fn: Any, *reduced_by: Any, whole: bool = False) -> Stream:
    """A live stream through `fn`, which gets the camera's picture reduced; before it, with `whole`, all of it."""
    stream = Stream(kernel)
    camera = stream.webcam
    reduced = [nbs.Reduced(camera, by) for by in reduced_by]
    inputs = [camera, *reduced] if whole else reduced
    stream.binding = camera.stream(fn, inputs, stream.view)
    return stream.go_live()


@pytest.mark.parametrize(("by", "shape"), [(2, (24, 32, 3)), (4, (12, 16, 3)), (8, (6, 8, 3))])
def test_a_function_gets_the_picture_smaller_by_the_factor(kernel, by, shape):
    stream = live(kernel, identity, by)
    stream.page.send_frame(grey(70))
    small = stream.page.wait_for_result(stream.view)
    assert small is not None
    assert small.shape == shape
    assert level_of(small) == 70


def test_the_channels_are_those_of_the_camera(kernel):
    seen: list[Any] = []
    stream = live(kernel, seen.append, 2)
    stream.webcam.color = "gray"
    stream.page.send_frame(grey(70))
    wait_for(lambda: seen)
    assert seen[0].shape == (24, 32)


def test_beside_the_whole_picture_it_is_of_the_same_frame(kernel):
    seen: list[Any] = []

    def look(whole, small):
        seen.append((whole.shape, level_of(whole), small.shape, level_of(small)))
        return whole

    stream = live(kernel, look, 8, whole=True)
    for level in (70, 200):
        stream.one_result(level)
    assert seen == [((48, 64, 3), level, (6, 8, 3), level) for level in (70, 200)]


def test_of_another_camera_it_is_the_newest_picture(kernel):
    other = nbs.Webcam()
    seen: list[Any] = []
    stream = Stream(kernel)

    def look(_whole, small):
        seen.append(small)

    stream.webcam.stream(look, [stream.webcam, nbs.Reduced(other, 2)])
    stream.go_live()
    stream.page.send_frame()
    wait_for(lambda: len(seen) == 1)
    other_page = FakePage(kernel, other, client="page-2")
    other_page.start()
    wait_for(lambda: other_page.credit.get("may_send_through", 0) > 0)
    other_page.send_frame(np.full((96, 128, 3), 200, np.uint8))
    stream.page.send_frame()
    wait_for(lambda: len(seen) == 2)
    assert seen[0] is None
    assert seen[1].shape == (48, 64, 3)


@pytest.mark.parametrize("by", [0, 1, 3, 16, -2, 2.5, True, "4", None])
def test_another_factor_is_refused(kernel, by):
    with pytest.raises(ValueError, match="expected 2, 4 or 8"):
        nbs.Reduced(nbs.Webcam(), by)


@pytest.mark.parametrize("source", [None, "webcam", 3])
def test_what_is_no_camera_is_refused(kernel, source):
    with pytest.raises(TypeError, match="expected a Webcam"):
        nbs.Reduced(source, 2)


def test_it_is_no_output(kernel):
    webcam = nbs.Webcam()
    with pytest.raises(TypeError, match="Reduced"):
        webcam.stream(lambda frame: frame, outputs=nbs.Reduced(webcam, 2))
