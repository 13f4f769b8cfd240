"""Live camera and microphone in a Jupyter notebook, through your own Python function, and back into a widget.

import nbstream as nbs

webcam, view = nbs.Webcam(), nbs.ImageView()
webcam.stream(lambda frame: frame[:, ::-1], outputs=view)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._version import __version__
from .binding import StreamBinding
from .errors import (
    CameraError,
    CorruptFrameError,
    MicrophoneError,
    MissingDependencyError,
    NbstreamError,
    ResultError,
    SignatureError,
    WorkerError,
)
from .image_view import ImageView
from .outcomes import skip
from .state import State
from .tracebacks import ErrorReport
from .webcam import Webcam

if TYPE_CHECKING:
    from . import voice
    from .annotations import Box, Keypoints, Mask, Polygon, Text
    from .audio_player import AudioPlayer
    from .metadata import FrameMeta, SoundMeta
    from .microphone import Microphone
    from .overlay import Overlay
    from .paint import draw
    from .reduced import Reduced
    from .senses import stream
    from .shared_gate import Gate

__all__ = [
    "AudioPlayer",
    "Box",
    "CameraError",
    "CorruptFrameError",
    "ErrorReport",
    "FrameMeta",
    "Gate",
    "ImageView",
    "Keypoints",
    "Mask",
    "Microphone",
    "MicrophoneError",
    "MissingDependencyError",
    "NbstreamError",
    "Overlay",
    "Polygon",
    "Reduced",
    "ResultError",
    "SignatureError",
    "SoundMeta",
    "State",
    "StreamBinding",
    "Text",
    "Webcam",
    "WorkerError",
    "__version__",
    "draw",
    "skip",
    "stream",
    "voice",
]

# What not every notebook uses is imported when it is first asked for: these take as long as all the rest.
_MODULE_OF = {
    "AudioPlayer": "audio_player",
    "Box": "annotations",
    "FrameMeta": "metadata",
    "Gate": "shared_gate",
    "Keypoints": "annotations",
    "Mask": "annotations",
    "Microphone": "microphone",
    "Overlay": "overlay",
    "Polygon": "annotations",
    "Reduced": "reduced",
    "SoundMeta": "metadata",
    "Text": "annotations",
    "draw": "paint",
    "stream": "senses",
    "voice": "voice",
}

if not TYPE_CHECKING:  # A type checker would take any name for a public one.

    def __getattr__(name: str) -> Any:
        if name not in _MODULE_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        module = import_module(f".{_MODULE_OF[name]}", __name__)
        value = module if name == _MODULE_OF[name] else getattr(module, name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
