"""When the build hook builds the browser bundle, and what it says where it cannot."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import hatch_build


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone whose bundle was built after its sources were written."""
    for name, written_at_s in [
        ("js/src/entries/widget.ts", 100),
        ("js/package-lock.json", 100),
        *((f"nbstream/static/{name}", 200) for name in hatch_build.BUNDLES),
    ]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.utime(path, (written_at_s, written_at_s))
    return tmp_path


def test_a_bundle_newer_than_its_sources_is_not_built_again(clone):
    assert hatch_build.bundle_is_current(clone)


@pytest.mark.parametrize("name", hatch_build.BUNDLES)
def test_a_missing_bundle_is_built(clone, name):
    (clone / "nbstream/static" / name).unlink()
    assert not hatch_build.bundle_is_current(clone)


def test_a_bundle_older_than_a_source_is_built_again(clone):
    os.utime(clone / "js/src/entries/widget.ts", (300, 300))
    assert not hatch_build.bundle_is_current(clone)


def test_the_bundle_of_an_sdist_is_taken_as_it_is_whatever_its_date(clone):
    os.utime(clone / "js/src/entries/widget.ts", (300, 300))
    (clone / "PKG-INFO").touch()
    assert hatch_build.bundle_is_current(clone)


def test_a_machine_without_node_is_told_what_is_needed(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit, match=r"not found on the PATH.*Node >= 20 is needed to build"):
        hatch_build.check_node()


def test_a_node_that_is_too_old_is_named(monkeypatch, tmp_path):
    for name in ("node", "npm"):
        (tmp_path / name).write_text("#!/bin/sh\necho v18.19.0\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(SystemExit, match=r"found Node v18\.19\.0.*Node >= 20"):
        hatch_build.check_node()
