"""Pictures for tests: numbered ones, coloured ones, and those of a file."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nbstream.errors import MissingDependencyError
from nbstream.pictures.codecs import decode_image, encode, mime_of
from nbstream.recordings.recording import Recording

Pictures = Literal["numbered", "coloured"] | str | os.PathLike[str] | Iterable[Any]
"""What `pictures_of` takes."""

COLUMNS, ROWS = 8, 2
COLOURS = ((220, 40, 40), (40, 200, 60), (50, 70, 220), (230, 210, 50), (200, 60, 200), (240,) * 3)
PICTURE_FILES = (".jpg", ".jpeg", ".png", ".webp")


def numbered(number: int, size_px: tuple[int, int] = (64, 48)) -> NDArray[np.uint8]:
    """A picture that says its number, 0 to 65535, in two rows of eight bright or dark fields; see `number_of`.

    Parameters
    ----------
    size_px
        Width and height.

    Returns
    -------
    picture
        uint8 RGB of shape (height, width, 3).
    """
    width_px, height_px = size_px
    bits = np.array([number >> bit & 1 for bit in range(COLUMNS * ROWS)], np.uint8)
    rows = np.arange(height_px) * ROWS // height_px
    columns = np.arange(width_px) * COLUMNS // width_px
    levels = np.where(bits.reshape(ROWS, COLUMNS), 220, 30).astype(np.uint8)
    return np.repeat(levels[np.ix_(rows, columns)][:, :, None], 3, axis=2)


def number_of(picture: NDArray[np.uint8]) -> int:
    """The number of a picture that `numbered` made, after JPEG and at any size."""
    height_px, width_px = picture.shape[:2]
    grey = picture.reshape(height_px, width_px, -1).mean(axis=2)
    middle_y = (np.arange(ROWS) * 2 + 1) * height_px // (2 * ROWS)
    middle_x = (np.arange(COLUMNS) * 2 + 1) * width_px // (2 * COLUMNS)
    bits = (grey[np.ix_(middle_y, middle_x)] > 127).ravel()
    return sum(1 << bit for bit, is_set in enumerate(bits.tolist()) if is_set)


def coloured(number: int, size_px: tuple[int, int] = (64, 48)) -> NDArray[np.uint8]:
    """A picture of one colour: red, green, blue, yellow, purple, white, and so on by turns."""
    width_px, height_px = size_px
    picture = np.empty((height_px, width_px, 3), np.uint8)
    picture[:] = COLOURS[number % len(COLOURS)]
    return picture


def pictures_of(what: Pictures, size_px: tuple[int, int] = (64, 48)) -> Iterator[Any]:
    """Pictures as a fake camera sends them: arrays, or the bytes of JPEGs.

    Parameters
    ----------
    what
        "numbered" or "coloured", without an end; an iterable of arrays or JPEG bytes; or a path: of a recording
        (`.nbs`), an array (`.npy`, uint8 of shape (n, height, width, 3)), a picture, which comes again and again, a
        folder of pictures in order of their names, or a film (takes the extra `cv`).

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    MissingDependencyError
        If a film is to be read and OpenCV is not installed.
    """
    if what == "numbered":
        return (numbered(number, size_px) for number in itertools.count())
    if what == "coloured":
        return (coloured(number, size_px) for number in itertools.count())
    if isinstance(what, (str, os.PathLike)):
        return _of_file(Path(what))
    return iter(what)


def _of_file(path: Path) -> Iterator[Any]:
    if not path.exists():
        raise FileNotFoundError(
            f'{path} is not there; expected a file, "numbered" or "coloured" as the pictures of a fake camera.'
        )
    suffix = path.suffix.lower()
    if path.is_dir():
        files = sorted(one for one in path.iterdir() if one.suffix.lower() in PICTURE_FILES)
        return (_as_jpeg(one.read_bytes()) for one in files)
    if suffix == ".npy":
        return iter(np.load(path, mmap_mode="r", allow_pickle=False))
    if suffix == ".nbs":
        recording = Recording(path)
        return (recording.frame(index).data for index in range(recording.frame_count))
    if suffix in PICTURE_FILES:
        return itertools.repeat(_as_jpeg(path.read_bytes()))
    return _of_film(path)


def _as_jpeg(data: bytes) -> bytes:
    return data if mime_of(data) == "image/jpeg" else encode(decode_image(data, "rgb"), quality=95)


def _of_film(path: Path) -> Iterator[Any]:
    try:
        import cv2
    except ImportError:
        raise MissingDependencyError(
            f'{path} is read by OpenCV: pip install "nbstream[cv]".'
        ) from None
    film = cv2.VideoCapture(str(path))
    try:
        while True:
            is_there, picture = film.read()
            if not is_there:
                return
            yield np.ascontiguousarray(picture[:, :, ::-1])
    finally:
        film.release()
