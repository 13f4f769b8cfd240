"""Masks of one picture become one small picture of few colours, as a file that anything can read."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

import nbstream as nbs
from nbstream.annotations.marks import marks_of
from nbstream.annotations.masks import MAX_COLORS, OPACITY, mask_pixels, middle_of, tint_of
from nbstream.annotations.palette_png import encode_palette_png

SIZE = (200, 100)
RED, BLUE = (255, 0, 0, OPACITY), (0, 0, 255, OPACITY)


def rgba_of(png):
    """What a browser sees."""
    with Image.open(io.BytesIO(png)) as file:
        assert file.format == "PNG"
        return np.asarray(file.convert("RGBA"))


def test_masks_tint_the_picture_and_the_best_lies_on_top():
    left, all_of_it = np.zeros((10, 20), bool), np.ones((10, 20))
    left[:, :10] = True
    masks = [
        nbs.Mask(all_of_it, score=0.1, color="#0000FF"),
        nbs.Mask(left, label="left", score=0.9, color=(255, 0, 0)),
    ]
    marks = marks_of(masks, SIZE)
    assert marks.tint is not None
    pixels = rgba_of(marks.tint.png())
    assert pixels.shape == (100, 200, 4)
    assert (pixels[:, :100] == RED).all()
    assert (pixels[:, 100:] == BLUE).all()
    assert marks.shown[0].text == "left 0.90"
    assert marks.shown[0].points == pytest.approx((0.25, 0.5))


def test_where_no_mask_lies_nothing_is_seen():
    part = np.zeros((100, 200), bool)
    part[20:40, 50:60] = True
    tint = tint_of([(nbs.Mask(part), "#ff0000")], SIZE)
    assert tint is not None
    pixels = rgba_of(tint.png())
    assert (pixels[part] == RED).all()
    assert not pixels[~part, 3].any()


def test_no_mask_is_no_tint():
    assert tint_of([], SIZE) is None
    assert marks_of(nbs.Box(1, 2, 3, 4), SIZE).tint is None


def test_the_tint_of_a_large_picture_is_no_larger_than_a_page_needs_it():
    tint = tint_of([(nbs.Mask(np.ones((1080, 1920), bool)), "#ff0000")], (1920, 1080))
    assert tint is not None
    assert tint.entries.shape == (360, 640)


def test_masks_of_more_colours_than_a_palette_has_get_its_last_one():
    places = np.arange(256).reshape(16, 16)
    masks = [(nbs.Mask(places == number), f"#0000{number:02x}") for number in range(256)]
    tint = tint_of(masks, (16, 16))
    assert tint is not None
    assert len(tint.palette) == MAX_COLORS + 1 == 256
    assert (rgba_of(tint.png())[:, :, 2] == np.minimum(places, 254)).all()


@given(arrays.arrays(bool, st.tuples(st.integers(1, 9), st.integers(1, 9))))
def test_the_middle_of_a_mask_is_the_mean_of_its_places(pixels):
    rows, columns = np.nonzero(pixels)
    if not len(rows):
        assert middle_of(pixels) is None
        return
    height, width = pixels.shape
    expected = ((columns.mean() + 0.5) / width, (rows.mean() + 0.5) / height)
    assert middle_of(pixels) == pytest.approx(expected)


def test_numbers_above_one_half_count():
    assert mask_pixels(nbs.Mask(np.array([[0.4, 0.6, np.nan]]))).tolist() == [[False, True, False]]


@given(
    arrays.arrays(np.uint8, st.tuples(st.integers(1, 20), st.integers(1, 20))),
    st.integers(0, 2**31),
)
def test_a_palette_png_says_each_pixel(entries, seed):
    palette = np.random.default_rng(seed).integers(0, 256, (256, 4), np.uint8)
    assert (rgba_of(encode_palette_png(entries, palette)) == palette[entries]).all()
