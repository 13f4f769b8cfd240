"""One gate for kernels that are processes of their own, on the scheduler of a real Dask cluster."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import distributed
import pytest

from .real_kernel import RealKernel
from .stream_page import StreamPage

LEASE_S = 4.0
SETUP = f"""
import nbstream as nbs
from distributed import Client

client = Client("ADDRESS")
gate = nbs.Gate(1, client=client, name="gpu", lease_time={LEASE_S})
webcam, view = nbs.Webcam(), nbs.ImageView()
binding = webcam.stream(lambda frame: frame, outputs=view, concurrency_id=gate)
"""


@pytest.fixture
def address() -> Iterator[str]:
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=":0", silence_logs=50
    ) as cluster:
        yield cluster.scheduler_address


@pytest.fixture
def kernels(tmp_path: Path) -> Iterator[list[RealKernel]]:
    kernels = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        kernels.append(RealKernel(tmp_path / name))
    yield kernels
    for kernel in kernels:
        kernel.close()


def test_the_slot_of_a_killed_kernel_goes_to_the_next_within_the_lease_time(
    kernels: list[RealKernel], address: str
) -> None:
    pages: list[Any] = [kernel.new_page() for kernel in kernels]
    for page in pages:
        page.execute(SETUP.replace("ADDRESS", address), timeout_s=60)
    first, second = (StreamPage(page) for page in pages)
    first.start()
    first.wait_for_result(first.send_frame(100))
    second.ask()
    pages[1].wait_for(lambda: second.state["status"] == "waiting")
    pages[1].wait_for(lambda: second.state["queue_position"] == 0)
    kernels[0].kill()
    killed_at_s = time.monotonic()
    pages[1].wait_for(lambda: second.state["status"] == "live", timeout_s=LEASE_S + 10)
    took_s = time.monotonic() - killed_at_s
    second.wait_for_result(second.send_frame(50))
    # A second for a busy machine.
    assert took_s < LEASE_S + 1
