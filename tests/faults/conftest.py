"""Fixtures of the fault suite: those of the browser tests, a scene to disturb, and where the outcome is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ..browser.conftest import (
    OpenNotebook,
    browsers,
    clip,
    lab,
    noise,
    open_notebook,
    pytest_runtest_makereport,
)
from ..browser.lab import LabServer
from ..browser.link import Link
from .scene import CELLS, Scene

__all__ = ["browsers", "clip", "lab", "noise", "open_notebook", "pytest_runtest_makereport"]

LINE = Path(__file__).with_name("line.js")
OpenScene = Callable[..., Scene]


@pytest.fixture
def link(lab: LabServer) -> Iterator[Link]:
    """The line between page and server."""
    link = Link(lab)
    yield link
    link.close()


@pytest.fixture
def open_scene(open_notebook: OpenNotebook, link: Link) -> OpenScene:
    """``open_scene(cells=CELLS)``: a notebook of camera and microphone, not started."""

    def open_it(cells: list[str] = CELLS, **options: Any) -> Scene:
        notebook = open_notebook(cells, through=link, prepare=[LINE], **options)
        return Scene(notebook, link)

    return open_it


@pytest.fixture
def scene(open_scene: OpenScene) -> Scene:
    """Camera and microphone, live."""
    return open_scene().go_live()


@pytest.fixture
def outcome(record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """``outcome(off_s=0.2, recovery_s=1.5, ...)``: what the row of this test shall say was measured."""

    def note(**measured: float) -> None:
        for name, value in measured.items():
            record_property(name, round(value, 2))

    return note
