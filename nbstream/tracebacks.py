"""Tracebacks for people: the frames of their own code, not the library's."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .errors import NbstreamError
from .host import cell_name

_LIBRARY = str(Path(__file__).parent)
MAX_TEXT_CHARS = 8000


@dataclass(frozen=True)
class ErrorReport:
    """An error of the user's function.

    Attributes
    ----------
    exception
        What was raised.
    text
        Traceback with the user's frames only; for an error of the library's own just the message.
    count
        How many times in a row of equal errors it came.
    """

    exception: BaseException
    text: str
    count: int = 1

    def __str__(self) -> str:
        return self.text

    def is_like(self, other: BaseException) -> bool:
        """Whether `other` is the same error again."""
        return type(self.exception) is type(other) and _words(self.exception) == _words(other)


def report(error: BaseException, previous: ErrorReport | None) -> ErrorReport:
    """Describe an error; one like the previous is counted, not described again."""
    if previous is not None and previous.is_like(error):
        if error is previous.exception:
            # Each time that one object is raised its traceback grows by the frames of that call, and all they hold.
            error.__traceback__ = None
        return ErrorReport(error, previous.text, previous.count + 1)
    return ErrorReport(error, user_traceback(error))


def note_places(error: BaseException, places: Sequence[tuple[str, int, str]]) -> None:
    """Say where an error of another process came from: file, line and function, outermost first."""
    if error.__traceback__ is None:
        error.nbstream_places = places  # type: ignore[attr-defined]


def _words(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # an exception of the user's whose __str__ fails
        return ""


def user_traceback(error: BaseException) -> str:
    """Format `error` without the frames that lie in this package."""
    if isinstance(error, NbstreamError):
        return str(error)
    described = traceback.TracebackException.from_exception(error)
    if places := getattr(error, "nbstream_places", None):
        # The lines are looked up here, where the notebook's cells are known.
        entries = [traceback.FrameSummary(*place) for place in places]
        described.stack = traceback.StackSummary.from_list(entries)
    link: traceback.TracebackException | None = described
    filenames: set[str] = set()
    while link is not None:
        link.stack = traceback.StackSummary.from_list(
            [frame for frame in link.stack if not frame.filename.startswith(_LIBRARY)]
        )
        filenames.update(frame.filename for frame in link.stack)
        link = link.__cause__ or link.__context__
    text = _with_cell_names("".join(described.format()).rstrip(), filenames)
    text += _advice(error)
    if len(text) > MAX_TEXT_CHARS:
        text = f"{text[: MAX_TEXT_CHARS // 2]}\n...\n{text[-MAX_TEXT_CHARS // 2 :]}"
    return text


def _advice(error: BaseException) -> str:
    """OpenCV without windows says to install GTK, which helps nobody in a notebook."""
    words = _words(error)
    if "The function is not implemented. Rebuild the library with" not in words:
        return ""
    return (
        "\nIn a notebook OpenCV has no windows: return the picture and name a display in outputs= "
        "(leave out cv2.imshow, waitKey and destroyAllWindows)."
    )


def _with_cell_names(text: str, filenames: set[str]) -> str:
    """Name cells as the notebook does, not by the temporary file that IPython gives them."""
    for filename in filenames:
        name = cell_name(filename)
        if name is not None:
            text = text.replace(f'File "{filename}"', name)
    return text
