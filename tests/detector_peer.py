"""Results that the real supervision makes, as `test_detector_peer.py` asks; runs in an environment of its own.

Writes, as JSON, what is drawn of each, and what is drawn of the same as plain tuples and annotations.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np
import supervision

import nbstream as nbs
from nbstream.annotations.marks import marks_of

SIZE = (200, 100)
CORNERS = np.array([[20.0, 30, 120, 80], [0, 0, 10, 20]])
OUTLINES = np.array([[[20.0, 50], [60, 10], [100, 50], [60, 90]]])
POINTS = np.random.default_rng(17).uniform(10, 90, (1, 17, 2)).astype(np.float32)
MASK = np.zeros((1, 100, 200), bool)
MASK[:, :, :100] = True
DETECTED = {"confidence": np.array([0.75, 0.5]), "class_id": np.array([1, 0])}
ONE = {name: values[:1] for name, values in DETECTED.items()}
DOG = {"class_name": np.array(["dog"])}


def drawn(found: Any) -> Any:
    marks = marks_of(found, SIZE)
    tint = None if marks.tint is None else (marks.tint.entries > 0).mean(axis=0).round(3).tolist()
    shown = [(mark.kind, np.round(mark.points, 3).tolist(), mark.text) for mark in marks.shown]
    return [shown, tint]


def pairs() -> dict[str, tuple[Any, Any]]:
    """By what it is: what supervision has of it, and the same in plain words."""
    names = {"class_name": np.array(["dog", "cat"])}
    boxes = supervision.Detections(CORNERS, **DETECTED, data=names)
    tracked = supervision.Detections(CORNERS, **DETECTED, data=names, tracker_id=np.array([7, 9]))
    turned = supervision.Detections(CORNERS[:1], **ONE, data={**DOG, "xyxyxyxy": OUTLINES})
    masked = supervision.Detections(CORNERS[:1], **ONE, data=DOG, mask=MASK)
    body = supervision.KeyPoints(POINTS, class_id=np.array([0]))
    plain = [(20, 30, 100, 50, "dog", 0.75), (0, 0, 10, 20, "cat", 0.5)]
    numbered = [
        nbs.Box(20, 30, 100, 50, label="dog #7", score=0.75),
        nbs.Box(0, 0, 10, 20, label="cat #9", score=0.5),
    ]
    return {
        "boxes": (boxes, plain),
        "tracked boxes": (tracked, numbered),
        "turned boxes": (turned, nbs.Polygon(OUTLINES[0], label="dog", score=0.75)),
        "masks": (masked, [nbs.Mask(MASK[0], label="dog"), plain[0]]),
        "bodies": (body, nbs.Keypoints(POINTS[0], label="0")),
        "nothing": (supervision.Detections.empty(), []),
    }


if __name__ == "__main__":
    sys.stdout.write(
        json.dumps({name: [drawn(one) for one in pair] for name, pair in pairs().items()})
    )
