from __future__ import annotations

import io
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

from nbstream.errors import NbstreamError, ResultError
from nbstream.pictures import codecs
from nbstream.pictures import result_pixels as pixels

# The first example may pay for imports, and the machine may be busy.
any_duration = settings(deadline=None)

RED, GREEN, WHITE = (255, 0, 0), (0, 255, 0), (255, 255, 255)


def a_picture(*channels: int, dtype: Any = np.uint8, top: int = 256) -> NDArray[Any]:
    numbers = np.random.default_rng(0).integers(0, top, (6, 8, *channels))
    return np.asarray(numbers).astype(dtype)


def message_for(value: object) -> str:
    """Return the message with which a result is refused, after a check of its three parts."""
    with pytest.raises(ResultError) as caught:
        pixels.to_pixels(value)
    message = str(caught.value)
    came, wanted_and_todo = message.split("; expected ")
    assert came[0].islower() or came == "None"
    assert message.endswith(".")
    assert len(wanted_and_todo.split(". ")) >= 2
    return message


class Tensor:
    """Plays a tensor of another library: no array, but numpy can read it."""

    def __init__(self, array: NDArray[Any], error: Exception | None = None) -> None:
        self._array, self._error = array, error

    def __array__(self, dtype: object = None, copy: bool | None = None) -> NDArray[Any]:
        if self._error:
            raise self._error
        return self._array


# --- arrays ----------------------------------------------------------------------------------


@pytest.mark.parametrize("channels", [(), (3,), (4,)])
def test_uint8_pixels_are_handed_on_without_a_copy(channels):
    picture = a_picture(*channels)
    assert np.shares_memory(pixels.to_pixels(picture), picture)
    assert np.array_equal(pixels.to_pixels(picture), picture)


def test_one_channel_is_grey():
    picture = a_picture(1)
    assert np.array_equal(pixels.to_pixels(picture), picture[:, :, 0])


@pytest.mark.parametrize("view", [np.s_[:, ::-1], np.s_[::2], np.s_[..., ::-1], np.s_[..., 0]])
def test_views_are_made_contiguous(view):
    picture = a_picture(3)[view]
    made = pixels.to_pixels(picture)
    assert made.flags.c_contiguous
    assert np.array_equal(made, picture)


def test_a_mask_is_black_and_white():
    mask = np.array([[True, False], [False, True]])
    assert pixels.to_pixels(mask).tolist() == [[255, 0], [0, 255]]
    assert pixels.to_pixels(mask).dtype == np.uint8


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, ">f4"])
def test_floats_from_zero_to_one_are_rounded_to_the_nearest_step(dtype):
    ramp = np.arange(256, dtype=np.uint8).reshape(16, 16)
    assert np.array_equal(pixels.to_pixels((ramp / 255).astype(dtype)), ramp)
    assert pixels.to_pixels(np.array([[100.4, 100.6]]) / 255).tolist() == [[100, 101]]


def test_floats_a_little_beyond_their_range_do_not_wrap_around():
    assert pixels.to_pixels(np.array([[-0.00099, 1.00099]])).tolist() == [[0, 255]]


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.bool_])
@pytest.mark.parametrize("channels", [3, 4])
def test_bgr_results_become_rgb_and_keep_their_transparency(dtype, channels):
    picture = a_picture(channels, dtype=dtype, top=2)
    before = picture.copy()
    made = pixels.to_pixels(picture, color="bgr")
    assert np.array_equal(made, pixels.to_pixels(picture)[..., [2, 1, 0, 3][:channels]])
    assert np.array_equal(picture, before)


def test_bgr_leaves_grey_pictures_alone():
    assert np.array_equal(pixels.to_pixels(a_picture(1), color="bgr"), a_picture(1)[..., 0])
    assert np.array_equal(pixels.to_pixels(a_picture(), color="bgr"), a_picture())


def test_what_numpy_can_read_is_taken():
    picture = a_picture(3)
    assert np.array_equal(pixels.to_pixels(Tensor(picture)), picture)


def test_a_subclass_of_array_becomes_a_plain_array():
    masked = np.ma.masked_array(a_picture(3), mask=False)
    assert type(pixels.to_pixels(masked)) is np.ndarray


@any_duration
@given(
    hnp.arrays(
        st.sampled_from([np.dtype(code) for code in ("u1", "?", "f2", "f4", "f8", "i8", ">u2")]),
        hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5),
    ),
    st.sampled_from(["rgb", "bgr"]),
)
def test_every_array_becomes_pixels_or_is_refused(array, color):
    try:
        made = pixels.to_pixels(array, color=color)
    except ResultError:
        return
    assert made.dtype == np.uint8
    assert made.flags.c_contiguous
    assert made.shape[:2] == array.shape[:2]
    assert made.ndim == 2 or made.shape[2] in (3, 4)


# --- PIL images ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "channels"),
    [
        ("1", ()),
        ("L", ()),
        ("F", ()),
        ("I;16", ()),
        ("P", (3,)),
        ("RGB", (3,)),
        ("RGBX", (3,)),
        ("CMYK", (3,)),
        ("YCbCr", (3,)),
        ("HSV", (3,)),
        ("LA", (4,)),
        ("La", (4,)),
        ("PA", (4,)),
        ("RGBA", (4,)),
        ("RGBa", (4,)),
    ],
)
def test_pil_images_of_every_mode_keep_their_shape_and_transparency(mode, channels):
    made = pixels.to_pixels(Image.new(mode, (8, 6)))
    assert made.shape == (6, 8, *channels)
    assert made.flags.c_contiguous


@pytest.mark.parametrize("mode", ["RGB", "P", "RGBA", "YCbCr", "CMYK"])
@pytest.mark.parametrize("color", ["rgb", "bgr"])
def test_pil_images_know_the_order_of_their_channels(mode, color):
    red = Image.new("RGB", (2, 2), RED).convert(mode)
    assert pixels.to_pixels(red, color=color)[0, 0, :3] == pytest.approx(RED, abs=2)


def test_a_palette_with_transparency_keeps_it():
    image = Image.new("P", (2, 2))
    image.info["transparency"] = 0
    assert pixels.to_pixels(image)[0, 0, 3] == 0


def test_a_pil_image_of_one_bit_is_black_and_white():
    assert pixels.to_pixels(Image.new("1", (2, 2), 1)).tolist() == [[255, 255], [255, 255]]


def test_a_pil_image_of_sixteen_bits_keeps_its_upper_byte():
    assert pixels.to_pixels(Image.new("I;16", (2, 2), 0x8040))[0, 0] == 0x80


def test_a_pil_image_of_floats_runs_from_zero_to_one():
    assert pixels.to_pixels(Image.new("F", (2, 2), 1.0))[0, 0] == 255
    assert "values from 300 to 300" in message_for(Image.new("F", (2, 2), 300.0))


def test_a_pil_image_that_cannot_be_shown_says_why():
    assert "mode RGB and 0 x 5 pixels, which is empty" in message_for(Image.new("RGB", (0, 5)))
    assert "int32" in message_for(Image.new("I", (2, 2), 70_000))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_pil_image_of_a_damaged_file_says_why(dtype):
    file = io.BytesIO()
    Image.fromarray(a_picture(dtype=dtype).repeat(50, 0)).save(file, "PNG", compress_level=0)
    damaged = Image.open(io.BytesIO(file.getvalue()[:200]))
    assert "that Pillow cannot convert (" in message_for(damaged)


def test_a_pil_image_over_the_limit_is_refused():
    with pytest.raises(ResultError, match=r"mode L and 8 x 6 pixels; expected at most 47 pixels"):
        pixels.to_pixels(Image.new("L", (8, 6)), max_pixels=47)


# --- matplotlib figures ----------------------------------------------------------------------


def test_a_figure_is_drawn_at_its_size_and_stays_on_its_canvas():
    figure = Figure(figsize=(4, 3), dpi=50, facecolor="white")
    figure.add_axes((0, 0, 0.5, 1), facecolor="lime", xticks=[], yticks=[])
    canvas, dpi = figure.canvas, figure.dpi
    made = pixels.to_pixels(figure, color="bgr")
    assert made.shape == (150, 200, 4)
    assert tuple(made[75, 50]) == (*GREEN, 255)
    assert tuple(made[75, 150]) == (*WHITE, 255)
    assert (figure.canvas, figure.dpi) == (canvas, dpi)


def test_a_figure_with_a_layout_and_text_is_drawn_again_and_again():
    figure = Figure(layout="constrained")
    axes = figure.subplots()
    axes.set_title("title")
    (line,) = axes.plot([0, 1])
    first = pixels.to_pixels(figure)
    line.set_ydata([1, 0])
    assert not np.array_equal(pixels.to_pixels(figure), first)


def test_an_array_drawn_before_is_not_changed_by_the_next_drawing():
    figure = Figure(figsize=(1, 1), dpi=20, facecolor="white")
    first = pixels.to_pixels(figure)
    figure.set_facecolor("black")
    pixels.to_pixels(figure)
    assert first.min() == 255


def test_a_figure_over_the_limit_is_refused_before_it_is_drawn():
    message = message_for(Figure(figsize=(1000, 1000)))
    assert message.startswith("a matplotlib figure of 100000 x 100000 pixels; expected at most")


def test_a_figure_without_extent_is_refused():
    assert "a matplotlib figure of 0 x 100 pixels" in message_for(Figure(figsize=(0.001, 1)))


def test_axes_point_to_their_figure():
    assert "return its figure" in message_for(Figure().subplots())


def test_a_figure_is_drawn_without_pyplot():
    script = (
        "import sys\n"
        "from matplotlib.figure import Figure\n"
        "from nbstream.pictures import result_pixels as pixels\n"
        "pixels.encode_result(Figure(), format='jpeg', quality=80)\n"
        "print('matplotlib.pyplot' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("False\n", "")


# --- what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "came", "todo"),
    [
        (
            a_picture(3, dtype=np.int64),
            "an int64 array of shape (6, 8, 3);",
            "return x.astype('uint8').",
        ),
        (
            a_picture(3, dtype=np.int32) - 200,
            "an int32 array",
            "np.clip(x, 0, 255).astype('uint8')",
        ),
        (a_picture(top=60_000, dtype=np.uint16), "a uint16 array", "(x >> 8).astype('uint8')"),
        (a_picture(dtype=np.uint16), "a uint16 array", "return x.astype('uint8')"),
        (a_picture(dtype=complex), "a complex128 array", "np.abs(x)"),
        (a_picture(3, dtype=float), "a float64 array", "return x.astype('uint8')"),
        (a_picture(top=2, dtype=float) * 2 - 1, "with values from -1 to 1", "(x + 1) / 2"),
        (a_picture(dtype=float) * 9, "with values from ", "np.clip(x, 0, 255)"),
        (np.full((2, 2), np.nan), "with NaN or infinity in it", "np.nan_to_num(x)"),
        (np.array([[0, np.inf]]), "with NaN or infinity in it", "np.nan_to_num(x)"),
        (np.array([[0, -np.inf]], np.float16), "with NaN or inf", "np.nan_to_num(x)"),
        (np.zeros((2, 2), "M8[s]"), "a datetime64[s] array", "Return numbers."),
        (np.zeros((2, 2), "U3"), "a str96 array", "Return numbers."),
        (np.array([[1, None]]), "an object array of shape (1, 2)", "one array of numbers"),
        (np.zeros((3, 20, 30), np.uint8), "a uint8 array of shape", "np.moveaxis(x, 0, -1)"),
        (np.zeros((1, 9, 9, 3), np.uint8), "of shape (1, 9, 9, 3)", "x[0]"),
        (np.zeros((9, 9, 2), np.uint8), "of shape (9, 9, 2)", "1, 3 or 4 channels last"),
        (np.zeros(9, np.uint8), "of shape (9,)", "Return one picture"),
        (np.float64(3), "a float64 array of shape ()", "Return one picture"),
        (np.zeros((0, 640, 3), np.uint8), "of shape (0, 640, 3), which is empty", "sliced"),
        (np.zeros((640, 0)), "of shape (640, 0), which is empty", "sliced"),
        (None, "None", "Return one of these."),
        ((a_picture(3), "label"), "a tuple of 2", "Return the picture itself"),
        ([[0, 1], [2, 3]], "a list of 2", "np.asarray(x)"),
        ("picture.png", "a str;", "Path(x).read_bytes()"),
        (42, "an int;", "Return nbs.skip() to leave the output as it is"),
        ({"a": 1}, "a dict;", "Return the picture alone."),
        (
            Tensor(a_picture(), RuntimeError("it requires grad")),
            "a Tensor that numpy cannot read (it requires grad)",
            "x.detach().cpu().float().numpy()",
        ),
    ],
)
def test_the_message_says_what_came_and_what_to_do(value, came, todo):
    message = message_for(value)
    assert came in message.split("; expected ")[0] + ";"
    assert todo in message.split("; expected ")[1]


def test_the_advice_for_channels_first_works():
    picture = np.moveaxis(a_picture(3), -1, 0)
    assert "np.moveaxis(x, 0, -1)" in message_for(picture)
    assert np.array_equal(pixels.to_pixels(np.moveaxis(picture, 0, -1)), a_picture(3))


def test_a_huge_array_is_refused_without_reading_it():
    huge = np.broadcast_to(np.uint8(0), (4097, 4096, 3))
    message = message_for(huge)
    assert message.startswith("a uint8 array of shape (4097, 4096, 3); expected at most 16777216")


def test_refusals_are_errors_of_nbstream():
    assert issubclass(ResultError, NbstreamError)


# --- encoded results -------------------------------------------------------------------------


@pytest.mark.parametrize("format", ["jpeg", "png", "webp"])
def test_pixels_are_encoded_in_the_wanted_format(format):
    data, mime = pixels.encode_result(a_picture(3), format=format, quality=80)
    assert mime == codecs.mime_of(data) == f"image/{format}"
    assert codecs.image_size(data) == (8, 6)


def test_quality_and_order_of_channels_reach_the_encoder():
    picture = a_picture(3)
    expected = codecs.encode(picture[..., ::-1], "jpeg", 31)
    made = pixels.encode_result(picture, format="jpeg", quality=31, color="bgr")
    assert made == (expected, "image/jpeg")


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF"])
@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_encoded_bytes_pass_through_unchanged(format, kind):
    file = io.BytesIO()
    Image.new("RGB", (8, 6)).save(file, format)
    made = pixels.encode_result(kind(file.getvalue()), format="jpeg", quality=80)
    assert made == (file.getvalue(), f"image/{format.lower()}")
    assert type(made[0]) is bytes


@pytest.mark.parametrize(
    ("data", "came"),
    [
        (b"", "0 bytes of no known picture format (they begin with b'')"),
        (b"<svg></svg>", "11 bytes of no known picture format (they begin with b'<svg></s')"),
        (b"\xff\xd8\xff\xe0", "4 bytes with a damaged image/jpeg header"),
        (b"GIF89a" + b"\xff" * 4, "an image of type image/gif and 65535 x 65535 pixels"),
    ],
)
def test_bytes_that_cannot_be_shown_are_refused(data, came):
    with pytest.raises(ResultError) as caught:
        pixels.encode_result(data, format="jpeg", quality=80)
    assert str(caught.value).startswith(came + "; expected")
