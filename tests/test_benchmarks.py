"""The benchmark's own arithmetic: what it makes of what a page saw, which targets it calls met, what it writes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from benchmarks.chart import split
from benchmarks.observe import Observation, age_ms, count_backwards, summarize, worst_second
from benchmarks.report import PAGE, insert, legs, tables, write_page
from benchmarks.results import Results
from benchmarks.rows import count_late, middle
from benchmarks.soak import MARKERS, Sample, slope, table
from benchmarks.targets import check_all

GOOD = Observation(
    fps=30.0,
    worst_second_fps=29.0,
    p50_ms=30.0,
    p95_ms=40.0,
    max_ms=50.0,
    backwards=0,
    cpu_ms_per_frame=8.0,
    bytes_up_per_picture=20_000.0,
    captured_per_shown=1.0,
    size_px=(640, 480),
)
FLOOR = replace(GOOD, p50_ms=14.0, cpu_ms_per_frame=2.0)
GRADIO = replace(GOOD, fps=15.0, p50_ms=100.0, cpu_ms_per_frame=40.0, bytes_up_per_picture=118e3)


def results(**rows: dict[str, Observation]) -> Results:
    found = Results()
    for row, systems in rows.items():
        for system, one in systems.items():
            found.note(row, system, one)
    return found


def unmet(found: Results) -> list[str]:
    return [check.what for check in check_all(found) if not check.is_met]


def entry(number: int, at_ms: float, element: str = "CANVAS#1") -> dict[str, Any]:
    size = {"widthPx": 640, "heightPx": 480}
    return {"number": number, "atMs": at_ms, "element": element, **size}


def test_a_picture_is_as_old_as_the_camera_last_showed_its_number():
    assert age_ms(7, 1050, {7: [20, 1000, 2000]}) == 50


def test_a_picture_that_the_page_missed_is_timed_by_its_neighbours():
    captured = {0: [1000.0], 5: [1166.7]}
    assert age_ms(1, 1053.3, captured) == pytest.approx(20, abs=0.1)
    assert age_ms(299, 1016.7, captured) == pytest.approx(50, abs=0.1)
    assert age_ms(4, 1193.4, captured) == pytest.approx(60, abs=0.1)


def test_a_picture_has_no_age_where_the_camera_showed_nothing_like_it_in_this_round():
    assert age_ms(7, 10_000, {7: [20, 1000]}) is None
    assert age_ms(7, 10, {7: [20]}) is None
    assert age_ms(7, 1050, {100: [1000]}) is None


def test_a_clip_that_starts_again_does_not_go_backwards():
    assert count_backwards([297, 298, 0, 1]) == 0
    assert count_backwards([5, 4, 6]) == 1


def test_the_worst_second_counts_a_second_without_any_picture():
    times_ms = [100.0, 200, 300, 2100, 2200]
    assert worst_second(times_ms, 3000, 3.02) == 0
    assert worst_second([500.0, 1500, 1600, 2500], 3000, 3.02) == 1


def test_what_a_page_saw_becomes_rates_ages_and_ratios():
    shown = [entry(n, 1000 + 100 * n + 30) for n in range(10)]
    still = [entry(3, 1000, "IMG#2")]
    captured = {str(n): [1000 + 100 * n] for n in range(10)}
    seen = {"captured": captured, "shown": shown + still, "endedMs": 2000}
    before, after = {"bytes": 100, "pictures": 3}, {"bytes": 150_100, "pictures": 18}
    found = summarize(seen, before, after, elapsed_s=1.0, cpu_used_s=0.05)
    assert (found.fps, found.p50_ms, found.backwards) == (10, 30, 0)
    assert (found.cpu_ms_per_frame, found.bytes_up_per_picture) == (5, 10_000)
    assert (found.captured_per_shown, found.size_px) == (1.5, (640, 480))


def test_a_stream_that_showed_nothing_is_told_as_such():
    nothing = {"captured": {}, "shown": [], "endedMs": 2000}
    sent = {"bytes": 0, "pictures": None}
    found = summarize(nothing, sent, sent, elapsed_s=1.0, cpu_used_s=0.05)
    assert (found.fps, found.p50_ms, found.captured_per_shown, found.size_px) == (
        0,
        None,
        None,
        None,
    )


def test_targets_compare_systems_of_the_same_run():
    fastrtc = replace(GOOD, p50_ms=60.0)
    systems = {"floor": FLOOR, "nbstream": GOOD, "gradio": GRADIO, "fastrtc": fastrtc}
    found = results(identity30=systems)
    assert len(check_all(found)) == 8
    assert unmet(found) == []


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"fps": 29.0}, "0.97 x floor"),
        ({"backwards": 1}, "after a newer one"),
        ({"p50_ms": 35.1, "p95_ms": 45.0}, "floor + 21 ms"),
        ({"p95_ms": 50.1}, "p95 - p50"),
        ({"cpu_ms_per_frame": 10.1}, "CPU"),
        ({"bytes_up_per_picture": 23_700.0}, "bytes up"),
    ],
)
def test_a_target_that_is_missed_is_named(change, what):
    ours = replace(GOOD, **change)
    systems = {"floor": FLOOR, "nbstream": ours, "gradio": GRADIO}
    assert any(what in missed for missed in unmet(results(identity30=systems)))


def test_a_system_that_was_left_out_decides_no_target():
    alone = check_all(results(identity30={"nbstream": GOOD}))
    assert [check.what for check in alone] == [
        "30 fps: pictures that came after a newer one",
        "30 fps: p95 - p50",
    ]


def test_a_slow_function_is_compared_with_the_floor_at_the_same_rate():
    slow = replace(GOOD, p50_ms=345.0, p95_ms=350.0, fps=3.2)
    rows = {"identity10": {"floor": FLOOR}, "sleep300": {"nbstream": slow}}
    assert len(unmet(results(**rows))) == 1  # 345 > 300 + 3 x 14
    rows["identity10"]["floor"] = replace(FLOOR, p50_ms=15.0)
    assert unmet(results(**rows)) == []


def test_a_picture_that_was_made_smaller_misses_the_target_of_its_size():
    small = replace(GOOD, size_px=(640, 360))
    found = results(hd30={"floor": FLOOR, "nbstream": small})
    assert unmet(found) == ["1280x720: width of the result"]


def test_a_detector_is_measured_by_its_preview_and_by_its_boxes():
    rows = {"a mask and a box": GOOD, "a mask and 298 boxes": replace(GOOD, fps=27.9)}
    found = results(detector=rows)
    found.facts = {"detector_rate_1": 3.9, "detector_rate_298": 4.0}
    assert unmet(found) == [
        "detector of 200 ms, a mask and a box: how often boxes come per second",
        "detector of 200 ms, a mask and 298 boxes: frames per second of the preview",
    ]


def test_import_and_bundle_have_targets_too():
    found = Results(facts={"import_ms": 110.2, "import_parts_ms": 100, "import_heavy": 1})
    found.facts |= {"bundle_bytes": 90_001, "bundle_gzip_bytes": 30_000}
    assert len(unmet(found)) == 3


def test_the_middle_round_counts_and_one_that_showed_nothing_is_the_slowest():
    rounds = [replace(GOOD, p50_ms=p50_ms) for p50_ms in (None, 20.0, 30.0)]
    assert middle(rounds).p50_ms == 30
    assert middle(rounds[:2]).p50_ms is None


def test_a_call_that_got_an_older_value_is_late():
    changes = [[1.0, 5], [1.1, 6]]
    assert count_late(changes, [[0.5, 0], [1.05, 5], [1.2, 6]]) == 0
    assert count_late(changes, [[1.2, 5]]) == 1


def test_a_value_that_changed_while_the_inputs_were_read_is_not_late():
    assert count_late([[1.0, 5], [1.1, 6]], [[1.105, 5], [1.105, 6]]) == 0


def test_a_line_through_rising_samples_is_no_flat_one():
    times_s = [60.0 * k for k in range(20)]
    noise = [0.1, -0.1] * 10
    rising = slope(
        times_s, [100 + at_s / 60 + one for at_s, one in zip(times_s, noise, strict=True)]
    )
    assert rising.per_hour == pytest.approx(60, abs=1)
    assert not rising.is_flat
    assert slope(times_s, [100 + one for one in noise]).is_flat
    assert slope(times_s, [100 + at_s / 3600 for at_s in times_s]).is_flat  # 1 % in an hour


def test_the_table_of_a_long_run_leaves_the_beginning_out_of_the_slopes():
    values = [50.0, 80.0] + [100.0, 100.2] * 9
    samples = [Sample(60.0 * k, v, v, v, v, 30, 30) for k, v in enumerate(values)]
    lines = [line for line in table(samples).splitlines() if "MB" in line]
    assert len(lines) == 4
    assert all("no slope" in line for line in lines)


def test_legs_never_add_up_to_more_than_the_median():
    way = {leg: {"p50": 10.0, "p95": 12.0, "max": 15.0} for leg in ("encode", "call", "total")}
    parts = split(replace(GOOD, legs_ms=way))
    assert parts == {"encode": 10, "call": 10, "camera, screen": 10}
    shortened = split(replace(GOOD, p50_ms=10.0, legs_ms=way))
    assert sum(shortened.values()) == pytest.approx(10)


def test_the_table_shows_the_legs_that_there_are_in_the_order_of_the_way():
    way = {leg: {"p50": 1.0, "p95": 2.0, "max": 3.0} for leg in ("total", "write", "queue")}
    text = legs(results(identity30={"nbstream": replace(GOOD, legs_ms=way)}))
    rows = [line.split("|")[1].strip() for line in text.splitlines()[2:]]
    assert rows == ["queue", "write", "total"]


def test_content_between_markers_is_replaced_and_nothing_else():
    text = "before\n<!-- a -->\nold\n<!-- /a -->\nafter"
    assert insert(text, "a", r"new \1") == "before\n<!-- a -->\nnew \\1\n<!-- /a -->\nafter"
    with pytest.raises(ValueError, match="found 0"):
        insert(text, "b", "new")


def test_prose_between_markers_is_broken_into_lines_and_a_table_is_not():
    sentence, row = " ".join(["word"] * 60), f"| {'cell ' * 30}|"
    written = insert("<!-- a -->\n<!-- /a -->", "a", f"{sentence}\n\n{row}").splitlines()
    assert row in written
    assert max(len(line) for line in written if line != row) <= 100
    assert " ".join(written[1:-3]) == sentence


def test_the_page_has_a_place_for_each_part_and_can_be_written_twice(tmp_path):
    page = tmp_path / "performance.md"
    page.write_text(PAGE.read_text("utf-8"), "utf-8")
    found = results(identity30={"floor": FLOOR, "nbstream": GOOD})
    write_page(found, page)
    once = page.read_text("utf-8")
    write_page(found, page)
    assert page.read_text("utf-8") == once
    assert tables(found) in once
    for marker in MARKERS.values():
        assert f"<!-- {marker} -->" in once


def test_results_are_read_back_as_they_were_saved(tmp_path):
    found = results(identity30={"floor": FLOOR, "nbstream": replace(GOOD, p50_ms=None)})
    found.facts["import_ms"] = 1.5
    found.save(tmp_path / "kept" / "benchmark.json")
    assert Results.load(tmp_path / "kept" / "benchmark.json") == found
