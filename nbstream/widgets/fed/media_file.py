"""What sources of files have in common."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

from ...runs.asking.option import is_number


def checked_path(path: Any, what: str) -> Path:
    """Make sure that it is a path, of a file or not."""
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(
            f"{what}() was given {type(path).__name__} {path!r:.80}; expected the path of a file."
        )
    return Path(path)


def checked_place(at_s: Any, duration_s: float | None) -> float:
    """Make sure that it is a place in the file, in seconds."""
    most_s = math.inf if duration_s is None else duration_s
    if not is_number(at_s) or not 0 <= at_s <= most_s:
        end = "" if duration_s is None else f", at most {duration_s:g}"
        raise ValueError(f"seek() was given {at_s!r:.80}; expected seconds from 0 on{end}.")
    return float(at_s)
