"""What holds for all tests: a test's folder says what it needs, and quick tests come first."""

from __future__ import annotations

from pathlib import Path

import pytest

TESTS = Path(__file__).parent
# Browser tests come last for another reason as well: Playwright keeps an event loop running in the main thread, and
# what calls asyncio.run() there fails from then on.
ORDER = ["kernel", "wheel", "browser"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0] if item.path.is_relative_to(TESTS) else ""
        if folder in ("kernel", "browser"):
            item.add_marker(folder)
    items.sort(key=_cost)


def _cost(item: pytest.Item) -> int:
    return max(
        (ORDER.index(mark.name) + 1 for mark in item.iter_markers() if mark.name in ORDER),
        default=0,
    )
