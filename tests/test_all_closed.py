"""After everything is closed there are the threads, open files and comms that there were before."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from typing import Any

import distributed
import ipywidgets
import psutil
import pytest

import nbstream as nbs
from nbstream.testing import wait_for

from .conftest import stream_threads
from .streaming import Stream
from .test_collected import SCENES, Watched, close


def open_things() -> dict[str, Any]:
    """What a process holds open."""
    return {
        "threads": Counter(thread.name for thread in threading.enumerate()),
        "files": psutil.Process().num_fds(),
        "widgets": set(ipywidgets.widget._instances),
    }


# Their widgets go on with another stream.
GO_ON = {"a replaced stream", "a stream replaced while its call runs"}
ALL_CLOSED = {name: scene for name, scene in SCENES.items() if name not in GO_ON}


@pytest.mark.parametrize("scene", ALL_CLOSED.values(), ids=ALL_CLOSED)
def test_nothing_stays_open_after_close(kernel, scene):
    scene(kernel, Watched())  # what is imported late is there now
    wait_for(lambda: not stream_threads())
    before = open_things()
    scene(kernel, Watched())
    wait_for(lambda: open_things() == before, what=lambda: f"{before}, is {open_things()}")


def test_a_shared_gate_that_is_closed_leaves_nothing_open(kernel):
    def play() -> None:
        with (
            distributed.LocalCluster(
                n_workers=0, processes=False, dashboard_address=":0", silence_logs=50
            ) as cluster,
            distributed.Client(cluster) as client,
        ):
            gate = nbs.Gate(1, client=client)
            stream = Stream(kernel, concurrency_id=gate).go_live()
            stream.one_result()
            close(stream.webcam, stream.view)
            wait_for(lambda: not stream_threads())

    play()
    before = open_things()
    play()
    wait_for(lambda: open_things() == before, what=lambda: f"{before}, is {open_things()}")


AT_PYTHONS_END = """
import logging, sys
import nbstream as nbs
from nbstream.testing import mock_kernel

logging.basicConfig()
mock_kernel().__enter__()
sys.kept_until_modules_are_gone = nbs.Webcam()
"""


def test_a_widget_that_outlives_python_ends_without_a_word():
    ended = subprocess.run(
        [sys.executable, "-c", AT_PYTHONS_END], capture_output=True, text=True, timeout=120
    )
    assert (ended.returncode, ended.stderr) == (0, "")
