"""What supervision makes: boxes, tracked and turned ones, masks, bodies."""

from __future__ import annotations

from typing import Any

import numpy as np
import supervision

import nbstream as nbs

from . import PLAIN, write

CORNERS = np.array([[20.0, 30, 120, 80], [0, 0, 10, 20]])
OUTLINES = np.array([[[20.0, 50], [60, 10], [100, 50], [60, 90]]])
POINTS = np.random.default_rng(17).uniform(10, 90, (1, 17, 2)).astype(np.float32)
MASK = np.zeros((1, 100, 200), bool)
MASK[:, :, :100] = True
DETECTED = {"confidence": np.array([0.75, 0.5]), "class_id": np.array([1, 0])}
ONE = {name: values[:1] for name, values in DETECTED.items()}
DOG = {"class_name": np.array(["dog"])}


def pairs() -> dict[str, tuple[Any, Any]]:
    """By what it is: what supervision has of it, and the same in plain words."""
    names = {"class_name": np.array(["dog", "cat"])}
    boxes = supervision.Detections(CORNERS, **DETECTED, data=names)
    tracked = supervision.Detections(CORNERS, **DETECTED, data=names, tracker_id=np.array([7, 9]))
    turned = supervision.Detections(CORNERS[:1], **ONE, data={**DOG, "xyxyxyxy": OUTLINES})
    masked = supervision.Detections(CORNERS[:1], **ONE, data=DOG, mask=MASK)
    body = supervision.KeyPoints(POINTS, class_id=np.array([0]))
    numbered = [
        nbs.Box(20, 30, 100, 50, label="dog #7", score=0.75),
        nbs.Box(0, 0, 10, 20, label="cat #9", score=0.5),
    ]
    return {
        "boxes": (boxes, PLAIN),
        "tracked boxes": (tracked, numbered),
        "turned boxes": (turned, nbs.Polygon(OUTLINES[0], label="dog", score=0.75)),
        "masks": (masked, [nbs.Mask(MASK[0], label="dog"), PLAIN[0]]),
        "bodies": (body, nbs.Keypoints(POINTS[0], label="0")),
        "nothing": (supervision.Detections.empty(), []),
    }


if __name__ == "__main__":
    write(pairs())
