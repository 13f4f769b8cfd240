"""`AnyResult`: one output for whatever a function returns: a picture, sound, or anything else as text."""

from __future__ import annotations

from collections.abc import Hashable
from numbers import Number
from typing import Any

import ipywidgets
import numpy as np

from ...errors import ResultError
from ...protocol.page_text import page_text
from ...runs.plan import Origin, OutputPort
from ...streams.ports import as_output
from ..audio_player import AudioPlayer
from ..image_view import ImageView

MAX_TEXT_CHARS = 10_000
TEXTS = (str, Number, np.generic, dict, list, tuple, set)


class AnyResult:
    """A view, a text and, where it is wanted, a player.

    Parameters
    ----------
    has_player
        Whether sound can be heard.
    """

    def __init__(self, *, has_player: bool) -> None:
        self.view = ImageView()
        self.text = ipywidgets.Label()
        self.player = AudioPlayer() if has_player else None
        self.key: Hashable = self
        self.name = "the display"

    @property
    def widgets(self) -> list[ipywidgets.Widget]:
        """What a page shows, from the top down."""
        return [self.view, self.text, *([] if self.player is None else [self.player])]

    def nbstream_output(self) -> OutputPort:
        """How a stream writes this."""
        return _AnyPort(self)

    def close(self) -> None:
        """Remove all of it from all pages."""
        for one in self.widgets:
            one.close()


class _AnyPort:
    def __init__(self, result: AnyResult) -> None:
        self.key: Hashable = result
        self.name = result.name
        self._view = as_output(result.view)
        self._text = as_output(result.text)
        self._player = None if result.player is None else as_output(result.player)
        self._ports = [one for one in (self._view, self._text, self._player) if one is not None]

    def attach(self) -> None:
        for port in self._ports:
            port.attach()

    def detach(self) -> None:
        for port in self._ports:
            port.detach()

    def write(self, value: Any, origin: Origin) -> None:
        if value is None:
            self._view.write(None, origin)
            self._text.write("", origin)
        elif _is_sound(value):
            if self._player is None:
                raise ResultError(
                    "sound; expected a picture, a text or a number. To hear it annotate the function: "
                    "-> nbs.Sound."
                )
            self._player.write(value, origin)
        elif isinstance(value, TEXTS):
            self._text.write(page_text(str(value), MAX_TEXT_CHARS), origin)
        else:
            self._view.write(value, origin)


def _is_sound(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], np.ndarray)
