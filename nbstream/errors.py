"""The errors that nbstream raises on purpose.

    Exception
    └── NbstreamError
        ├── CorruptFrameError       (also a ValueError)   bytes that are no whole picture, or too large a one
        ├── SignatureError          (also a TypeError)    the function cannot take what the stream gives it
        ├── ResultError                                   what the function returned cannot be shown
        │   └── ResultCountError                          it returned too few or too many results
        ├── CameraError                                   the camera cannot be had, or was lost
        ├── WorkerError                                   an executor lost a call, or takes none
        ├── RecordingError          (also a ValueError)   a file is no recording, or one could not be written
        ├── MediaError              (also a ValueError)   a film or sound file cannot be read, or written
        ├── MicrophoneError                               the microphone cannot be had, or was lost
        └── MissingDependencyError  (also an ImportError) an optional package is needed

Every message says what came, what was wanted and what to do. `ResultError` is neither a `TypeError`
nor a `ValueError`, because one message often covers both: the type is wrong or the values are.
"""

from __future__ import annotations

__all__ = [
    "CameraError",
    "CorruptFrameError",
    "MediaError",
    "MicrophoneError",
    "MissingDependencyError",
    "NbstreamError",
    "RecordingError",
    "ResultCountError",
    "ResultError",
    "SignatureError",
    "WorkerError",
]

LEAVE_AS_IT_IS = "Return nbs.skip() to leave the output as it is"
"""Advice that several messages give."""


class NbstreamError(Exception):
    """Base of all errors that nbstream raises on purpose."""


class CorruptFrameError(NbstreamError, ValueError):
    """Bytes that are not one whole picture of an allowed size. A stream drops such a frame and goes on."""


class SignatureError(NbstreamError, TypeError):
    """The user's function cannot be called with what the stream would give it."""


class ResultError(NbstreamError):
    """What the user's function returned cannot be shown.

    The message begins in lower case with what came, so that ``f"{name}() returned {message}"`` is a sentence.
    """


class ResultCountError(ResultError):
    """The user's function returned fewer or more results than the stream has outputs."""


class MissingDependencyError(NbstreamError, ImportError):
    """An optional package is needed for what was asked. The message names the command that installs it."""


class CameraError(NbstreamError):
    """The camera cannot be had, or was lost. `reason` is one of the words of docs/protocol.md, "camera"."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class WorkerError(NbstreamError):
    """A worker of the stream's executor died with its call, or the executor takes no calls any more."""


class RecordingError(NbstreamError, ValueError):
    """A file that is no recording, is damaged, or is of a newer version; or a recording that could not be written."""


class MediaError(NbstreamError, ValueError):
    """A film or sound file that is none, has nothing of what is wanted, or is coded in a way that is not known."""


class MicrophoneError(NbstreamError):
    """The microphone cannot be had, or was lost. `reason` is one of the words of docs/protocol.md, "camera"."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason
