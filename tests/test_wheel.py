"""What is shipped: an sdist and a wheel that install without Node and hold all that a user needs."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from nbstream._version import __version__
from nbstream.protocol.parts import PARTS

pytestmark = pytest.mark.wheel

ROOT = Path(__file__).parent.parent
SHIPPED = {
    "py.typed",
    *(
        f"static/{name}"
        for name in (
            "widget.js",
            "widget.css",
            "sound.js",
            "sound.css",
            "collector.js",
            "collector.css",
            *(f"parts/{part}.js" for part in PARTS),
            "upload.js",
            "upload.css",
            "record.js",
            "record.css",
        )
    ),
}


@pytest.fixture(scope="module")
def no_node(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment whose PATH leads nowhere: no node, no npm."""
    return {**os.environ, "PATH": str(tmp_path_factory.mktemp("empty"))}


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sdist, built from this checkout."""
    folder = tmp_path_factory.mktemp("sdist")
    run(sys.executable, "-m", "build", "--sdist", "--no-isolation", "--outdir", folder, ROOT)
    (archive,) = folder.glob("*.tar.gz")
    return archive


@pytest.fixture(scope="module")
def wheel(sdist: Path, no_node: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built by pip from the sdist without Node."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]
    run(*command, "--wheel-dir", folder, sdist, env=no_node)
    (archive,) = folder.glob("*.whl")
    return archive


@pytest.fixture(scope="module")
def python(wheel: Path, no_node: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a fresh environment with the wheel and its dependencies, and nothing else."""
    folder = tmp_path_factory.mktemp("fresh environment")
    run(sys.executable, "-m", "venv", folder)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    run(python, "-m", "pip", "install", "--quiet", wheel, env=no_node)
    return python


def test_the_sdist_holds_the_bundle_and_what_it_is_built_from(sdist):
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {f"nbstream/{name}" for name in SHIPPED} <= names
    assert {"LICENSE", "README.md", "hatch_build.py", "js/package-lock.json"} <= names
    assert any(name.startswith("js/src/") for name in names)
    assert not [name for name in names if "node_modules" in name or "__pycache__" in name]


def test_the_wheel_holds_the_package_and_nothing_else(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {f"nbstream/{name}" for name in SHIPPED} <= names
    assert f"nbstream-{__version__}.dist-info/licenses/LICENSE" in names
    folders = {
        "nbstream",
        "pytest_nbstream.py",
        f"nbstream-{__version__}.dist-info",
        f"nbstream-{__version__}.data",
    }
    assert {name.partition("/")[0] for name in names} == folders
    assert all(
        zipfile.ZipFile(wheel).getinfo(f"nbstream/{name}").file_size
        for name in SHIPPED - {"py.typed"}
    )


def test_the_installed_wheel_is_imported_without_optional_packages(python, no_node, tmp_path):
    script = """
import importlib.metadata, json, pathlib, sys, nbstream
assert "fresh environment" in nbstream.__file__, nbstream.__file__
print(nbstream.__version__, importlib.metadata.version("nbstream"))
print(sorted({"cv2", "PIL", "matplotlib"} & sys.modules.keys()))
print(len(str(nbstream.Webcam()._esm)) > 1000)
enabling = pathlib.Path(sys.prefix, "etc/jupyter/jupyter_server_config.d/nbstream.json")
print(json.loads(enabling.read_text()))
"""
    done = run(python, "-W", "error", "-c", script, env=no_node, cwd=tmp_path)
    enabling = {"ServerApp": {"jpserver_extensions": {"nbstream.server": True}}}
    expected = [f"{__version__} {__version__}", "[]", "True", str(enabling)]
    assert done.stdout.splitlines() == expected


def run(
    *command: object, env: dict[str, str] | None = None, cwd: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """Run a command; its whole output is the failure's text."""
    words = [str(word) for word in command]
    done = subprocess.run(words, env=env, cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done
