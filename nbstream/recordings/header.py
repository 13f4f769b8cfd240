"""What a recording says of itself: what it is of, and what it was made with."""

from __future__ import annotations

import datetime
import importlib.metadata
import platform
from collections.abc import Sequence
from typing import Any

from .subject import Subject

FORMAT = "nbstream recording"
VERSION = 1
HEADER = "recording.json"
PACKAGES = ("nbstream", "numpy", "opencv-python-headless", "opencv-python", "ipywidgets", "pillow")


def header_of(subject: Subject) -> dict[str, Any]:
    """What stands in front of all."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "began_at": datetime.datetime.now(datetime.timezone.utc).isoformat(),
        "function": subject.fn_name,
        "sources": [type(one).__name__ for one in subject.sources],
        "inputs": _ports(subject.input_names, subject.input_states),
        "outputs": _ports(subject.output_names, subject.output_states),
        "packages": {"python": platform.python_version(), **_versions()},
    }


def _ports(names: Sequence[str], states: Sequence[int | None]) -> list[dict[str, Any]]:
    return [{"name": name, "state": state} for name, state in zip(names, states, strict=True)]


def _versions() -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
