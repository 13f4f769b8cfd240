"""Build hook: make the browser bundle before a wheel, an sdist or an editable install is made.

A wheel and an sdist carry the bundle, so installing them needs no Node. A clone does not: there the bundle is built
when it is missing or older than its sources.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

OLDEST_NODE = 20
PARTS = ("panels", "synthetic", "compare", "video")
BUNDLES = ("widget.js", "sound.js", "collector.js", *(f"parts/{name}.js" for name in PARTS))


class BundleHook(BuildHookInterface):  # type: ignore[type-arg]  # the parameter differs from hatchling to hatchling
    """Runs `npm ci` and `npm run build` in `js/` when that is needed."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it collects files."""
        root = Path(self.root)
        if bundle_is_current(root):
            return
        check_node()
        for arguments in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
            run_npm(arguments, root / "js")


def bundle_is_current(root: Path) -> bool:
    """Whether `nbstream/static/` can be shipped as it is."""
    bundles = [root / "nbstream" / "static" / name for name in BUNDLES]
    if not all(bundle.exists() for bundle in bundles):
        return False
    # An unpacked sdist has PKG-INFO at its root. Its bundle is always right, and its dates are not to be trusted.
    if (root / "PKG-INFO").exists():
        return True
    sources = [*(root / "js" / "src").rglob("*"), root / "js" / "package-lock.json"]
    built_at = min(bundle.stat().st_mtime for bundle in bundles)
    return all(path.stat().st_mtime <= built_at for path in sources if path.is_file())


def check_node() -> None:
    """Stop the build with one sentence where Node or npm is missing or too old."""
    wanted = f"Node >= {OLDEST_NODE} is needed to build from a clone; a wheel or sdist needs none."
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        raise SystemExit(f"nbstream: node or npm was not found on the PATH. {wanted}")
    found = subprocess.run(
        [node, "--version"], capture_output=True, text=True, check=True
    ).stdout.strip()
    if int(found.removeprefix("v").split(".")[0]) < OLDEST_NODE:
        raise SystemExit(f"nbstream: found Node {found}. {wanted}")


def run_npm(arguments: list[str], folder: Path) -> None:
    """Run npm there; its whole output is shown if it fails."""
    npm = shutil.which("npm")
    assert npm is not None, "check_node() was not called"
    done = subprocess.run([npm, *arguments], cwd=folder, capture_output=True, text=True)
    if done.returncode:
        command = " ".join(["npm", *arguments])
        raise SystemExit(f"nbstream: `{command}` failed in js/:\n{done.stdout}{done.stderr}")
