"""`pictures="all"`: none is skipped, what waits has a bound, and what is beyond is told."""

from __future__ import annotations

import threading
from itertools import chain
from typing import Any

import numpy as np
import pytest

import nbstream as nbs
from nbstream.pictures.frame import Frame
from nbstream.runs.every import picture_queue
from nbstream.runs.every.picture_queue import PictureQueue
from nbstream.testing import number_of, numbered, wait_for

from .streaming import Stream


def frame(seq, size_bytes=10, at_s=0.0):
    return Frame(None, 0, seq, bytes(size_bytes), 1, 1, None, at_s)


class Queue(PictureQueue):
    """A queue that keeps what it drops."""

    def __init__(self):
        self.dropped: list[Any] = []
        super().__init__(threading.Condition(), self.dropped.append)


@pytest.fixture
def queue():
    return Queue()


def test_a_queue_gives_all_in_order_and_tells_of_the_rest_at_the_end(queue):
    for seq in range(1, 6):
        assert queue.put(frame(seq))
    assert [queue.take().seq, *(one.seq for one in queue.take_some(2))] == [1, 2, 3]
    assert queue.waiting == (2, 0.0)
    queue.close()
    assert [one.seq for one in queue.dropped] == [4, 5]
    assert queue.take() is None
    assert not queue.put(frame(9))


@pytest.mark.parametrize(
    ("size_bytes", "every_s"),
    [(picture_queue.MAX_WAITING_BYTES // 4, 0.0), (10, picture_queue.MAX_WAITING_S / 3.5)],
    ids=["bytes", "seconds"],
)
def test_past_its_bound_the_oldest_goes_and_is_counted(queue, size_bytes, every_s):
    for seq in range(1, 7):
        queue.put(frame(seq, size_bytes, seq * every_s))
    assert [one.seq for one in queue.dropped] == [1, 2]
    assert queue.lost_count == 2


def test_a_picture_that_is_larger_than_the_bound_is_kept_all_the_same(queue):
    queue.put(frame(1, picture_queue.MAX_WAITING_BYTES + 1))
    assert queue.take().seq == 1


def test_of_a_camera_every_captured_picture_reaches_a_slow_function(kernel, holdup):
    got = []

    def look(picture):
        got.append(number_of(picture))
        if len(got) == 1:
            holdup(picture)

    stream = Stream(kernel, look, pictures="all", outputs=None).go_live()
    for number in range(40):
        assert stream.may_send()  # however many wait
        stream.page.send_frame(numbered(number))
        stream.page.pass_time(0.1)
        if number == 25:  # later the call itself is what is out of the ordinary
            stream.page.beat()
            stream.page.command("start")
            assert stream.page.state["note"] == "25 pictures (2.4 s) wait for the function."
    holdup.release()
    wait_for(lambda: len(got) == 40)
    assert got == list(range(40))
    assert stream.binding.stats["counts"].get("superseded", 0) == 0


def test_what_a_camera_gives_beyond_the_bound_is_told(kernel, holdup):
    stream = Stream(kernel, holdup, pictures="all").go_live()
    for number in range(9):
        stream.page.send_frame(numbered(number))
        for _ in range(10):
            stream.page.pass_time(1.0)
    counts = stream.binding.stats["counts"]
    assert counts["lost"] == 1
    holdup.release(1)
    holdup.wait_until_entered()
    holdup.wait_until_entered()
    stream.page.command("start")
    assert "pictures were lost: the function is too slow for them." in stream.page.state["note"]
    holdup.release(100)


def test_a_batch_of_a_camera_has_what_waits(kernel, holdup):
    got = []

    def look(pictures):
        got.append([number_of(one) for one in pictures])
        if len(got) == 1:
            holdup(None)

    stream = Stream(kernel, look, pictures="all", batch=3, outputs=None).go_live()
    for number in range(6):
        stream.page.send_frame(numbered(number))
        if not number:
            holdup.wait_until_entered()
    holdup.release()
    wait_for(lambda: list(chain(*got)) == list(range(6)))
    assert [len(one) for one in got] == [1, 3, 2]
    assert stream.binding.step() is None
    assert got[-1] == [5]


def test_a_batch_can_be_recorded_and_replayed(kernel, tmp_path):
    source = nbs.FrameSource([np.full((4, 5, 3), n, np.uint8) for n in (10, 20, 30)], fps=None)
    binding = source.stream(len, pictures="all", batch=2)
    with binding.record(tmp_path / "a.nbs"):
        binding.start()
        wait_for(lambda: binding.status == "idle")
    counts = nbs.replay(tmp_path / "a.nbs", len)
    levels = nbs.replay(tmp_path / "a.nbs", lambda ps: [int(p[0, 0, 0]) for p in ps])
    assert sum(counts) == 3
    assert list(chain(*levels)) == [10, 20, 30]
