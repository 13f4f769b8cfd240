"""Imports run one way: a module of the package knows only modules of lower layers.

A new module gets its place in `LAYERS`; what it may import follows from that. Modules of one layer do not
know each
other. Imports inside functions and under TYPE_CHECKING count as well.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "nbstream"

LAYERS = [
    {"_version", "errors", "orientation", "own_loop", "palette_png"},
    # one job each, no knowledge of one another
    {
        "calls",
        "clock",
        "countdown",
        "figures",
        "frames",
        "gate",
        "host",
        "image_headers",
        "lateness",
        "mailbox",
        "options",
    }
    | {
        "annotations",
        "colors",
        "line_log",
        "mark_advice",
        "nms",
        "outcomes",
        "print_tap",
        "speech",
        "state",
        "stats",
    }
    | {"yolo_output"},
    {"identity", "in_order", "news", "page_text"},
    {"call_thread", "lane_fields", "prints"},
    {"chunks", "lane_sound", "pace"},
    {"lane", "metadata", "sound_format", "sound_store"},
    {"lifecycle"},
    {"codecs", "credits", "legs", "masks", "pages", "pcm", "tracebacks", "warm_up"}
    | {"inbox", "publisher", "receipts", "slots", "sound_account", "voice"},
    {"results"},
    {"sound_pieces"},
    {"slots_plugin"},
    {"shared_gate"},
    {"array_pixels", "trait_values", "encoded", "listening", "mark_shapes", "plan", "playback"},
    {"marks", "pixels"},
    {"paint", "pictures"},
    {"runner"},
    # calls elsewhere
    {"remote_call"},
    {"workers"},
    {"parallel", "sound_runner"},
    {"binding"},
    {"snapshot"},
    {"session"},
    {"picture_session", "sound_session"},
    # from here on there are widgets
    {"wiring"},
    {"lane_widget", "ports"},
    {"streams"},
    {"audio_player", "image_view", "microphone", "webcam"},
    {"detect", "overlay", "reduced", "senses"},
    {"__init__"},
    {"server", "testing"},
]
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}
# The layers below know no widget, so that everything in them is tested without a comm.
FIRST_WITH_WIDGETS = RANK["wiring"]
WIDGET_PACKAGES = {"anywidget", "ipywidgets", "comm", "ipykernel"}
# Optional, and slow to import: whoever wants them imports them where they are used.
OPTIONAL_PACKAGES = {"cv2", "distributed", "PIL", "matplotlib", "onnxruntime", "soxr", "webrtcvad"}
# A class that another process unpickles has to be at the top of its module, and so its base class.
BUILT_ON = {"slots_plugin": {"distributed"}}

FILES = sorted(path for path in PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_imports_only_from_lower_layers(path):
    name = module_name(path)
    assert name in RANK, f"{name} has no place in LAYERS: add it to tests/test_layers.py"
    own = module_imports(path.read_text(), package_of(path))
    unknown = own - RANK.keys()
    assert not unknown, f"{name} imports {unknown}, which are no modules of nbstream"
    wrong = {other for other in own - {name} if RANK[other] >= RANK[name]}
    assert not wrong, f"{name} imports {sorted(wrong)}, from its own layer or above"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_widgets_are_known_to_the_upper_layers_only(path):
    if RANK.get(module_name(path), 0) < FIRST_WITH_WIDGETS:
        assert not imported_packages(ast.walk(ast.parse(path.read_text()))) & WIDGET_PACKAGES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_module_imports_an_optional_package_when_it_is_imported_itself(path):
    allowed = BUILT_ON.get(module_name(path), set())
    assert not imported_packages(ast.parse(path.read_text()).body) & (OPTIONAL_PACKAGES - allowed)


def test_relative_and_absolute_imports_are_read():
    source = """
import numpy
import nbstream.clock
from nbstream import Webcam, lane
from nbstream.gate import gate_of
from . import errors
from .codecs import encode
from .testing.fake_page import FakePage
def late():
    from .runner import Runner
"""
    expected = {"clock", "__init__", "lane", "gate", "errors", "codecs", "testing", "runner"}
    assert module_imports(source, []) == expected
    inner = "from ..lane import VERSION\nfrom . import fake_page\nfrom .fake_page import FakePage"
    assert module_imports(inner, ["testing"]) == {"lane", "testing"}


def module_name(path: Path) -> str:
    """Name of the module in LAYERS; a folder counts as one."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def package_of(path: Path) -> list[str]:
    """The folders between the package and the file."""
    return list(path.relative_to(PACKAGE).parts[:-1])


def module_imports(source: str, package: list[str]) -> set[str]:
    """Names, as in LAYERS, of the modules of nbstream that a source text imports."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            dotted = [alias.name.split(".") for alias in node.names]
            found |= {first_part(parts[1:]) for parts in dotted if parts[0] == "nbstream"}
        elif isinstance(node, ast.ImportFrom):
            parts = node.module.split(".") if node.module else []
            if node.level:
                parts = ["nbstream", *package[: len(package) - node.level + 1], *parts]
            if parts[:1] == ["nbstream"]:
                found |= {first_part([*parts[1:], alias.name]) for alias in node.names}
    return found


def first_part(parts: list[str]) -> str:
    """The module that a dotted path inside nbstream leads to: the package itself, where it names no module."""
    if parts and (parts[0] in RANK or (PACKAGE / f"{parts[0]}.py").exists()):
        return parts[0]
    return "__init__"


def imported_packages(nodes) -> set[str]:
    """Names of the outside packages that these statements import."""
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found
