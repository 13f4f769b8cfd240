"""The line of the benchmark: what it carries, how late, and what is made of it."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from benchmarks.far.likeness import likeness_db
from benchmarks.far.line import Way
from benchmarks.far.reach import LineSpec
from benchmarks.far.rows import HEAD, ROWS, Found, captured_per_shown, table
from nbstream.pictures.codecs import decode_image, encode

from .browser.clip import numbered_picture, write_clip
from .test_benchmarks import GOOD


def test_a_piece_takes_its_time_and_the_next_one_waits_for_it():
    way = Way(bytes_per_s=1000, delay_s=0.1)
    assert way.carry(100, now_s=5.0) == pytest.approx(5.1)
    assert way.carry(100, now_s=5.0) == pytest.approx(5.2)
    assert way.carry(100, now_s=9.0) == pytest.approx(9.1)
    assert way.carried_bytes == 300


def test_an_unsteady_line_is_slow_in_a_hundredth_of_its_moments():
    way = Way(bytes_per_s=1e6, delay_s=0, unsteady=True)
    moments_s = [k * 0.1 + 0.05 for k in range(10_000)]
    slow = sum(way.carry(1000, at_s) - at_s > 0.005 for at_s in moments_s)
    assert 50 < slow < 200


def test_a_goal_counts_from_twice_the_delay():
    row = ROWS[2]
    assert row.line == LineSpec(4, 20, 40)
    assert row.p50_ms == 130


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"p50_ms": 129.0}, "met"),
        ({"p50_ms": 131.0}, "not met"),
        ({"p50_ms": None}, "not met"),
        ({"p50_ms": 129.0, "fps": 27.9}, "not met"),
    ],
)
def test_both_rate_and_age_must_be_met(changes, verdict):
    found = Found(ROWS[2], "jpeg", replace(GOOD, **changes), 22_000, 28_000)
    head, _, line = table([found]).splitlines()
    assert head == HEAD.splitlines()[0]
    assert line.count("|") == head.count("|")
    assert line.endswith(f"| {verdict} |")


def test_the_legs_tell_where_the_time_goes():
    legs_ms = {
        "up": {"p50": 41.4, "p95": 60.0, "max": 80.0},
        "down": {"p50": 43.6, "p95": 60.0, "max": 80.0},
    }
    found = Found(ROWS[2], "jpeg", replace(GOOD, legs_ms=legs_ms), 22_000, 28_000)
    assert found.legs() == "up 41, down 44"


def test_behind_a_slow_function_no_picture_is_sent_in_vain():
    row = next(row for row in ROWS if row.sleep_s)
    seen = replace(GOOD, fps=3.0, p50_ms=row.p50_ms)
    assert str(Found(row, "jpeg", replace(seen, captured_per_shown=1.2), 1, 1)).endswith("| met |")
    sent_in_vain = Found(row, "jpeg", replace(seen, captured_per_shown=1.5), 1, 1)
    assert str(sent_in_vain).endswith("| not met |")


def test_a_row_says_how_pictures_travel_where_the_page_chooses():
    found = Found(ROWS[0], "auto", GOOD, 1, 1, came_as="JPEG")
    assert '`codec="auto"` (JPEG) |' in str(found)


def test_all_pictures_that_came_count_whatever_their_size_and_became_of_them():
    before, after = (100, 20.0), (160, 25.0)
    assert captured_per_shown(before, after, shown_per_s=10.0) == pytest.approx(1.2)
    assert captured_per_shown(before, after, shown_per_s=0.0) is None


def test_the_fewer_bytes_of_a_picture_the_less_it_is_like_the_clip_s(tmp_path):
    clip = write_clip(tmp_path / "clip.y4m", seconds=1)
    planes = np.frombuffer(clip.read_bytes().split(b"FRAME\n")[8], np.uint8).reshape(-1, 640)
    sent = cv2.cvtColor(planes, cv2.COLOR_YUV2RGB_I420).astype(np.uint8)
    found = [likeness_db(decode_image(encode(sent, "jpeg", quality)), clip) for quality in (5, 70)]
    assert 20 < found[0] < found[1] < likeness_db(sent, clip)
    darker = (sent * 0.8 + 10).astype(np.uint8)
    assert likeness_db(darker, clip) > found[1], "levels that are another camera's do not count"
    with pytest.raises(ValueError, match="without a number"):
        likeness_db(numbered_picture(7)[::-1], clip)
