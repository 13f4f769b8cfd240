"""Fixtures for tests of streams: a pytest plugin that comes with nbstream.

Nothing of nbstream is imported before a fixture is asked for, so that a test run without them costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from nbstream.testing import FakeMicrophone, FakeWebcam, MockKernel, StreamRun


@pytest.fixture
def nbstream_kernel() -> Iterator[MockKernel]:
    """Widgets that are made in the test talk to mocked comms and live by a clock that the test moves."""
    from nbstream.testing import mock_kernel

    with mock_kernel() as kernel:
        yield kernel


@pytest.fixture
def fake_webcam(nbstream_kernel: MockKernel) -> Callable[..., FakeWebcam]:
    """``fake_webcam(*displays, pictures="numbered", **traits)`` -> `nbstream.testing.FakeWebcam`."""
    from nbstream.testing import FakeWebcam

    def make(*displays: Any, **options: Any) -> FakeWebcam:
        return FakeWebcam(nbstream_kernel, *displays, **options)

    return make


@pytest.fixture
def fake_microphone(nbstream_kernel: MockKernel) -> Callable[..., FakeMicrophone]:
    """``fake_microphone(*displays, sample_rate=8000, **traits)`` -> `FakeMicrophone`; its widget is `source`."""
    import nbstream
    from nbstream.testing import FakeMicrophone

    def make(*displays: Any, sample_rate: int = 8000, **traits: Any) -> FakeMicrophone:
        microphone = nbstream.Microphone(**traits)
        return FakeMicrophone(nbstream_kernel, microphone, *displays, sample_rate=sample_rate)

    return make


@pytest.fixture
def stream_runner(nbstream_kernel: MockKernel) -> Callable[..., StreamRun]:
    """``stream_runner(fn, frames=30, every=0.1, inputs=None, **options)`` -> `nbstream.testing.StreamRun`."""
    from nbstream.testing import run_stream

    def run(fn: Callable[..., Any], *args: Any, **options: Any) -> StreamRun:
        return run_stream(nbstream_kernel, fn, *args, **options)

    return run


@pytest.fixture
def assert_keeps_up() -> Callable[..., float]:
    """`nbstream.testing.assert_keeps_up`: ``assert_keeps_up(fn, fps=15)`` fails where `fn` is too slow."""
    from nbstream.testing import assert_keeps_up

    return assert_keeps_up
