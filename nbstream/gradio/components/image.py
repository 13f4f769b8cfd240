"""`Image`: a camera where it is an input, and a picture where it is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets

import nbstream as nbs
from nbstream.errors import ResultError
from nbstream.kernel.wiring import set_trait
from nbstream.pictures.codecs import Channels, decode_image

from ..events.event_data import SelectData
from ..tree.arguments import check_choice
from .component import Component
from .files import KeptFiles

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from nbstream.runs.plan import Origin

FORMATS = {"webp": "jpeg", "jpeg": "jpeg", "jpg": "jpeg", "png": "png"}
"""How a picture travels, by Gradio's `format`: WebP, the default there, takes ten times as long to make as JPEG."""

SOURCES = ("upload", "webcam", "clipboard")
COLORS: Mapping[str | None, Channels] = {"RGB": "rgb", "L": "gray", None: "rgb"}


@dataclass
class WebcamOptions:
    """How the camera of an `Image` is used.

    Attributes
    ----------
    mirror
        Whether what the person sees, and what functions get, is mirrored.
    constraints
        A W3C `MediaTrackConstraints` dictionary, or ``{"video": {...}}`` with one in it.
    """

    mirror: bool = True
    constraints: dict[str, Any] | None = None


class Image(Component):
    """A picture. One that is an input of an event is the person's camera; one that is an output only is shown.

    Parameters
    ----------
    value
        The first picture: an array, a PIL image, or the name of a file.
    format
        How pictures travel to the page: "webp" and "jpeg" as JPEG, "png" without loss.
    height, width
        In pixels, or a text of CSS.
    image_mode
        "RGB", or "L" for grey.
    sources
        "webcam" must be among them where it is an input.
    type
        Functions get "numpy", uint8 of shape (height, width, 3); "pil"; or "filepath", the name of a file that is
        kept while the newest eight are.
    streaming
        Whether it is a stream's input in an `Interface` with `live=True`.
    webcam_options
        Mirrored by default, as functions get it.
    """

    EVENTS = ("change", "input", "select", "stream")

    def __init__(
        self,
        value: Any = None,
        *,
        format: str = "webp",
        height: int | str | None = None,
        width: int | str | None = None,
        image_mode: str | None = "RGB",
        sources: list[str] | str | None = None,
        type: str = "numpy",
        streaming: bool = False,
        webcam_options: WebcamOptions | None = None,
        **rest: Any,
    ) -> None:
        check_choice("Image", "type", type, ("numpy", "pil", "filepath"))
        check_choice("Image", "format", format, tuple(FORMATS))
        check_choice("Image", "image_mode", image_mode, tuple(COLORS))
        self.format, self.height, self.width = format, height, width
        self.image_mode, self.type, self.streaming = image_mode, type, streaming
        self.sources = [sources] if isinstance(sources, str) else list(sources or SOURCES)
        for one in self.sources:
            check_choice("Image", "sources", one, SOURCES)
        self.webcam_options = webcam_options or WebcamOptions()
        self._files = KeptFiles()
        super().__init__(value, **rest)

    @property
    def is_camera(self) -> bool:
        """Whether it captures."""
        return "stream" in self.targeted or (self.is_input and not self.is_result)

    def stream_source(self) -> nbs.Webcam:
        """The camera.

        Raises
        ------
        TypeError
            If it is a picture only.
        """
        if not isinstance(self.widget, nbs.Webcam):
            raise TypeError("gr.Image(interactive=False) is a picture only, and has no .stream().")
        return self.widget

    def follow(self, binding: nbs.StreamBinding) -> None:
        """A stream of it was made: its events tell nothing of it."""

    def read(self, frame: Any = None) -> Any:
        """The newest picture: what the camera shows, or else what a function has returned."""
        if frame is None:
            data = self.widget.frame
        else:
            picture = self.widget.nbstream_input().read_encoded(frame)
            data = None if picture is None else picture.data
        if data is None or self.type == "filepath":
            return None if data is None else self._files.keep(data, suffix_of(data))
        return self._as_type(decode_image(data, COLORS[self.image_mode]))

    def close(self) -> None:
        super().close()
        self._files.close()

    def _make(self) -> ipywidgets.Widget:
        widget = self._make_camera() if self.is_camera else self._make_view()
        for name in ("width", "height"):
            if (length := css_length(getattr(self, name))) is not None:
                setattr(widget.layout, name, length)
        if (value := self.first_value()) is not None and not self.is_camera:
            widget.value = as_picture(value)
        if self.targeted & {"change", "input"}:  # else nobody wants to hear of each frame
            widget.observe(self._frame_changed, "frame")
        if "select" in self.targeted:
            self._pointer = nbs.Pointer(widget)
            self._pointer.on_click(self._clicked)
        return widget

    def _make_camera(self) -> nbs.Webcam:
        if "webcam" not in self.sources:
            raise ValueError(
                f"gr.Image(sources={self.sources!r}) as an input is not part of nbstream.gradio: its pictures come "
                'from the camera. Name "webcam" among the sources, or set interactive=False.'
            )
        constraints = dict(self.webcam_options.constraints or {})
        constraints = dict(constraints.get("video", constraints))
        size = {
            name: _ideal(constraints.pop(name))
            for name in ("width", "height")
            if name in constraints
        }
        return nbs.Webcam(
            label=self.shown_label,
            mirror="pixels" if self.webcam_options.mirror else False,
            color=COLORS[self.image_mode],
            resolution=(size.get("width", 640), size.get("height", 480)),
            constraints=constraints or None,
        )

    def _make_view(self) -> nbs.ImageView:
        return nbs.ImageView(label=self.shown_label, format=FORMATS[self.format])

    def _frame_changed(self, _change: Any) -> None:
        self.happened("change")
        if self.is_camera:
            self.happened("input")

    def _clicked(self, event: Any) -> None:
        self.happened("select", SelectData(self, (event.column, event.row)))

    def _show(self, value: Any, origin: Origin | None) -> None:
        self.widget.nbstream_output().write(as_picture(value), origin)

    def _as_type(self, picture: NDArray[np.uint8]) -> Any:
        if self.type == "numpy":
            return picture
        from PIL import Image as PilImage

        return PilImage.fromarray(picture)

    def _set_label(self, value: str | None) -> None:
        self.label = value
        set_trait(self.widget, "label", self.shown_label)

    def _set_width(self, value: int | str | None) -> None:
        set_trait(self.widget.layout, "width", css_length(value))

    def _set_height(self, value: int | str | None) -> None:
        set_trait(self.widget.layout, "height", css_length(value))


def as_picture(value: Any) -> Any:
    """What a display takes: the name of a file becomes what is in it.

    Raises
    ------
    ResultError
        If there is no such file.
    """
    if not isinstance(value, (str, Path)):
        return value
    try:
        return Path(value).read_bytes()
    except OSError as error:
        raise ResultError(
            f"{str(value)!r:.80}, which is no file that can be read: {error}"
        ) from None


def suffix_of(data: bytes) -> str:
    """How the name of a file with that picture ends."""
    return "png" if data[:4] == b"\x89PNG" else "jpg"


def css_length(length: int | str | None) -> str | None:
    """Pixels, or a text of CSS, as a text of CSS."""
    return f"{length}px" if isinstance(length, int) else length


def _ideal(constraint: Any) -> int:
    if isinstance(constraint, Mapping):
        constraint = next(
            (constraint[one] for one in ("exact", "ideal", "max", "min") if one in constraint), 640
        )
    return int(constraint)
