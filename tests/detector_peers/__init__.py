"""Results that real packages make, as `tests/test_detector_peers.py` asks; each runs in an environment of its own.

Each writes, as JSON and by what it is, what is drawn of a result, and what is drawn of the same in plain words.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np

from nbstream.annotations.marks import marks_of

SIZE = (200, 100)
PLAIN = [(20, 30, 100, 50, "dog", 0.75), (0, 0, 10, 20, "cat", 0.5)]


def write(pairs: dict[str, tuple[Any, Any]], **options: Any) -> None:
    """Write what is drawn of the first of each pair, which the package made, and of the second."""
    found = {
        name: [_drawn(made), _drawn(plain, **options)] for name, (made, plain) in pairs.items()
    }
    sys.stdout.write(json.dumps(found))


def _drawn(found: Any, **options: Any) -> Any:
    marks = marks_of(found, SIZE, **options)
    tint = None if marks.tint is None else (marks.tint.entries > 0).mean(axis=0).round(3).tolist()
    shown = [(mark.kind, np.round(mark.points, 3).tolist(), mark.text) for mark in marks.shown]
    return [shown, tint]
