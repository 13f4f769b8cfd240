"""A picture that lies on its side in its file is shown upright on both sides; what takes too long is refused."""

from __future__ import annotations

import io
import struct
import time
import zlib
from typing import Any

import numpy as np
import pytest
import traitlets
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps

import nbstream as nbs
from nbstream.errors import CorruptFrameError, ResultError
from nbstream.pictures import codecs
from nbstream.pictures.orientation import read_jpeg_header
from nbstream.testing import FakePage, wait_for

from .test_codecs import is_close, only

FORMATS = ["JPEG", "PNG", "WEBP"]


def quarters() -> Image.Image:
    """Four quarters of different colours, 64 x 32: every turn and mirroring shows."""
    image = Image.new("RGB", (64, 32), "red")
    image.paste("blue", (32, 0, 64, 16))
    image.paste("lime", (0, 16, 32, 32))
    return image


def file_of(format: str, orientation: int | None = None, **options: Any) -> bytes:
    exif = Image.Exif()
    if orientation is not None:
        exif[ExifTags.Base.Orientation] = orientation
        options["exif"] = exif
    file = io.BytesIO()
    quarters().save(file, format, **options)
    return file.getvalue()


def shown(data: bytes) -> NDArray[np.uint8]:
    return np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))))


@pytest.mark.parametrize("orientation", [None, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
@pytest.mark.parametrize("format", FORMATS)
def test_a_picture_is_decoded_as_it_is_shown(format, orientation):
    data = file_of(format, orientation)
    expected = shown(data)
    made = codecs.decode_image(data)
    assert is_close(made, expected, mean_steps=8, most_steps=255)
    assert made.flags.c_contiguous
    assert made.flags.writeable
    assert codecs.image_size(data) == expected.shape[1::-1]
    assert codecs.decode_image(data, "gray").shape == expected.shape[:2]
    assert codecs.decode_image(data, reduce_by=4).shape == tuple(
        side // 4 if side > 3 else side for side in expected.shape
    )


@pytest.mark.parametrize("package", ["PIL", "cv2"])
@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_with_either_package(format, package):
    data = file_of(format, 6)
    expected = shown(data)
    with only(package):
        assert is_close(codecs.decode_image(data), expected, mean_steps=8, most_steps=255)


@pytest.mark.parametrize("byte_order", ["II", "MM"])
def test_both_byte_orders_of_exif_are_read(byte_order):
    order = "<" if byte_order == "II" else ">"
    entry = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, 6, 0)
    tiff = byte_order.encode() + struct.pack(f"{order}HIH", 42, 8, 1) + entry
    part = b"Exif\0\0" + tiff
    jpeg = file_of("JPEG")
    data = jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(part) + 2) + part + jpeg[2:]
    assert codecs.image_size(data) == (32, 64)


@pytest.mark.parametrize("format", FORMATS)
def test_a_display_a_camera_and_a_function_have_the_same_picture(kernel, format):
    data = file_of(format, 6)
    webcam, view = nbs.Webcam(), nbs.ImageView()
    metas: list[Any] = []

    def look(frame, meta):
        metas.append((frame.shape, meta.width_px, meta.height_px))
        return data

    webcam.stream(look, outputs=view, metadata=True)
    page = FakePage(kernel, webcam, view)
    page.start()
    page.wait_for_status("live")
    webcam.frame = data
    wait_for(lambda: view.frame is not None)
    assert (view.frame == data) == (format != "WEBP")
    assert metas == [((64, 32, 3), 32, 64)]
    assert view.value.shape == (64, 32, 3)
    snapshot = webcam.snapshot()
    assert snapshot is not None
    assert snapshot.shape == (64, 32, 3)


@pytest.mark.parametrize("by_hand", ["value", "frame"])
def test_a_page_gets_a_webp_turned_as_chromium_does_not_turn_it_and_other_files_as_they_are(
    kernel, by_hand
):
    view = nbs.ImageView()
    page = FakePage(kernel, nbs.Webcam(), view)
    for kind in FORMATS:
        data = file_of(kind, 6)
        setattr(view, by_hand, data)
        (sent,) = view.comm.custom_messages()[-1][1]
        page.paint()
        if kind == "WEBP":
            stored = np.asarray(Image.open(io.BytesIO(sent)))
            assert codecs.image_size(sent) == stored.shape[1::-1] == (32, 64)
            assert is_close(stored, shown(data), mean_steps=8, most_steps=255)
        else:
            assert sent == data


def test_a_damaged_webp_on_its_side_is_refused(kernel):
    with pytest.raises(ResultError, match="bytes of a damaged image/webp"):
        nbs.ImageView().value = file_of("WEBP", 6).replace(b"VP8 ", b"VP9 ", 1)


def test_an_opened_pil_image_is_shown_as_its_file_and_one_that_was_worked_on_as_it_is(kernel):
    view = nbs.ImageView(format="png")
    opened = Image.open(io.BytesIO(file_of("PNG", 6)))
    view.value = opened
    assert np.array_equal(view.value, shown(file_of("PNG", 6)))
    view.value = opened.rotate(-90, expand=True)
    assert np.array_equal(view.value, shown(file_of("PNG", 6)))


@settings(deadline=None)
@given(st.binary(max_size=60), st.integers(0, 700), st.sampled_from(FORMATS))
def test_damaged_headers_are_upright_or_refused(noise, at, format):
    data = file_of(format, 6)
    broken = data[:at] + noise + data[at + len(noise) :]
    try:
        width_px, height_px = codecs.image_size(broken)
    except CorruptFrameError:
        return
    assert width_px > 0
    assert height_px > 0


# --- what would take too long ----------------------------------------------------------------


def of_scans(count: int, side_px: int = 1024) -> bytes:
    """A progressive JPEG, square, whose last scan is there again and again."""
    file = io.BytesIO()
    Image.new("RGB", (side_px, side_px)).save(file, "JPEG", progressive=True)
    data = file.getvalue()
    last = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + last * (count - data.count(b"\xff\xda")) + b"\xff\xd9"


def png_of(width_px: int, height_px: int) -> bytes:
    """The header of a PNG that claims this size, and no pixels."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width_px, height_px, 8, 2, 0, 0, 0)
    length, check = struct.pack(">I", 13), struct.pack(">I", zlib.crc32(head))
    return b"\x89PNG\r\n\x1a\n" + length + head + check


GIF_HEADER = b"GIF89a" + struct.pack("<HH", 65535, 65535) + bytes(20)
WEBP_HEADER = b"RIFF" + bytes(4) + b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + b"\xff" * 6
TOO_MUCH = {
    "a thousand scans": (of_scans(1000), "1000 scans; expected at most 64"),
    "scans of a large picture": (of_scans(17, 4096), "17 scans; expected at most 16 scans at that"),
    "a large PNG": (png_of(65535, 65535), f"expected at most {codecs.MAX_PIXELS} pixels"),
    "a large GIF": (GIF_HEADER, f"expected at most {codecs.MAX_PIXELS} pixels"),
    "a large WebP": (WEBP_HEADER, f"expected at most {codecs.MAX_PIXELS} pixels"),
}  # fmt: skip


@pytest.mark.parametrize("name", TOO_MUCH)
def test_too_much_is_refused_at_once_wherever_bytes_are_given(kernel, name):
    data, bound = TOO_MUCH[name]
    webcam, view = nbs.Webcam(), nbs.ImageView()
    began_s = time.perf_counter()
    with pytest.raises(traitlets.TraitError, match=bound):
        webcam.frame = data
    with pytest.raises(traitlets.TraitError, match=bound):
        view.frame = data
    with pytest.raises(ResultError, match=bound):
        view.value = data
    with pytest.raises(CorruptFrameError, match=bound):
        codecs.decode_image(data)
    assert time.perf_counter() - began_s < 1
    assert webcam.frame is None
    assert view.frame is None


def test_a_cameras_picture_of_too_many_scans_is_rejected_before_a_function_gets_it(kernel):
    seen: list[Any] = []
    webcam = nbs.Webcam()
    webcam.stream(seen.append)
    page = FakePage(kernel, webcam)
    page.start()
    page.wait_for_status("live")
    page.send_frame(of_scans(1000))
    page.send_frame(np.zeros((8, 8, 3), np.uint8))
    wait_for(lambda: seen)
    assert [one.shape for one in seen] == [(8, 8, 3)]


def test_common_progressive_pictures_are_taken():
    data = file_of("JPEG", progressive=True)
    assert not read_jpeg_header(memoryview(data)).has_one_scan
    assert codecs.decode_image(data).shape == (32, 64, 3)


def test_a_sequential_picture_has_one_scan_whatever_lies_behind_it():
    data = file_of("JPEG") + b"\xff\xda" * 100
    assert read_jpeg_header(memoryview(data)).has_one_scan
    assert codecs.check_picture(data) == (64, 32)


def test_scans_that_hide_behind_a_sequential_header_take_no_time():
    data = of_scans(1000).replace(b"\xff\xc2", b"\xff\xc1", 1)
    began_s = time.perf_counter()
    with pytest.raises(CorruptFrameError):
        codecs.decode_image(data)
    assert time.perf_counter() - began_s < 1
