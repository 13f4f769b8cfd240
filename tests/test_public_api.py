"""What users may import, and what importing costs them."""

from __future__ import annotations

import subprocess
import sys

import pytest

import nbstream
import nbstream.testing


def test_public_names_are_deliberate():
    assert sorted(nbstream.__all__) == [
        "Box",
        "CameraError",
        "CorruptFrameError",
        "ErrorReport",
        "FrameMeta",
        "ImageView",
        "Keypoints",
        "Mask",
        "MissingDependencyError",
        "NbstreamError",
        "Overlay",
        "Polygon",
        "Reduced",
        "ResultError",
        "SignatureError",
        "State",
        "StreamBinding",
        "Text",
        "Webcam",
        "__version__",
        "draw",
        "skip",
        "voice",
    ]


def test_public_names_of_the_test_kit_are_deliberate():
    assert sorted(nbstream.testing.__all__) == [
        "FakeClock",
        "FakePage",
        "FakeSpeaker",
        "MockComm",
        "MockKernel",
        "mock_kernel",
        "wait_for",
    ]


@pytest.mark.parametrize("module", [nbstream, nbstream.testing], ids=["nbstream", "testing"])
def test_public_names_exist_and_are_sorted(module):
    assert all(hasattr(module, name) for name in module.__all__)
    assert list(module.__all__) == sorted(module.__all__)


@pytest.mark.parametrize(
    "name", [name for name in nbstream.__all__ if name not in ("__version__",)]
)
def test_whatever_is_public_is_described(name):
    assert getattr(nbstream, name).__doc__


def test_importing_brings_no_optional_or_heavy_package():
    heavy = ["cv2", "PIL", "matplotlib", "jupyterlab", "jupyter_server", "ipykernel.kernelapp"]
    heavy += ["soxr", "webrtcvad"]
    code = (
        "import sys, nbstream, nbstream.testing; "
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr
