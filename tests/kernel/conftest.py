"""Fixtures of the tests with a real kernel: ``kernel``, and ``page``, a page connected to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .real_kernel import PlayedPage, RealKernel


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[RealKernel]:
    kernel = RealKernel(tmp_path)
    yield kernel
    kernel.close()


@pytest.fixture
def page(kernel: RealKernel) -> PlayedPage:
    return kernel.new_page()
