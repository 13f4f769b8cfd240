"""One file of a recorder, of whatever format: made when it is known what comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO, Literal

import numpy as np

from ...sounds.chunk import Chunk
from .encoder import Container, FilmEncoder
from .wav import WavWriter

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_EARLY_S = 60.0
"""How much sound is kept before the first picture, whose size a film has."""


class FilmWriter:
    """Takes pictures and sound with their places. One thread at a time.

    Parameters
    ----------
    channels
        Of its sound; 0 = none comes.
    """

    def __init__(self, file: BinaryIO, form: Container | Literal["wav"], channels: int) -> None:
        self._file = file
        self._form = form
        self._channels = channels
        self._film: FilmEncoder | None = None
        self._wav: WavWriter | None = None
        self._early: list[tuple[Chunk, float]] = []

    def add_picture(self, picture: Any, at_s: float) -> None:
        """Add a frame of PyAV."""
        if self._film is None:
            assert self._form != "wav"
            size_px = picture.width, picture.height
            film = FilmEncoder(self._file, self._form, size_px, self._channels)
            self._film = film
            early, self._early = self._early, []
            for chunk, chunk_at_s in early:
                film.add_sound(_samples_of(chunk), chunk.sample_rate, chunk_at_s)
        self._film.add_picture(picture, at_s)

    def add_sound(self, chunk: Chunk, at_s: float) -> None:
        """Add a piece of sound."""
        if self._form == "wav":
            if self._wav is None:
                self._wav = WavWriter(self._file, chunk.sample_rate, self._channels)
            self._wav.add(_samples_of(chunk), chunk.sample_rate)
        elif self._film is not None:
            self._film.add_sound(_samples_of(chunk), chunk.sample_rate, at_s)
        else:
            self._early.append((chunk, at_s))
            while sum(one.duration_s for one, _at_s in self._early) > MAX_EARLY_S:
                del self._early[0]

    def close(self) -> None:
        """Write what is held, and the end."""
        if self._film is not None:
            self._film.close()


def _samples_of(chunk: Chunk) -> NDArray[Any]:
    return chunk.samples if chunk.samples.ndim == 2 else chunk.samples[:, np.newaxis]
