"""How long non-maximum suppression takes: `python -m benchmarks.nms`.

The aim is a median of 5 ms for the 8400 candidates of a model of 80 classes.
"""

from __future__ import annotations

import timeit
from functools import partial

import numpy as np
from numpy.typing import NDArray

from nbstream.detect.nms import class_wise_nms

CANDIDATE_COUNT = 8400  # of a YOLO model of 640 x 640
ROUNDS = 101


def candidates(
    class_count: int, object_count: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.intp]]:
    """Corners, scores and classes of boxes, all above the least score, around so many objects."""
    rng = np.random.default_rng(0)
    middles, sides = rng.random((object_count, 2)) * 600, 20 + rng.random((object_count, 2)) * 80
    which = rng.integers(0, object_count, CANDIDATE_COUNT)
    low = middles[which] + rng.normal(0, 3, (CANDIDATE_COUNT, 2))
    corners = np.hstack([low, low + sides[which]])
    return corners, rng.random(CANDIDATE_COUNT), which % class_count


def main() -> None:
    """Measure some mixtures of classes and objects, and print a table."""
    print("classes  objects  boxes that stay  median ms  p95 ms")
    for class_count, object_count in ((80, 20), (80, 100), (80, 8400), (1, 20), (1, 100)):
        given = candidates(class_count, object_count)
        run = partial(class_wise_nms, *given, max_iou=0.45, max_boxes=300)
        took_ms = np.array(timeit.repeat(run, number=1, repeat=ROUNDS)) * 1000
        median_ms, p95_ms = np.percentile(took_ms, [50, 95])
        print(
            f"{class_count:7}  {object_count:7}  {len(run()):15}  {median_ms:9.2f}  {p95_ms:6.2f}"
        )


if __name__ == "__main__":
    main()
