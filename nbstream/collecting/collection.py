"""Examples by class, in memory."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..pictures.codecs import Channels, ReduceBy, decode_image, image_size


class Example(NamedTuple):
    """One picture of a class."""

    number: int
    """Counts the examples of a collection, from 1."""
    class_index: int
    data: bytes
    """An encoded picture, as it came."""
    path: Path | None
    """Where it is saved; `None` = nowhere."""


class Collection:
    """The examples of some classes, oldest first. `_lock` guards the fields."""

    def __init__(self, classes: Sequence[str], max_per_class: int) -> None:
        self.classes = tuple(classes)
        self._max_per_class = max_per_class
        self._lock = threading.Lock()
        self._examples: list[Example] = []
        self._newest_number = 0

    def add(self, class_index: int, data: bytes, path: Path | None = None) -> bool:
        """Keep an example; False where the class is full."""
        with self._lock:
            if self._count(class_index) >= self._max_per_class:
                return False
            self._newest_number += 1
            self._examples.append(Example(self._newest_number, class_index, data, path))
            return True

    def is_full(self, class_index: int) -> bool:
        """Whether the class takes no more."""
        with self._lock:
            return self._count(class_index) >= self._max_per_class

    def remove(self, number: int) -> Example | None:
        """Forget an example and return it; `None` where there is none of that number."""
        with self._lock:
            found = next((one for one in self._examples if one.number == number), None)
            if found is not None:
                self._examples.remove(found)
            return found

    def of(self, class_index: int | None = None) -> list[Example]:
        """Those of a class, or all, oldest first (a copy)."""
        with self._lock:
            return [one for one in self._examples if class_index in (None, one.class_index)]

    def counts(self) -> dict[str, int]:
        """How many of each class."""
        with self._lock:
            return {name: self._count(index) for index, name in enumerate(self.classes)}

    def arrays(
        self, size: tuple[int, int] | None, color: Channels
    ) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """See `Collector.data`."""
        examples = self.of()
        sizes = sorted({image_size(one.data) for one in examples})
        if size is None and len(sizes) > 1:
            listed = ", ".join(f"{width}x{height}" for width, height in sizes[:4])
            raise ValueError(
                f"data() found pictures of {len(sizes)} sizes: {listed}; expected one, or size=(width, height), "
                "to which all are scaled."
            )
        width, height = size or (sizes[0] if sizes else (0, 0))
        shape = (len(examples), height, width, *(() if color == "gray" else (3,)))
        pictures: NDArray[np.uint8] = np.empty(shape, np.uint8)
        for picture, example in zip(pictures, examples, strict=True):
            picture[:] = scaled(example.data, (width, height), color)
        return pictures, np.array([one.class_index for one in examples], np.int64)

    def _count(self, class_index: int) -> int:
        return sum(one.class_index == class_index for one in self._examples)


def scaled(data: bytes, size: tuple[int, int], color: Channels) -> NDArray[np.uint8]:
    """Decode a picture at exactly that (width, height): each pixel is the mean of those that it stands for."""
    (came_width, came_height), (width, height) = image_size(data), size
    whole: tuple[ReduceBy, ...] = (8, 4, 2)
    # Four times as large as wanted: the edge of a pixel is then off by an eighth of it at most.
    fits = (by for by in whole if came_width >= 4 * width * by and came_height >= 4 * height * by)
    pixels = decode_image(data, color, reduce_by=next(fits, 1))
    for axis, length in ((0, height), (1, width)):
        pixels = _resampled(pixels, axis, length)
    return pixels


def _resampled(pixels: NDArray[np.uint8], axis: int, length: int) -> NDArray[np.uint8]:
    came = pixels.shape[axis]
    if came == length:
        return pixels
    begins = np.arange(length) * came // length
    if came < length:
        enlarged: NDArray[np.uint8] = pixels.take(begins, axis)
        return enlarged
    ends = np.append(begins[1:], came)
    counts = (ends - begins).reshape([-1 if one == axis else 1 for one in range(pixels.ndim)])
    sums: NDArray[np.uint32] = np.add.reduceat(pixels, begins, axis, dtype=np.uint32)
    means: NDArray[np.uint8] = ((sums + counts // 2) // counts).astype(np.uint8)
    return means
