"""JPEG without simplejpeg, as in a browser's Python: the same pictures, sizes and refusals, by either package."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from nbstream.errors import CorruptFrameError, MissingDependencyError
from nbstream.pictures import codecs

PACKAGES = ["PIL", "cv2"]
WIDTH_PX, HEIGHT_PX = 64, 48
RAMP = np.stack(
    np.broadcast_arrays(
        np.linspace(0, 255, WIDTH_PX)[None, :], np.linspace(0, 255, HEIGHT_PX)[:, None], 128.0
    ),
    axis=2,
).astype(np.uint8)


@pytest.fixture(params=PACKAGES)
def package(request, monkeypatch):
    """Only this one of the packages can be imported."""
    for name in {"simplejpeg", *PACKAGES} - {request.param}:
        monkeypatch.setitem(sys.modules, name, None)


@pytest.fixture
def by_simplejpeg():
    return codecs.encode(RAMP, quality=95)


@pytest.mark.usefixtures("package")
class TestWithoutSimplejpeg:
    def test_the_size_is_read_from_the_header(self):
        assert codecs.read_jpeg_size(codecs.encode(RAMP)) == (WIDTH_PX, HEIGHT_PX)

    @pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff", b"no picture at all"])
    def test_what_has_no_size_is_refused(self, data):
        with pytest.raises(CorruptFrameError):
            codecs.read_jpeg_size(data)

    @pytest.mark.parametrize("color", ["rgb", "bgr", "gray"])
    def test_a_picture_comes_back_as_it_was(self, color):
        decoded = codecs.decode_jpeg(codecs.encode(RAMP, quality=95), color)
        wanted = {
            "rgb": RAMP,
            "bgr": RAMP[:, :, ::-1],
            "gray": RAMP @ np.array([0.299, 0.587, 0.114]),
        }[color]
        assert decoded.flags.c_contiguous
        assert decoded.flags.writeable
        assert np.abs(decoded.astype(float) - wanted).mean() < 3

    @pytest.mark.parametrize("reduce_by", [2, 4, 8])
    def test_it_is_reduced_to_the_same_size(self, reduce_by):
        decoded = codecs.decode_jpeg(codecs.encode(RAMP), reduce_by=reduce_by)
        assert decoded.shape == (HEIGHT_PX // reduce_by, WIDTH_PX // reduce_by, 3)

    def test_grey_and_transparent_pixels_are_encoded(self):
        grey = codecs.decode_jpeg(codecs.encode(RAMP[:, :, 0]), "gray")
        assert np.abs(grey.astype(float) - RAMP[:, :, 0]).mean() < 3
        clear = np.zeros((16, 16, 4), np.uint8)
        assert codecs.decode_jpeg(codecs.encode(clear)).min() > 250
        opaque = np.full((16, 16, 4), (200, 0, 0, 255), np.uint8)
        assert codecs.decode_jpeg(codecs.encode(opaque))[0, 0, 0] > 190

    def test_what_is_damaged_is_refused(self):
        data = codecs.encode(RAMP)
        with pytest.raises(CorruptFrameError):
            codecs.decode_jpeg(data[:60])


def test_pillow_refuses_what_is_cut_short(monkeypatch, by_simplejpeg):
    monkeypatch.setitem(sys.modules, "simplejpeg", None)
    with pytest.raises(CorruptFrameError):
        codecs.decode_jpeg(by_simplejpeg[: len(by_simplejpeg) // 2])


def test_without_any_package_it_says_what_to_install(monkeypatch, by_simplejpeg):
    for name in ["simplejpeg", *PACKAGES]:
        monkeypatch.setitem(sys.modules, name, None)
    for use in (lambda: codecs.encode(RAMP), lambda: codecs.decode_jpeg(by_simplejpeg)):
        with pytest.raises(MissingDependencyError, match="pillow"):
            use()
