"""What MediaPipe's tasks make: boxes, hands, persons, faces, all of one person. No model is needed for that."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from mediapipe.tasks.python.components.containers.bounding_box import BoundingBox
from mediapipe.tasks.python.components.containers.category import Category
from mediapipe.tasks.python.components.containers.detections import Detection, DetectionResult
from mediapipe.tasks.python.components.containers.landmark import Landmark, NormalizedLandmark
from mediapipe.tasks.python.vision.face_landmarker import FaceLandmarkerResult
from mediapipe.tasks.python.vision.gesture_recognizer_result import GestureRecognizerResult
from mediapipe.tasks.python.vision.hand_landmarker import HandLandmarkerResult
from mediapipe.tasks.python.vision.holistic_landmarker import HolisticLandmarkerResult
from mediapipe.tasks.python.vision.pose_landmarker import PoseLandmarkerResult

import nbstream as nbs
from nbstream.annotations.skeletons import BODY_33, HAND_21

from . import PLAIN, write

RNG = np.random.default_rng(33)
HAND, OTHER_HAND, BODY, FACE = (RNG.uniform(0.1, 0.9, (count, 2)) for count in (21, 21, 33, 478))
HIDDEN = (4, 7)


def landmarks(shares: Any, hidden: Any = None) -> list[NormalizedLandmark]:
    """Without `hidden`, as hands and faces are, nothing is said of what can be seen."""
    return [
        NormalizedLandmark(x, y, 0.0, None if hidden is None else 0.1 if number in hidden else 0.9)
        for number, (x, y) in enumerate(shares.tolist())
    ]


def in_space(shares: Any) -> list[Landmark]:
    """The same in metres, which nobody draws."""
    return [Landmark(x, y, 0.0) for x, y in shares.tolist()]


def detection(box: Any) -> Detection:
    x, y, width, height, label, score = box
    return Detection(
        BoundingBox(origin_x=x, origin_y=y, width=width, height=height),
        [Category(index=0, score=score, category_name=label)],
    )


def hands(*shares: Any) -> dict[str, Any]:
    return {
        "handedness": [[Category(category_name="Left")] for _ in shares],
        "hand_landmarks": [landmarks(one) for one in shares],
        "hand_world_landmarks": [in_space(one) for one in shares],
    }


def body() -> nbs.Keypoints:
    """In plain words, without what is hidden."""
    seen = BODY.copy()
    seen[list(HIDDEN)] = math.nan
    return nbs.Keypoints(seen, BODY_33)


def boxes() -> list[Any]:
    """In shares of the picture, as all the others."""
    return [
        (x / 200, y / 100, width / 200, height / 100, *rest) for x, y, width, height, *rest in PLAIN
    ]


def pairs() -> dict[str, tuple[Any, Any]]:
    """By what it is: what MediaPipe has of it, and the same in plain words."""
    hand, other = (nbs.Keypoints(one, HAND_21) for one in (HAND, OTHER_HAND))
    person = landmarks(BODY, HIDDEN)
    whole = HolisticLandmarkerResult(
        face_landmarks=landmarks(FACE),
        pose_landmarks=person,
        pose_world_landmarks=in_space(BODY),
        left_hand_landmarks=landmarks(HAND),
        left_hand_world_landmarks=in_space(HAND),
        right_hand_landmarks=landmarks(OTHER_HAND),
        right_hand_world_landmarks=in_space(OTHER_HAND),
    )
    return {
        "boxes": (DetectionResult([detection(box) for box in PLAIN]), boxes()),
        "two hands": (HandLandmarkerResult(**hands(HAND, OTHER_HAND)), [hand, other]),
        "a gesture": (GestureRecognizerResult(gestures=[], **hands(HAND)), hand),
        "a hand alone": (landmarks(HAND), hand),
        "a person": (PoseLandmarkerResult([person], [in_space(BODY)]), body()),
        "a face": (FaceLandmarkerResult([landmarks(FACE)], [], []), nbs.Keypoints(FACE)),
        "all of a person": (whole, [body(), nbs.Keypoints(FACE), hand, other]),
        "nobody": (PoseLandmarkerResult([], []), []),
    }


if __name__ == "__main__":
    write(pairs(), relative=True)
