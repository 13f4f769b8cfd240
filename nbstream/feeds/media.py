"""Films and sound files by PyAV: opened, and what is wrong with them in words."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ..errors import MediaError, MissingDependencyError

if TYPE_CHECKING:
    import av.container

# Lists of other files, and of addresses.
PLAYLISTS = {"hls", "dash", "concat", "concatf"}


def check_av() -> None:
    """Make sure that PyAV is installed.

    Raises
    ------
    MissingDependencyError
        With the command that installs it.
    """
    try:
        import av  # noqa: F401
    except ImportError:
        raise MissingDependencyError(
            'Films and sound files take the package av. Install it with pip install "nbstream[video]".'
        ) from None


@contextlib.contextmanager
def told_of(path: str | os.PathLike[str], doing: str = "be read") -> Iterator[None]:
    """What PyAV raises within becomes a `MediaError`; a file that is not there stays an `OSError`."""
    import av

    try:
        yield
    except av.FFmpegError as error:
        if isinstance(error, OSError):
            raise
        raise MediaError(f"{os.fspath(path)} cannot {doing}: {error.strerror}.") from None


def opened(path: str | os.PathLike[str], kind: Literal["video", "audio"]) -> tuple[Any, Any]:
    """Open a file of the disk, and the first track of that kind.

    Returns
    -------
    container, stream
        PyAV's.

    Raises
    ------
    MediaError
        If it is no film or sound, has no such track, or is coded in a way that is not known.
    OSError
        If it cannot be opened.
    """
    import av

    if not Path(path).is_file():
        with Path(path).open("rb"):  # says why
            pass
    with told_of(path):
        # A file that names others is not followed: its pictures would be read from wherever it says.
        container = av.open(str(Path(path).resolve()), options={"protocol_whitelist": "file"})
    try:
        return container, _track(container, path, kind)
    except BaseException:
        container.close()
        raise


def _track(container: av.container.InputContainer, path: str | os.PathLike[str], kind: str) -> Any:
    if PLAYLISTS & set(container.format.name.split(",")):
        raise MediaError(f"{os.fspath(path)} is a list of other files; expected the file itself.")
    tracks = [one for one in container.streams if one.type == kind]
    if not tracks:
        what = {"video": "pictures", "audio": "sound"}[kind]
        cut = "" if len(container.streams) else ": it has none at all, and may be cut"
        raise MediaError(f"{os.fspath(path)} has no track of {what}{cut}.")
    track: Any = tracks[0]
    if track.codec_context is None:
        raise MediaError(
            f"{os.fspath(path)} is coded in a way that this PyAV does not know. Convert it, for example to mp4."
        )
    return track
