"""The load benchmark's arithmetic: what counts as held, and what is written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.load.ramp import Found
from benchmarks.load.report import held, report, write_page
from benchmarks.load.user import percentile, pictures
from nbstream.pictures.codecs import read_jpeg_size

GOOD = Found(1, 10.0, 9.9, 20.0, 60.0, server_cpu=0.13, generator_cpu=0.02)
LATE = replace(GOOD, user_count=2, p95_ms=200.0)
SPARSE = replace(GOOD, user_count=2, worst_fps=9.4)


def test_a_number_is_held_where_each_keeps_its_rate_and_nearly_all_results_are_young():
    assert GOOD.is_held
    assert not LATE.is_held
    assert not SPARSE.is_held
    assert not replace(GOOD, p95_ms=None).is_held


def test_what_a_machine_holds_ends_at_the_first_number_that_it_does_not():
    three = replace(GOOD, user_count=3)
    assert held([GOOD, replace(GOOD, user_count=2), three]) == 3
    assert held([GOOD, LATE, three]) == 1
    assert held([LATE]) == 0


def test_the_processor_time_of_a_picture_is_that_of_server_and_kernels():
    assert replace(GOOD, user_count=2, server_cpu=0.4).cpu_ms_per_picture == pytest.approx(20)


def test_the_report_has_both_numbers_and_their_ratio():
    lanes = [
        GOOD,
        *(replace(GOOD, user_count=count) for count in (2, 4)),
        replace(LATE, user_count=6),
    ]
    text = report(lanes, [GOOD, LATE], {"Gradio": "6"}, 28_000)
    assert "nbstream holds 4 streams, Gradio 1 stream: 4.0 times as many" in text
    assert "| 2 | 10.0 | 20 | 60 | 6.5 | yes | 10.0 | 20 | 200 | 6.5 | no |" in text
    assert "| 6 | 10.0 | 20 | 200 | 2.2 | no | - | - | - | - | - |" in text


def test_what_was_not_brought_to_its_limit_is_told_as_such():
    assert "nbstream holds 1 or more streams, Gradio 0 streams: Gradio held none" in report(
        [GOOD], [replace(LATE, user_count=1)], {}, 28_000
    )


def test_the_page_is_filled_in_between_its_markers(tmp_path):
    page = tmp_path / "scaling.md"
    page.write_text("before\n<!-- load -->\nold\n<!-- /load -->\nafter\n")
    write_page("new", page)
    assert page.read_text() == "before\n<!-- load -->\nnew\n<!-- /load -->\nafter\n"


def test_the_simulated_pictures_are_of_a_cameras_size():
    made = pictures(2)
    assert [read_jpeg_size(one) for one in made] == [(640, 480)] * 2
    assert made[0] != made[1]
    assert all(20_000 < len(one) < 36_000 for one in made)


def test_a_share_of_ages_is_that_of_the_sorted_ones():
    assert percentile([30.0, 10.0, 20.0], 0.5) == 20.0
    assert percentile([], 0.95) is None
