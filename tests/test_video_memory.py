"""Video's decoders and encoders begin anew again and again, and the process does not grow with them."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable

import numpy as np
import psutil
import pytest

from nbstream.errors import CorruptFrameError
from nbstream.feeds.video_track import VideoTrack
from nbstream.results.outgoing import Sending
from nbstream.results.video_coder import VideoCoder

from .streaming import Picture
from .test_video import encoded

SIZE_PX = (640, 480)
ROUNDS = 150
# A decoder that is kept has its picture of 640 x 480, 0.46 MB: 70 MB for all.
MOST_GROWN_BYTES = 20_000_000


def picture(level: int) -> Picture:
    width_px, height_px = SIZE_PX
    made = np.full((height_px, width_px, 3), level, dtype=np.uint8)
    made[::8, ::8] = 255 - level
    return made


def grown_bytes(one_round: Callable[[int], None]) -> int:
    """By how much the process has grown, after pools have filled."""
    process = psutil.Process()
    for number in range(ROUNDS // 3):
        one_round(number)
    before = process.memory_info().rss
    for number in range(ROUNDS):
        one_round(number)
    return int(process.memory_info().rss - before)


@pytest.mark.parametrize("codec", ["h264", "vp8"])
def test_decoders_that_begin_anew_after_broken_frames_do_not_grow(codec):
    key, delta = encoded([picture(level) for level in (40, 100)], codec)
    track, chance, refused = VideoTrack(), random.Random(7), []

    def one_round(_number: int) -> None:
        broken = chance.randbytes(len(delta))
        for seq, after, data in ((1, 0, key), (2, 1, delta), (3, 2, broken), (4, 3, delta)):
            try:
                track.picture_of(data, 1, seq, after, SIZE_PX, "rgb", codec)
            except CorruptFrameError:
                refused.append(seq)
        with contextlib.suppress(CorruptFrameError):
            track.picture_of(key[: len(key) // 2], 1, 5, 0, SIZE_PX, "rgb", codec)

    assert grown_bytes(one_round) < MOST_GROWN_BYTES
    assert refused.count(4) >= ROUNDS, "nothing builds on what was broken"


def test_encoders_of_results_that_change_their_size_do_not_grow():
    coder, pictures = VideoCoder(), [picture(40), picture(100)]

    def one_round(number: int) -> None:
        for seq in range(1, 5):
            pixels = np.ascontiguousarray(pictures[seq % 2][: 480 - 2 * (number % 2)])
            sending = Sending(seq=seq, key_after=0)
            assert coder.encode(pixels, 70, sending) is not None

    assert grown_bytes(one_round) < MOST_GROWN_BYTES
