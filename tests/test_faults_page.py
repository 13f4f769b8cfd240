"""docs/reliability.md is made of the table of faults, and says what the last runs measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("playwright")

from .faults.report import MEASURED, PAGE, load_table, page, read_run

JUNIT = """<testsuites><testsuite>
<testcase name="test_passed"><properties><property name="off_s" value="0.5"/></properties></testcase>
<testcase name="test_failed"><properties><property name="off_s" value="9"/></properties><failure/></testcase>
</testsuite></testsuites>"""


def test_the_page_shows_the_table_and_what_was_measured():
    measured = json.loads(MEASURED.read_text("utf-8"))
    text = PAGE.read_text("utf-8")
    assert page(text, measured) == text, "run `make faults`, or write the page anew"
    assert set(measured) <= set(load_table())


def test_each_row_says_what_is_promised():
    rows = load_table().values()
    assert len(rows) > 20
    assert not [row.name for row in rows if not row.promise or "|" in row.name + row.promise]


def test_only_tests_that_passed_count(tmp_path: Path):
    report = tmp_path / "junit.xml"
    report.write_text(JUNIT)
    assert read_run(report) == {"test_passed": {"off_s": 0.5}}
