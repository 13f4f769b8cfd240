"""Films and sound files by PyAV: opened, and what is wrong with them in words."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from ..errors import MediaError, MissingDependencyError

if TYPE_CHECKING:
    import av.container

# Lists of other files, and of addresses.
PLAYLISTS = {"hls", "dash", "concat", "concatf"}
# What a file that somebody sends may be: nothing that names other files, and no format of another age.
_SENT_FORMATS = (
    "aac,aiff,amr,asf,avi,caf,flac,flv,gif,matroska,mov,mp3,mp4,mpeg,mpegts,ogg,wav,webm"
)


class InMemory(NamedTuple):
    """A file that is on no disk, and comes from anybody."""

    name: str
    data: bytes


Media = str | os.PathLike[str] | InMemory
"""Where a film or sound is."""


def name_of(media: Media) -> str:
    """What it is called in sentences."""
    return media.name if isinstance(media, InMemory) else os.fspath(media)


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
def told_of(media: Media, doing: str = "be read") -> Iterator[None]:
    """What PyAV raises within becomes a `MediaError`; a file that is not there stays an `OSError`."""
    import av

    try:
        yield
    except av.FFmpegError as error:
        if isinstance(error, OSError) and not isinstance(media, InMemory):
            raise
        raise MediaError(f"{name_of(media)} cannot {doing}: {error.strerror}.") from None


def opened(media: Media, kind: Literal["video", "audio"]) -> tuple[Any, Any]:
    """Open a file, and the first track of that kind.

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
    container = _container_of(media)
    try:
        return container, _track(container, name_of(media), kind)
    except BaseException:
        container.close()
        raise


def _container_of(media: Media) -> av.container.InputContainer:
    # A file that names others is not followed: its pictures would be read from wherever it says.
    import av

    if isinstance(media, InMemory):
        only = {"protocol_whitelist": "none", "format_whitelist": _SENT_FORMATS}
        with told_of(media):
            return av.open(io.BytesIO(media.data), "r", options=only)
    if not Path(media).is_file():
        with Path(media).open("rb"):  # says why
            pass
    with told_of(media):
        return av.open(str(Path(media).resolve()), "r", options={"protocol_whitelist": "file"})


def _track(container: av.container.InputContainer, name: str, kind: str) -> Any:
    if PLAYLISTS & set(container.format.name.split(",")):
        raise MediaError(f"{name} is a list of other files; expected the file itself.")
    tracks = [one for one in container.streams if one.type == kind]
    if not tracks:
        what = {"video": "pictures", "audio": "sound"}[kind]
        cut = "" if len(container.streams) else ": it has none at all, and may be cut"
        raise MediaError(f"{name} has no track of {what}{cut}.")
    track: Any = tracks[0]
    if track.codec_context is None:
        raise MediaError(
            f"{name} is coded in a way that this PyAV does not know. Convert it, for example to mp4."
        )
    return track
