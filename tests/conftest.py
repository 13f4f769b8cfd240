"""What holds for all tests: a test's folder says what it needs, and quick tests come first."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from nbstream.pages.skipping import SERVER_SKIPS

if TYPE_CHECKING:
    from nbstream.testing import MockKernel

    from .streaming import Holdup

TESTS = Path(__file__).parent
# How long an example takes says more of the machine than of the code.
settings.register_profile("nbstream", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("nbstream")
# A terminal of JupyterLab has it, and what is tested would be another way of pacing.
os.environ.pop(SERVER_SKIPS, None)
# Browser tests come last for another reason as well: Playwright keeps an event loop running in the main thread, and
# what calls asyncio.run() there fails from then on.
ORDER = ["kernel", "wheel", "browser"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0] if item.path.is_relative_to(TESTS) else ""
        if folder in ("kernel", "browser"):
            item.add_marker(folder)
        elif folder == "faults" and "open_notebook" in item.fixturenames:  # type: ignore[attr-defined]
            item.add_marker("browser")
    items.sort(key=_cost)


def _cost(item: pytest.Item) -> int:
    return max(
        (ORDER.index(mark.name) + 1 for mark in item.iter_markers() if mark.name in ORDER),
        default=0,
    )


@pytest.fixture
def kernel() -> Iterator[MockKernel]:
    """Mocked comms, and a clock that the test moves. Afterwards no thread and no timer of a stream may be left."""
    # Here, so that tests of the build run where the front end is not built.
    from nbstream.testing import mock_kernel, wait_for

    with mock_kernel() as kernel:
        yield kernel
    wait_for(lambda: not stream_threads(), what=lambda: f"the end of {stream_threads()}")
    assert kernel.clock.timer_count == 0


@pytest.fixture
def holdup(kernel: MockKernel) -> Iterator[Holdup]:
    """A function that is held up; let go at the end of the test, so that its thread can end."""
    from .streaming import Holdup

    holdup = Holdup()
    yield holdup
    holdup.release(1000)


def stream_threads() -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one.name.startswith("nbstream-")]
