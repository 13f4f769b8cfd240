from __future__ import annotations

import contextlib
import io
import struct
import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from nbstream.errors import CorruptFrameError, MissingDependencyError, ResultError
from nbstream.pictures import codecs

WIDTH_PX, HEIGHT_PX = 48, 32
# The first example may pay for imports, and the machine may be busy.
any_duration = settings(deadline=None)

PACKAGES = ["PIL", "cv2"]


def colour_ramp(width_px: int = WIDTH_PX, height_px: int = HEIGHT_PX) -> NDArray[np.uint8]:
    """Draw red rising to the right, green rising downwards, no blue: every mix-up of axes shows."""
    pixels = np.zeros((height_px, width_px, 3), np.uint8)
    pixels[..., 0] = np.linspace(0, 255, width_px)
    pixels[..., 1] = np.linspace(0, 255, height_px)[:, np.newaxis]
    return pixels


def encoded_by_pillow(format: str, mode: str = "RGB", **options: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(colour_ramp()).convert(mode).save(file, format, **options)
    return file.getvalue()


def is_close(
    left: NDArray[np.uint8], right: NDArray[np.uint8], mean_steps: float = 3, most_steps: int = 60
) -> bool:
    """Tell whether two pictures differ by no more than lossy compression explains."""
    distance = np.abs(left.astype(int) - right.astype(int))
    return bool(
        left.shape == right.shape and distance.mean() < mean_steps and distance.max() < most_steps
    )


@contextlib.contextmanager
def only(package: str | None) -> Iterator[None]:
    """Make all picture packages but this one (all of them with None) unimportable."""
    with pytest.MonkeyPatch.context() as patch:
        for name in PACKAGES:
            if name != package:
                patch.setitem(sys.modules, name, None)
        yield


FILES = {
    "image/jpeg": encoded_by_pillow("JPEG"),
    "image/png": encoded_by_pillow("PNG"),
    "image/webp": encoded_by_pillow("WEBP"),
    "image/gif": encoded_by_pillow("GIF"),
}
JPEG = FILES["image/jpeg"]


# --- headers ---------------------------------------------------------------------------------


@pytest.mark.parametrize("mime", FILES)
def test_format_and_size_are_read_from_the_header_alone(mime):
    header = FILES[mime][:640]
    assert codecs.mime_of(header) == mime
    assert codecs.image_size(header) == (WIDTH_PX, HEIGHT_PX)


@pytest.mark.parametrize(
    "options",
    [{"lossless": False}, {"lossless": True}, {"lossless": False, "exif": b"Exif\0\0MM\0*"}],
    ids=["VP8", "VP8L", "VP8X"],
)
@pytest.mark.parametrize("size", [(1, 1), (300, 2), (129, 257)])
def test_size_of_each_kind_of_webp_is_read(options, size):
    file = io.BytesIO()
    Image.new("RGB", size).save(file, "WEBP", **options)
    assert codecs.image_size(file.getvalue()) == size


def test_the_scaling_hint_of_a_webp_is_no_part_of_its_size():
    webp = bytearray(FILES["image/webp"])
    webp[27] |= 0x40
    webp[29] |= 0x80
    assert codecs.image_size(webp) == (WIDTH_PX, HEIGHT_PX)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
def test_jpeg_size_is_read_of_grey_colour_print_and_progressive_files(mode, progressive):
    data = encoded_by_pillow("JPEG", mode, progressive=progressive)
    assert codecs.read_jpeg_size(data) == (WIDTH_PX, HEIGHT_PX)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_every_kind_of_bytes_is_taken(kind):
    data = kind(JPEG)
    assert codecs.mime_of(data) == "image/jpeg"
    assert codecs.image_size(data) == (WIDTH_PX, HEIGHT_PX)
    assert codecs.decode_jpeg(data).shape == (HEIGHT_PX, WIDTH_PX, 3)


def test_a_strided_view_is_read_as_the_bytes_that_it_shows():
    spread = bytearray(2 * len(JPEG))
    spread[::2] = JPEG
    assert np.array_equal(codecs.decode_jpeg(memoryview(spread)[::2]), codecs.decode_jpeg(JPEG))


@pytest.mark.parametrize(
    "rubbish",
    [b"", b"\xff", b"\xff\xd8\xff", bytes(1000), b"<html>", JPEG[:40], FILES["image/png"]],
    ids=["empty", "one byte", "magic only", "zeros", "text", "cut header", "PNG"],
)
def test_what_is_no_jpeg_is_refused(rubbish):
    with pytest.raises(CorruptFrameError, match=f"{len(rubbish)} bytes .* complete JPEG file"):
        codecs.read_jpeg_size(rubbish)
    with pytest.raises(CorruptFrameError):
        codecs.decode_jpeg(rubbish)


@pytest.mark.parametrize("mime", FILES)
def test_a_header_that_is_cut_off_anywhere_gives_a_size_or_is_refused(mime):
    whole = FILES[mime]
    for length in range(min(len(whole), 700)):
        with contextlib.suppress(CorruptFrameError):
            assert codecs.image_size(whole[:length]) == (WIDTH_PX, HEIGHT_PX)


@any_duration
@given(st.binary(max_size=200), st.sampled_from([b"", *(data[:16] for data in FILES.values())]))
def test_rubbish_gives_a_size_or_is_refused(rubbish, magic):
    try:
        width_px, height_px = codecs.image_size(magic + rubbish)
    except CorruptFrameError:
        return
    assert width_px >= 1
    assert height_px >= 1


def test_a_picture_without_extent_is_refused():
    empty_gif = b"GIF89a" + struct.pack("<HH", 0, 5) + bytes(20)
    with pytest.raises(CorruptFrameError):
        codecs.image_size(empty_gif)


# --- decoding --------------------------------------------------------------------------------


def test_jpeg_is_decoded_to_writable_contiguous_rgb():
    pixels = codecs.decode_jpeg(JPEG)
    assert is_close(pixels, colour_ramp())
    assert pixels.dtype == np.uint8
    assert pixels.flags.c_contiguous
    assert pixels.flags.writeable


@pytest.mark.parametrize("mime", FILES)
def test_bgr_is_rgb_reversed(mime):
    rgb = codecs.decode_image(FILES[mime])
    bgr = codecs.decode_image(FILES[mime], "bgr")
    assert np.array_equal(bgr, rgb[:, :, ::-1])
    assert bgr.flags.c_contiguous
    assert bgr.flags.writeable


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
@pytest.mark.parametrize("color", ["rgb", "gray"])
@pytest.mark.parametrize("reduce_by", [1, 2, 4, 8])
@pytest.mark.parametrize("size", [(640, 480), (641, 479), (33, 8), (7, 5), (1, 1), (2, 300)])
def test_a_reduced_picture_has_its_sides_divided_and_rounded_up(format, color, reduce_by, size):
    file = io.BytesIO()
    Image.new("RGB", size).save(file, format)
    pixels = codecs.decode_image(file.getvalue(), color, reduce_by=reduce_by)
    width_px, height_px = (-(-side // reduce_by) for side in size)
    assert pixels.shape[:2] == (height_px, width_px)
    assert pixels.flags.c_contiguous
    assert pixels.flags.writeable


@pytest.mark.parametrize("mime", ["image/jpeg", "image/png"])
@pytest.mark.parametrize("reduce_by", [2, 4, 8])
def test_each_pixel_of_a_reduced_picture_is_the_mean_of_those_it_stands_for(mime, reduce_by):
    reduced = codecs.decode_image(FILES[mime], reduce_by=reduce_by)
    blocks = colour_ramp().reshape(
        HEIGHT_PX // reduce_by, reduce_by, WIDTH_PX // reduce_by, reduce_by, 3
    )
    assert is_close(reduced, blocks.mean(axis=(1, 3)).astype(np.uint8))


def test_what_is_too_large_is_refused_however_much_it_is_reduced():
    with pytest.raises(CorruptFrameError, match="too large"):
        codecs.decode_jpeg(JPEG, max_pixels=WIDTH_PX * HEIGHT_PX - 1, reduce_by=8)


def test_gray_of_a_jpeg_is_its_lightness_as_stored_with_no_colour_decoded():
    file = Image.open(io.BytesIO(JPEG))
    file.draft("YCbCr", file.size)
    assert np.array_equal(codecs.decode_jpeg(JPEG, "gray"), np.asarray(file)[..., 0])


@pytest.mark.parametrize("mime", FILES)
def test_gray_is_lightness_in_two_dimensions(mime):
    gray = codecs.decode_image(FILES[mime], "gray")
    expected = np.array(Image.fromarray(colour_ramp()).convert("L"))
    assert is_close(gray, expected)
    assert gray.flags.c_contiguous
    assert gray.flags.writeable


def test_a_grey_jpeg_is_decoded_to_three_channels():
    pixels = codecs.decode_jpeg(encoded_by_pillow("JPEG", "L"))
    assert pixels.shape == (HEIGHT_PX, WIDTH_PX, 3)
    assert np.array_equal(pixels[..., 0], pixels[..., 2])


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_that_is_cut_short_anywhere_is_refused(progressive):
    whole = encoded_by_pillow("JPEG", progressive=progressive)
    for length in range(len(whole)):
        with pytest.raises(CorruptFrameError):
            codecs.decode_jpeg(whole[:length])


@any_duration
@given(st.integers(0, len(JPEG) - 1), st.integers(1, 255))
def test_a_damaged_byte_gives_a_picture_of_the_stated_size_or_is_refused(position, change):
    damaged = bytearray(JPEG)
    damaged[position] ^= change
    try:
        pixels = codecs.decode_jpeg(damaged)
    except CorruptFrameError:
        return
    assert pixels.shape[1::-1] == codecs.read_jpeg_size(damaged)


@pytest.mark.parametrize("mime", FILES)
def test_a_picture_over_the_limit_is_refused_before_it_is_decoded(mime):
    # Cut after its header, so that decoding would fail with another message.
    header = FILES[mime][:640]
    limit = WIDTH_PX * HEIGHT_PX - 1
    with pytest.raises(CorruptFrameError, match=f"{WIDTH_PX} x {HEIGHT_PX} .* {limit} pixels"):
        codecs.decode_image(header, max_pixels=limit)


def test_a_picture_at_the_limit_is_decoded():
    assert codecs.decode_jpeg(JPEG, max_pixels=WIDTH_PX * HEIGHT_PX).size


def test_a_gif_whose_first_picture_exceeds_its_canvas_is_refused():
    gif = bytearray(FILES["image/gif"])
    gif[6:10] = struct.pack("<HH", 1, 1)
    assert codecs.image_size(gif) == (1, 1)
    with pytest.raises(CorruptFrameError, match=f"{WIDTH_PX} x {HEIGHT_PX}"):
        codecs.decode_image(gif, max_pixels=100)


@pytest.mark.parametrize("mime", ["image/png", "image/webp", "image/gif"])
@pytest.mark.parametrize("package", PACKAGES)
def test_other_formats_are_decoded_by_either_package(mime, package):
    with only(package):
        pixels = codecs.decode_image(FILES[mime])
    assert is_close(pixels, colour_ramp(), mean_steps=12)
    assert pixels.flags.c_contiguous
    assert pixels.flags.writeable


@pytest.mark.parametrize("mime", ["image/png", "image/webp", "image/gif"])
@pytest.mark.parametrize("package", PACKAGES)
def test_half_a_picture_is_refused_by_either_package(mime, package):
    with only(package), pytest.raises(CorruptFrameError, match="PNG, WebP or GIF"):
        codecs.decode_image(FILES[mime][: len(FILES[mime]) // 2])


@any_duration
@given(
    mime=st.sampled_from(["image/png", "image/webp", "image/gif"]),
    position=st.floats(0, 1, exclude_max=True),
    change=st.integers(1, 255),
)
@pytest.mark.parametrize("package", PACKAGES)
def test_other_formats_with_a_damaged_byte_give_a_picture_or_are_refused(
    package, mime, position, change
):
    damaged = bytearray(FILES[mime])
    damaged[int(position * len(damaged))] ^= change
    with only(package), contextlib.suppress(CorruptFrameError):
        assert codecs.decode_image(damaged).ndim == 3


@pytest.mark.parametrize("color", ["rgb", "gray"])
@pytest.mark.parametrize("package", PACKAGES)
def test_sixteen_bit_samples_keep_their_upper_byte(color, package):
    file = io.BytesIO()
    Image.fromarray(np.full((4, 4), 0x8040, np.uint16)).save(file, "PNG")
    with only(package):
        pixels = codecs.decode_image(file.getvalue(), color)
    assert pixels.shape == ((4, 4) if color == "gray" else (4, 4, 3))
    assert set(pixels.flat) == {0x80}


# --- encoding --------------------------------------------------------------------------------


@pytest.mark.parametrize("package", PACKAGES)
@pytest.mark.parametrize("channels", [None, 3, 4])
def test_png_gives_back_the_very_same_pixels(package, channels):
    shape = (HEIGHT_PX, WIDTH_PX) if channels is None else (HEIGHT_PX, WIDTH_PX, channels)
    pixels = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    with only(package):
        data = codecs.encode(pixels, "png")
    if package == "PIL":
        assert np.array_equal(np.array(Image.open(io.BytesIO(data))), pixels)
    else:
        import cv2

        decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
        order = [2, 1, 0, 3]
        assert decoded is not None
        assert np.array_equal(
            decoded, pixels if channels is None else pixels[..., order[:channels]]
        )


@pytest.mark.parametrize("package", PACKAGES)
def test_webp_keeps_colour_and_transparency(package):
    rgba = np.dstack([colour_ramp(), np.full((HEIGHT_PX, WIDTH_PX), 255, np.uint8)])
    rgba[: HEIGHT_PX // 2, :, 3] = 0
    with only(package):
        data = codecs.encode(rgba, "webp", quality=95)
    with Image.open(io.BytesIO(data)) as image:
        decoded = np.array(image)
    assert np.array_equal(decoded[..., 3], rgba[..., 3])
    opaque = slice(HEIGHT_PX // 2, None)
    assert is_close(decoded[opaque, :, :3], rgba[opaque, :, :3], mean_steps=8)


def test_grey_pixels_become_a_grey_jpeg():
    gray = colour_ramp()[..., 0]
    data = codecs.encode(gray)
    with Image.open(io.BytesIO(data)) as image:
        assert image.mode == "L"
    assert is_close(codecs.decode_jpeg(data, "gray"), gray)


def test_colour_jpegs_have_half_the_colour_resolution():
    with Image.open(io.BytesIO(codecs.encode(colour_ramp()))) as image:
        layers: list[tuple[int, int, int, int]] = image.layer  # type: ignore[attr-defined]
    assert [layer[1:3] for layer in layers] == [(2, 2), (1, 1), (1, 1)]


def test_transparency_shows_white_in_a_jpeg():
    rgba = np.zeros((16, 48, 4), np.uint8)
    rgba[:, 16:32, 3] = 128
    rgba[:, 32:, 3] = 255
    pixels = codecs.decode_jpeg(codecs.encode(rgba, quality=95))
    assert [pixels[8, column, 0] for column in (4, 24, 44)] == pytest.approx([255, 127, 0], abs=3)


def test_an_opaque_picture_keeps_its_colours_in_a_jpeg():
    rgba = np.dstack([colour_ramp(), np.full((HEIGHT_PX, WIDTH_PX), 255, np.uint8)])
    assert is_close(codecs.decode_jpeg(codecs.encode(rgba)), colour_ramp())


@pytest.mark.parametrize("format", ["jpeg", "webp"])
def test_lower_quality_makes_fewer_bytes(format):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    assert len(codecs.encode(noise, format, 20)) < len(codecs.encode(noise, format, 90))


@pytest.mark.parametrize("view", [np.s_[:, ::-1], np.s_[::2, ::2], np.s_[..., ::-1]])
def test_views_are_encoded_as_they_look(view):
    pixels = colour_ramp()[view]
    assert codecs.encode(pixels) == codecs.encode(pixels.copy())


@any_duration
@given(st.integers(1, 40), st.integers(1, 40), st.sampled_from([(), (3,), (4,)]))
def test_every_size_and_channel_count_comes_back_with_its_size(height_px, width_px, channels):
    data = codecs.encode(np.zeros((height_px, width_px, *channels), np.uint8))
    assert codecs.image_size(data) == (width_px, height_px)


@pytest.mark.parametrize(("format", "limit_px"), [("jpeg", 65_500), ("webp", 16_383)])
def test_a_side_that_the_format_cannot_hold_is_refused(format, limit_px):
    codecs.encode(np.zeros((1, limit_px), np.uint8), format)
    with pytest.raises(
        ResultError, match=f"{limit_px + 1} x 1 pixels; expected at most {limit_px}"
    ):
        codecs.encode(np.zeros((1, limit_px + 1), np.uint8), format)


@pytest.mark.parametrize("quality", [0, 101])
def test_a_quality_out_of_range_is_refused(quality):
    with pytest.raises(ValueError, match=f"quality is {quality}; expected 1 to 100"):
        codecs.encode(colour_ramp(), quality=quality)


def test_an_unknown_format_is_refused():
    with pytest.raises(ValueError, match="'bmp'; expected 'jpeg', 'png' or 'webp'"):
        codecs.encode(colour_ramp(), "bmp")  # type: ignore[arg-type]


# --- optional packages -----------------------------------------------------------------------


@pytest.mark.parametrize("format", ["png", "webp"])
def test_without_opencv_and_pillow_the_error_names_what_to_install(format):
    with only(None), pytest.raises(MissingDependencyError) as caught:
        codecs.encode(colour_ramp(), format)
    assert format.upper() in str(caught.value)
    assert 'pip install "nbstream[cv]"' in str(caught.value)
    assert "Do not install opencv-python and opencv-python-headless together" in str(caught.value)


def test_without_opencv_and_pillow_a_png_is_not_decoded():
    with only(None), pytest.raises(MissingDependencyError, match="PNG, WebP or GIF needs"):
        codecs.decode_image(FILES["image/png"])


def test_jpeg_needs_no_optional_package():
    with only(None):
        pixels = codecs.decode_image(codecs.encode(colour_ramp()))
    assert is_close(pixels, colour_ramp())


def test_importing_the_codecs_and_showing_an_array_imports_no_optional_package():
    script = (
        "import sys, numpy as np\n"
        "from nbstream.pictures import codecs; from nbstream.pictures import result_pixels as pixels\n"
        "pixels.encode_result(np.zeros((4, 4, 3), np.uint8), format='jpeg', quality=80)\n"
        "print(sorted({'cv2', 'PIL', 'matplotlib', 'torch'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")
