"""What a recorder was asked to record, and as what."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

from .encoder import Container

FORMATS = (*get_args(Container), "wav")


def taps_of(thing: Any) -> Any:
    """Where it tells of what comes."""
    if hasattr(thing, "nbstream_taps"):
        return thing.nbstream_taps
    return thing.nbstream_session().taps


def sorted_out(things: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """Those of pictures, and those of sound.

    Raises
    ------
    TypeError
        If something is neither.
    """
    pictures, sounds = [], []
    for one in things:
        if hasattr(one, "sound_format") and hasattr(one, "nbstream_session"):
            sounds.append(one)
        elif hasattr(one, "nbstream_taps") or hasattr(one, "nbstream_session"):
            pictures.append(one)
        else:
            raise TypeError(
                f"Recorder() was given {type(one).__name__} {one!r:.80}; expected a camera, an ImageView, a "
                "microphone, or a list of one with pictures and one with sound."
            )
    return pictures, sounds


def format_of(
    path: str | os.PathLike[str] | None, format: str | None, *, has_pictures: bool
) -> Any:
    """Which format is meant.

    Raises
    ------
    ValueError
        If it is none that is known.
    """
    if path is not None and format is not None:
        raise ValueError(
            f"format is {format!r:.80}; expected None with a path, whose ending says it."
        )
    if path is not None:
        name = Path(path).suffix.lower().removeprefix(".")
        if name not in FORMATS:
            raise ValueError(
                f"{os.fspath(path)!r:.200} ends in no format that is known; expected .{', .'.join(FORMATS)}."
            )
        return name
    name = format or ("mp4" if has_pictures else "wav")
    if name not in FORMATS:
        raise ValueError(f"format is {format!r:.80}; expected one of {', '.join(FORMATS)}.")
    return name


def check_tracks(name: str, picture_count: int, sound_count: int) -> None:
    """Raise ValueError where a format cannot hold what is to be recorded."""
    if picture_count > 1 or sound_count > 1 or not picture_count + sound_count:
        raise ValueError(
            f"Recorder() was given {picture_count} sources of pictures and {sound_count} of sound; expected one of "
            "each at most. For several make several."
        )
    if name == "wav" and picture_count:
        raise ValueError("a wav file has no pictures; expected an .mp4, .webm or .gif.")
    if name != "wav" and not picture_count:
        raise ValueError(f"sound alone is recorded as .wav; {name} needs a source of pictures.")
    if name == "gif" and sound_count:
        raise ValueError("a gif has no sound; expected an .mp4 or .webm.")
