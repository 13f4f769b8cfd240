"""`Reduced`: a camera's picture at a fraction of its size, decoded at that size."""

from __future__ import annotations

from typing import Any, Literal, get_args

from ..pictures.encoding import Picture
from ..runs.plan import InputPort
from ..sounds.chunk import Captured
from .webcam import Webcam, encoded_of

Factor = Literal[2, 4, 8]


class Reduced:
    """A camera as an input of a stream, smaller by a whole factor than what it sends.

    For a function that needs no more, such as a detector beside a filter that wants all: the picture is never
    decoded in full, so it costs less than decoding and scaling.

    Parameters
    ----------
    source
        The camera. Streams are still made by `source.stream(...)`; give this in `inputs`.
    by
        2, 4 or 8: width and height are divided by it and rounded up, so that a point (x, y) here lies at
        (by * x, by * y) in the whole picture.

    Raises
    ------
    TypeError
        If `source` is no `Webcam`.
    ValueError
        If `by` is another number.
    """

    def __init__(self, source: Webcam, by: Factor) -> None:
        if not isinstance(source, Webcam):
            raise TypeError(
                f"Reduced() was given {type(source).__name__} {source!r:.80}; expected a Webcam."
            )
        if isinstance(by, bool) or by not in get_args(Factor):
            raise ValueError(
                f"by is {by!r:.80}; expected 2, 4 or 8. For the whole picture give the camera itself."
            )
        self.source = source
        self.by = by

    def nbstream_input(self) -> InputPort:
        """How a stream reads this: as the camera, smaller."""
        return _ReducedPort(self.source, self.by)


class _ReducedPort:
    def __init__(self, source: Webcam, by: Factor) -> None:
        self.source = source
        self._by = by
        self.name = f"{source.label or 'Webcam'} / {by}"

    def attach(self) -> None: ...

    def detach(self) -> None: ...

    def read(self, frame: Captured) -> Any:
        """The frame of the camera that caused the call; the newest one of another camera."""
        picture = self.read_encoded(frame)
        return None if picture is None else picture.decode()

    def read_encoded(self, frame: Captured) -> Picture | None:
        data = encoded_of(self.source, frame)
        return None if data is None else Picture(data, self.source.color, self._by)
