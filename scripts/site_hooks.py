"""Hooks of mkdocs: what lies beside docs/ belongs to the site, and links lead there as they do in the repository."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parent.parent
DOCS = "docs/"
# What pages link to, and is not in docs/.
BESIDE = [
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "LICENSE",
    *(str(path.relative_to(ROOT)) for path in sorted(ROOT.glob("notebooks/*.ipynb"))),
]
LINK = re.compile(r"(\]\()(?!\w+:|#)([^)\s]+)(\))")


def on_files(files: Files, config: Any) -> Files:
    """Add what lies beside docs/, under its path in the repository."""
    for path in BESIDE:
        files.append(File.generated(config, path, abs_src_path=str(ROOT / path)))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Let links between docs/ and what lies beside it lead to their places in the site."""
    uri = page.file.src_uri
    folder = posixpath.dirname(uri if uri in BESIDE else DOCS + uri)

    def moved(link: re.Match[str]) -> str:
        path, hash_, anchor = link[2].partition("#")
        in_repository = posixpath.normpath(posixpath.join(folder, path))
        target = in_repository.removeprefix(DOCS)
        path = posixpath.relpath(target, posixpath.dirname(uri) or ".")
        return f"{link[1]}{path}{hash_}{anchor}{link[3]}"

    return LINK.sub(moved, markdown)
