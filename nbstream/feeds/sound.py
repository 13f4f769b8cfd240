"""The sound of a film or sound file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from .feed import FedSound
from .media import Media, opened, told_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..protocol.sound import SampleType

PIECE_S = 0.1
_FORMAT: dict[SampleType, str] = {"int16": "s16", "float32": "flt"}


def sound_length_s(media: Media) -> float | None:
    """Look into a sound file, or the sound of a film: how many seconds it has; `None` = it does not say.

    Raises
    ------
    MediaError
        If it has no sound, or is coded in a way that is not known.
    OSError
        If it cannot be opened.
    """
    container, _stream = opened(media, "audio")
    with container:
        long_us = container.duration
    return None if long_us is None else float(long_us / 1_000_000)


class SoundFeed:
    """Reads the sound of a file in pieces, at its own rate and with all its channels.

    Parameters
    ----------
    dtype
        Type of the samples.
    loop
        Whether it begins anew at the end.
    begin_s
        Where it begins.
    """

    is_live = False

    def __init__(
        self, media: Media, dtype: SampleType, *, loop: bool, begin_s: float = 0.0
    ) -> None:
        self._media = media
        self._dtype = dtype
        self._loop = loop
        self._begin_s = begin_s
        self._container: Any = None
        self._stream: Any = None
        self._blocks: Iterator[NDArray[Any]] = iter(())
        self._skip_count = 0
        self._given_count = 0
        self._is_jump = False

    def open(self) -> None:
        self._container, self._stream = opened(self._media, "audio")
        self._blocks = self._decoded()
        self._given_count = self._skip_count = int(self._begin_s * self._rate)

    def seek(self, at_s: float) -> None:
        """Go on `at_s` seconds after the beginning."""
        # From the beginning on: only so every sample has its number, in whatever format.
        with told_of(self._media):
            self._container.seek(0)
        self._blocks = self._decoded()
        self._skip_count = int(at_s * self._rate)
        self._given_count = self._skip_count
        self._is_jump = True

    def read(self) -> FedSound | None:
        parts: list[NDArray[Any]] = []
        count = 0
        while count < PIECE_S * self._rate:
            block = self._next_block()
            if block is None:
                break
            parts.append(block)
            count += len(block)
        if not parts:
            return None
        at_s = self._given_count / self._rate
        self._given_count += count
        is_jump, self._is_jump = self._is_jump, False
        return FedSound(at_s, self._rate, np.concatenate(parts), is_jump)

    def close(self) -> None:
        self._blocks = iter(())
        if self._container is not None:
            self._container.close()
            self._container = None

    @property
    def _rate(self) -> int:
        rate: int = self._stream.rate
        return rate

    def _next_block(self) -> NDArray[Any] | None:
        begins = 0
        while begins < 2:
            with told_of(self._media):
                block = next(self._blocks, None)
            if block is None:
                if not self._loop:
                    return None
                begins += 1  # an empty file has no end
                with told_of(self._media):
                    self._container.seek(0)
                self._blocks = self._decoded()
                continue
            skipped = min(self._skip_count, len(block))
            self._skip_count -= skipped
            if skipped < len(block):
                return block[skipped:]
        return None

    def _decoded(self) -> Iterator[NDArray[Any]]:
        import av

        form = _FORMAT[self._dtype]
        resampler = av.AudioResampler(format=form, layout=self._stream.layout, rate=self._rate)
        for frame in self._container.decode(self._stream):
            for one in resampler.resample(frame):
                yield one.to_ndarray().reshape(-1, one.layout.nb_channels)
