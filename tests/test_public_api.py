"""What users may import, and what importing costs them."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

import nbstream
import nbstream.testing


def test_public_names_are_deliberate():
    assert sorted(nbstream.__all__) == [
        "Arrow",
        "AudioPlayer",
        "Box",
        "CameraError",
        "Collector",
        "CorruptFrameError",
        "Ellipse",
        "ErrorReport",
        "FrameMeta",
        "FrameSource",
        "Gate",
        "ImageView",
        "KernelCamera",
        "Keypoints",
        "Mask",
        "MediaError",
        "Microphone",
        "MicrophoneError",
        "MissingDependencyError",
        "NbstreamError",
        "Overlay",
        "Pointer",
        "Points",
        "Polygon",
        "RecordButton",
        "Recorder",
        "Recording",
        "RecordingError",
        "Reduced",
        "Replay",
        "ResultError",
        "Scores",
        "Screen",
        "SignatureError",
        "Sound",
        "SoundFile",
        "SoundMeta",
        "State",
        "StreamBinding",
        "Text",
        "Timeline",
        "UploadedFile",
        "VideoFile",
        "Webcam",
        "WorkerError",
        "__version__",
        "compare",
        "draw",
        "interact",
        "interactive",
        "notice",
        "progress",
        "replay",
        "skip",
        "stream",
        "texts",
        "voice",
    ]


def test_public_names_of_the_test_kit_are_deliberate():
    assert sorted(nbstream.testing.__all__) == [
        "CallTiming",
        "FakeClock",
        "FakeMicrophone",
        "FakePage",
        "FakeSpeaker",
        "FakeWebcam",
        "MockComm",
        "MockKernel",
        "StreamRun",
        "assert_keeps_up",
        "coloured",
        "mock_kernel",
        "number_of",
        "numbered",
        "pictures_of",
        "run_stream",
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


def modules_after(*statements: str) -> set[str]:
    """What a fresh interpreter has imported after these."""
    code = "\n".join(["import sys", *statements, "print(*sys.modules)"])
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return set(done.stdout.split())


def test_importing_brings_nothing_that_anywidget_and_numpy_do_not_bring():
    brought = modules_after("import nbstream") - modules_after("import anywidget, numpy")
    packages = {name.partition(".")[0] for name in brought}
    assert packages - sys.stdlib_module_names == {"nbstream"}
    assert not packages & {"asyncio", "concurrent", "multiprocessing", "unittest"}


def test_what_not_every_notebook_uses_is_imported_when_it_is_asked_for():
    late = {"nbstream.sounds.chunk"} | {
        f"nbstream.{module}" for module in nbstream._MODULE_OF.values()
    }
    assert not modules_after("import nbstream") & late
    assert modules_after("import nbstream", "nbstream.Box") & late == {"nbstream.annotations.kinds"}
    assert modules_after("from nbstream import *") >= late


def test_no_optional_or_heavy_package_is_needed_to_test_a_stream():
    heavy = {"cv2", "PIL", "matplotlib", "jupyterlab", "jupyter_server", "ipykernel.kernelapp"}
    heavy |= {"soxr", "webrtcvad"}
    assert not modules_after("import nbstream.testing", "from nbstream import *") & heavy


def test_the_package_lists_its_names_and_knows_no_others():
    assert set(nbstream.__all__) <= set(dir(nbstream))
    with pytest.raises(AttributeError, match="module 'nbstream' has no attribute 'Boxes'"):
        nbstream.Boxes  # type: ignore[attr-defined]  # noqa: B018


def test_tab_offers_what_is_public_and_nothing_else():
    offered = {name for name in dir(nbstream) if not name.startswith("__")}
    modules = {"detect", "errors", "gradio", "testing"}
    assert {"errors", "testing"} <= offered
    assert offered - modules == set(nbstream.__all__) - {"__version__"}


def test_shift_tab_shows_the_options_of_a_widget_with_their_defaults():
    webcam = inspect.signature(nbstream.Webcam).parameters
    assert (webcam["device"].default, webcam["resolution"].default) == ("", (640, 480))
    assert not {"traits", "comm", "keys", "tooltip"} & set(webcam)
    assert list(inspect.signature(nbstream.ImageView).parameters)[:2] == ["value", "codec"]

    class Mine(nbstream.Webcam):
        def __init__(self, name: str) -> None:
            super().__init__(label=name)

    assert list(inspect.signature(Mine).parameters) == ["name"]


def test_an_import_brings_nothing_from_the_library_that_its_parts_do_not():
    code = (
        "import sys, anywidget, numpy, simplejpeg\n"
        "before = set(sys.modules)\n"
        "import nbstream\n"
        "print(sorted(name for name in set(sys.modules) - before if name.split('.')[0] != 'nbstream'))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
