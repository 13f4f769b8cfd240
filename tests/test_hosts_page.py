"""`make hosts`: a host's row holds what passed runs have told of it, and a host that is too slow is named."""

from __future__ import annotations

import pytest

from tests.hosts import __main__ as hosts

CASE = '<testcase name="{name}"><properties>{told}</properties>{failure}</testcase>'
QUICK = {"fps": "29.9", "p50_ms": "14.2", "fps_10": "10.0", "p50_ms_10": "13.6"}
QUICK |= {"preview_fps": "30.0", "overlay_fps": "5.0"}


def report(tmp_path, *cases):
    path = tmp_path / "report.xml"
    path.write_text(f"<testsuite>{''.join(cases)}</testsuite>")
    return path


def case(name, failure="", **told):
    properties = "".join(f'<property name="{one}" value="{told[one]}"/>' for one in told)
    return CASE.format(name=name, told=properties, failure=failure)


@pytest.fixture
def page(tmp_path, monkeypatch):
    page = tmp_path / "hosts.md"
    page.write_text(f"before\n{hosts.BEGIN}{hosts.END}\nafter")
    monkeypatch.setattr(hosts, "PAGE", page)
    monkeypatch.setattr(hosts, "MEASURED", tmp_path / "measured.json")
    return page


def test_what_runs_have_told_of_a_host_becomes_its_row(tmp_path, page):
    hosts.note(report(tmp_path, case("quick[marimo]", **QUICK)))
    hosts.note(report(tmp_path, case("busy[marimo]", callback="waits", cell="goes on")))
    row = "| marimo | 29.9 | 14 | 10.0 | 14 | 30.0, 5.0 | waits | goes on |"
    assert page.read_text() == f"before\n{hosts.BEGIN}{hosts.HEAD}\n{row}\n{hosts.END}\nafter"


def test_a_test_can_name_its_host_and_one_that_failed_tells_nothing(tmp_path, page):
    hosts.note(
        report(
            tmp_path,
            case("both_cameras", **QUICK, host="Lab in Firefox"),
            case("quick[Voila]", "<failure/>", **QUICK),
        )
    )
    assert "| Lab in Firefox | 29.9" in page.read_text()
    assert "Voila" not in page.read_text()


def test_who_is_slower_than_promised_is_named():
    rows = {"JupyterLab": QUICK, "few": {**QUICK, "fps": "27.9"}, "late": {**QUICK, "p50_ms": "25"}}
    assert hosts.missed({**rows, "looked at": {"callback": "goes on"}}) == ["few", "late"]
    assert hosts.missed({"late": QUICK}) == ["JupyterLab"]
    assert hosts.missed({"JupyterLab": {"callback": "goes on"}}) == ["JupyterLab"]
