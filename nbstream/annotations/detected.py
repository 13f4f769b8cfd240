"""What detectors return, read by its attributes, so that no detector has to be imported.

Known are supervision's `Detections` and `KeyPoints`, the `Results` of ultralytics and its parts, and MediaPipe's
landmarks and detections.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import ResultError
from ..pictures.tensors import array_of
from .colors import color_of
from .kinds import Annotation, Box, Keypoints, Mask, Polygon
from .skeletons import edges_of

Labels = Sequence[str] | Mapping[int, str]
Scale = tuple[float, float]
Array = NDArray[Any]

SEEN = 0.5
"""Least confidence of a point that is drawn, as the packages themselves draw it."""
LANDMARK_LISTS = (
    "pose_landmarks",
    "hand_landmarks",
    "face_landmarks",
    "multi_hand_landmarks",
    "multi_face_landmarks",
    "left_hand_landmarks",
    "right_hand_landmarks",
)


def label_of(class_number: int, labels: Labels | None) -> str:
    """The name of a class, or its number where nothing is named.

    Raises
    ------
    ResultError
        If `labels` has no such class.
    """
    if labels is None:
        return str(class_number)
    known = range(len(labels)) if isinstance(labels, Sequence) else labels
    if class_number not in known:
        raise ResultError(
            f"an array with a box of class {class_number}, and `labels` names {len(labels)}; expected a name for every "
            "class. Give labels=None to see the numbers."
        )
    return str(labels[class_number])


def annotations_in(value: Any, labels: Labels | None, scale: Scale) -> list[Annotation] | None:
    """Read a detector's result.

    Parameters
    ----------
    value
        Anything.
    labels
        Names of classes; `None` = those in the result, or else the numbers.
    scale
        By what shares of the picture become coordinates of annotations.

    Returns
    -------
    found
        `None` = it is no such result.

    Raises
    ------
    ResultError
        If it is one whose parts do not fit.
    """
    if is_in_shares(value):
        return list(_in_shares(value, scale))
    if hasattr(value, "detections"):
        each = (annotations_in(one, labels, scale) or [] for one in value.detections or ())
        return [one for some in each for one in some]
    for needed, read in _READERS:
        if all(hasattr(value, name) for name in needed):
            return list(read(value, labels))
    return None


# --- MediaPipe --------------------------------------------------------------------------------------


def is_in_shares(value: Any) -> bool:
    """Whether something has landmarks or boxes of MediaPipe, whose places are shares of the picture."""
    if _is_landmarks(value) or hasattr(value, "location_data"):
        return True
    return any(hasattr(value, name) for name in LANDMARK_LISTS)


def _is_landmarks(value: Any) -> bool:
    if hasattr(value, "landmark"):
        return True
    return isinstance(value, (list, tuple)) and bool(value) and all(map(_is_landmark, value))


def _is_landmark(value: Any) -> bool:
    return all(hasattr(value, name) for name in ("x", "y", "z"))


def _in_shares(value: Any, scale: Scale) -> Iterator[Annotation]:
    if _is_landmarks(value):
        yield _landmarks(list(getattr(value, "landmark", value)), scale)
    elif hasattr(value, "location_data"):
        yield _relative_box(value, scale)
    else:
        for name in LANDMARK_LISTS:
            # Of one person, or of each.
            found = getattr(value, name, None) or ()
            for one in [found] if _is_landmarks(found) else found:
                yield _landmarks(list(getattr(one, "landmark", one)), scale)


def _landmarks(points: list[Any], scale: Scale) -> Keypoints:
    places = np.array([(point.x, point.y) for point in points], np.float64).reshape(-1, 2)
    visible = np.array([getattr(point, "visibility", None) or 0.0 for point in points])
    # Hands and faces have no visibility: it is 0 of all points.
    if visible.any():
        places[visible < SEEN] = np.nan
    return Keypoints(places * scale, edges_of(len(points)))


def _relative_box(detection: Any, scale: Scale) -> Box:
    box = detection.location_data.relative_bounding_box
    score = next(iter(detection.score), None)
    return Box(
        box.xmin * scale[0],
        box.ymin * scale[1],
        box.width * scale[0],
        box.height * scale[1],
        score=None if score is None else float(score),
    )


def _task_box(detection: Any, _labels: Labels | None) -> Iterator[Annotation]:
    box, category = detection.bounding_box, next(iter(detection.categories), None)
    label, score = getattr(category, "category_name", None), getattr(category, "score", None)
    yield Box(box.origin_x, box.origin_y, box.width, box.height, label=label, score=score)


# --- supervision ------------------------------------------------------------------------------------


def _supervision(found: Any, labels: Labels | None) -> Iterator[Annotation]:
    data = getattr(found, "data", None) or {}
    objects = _Objects(
        array_of(found.class_id),
        array_of(found.confidence),
        array_of(getattr(found, "tracker_id", None)),
        labels,
        data.get("class_name"),
    )
    yield from _boxes(array_of(found.xyxy), array_of(data.get("xyxyxyxy")), objects)
    yield from _masks(array_of(getattr(found, "mask", None)), objects)


def _supervision_points(found: Any, labels: Labels | None) -> Iterator[Annotation]:
    sure = getattr(found, "keypoint_confidence", None)
    names = (found.data or {}).get("class_name")
    objects = _Objects(array_of(found.class_id), labels=labels, names=names)
    yield from _skeletons(array_of(found.xy), array_of(sure), objects)


# --- ultralytics ------------------------------------------------------------------------------------


def _results(result: Any, labels: Labels | None) -> Iterator[Annotation]:
    if getattr(result, "probs", None) is not None:
        raise ResultError(
            f"{type(result).__name__} of a classification for an overlay; expected something with a place in the "
            "picture. Return nbs.Text(x, y, text)."
        )
    names = result.names if labels is None else labels
    found = result.boxes if getattr(result, "obb", None) is None else result.obb
    objects = _Objects()
    if found is not None:
        objects = _objects_of(found, names)
        yield from _ultralytics_boxes(found, names)
    masks, points = getattr(result, "masks", None), getattr(result, "keypoints", None)
    if masks is not None:
        yield from _masks(_without_padding(array_of(masks.data), result.orig_shape), objects)
    if points is not None:
        # The texts stand beside the boxes.
        plain = objects._replace(scores=None, numbers=None, has_texts=found is None)
        yield from _skeletons(array_of(points.xy), array_of(points.conf), plain)


def _ultralytics_boxes(found: Any, labels: Labels | None) -> Iterator[Annotation]:
    outlines = array_of(getattr(found, "xyxyxyxy", None))
    yield from _boxes(array_of(found.xyxy), outlines, _objects_of(found, labels))


def _ultralytics_points(found: Any, labels: Labels | None) -> Iterator[Annotation]:
    yield from _skeletons(array_of(found.xy), array_of(found.conf), _Objects())


def _objects_of(found: Any, labels: Labels | None) -> _Objects:
    numbers = array_of(getattr(found, "id", None))
    return _Objects(array_of(found.cls), array_of(found.conf), numbers, labels)


def _without_padding(masks: Array | None, size: Any) -> Array | None:
    """Cut off what the model's input had around the picture, of which `size` is height and width."""
    if masks is None or masks.ndim != 3:
        return masks
    height, width = masks.shape[1:]
    scale = min(height / size[0], width / size[1])
    rows, columns = (height - size[0] * scale) / 2, (width - size[1] * scale) / 2
    # As the package itself rounds halves.
    top, left = round(rows - 0.1), round(columns - 0.1)
    return masks[:, top : height - round(rows + 0.1), left : width - round(columns + 0.1)]


# --- what they have in common -----------------------------------------------------------------------


class _Objects(NamedTuple):
    """What is known of the objects beside their places, each by its index; `None` = nothing.

    `numbers`: those that a tracker gave. `names`: what they are, where `labels` does not say it.
    """

    classes: Array | None = None
    scores: Array | None = None
    numbers: Array | None = None
    labels: Labels | None = None
    names: Sequence[Any] | None = None
    has_texts: bool = True

    def look(self, index: int) -> dict[str, Any]:
        """Label, score and colour of the annotation of an object."""
        name = self._name(index)
        if not self.has_texts:
            return {"color": self.color(index)}
        if self.numbers is not None:
            name = f"{name or ''} #{int(self.numbers[index])}".strip()
        score = None if self.scores is None else float(self.scores[index])
        return {"label": name, "score": score, "color": self.color(index)}

    def color(self, index: int) -> str:
        """The colour of its class, whatever its number."""
        return color_of(self._name(index) or "")

    def _name(self, index: int) -> str | None:
        if self.labels is None and self.names is not None:
            return str(self.names[index])
        if self.classes is None:
            return None
        return label_of(int(self.classes[index]), self.labels)


def _boxes(
    corners: Array | None, outlines: Array | None, objects: _Objects
) -> Iterator[Annotation]:
    """Boxes, or, where there are four corners of each, these."""
    if outlines is not None:
        for index, outline in enumerate(outlines.reshape(-1, 4, 2)):
            yield Polygon(outline, **objects.look(index))
        return
    if corners is None or corners.size == 0:
        return
    if corners.ndim != 2 or corners.shape[1] != 4:
        raise ResultError(
            f"boxes of shape {corners.shape} in a detector's result; expected (n, 4): x1, y1, x2, y2. "
            "Return the result of one picture."
        )
    for index, (left, top, right, bottom) in enumerate(corners.tolist()):
        yield Box(left, top, right - left, bottom - top, **objects.look(index))


def _masks(masks: Array | None, objects: _Objects) -> Iterator[Annotation]:
    for index, pixels in enumerate(() if masks is None else masks):
        yield Mask(pixels, color=objects.color(index))


def _skeletons(points: Array | None, sure: Array | None, objects: _Objects) -> Iterator[Annotation]:
    if points is None or points.size == 0:
        return
    if points.ndim != 3 or points.shape[2] != 2:
        raise ResultError(
            f"keypoints of shape {points.shape} in a detector's result; expected (objects, points, 2). "
            "Return the result of one picture."
        )
    edges = edges_of(points.shape[1])
    for index, places in enumerate(np.array(points, np.float64)):
        # (0, 0) is how all of them write a point that was not found.
        is_unseen = (places == 0).all(axis=1)
        if sure is not None:
            is_unseen |= np.asarray(sure[index], np.float64) < SEEN
        places[is_unseen] = np.nan
        yield Keypoints(places, edges, **objects.look(index))


Reader = Callable[[Any, Labels | None], Iterator[Annotation]]

# The first of which the value has all attributes.
_READERS: Sequence[tuple[tuple[str, ...], Reader]] = (
    (("boxes", "names", "orig_shape"), _results),
    (("xyxy", "conf", "cls"), _ultralytics_boxes),
    (("xyxy", "confidence", "class_id"), _supervision),
    (("xy", "class_id", "data"), _supervision_points),
    (("xy", "xyn", "conf"), _ultralytics_points),
    (("bounding_box", "categories"), _task_box),
)
