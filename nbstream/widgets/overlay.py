"""`Overlay`: annotations that the page draws over a live picture.

They travel as text, so the picture stays as quick as it is, however slow the function that finds them.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from ..annotations.detected import Labels
from ..annotations.marks import Mark, Marks, marks_of
from ..annotations.reading import BoxForm, checked_form, has_places, listed
from ..errors import ResultError
from ..kernel.clock import current_clock
from ..pictures.codecs import image_size
from ..protocol.to_page import MarkContent, overlay_message
from ..results.outgoing import Carry, OnPainted, Sending, carry_nothing
from ..results.picture_outlet import PictureOutlet
from ..runs.plan import Origin, OutputPort
from .base import new_widget_id
from .image_view import ImageView
from .webcam import Webcam

# A twentieth of a pixel in a picture of 4096.
DECIMALS = 5


class Overlay:
    """What is drawn over the live picture of a camera or a view; an output of a stream, and no widget of its own.

    It takes `nbs.Box`, `Polygon`, `Mask`, `Keypoints`, `Text`, tuples
    ``(x, y, width, height[, label[, score]])``, lists and iterators of these, and arrays of shape
    (n, 6): x1, y1, x2, y2, score, class; and, as they are, the `Detections` and `KeyPoints` of
    supervision, the `Results` of ultralytics, landmarks and detections of MediaPipe and contours of
    OpenCV. `None` clears it, and so do Stop and the next start. The best 300 by score are drawn; of
    more, the count is shown. Left out is what is not a number, has no area or lies outside of the
    picture.

    Parameters
    ----------
    target
        The `Webcam` or `ImageView` over which it is drawn, mirrored with the preview (texts are not).
    labels
        Names of the classes, by number; `None` = those of the result, or the numbers.
    relative
        Whether coordinates are shares of the picture's width and height, 0..1, and not pixels of the picture that the
        function got, whatever input gave it. A target that shows it in another size needs nothing: it is drawn to
        scale. A function that got several pictures of different size, or none, has to use shares.
        MediaPipe's landmarks are always taken as shares.
    boxes
        What the first four numbers of arrays and tuples are: "xyxy" two corners, "xywh" a corner and a size, as
        OpenCV's detectors have it. Arrays may then be of shape (n, 4) or (n, 5), too. `None` = corners in arrays of
        shape (n, 6), sizes in tuples.

    Raises
    ------
    TypeError
        If `target` is neither.
    ValueError
        If `boxes` is none of its values.
    """

    def __init__(
        self,
        target: Webcam | ImageView,
        *,
        labels: Labels | None = None,
        relative: bool = False,
        boxes: BoxForm | None = None,
    ) -> None:
        if not isinstance(target, (Webcam, ImageView)):
            raise TypeError(
                f"Overlay() was given {type(target).__name__} {target!r:.80}; expected a Webcam or an ImageView."
            )
        self.target = target
        self.labels = labels
        self.relative = relative
        self.boxes = checked_form(boxes)
        self._id = new_widget_id()
        self._outlet = PictureOutlet(self._id, target.send_to_pages, current_clock())
        self._lock = threading.Lock()
        self._live_count = 0
        target._results.join(self._outlet)

    def show(self, annotations: Any) -> None:
        """Draw annotations by hand, over the newest picture of the target.

        Raises
        ------
        ResultError
            If something is no annotation.
        """
        self._show(annotations, self._newest_size_px(), None)

    def clear(self) -> None:
        """Take the annotations away."""
        self._outlet.show(_Drawing(self._id, Marks()))

    def nbstream_output(self) -> OutputPort:
        """How a stream writes this."""
        return _OverlayPort(self)

    def _show(
        self, annotations: Any, size_px: tuple[int, int] | None, origin: Origin | None
    ) -> None:
        annotations = listed(annotations)
        if size_px is None and not self.relative and has_places(annotations):
            raise ResultError(_unknown_picture(annotations, origin))
        marks = marks_of(
            annotations,
            size_px or self._newest_size_px(),
            labels=self.labels,
            relative=self.relative,
            boxes=self.boxes,
        )
        png = b"" if marks.tint is None else marks.tint.png()
        self._outlet.show(_drawing(self._id, marks, png, origin))

    def _newest_size_px(self) -> tuple[int, int]:
        return (1, 1) if self.target.frame is None else image_size(self.target.frame)

    def _light(self, is_live: bool) -> None:
        with self._lock:
            self._live_count += 1 if is_live else -1
            if self._live_count:
                return  # A stream that replaces another one draws here before that has ended.
        self.clear()


@dataclass(frozen=True)
class _Drawing:
    """Marks on their way to the pages; those that were drawn by hand are of no frame."""

    overlay_id: str
    marks: Marks
    png: bytes = b""
    captured_at_ms: float | None = None
    frame_seq: int | None = None
    carry: Carry = carry_nothing
    on_painted: OnPainted | None = None

    def message(self, sending: Sending) -> tuple[dict[str, Any], list[bytes]]:
        content = overlay_message(
            self.overlay_id,
            sending.seq,
            [_content(mark) for mark in self.marks.shown],
            self.marks.total_count,
            len(self.png),
            captured_at_ms=self.captured_at_ms,
            frame_seq=self.frame_seq,
            credits=self.carry(),
        )
        return content, [self.png] if self.png else []


def _unknown_picture(annotations: Any, origin: Origin | None) -> str:
    pictures_px = () if origin is None else sorted(origin.pictures_px)
    sizes = " and ".join(f"{width} x {height}" for width, height in pictures_px)
    got = f"pictures of {sizes} pixels" if sizes else "no picture"
    return (
        f"{type(annotations).__name__} {annotations!r:.80} for an overlay, and got {got}; expected one size, of which "
        "the positions are pixels. Give the function one picture in inputs=, or make "
        "Overlay(..., relative=True) and return shares of width and height, 0..1."
    )


def _drawing(overlay_id: str, marks: Marks, png: bytes, origin: Origin | None) -> _Drawing:
    """Marks as they were found in `origin`, of which only what is sent is kept; `None` = drawn by hand."""
    if origin is None:
        return _Drawing(overlay_id, marks, png)
    return _Drawing(
        overlay_id,
        marks,
        png,
        origin.frame.captured_at_ms,
        origin.frame_seq,
        origin.carry,
        origin.on_overlay_painted,
    )


def _content(mark: Mark) -> MarkContent:
    return {
        "kind": mark.kind,
        "points": [round(one, DECIMALS) for one in mark.points],
        "edges": list(mark.edges),
        "text": mark.text,
        "color": mark.color,
        "line_px": mark.line_px,
    }


class _OverlayPort:
    """An `Overlay` as output of a stream."""

    def __init__(self, overlay: Overlay) -> None:
        self._overlay = overlay
        self.key: Hashable = overlay
        self.name = "Overlay"

    def attach(self) -> None: ...

    def detach(self) -> None:
        """What a single call has drawn, such as one of a paused stream, stays."""

    def light(self, is_live: bool) -> None:
        """What a live stream has drawn is gone with it."""
        self._overlay._light(is_live)

    def write(self, value: Any, origin: Origin) -> None:
        """Draw annotations, in pixels of the picture that the function got."""
        self._overlay._show(value, origin.size_px, origin)
