"""Tracebacks for people: the frames of their own code, not the library's."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import NbstreamError
from ..kernel.host import cell_name
from ..protocol.page_text import page_text

_LIBRARY = str(Path(__file__).parent.parent)
MAX_WORDS_CHARS = 500


@dataclass(frozen=True)
class ErrorReport:
    """An error of the user's function.

    Attributes
    ----------
    exception
        What was raised.
    text
        Traceback with the user's frames only; for an error of the library's own just the message. Bounded.
    count
        How many times in a row an error of this type came from this place; their texts may differ.
    """

    exception: BaseException
    text: str
    count: int = 1
    words: str = ""
    """What the error says, bounded."""

    def __str__(self) -> str:
        return self.text

    def is_like(self, other: BaseException) -> bool:
        """Whether `other` is the same error again: of one type, from one place; without a place, of the same words."""
        place = _place(self.exception)
        if type(self.exception) is not type(other) or place != _place(other):
            return False
        return place is not None or self.words == _words(other)


def report(error: BaseException, previous: ErrorReport | None) -> ErrorReport:
    """Describe an error; one like the previous is counted, and described again only if it says something else."""
    _forget_older_ways(error)
    words = _words(error)
    if previous is None or not previous.is_like(error):
        return ErrorReport(error, user_traceback(error), 1, words)
    text = previous.text if previous.words == words else user_traceback(error)
    return ErrorReport(error, text, previous.count + 1, words)


def note_places(error: BaseException, places: Sequence[tuple[str, int, str]]) -> None:
    """Say where an error of another process came from: file, line and function, outermost first."""
    if error.__traceback__ is None:
        error.nbstream_places = places  # type: ignore[attr-defined]


def _words(error: BaseException) -> str:
    try:
        return page_text(str(error), MAX_WORDS_CHARS)
    except BaseException:  # an exception of the user's whose __str__ fails
        return ""


def _place(error: BaseException) -> tuple[str, int] | None:
    """File and line of the user's code that the error came from; `None` where it did not go through any."""
    if places := getattr(error, "nbstream_places", None):
        return places[-1][0], places[-1][1]
    place: tuple[str, int] | None = None
    way = error.__traceback__
    while way is not None:
        filename = way.tb_frame.f_code.co_filename
        if not filename.startswith(_LIBRARY):
            place = filename, way.tb_lineno
        way = way.tb_next
    return None if isinstance(error, NbstreamError) else place


def _forget_older_ways(error: BaseException) -> None:
    """Keep the newest way only of an object that is raised again: Python puts each before those that it has."""
    first = way = error.__traceback__
    while first is not None and way is not None and way.tb_next is not None:
        if way.tb_next.tb_frame.f_code is first.tb_frame.f_code:
            way.tb_next = None
        way = way.tb_next


def user_traceback(error: BaseException) -> str:
    """Format `error` without the frames that lie in this package, as a text that a page can get."""
    if isinstance(error, NbstreamError):
        return page_text(str(error))
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
    return page_text(text + _advice(error))


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
