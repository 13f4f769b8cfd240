"""Live camera and microphone in a Jupyter notebook, through your own Python function, and back into a widget.

import nbstream as nbs

webcam, view = nbs.Webcam(), nbs.ImageView()
webcam.stream(lambda frame: frame[:, ::-1], outputs=view)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._version import __version__
from .calls.returned import skip
from .errors import (
    CameraError,
    CorruptFrameError,
    MediaError,
    MicrophoneError,
    MissingDependencyError,
    NbstreamError,
    RecordingError,
    ResultError,
    SignatureError,
    WorkerError,
)
from .kernel.state import State
from .widgets.image_view import ImageView
from .widgets.webcam import Webcam

if TYPE_CHECKING:
    from . import texts
    from .annotations.draw import draw
    from .annotations.kinds import Arrow, Box, Ellipse, Keypoints, Mask, Points, Polygon, Text
    from .calls.metadata import FrameMeta, SoundMeta
    from .calls.tracebacks import ErrorReport
    from .gates.shared import Gate
    from .pages.notices import notice, progress
    from .recordings.film.film_recorder import Recorder
    from .recordings.recording import Recording
    from .recordings.replaying import compare, replay
    from .sounds import segmenter as voice
    from .sounds.format import Sound
    from .sources.replay import Replay
    from .streams.binding import StreamBinding
    from .streams.stream import stream
    from .widgets.audio_player import AudioPlayer
    from .widgets.collector import Collector
    from .widgets.face.record_button import RecordButton
    from .widgets.fed.frame_source import FrameSource
    from .widgets.fed.kernel_camera import KernelCamera
    from .widgets.fed.screen import Screen
    from .widgets.fed.sound_file import SoundFile
    from .widgets.fed.uploaded_file import UploadedFile
    from .widgets.fed.video_file import VideoFile
    from .widgets.forms.interact import interact, interactive
    from .widgets.forms.timeline import Timeline
    from .widgets.microphone import Microphone
    from .widgets.overlay import Overlay
    from .widgets.pointer import Pointer
    from .widgets.reduced import Reduced
    from .widgets.scores import Scores

__all__ = [
    "Arrow",
    "AudioPlayer",
    "Box",
    "CameraError",
    "Collector",
    "CorruptFrameError",
    "Ellipse",
    "ErrorReport",
    "FrameMeta",
    "FrameSource",
    "Gate",
    "ImageView",
    "KernelCamera",
    "Keypoints",
    "Mask",
    "MediaError",
    "Microphone",
    "MicrophoneError",
    "MissingDependencyError",
    "NbstreamError",
    "Overlay",
    "Pointer",
    "Points",
    "Polygon",
    "RecordButton",
    "Recorder",
    "Recording",
    "RecordingError",
    "Reduced",
    "Replay",
    "ResultError",
    "Scores",
    "Screen",
    "SignatureError",
    "Sound",
    "SoundFile",
    "SoundMeta",
    "State",
    "StreamBinding",
    "Text",
    "Timeline",
    "UploadedFile",
    "VideoFile",
    "Webcam",
    "WorkerError",
    "__version__",
    "compare",
    "draw",
    "interact",
    "interactive",
    "notice",
    "progress",
    "replay",
    "skip",
    "stream",
    "texts",
    "voice",
]

# What not every notebook uses is imported when it is first asked for: these take as long as all the rest.
_MODULE_OF = {
    "ErrorReport": "calls.tracebacks",
    "StreamBinding": "streams.binding",
    "Arrow": "annotations.kinds",
    "AudioPlayer": "widgets.audio_player",
    "Box": "annotations.kinds",
    "Collector": "widgets.collector",
    "Ellipse": "annotations.kinds",
    "FrameMeta": "calls.metadata",
    "FrameSource": "widgets.fed.frame_source",
    "KernelCamera": "widgets.fed.kernel_camera",
    "Gate": "gates.shared",
    "Keypoints": "annotations.kinds",
    "Mask": "annotations.kinds",
    "Microphone": "widgets.microphone",
    "Overlay": "widgets.overlay",
    "Pointer": "widgets.pointer",
    "Points": "annotations.kinds",
    "Polygon": "annotations.kinds",
    "RecordButton": "widgets.face.record_button",
    "Recorder": "recordings.film.film_recorder",
    "Recording": "recordings.recording",
    "Reduced": "widgets.reduced",
    "Replay": "sources.replay",
    "Scores": "widgets.scores",
    "Screen": "widgets.fed.screen",
    "Sound": "sounds.format",
    "SoundFile": "widgets.fed.sound_file",
    "SoundMeta": "calls.metadata",
    "Text": "annotations.kinds",
    "Timeline": "widgets.forms.timeline",
    "UploadedFile": "widgets.fed.uploaded_file",
    "VideoFile": "widgets.fed.video_file",
    "compare": "recordings.replaying",
    "draw": "annotations.draw",
    "interact": "widgets.forms.interact",
    "interactive": "widgets.forms.interact",
    "notice": "pages.notices",
    "progress": "pages.notices",
    "replay": "recordings.replaying",
    "stream": "streams.stream",
    "texts": "texts",
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
    # What Tab offers: neither modules that happen to be loaded nor what is imported here.
    loaded = {name for name in ("detect", "errors", "gradio", "testing") if name in globals()}
    return sorted({*__all__, *loaded, "__all__", "__doc__", "__file__", "__name__", "__path__"})
