"""bench: how many pictures per second a function manages, and what takes how long."""

from __future__ import annotations

import argparse

import numpy as np

from ..pictures.codecs import encode
from ..recordings.recording import Recording
from ..recordings.speed import speed_of
from .named import function_named


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what can be asked."""
    parser.add_argument(
        "function", nargs="?", help="module:function; left out: one that returns the picture"
    )
    parser.add_argument("--frames", type=int, default=60, help="how many pictures (60)")
    parser.add_argument("--size", default="640x480", help="width x height in pixels (640x480)")
    parser.add_argument(
        "--pictures", help="a recording whose pictures are taken, in place of noise"
    )
    parser.add_argument("--fps", type=float, help="exit with 1 below so many pictures per second")


def run(options: argparse.Namespace) -> int:
    """Time it; 1 where it is slower than was asked."""
    fn = (lambda frame: frame) if options.function is None else function_named(options.function)
    if options.pictures is None:
        noise = _noise(options.size)
        pictures = [noise] * options.frames
    else:
        recording = Recording(options.pictures)
        count = min(options.frames, recording.frame_count)
        pictures = [recording.frame(index).data for index in range(count)]
    speed = speed_of(fn, pictures)
    print(speed)
    return 1 if options.fps is not None and speed.fps < options.fps else 0


def _noise(size: str) -> bytes:
    width, cross, height = size.partition("x")
    if not (
        cross and width.isdecimal() and height.isdecimal() and 0 < int(width) * int(height) <= 2**24
    ):
        raise ValueError(
            f"--size is {size!r:.40}; expected width x height in pixels, such as 640x480."
        )
    # Smooth, as pictures are: plain noise would be five times as many bytes.
    coarse = np.random.default_rng(0).integers(0, 255, (16, 16, 3), np.uint8)
    rows = np.arange(int(height)) * 16 // int(height)
    columns = np.arange(int(width)) * 16 // int(width)
    return encode(np.ascontiguousarray(coarse[np.ix_(rows, columns)]))
