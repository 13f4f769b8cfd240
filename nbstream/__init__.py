"""Live camera in a Jupyter notebook, through your own Python function, and back into a widget.

import nbstream as nbs

webcam, view = nbs.Webcam(), nbs.ImageView()
webcam.stream(lambda frame: frame[:, ::-1], outputs=view)
"""

from . import voice
from ._version import __version__
from .annotations import Box, Keypoints, Mask, Polygon, Text
from .binding import StreamBinding
from .errors import (
    CameraError,
    CorruptFrameError,
    MissingDependencyError,
    NbstreamError,
    ResultError,
    SignatureError,
)
from .frames import FrameMeta
from .image_view import ImageView
from .outcomes import skip
from .overlay import Overlay
from .paint import draw
from .reduced import Reduced
from .state import State
from .tracebacks import ErrorReport
from .webcam import Webcam

__all__ = [
    "Box",
    "CameraError",
    "CorruptFrameError",
    "ErrorReport",
    "FrameMeta",
    "ImageView",
    "Keypoints",
    "Mask",
    "MissingDependencyError",
    "NbstreamError",
    "Overlay",
    "Polygon",
    "Reduced",
    "ResultError",
    "SignatureError",
    "State",
    "StreamBinding",
    "Text",
    "Webcam",
    "__version__",
    "draw",
    "skip",
    "voice",
]
