"""The examples of the documentation's pages, run as a reader would run them."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import cv2
import pytest

from nbstream import testing

ROOT = Path(__file__).parents[1]
ALL_PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def examples(page: Path) -> list[str]:
    """The Python blocks of a page, in their order."""
    return re.findall(r"^```python\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def _has_browser(page: Path) -> bool:
    return any("live_notebook" in example for example in examples(page))


# Those of docs/examples/ are run, and looked at, by test_examples.py.
_WITH_EXAMPLES = [page for page in ALL_PAGES if examples(page) and page.parent.name != "examples"]
WITH_BROWSER = [page for page in _WITH_EXAMPLES if _has_browser(page)]
WITHOUT_BROWSER = [page for page in _WITH_EXAMPLES if not _has_browser(page)]


class NoCamera:
    """OpenCV's camera of a machine that has none, whatever the tests run on."""

    def __init__(self, *_: object) -> None:
        pass

    def read(self) -> tuple[bool, None]:
        """No picture."""
        return False, None

    def release(self) -> None:
        """Nothing to give back."""


def run_examples(
    page: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run the blocks of a page in one notebook, and then the tests that they define, with their fixtures."""
    monkeypatch.setattr(cv2, "VideoCapture", NoCamera)
    names: dict[str, Any] = {}
    with testing.mock_kernel():
        for number, example in enumerate(examples(page), 1):
            exec(compile(example, f"{page.name}, example {number}", "exec"), names)
    for name in [name for name in names if name.startswith("test_")]:
        wanted = inspect.signature(names[name]).parameters
        names[name](**{one: request.getfixturevalue(one) for one in wanted})
