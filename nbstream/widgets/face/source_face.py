"""The controls of a source and its numbers, and what a person keeps of a camera's pictures."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets as t

from ...pictures.codecs import Channels, decode_image
from ..base import SourceBase
from .inserting import Insertable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ...protocol.from_page import Command

CONTROLS = (
    "start",
    "devices",
    "pause",
    "freeze",
    "snapshot",
    "insert",
    "mirror",
    "pip",
    "fullscreen",
    "stats",
    "settings",
    "mute",
)
MAX_SNAPSHOTS = 100


class SourceFace(SourceBase):
    """A source that people see."""

    controls = t.Tuple(default_value=None, allow_none=True).tag(sync=True)
    """The names of the controls that are shown; `None` = all."""

    show_stats = t.Bool(False).tag(sync=True)
    """Whether a panel with numbers lies over the picture."""

    @t.validate("controls")
    def _check_controls(self, proposal: Any) -> Any:
        names = proposal["value"]
        unknown = [name for name in names or () if name not in CONTROLS]
        if unknown:
            raise t.TraitError(
                f"controls has {unknown[0]!r}; expected a tuple of some of {', '.join(CONTROLS)}, or None for all."
            )
        return names

    def toggle_stats(self) -> None:
        """A person wants the numbers, or wants them no longer."""
        self.set_and_tell_later("show_stats", not self.show_stats)

    def keep_snapshot(self) -> None:
        """A person pressed Snapshot; of sound nothing is kept."""

    def insert_shown(self) -> None:
        """A person pressed Insert; of sound nothing is shown."""

    def adjust(self, command: Command) -> None:
        """A person chose another size or quality; of sound there is none."""


class PictureFace(SourceFace, Insertable):
    """A source of pictures that people see."""

    frame: Any
    color: Any
    bindings: Any

    quality = t.Union(
        [t.Int(min=1, max=100), t.Tuple(t.Int(min=1, max=100), t.Int(min=1, max=100))],
        default_value=70,
    ).tag(sync=True)
    """Of the JPEG on its way to the kernel, 1..100; (lowest, highest) adapts it to the link."""

    def __init__(self, **traits: Any) -> None:
        self._snapshots: deque[tuple[bytes, Channels]] = deque(maxlen=MAX_SNAPSHOTS)
        super().__init__(**traits)

    @t.validate("quality")
    def _check_quality(self, proposal: Any) -> Any:
        quality = proposal["value"]
        if isinstance(quality, tuple) and quality[0] > quality[1]:
            text = f"quality is {quality!r}; expected (lowest, highest). Give {quality[::-1]!r}."
            raise t.TraitError(text)
        return quality

    @property
    def snapshots(self) -> list[NDArray[np.uint8]]:
        """The pictures that a person kept by Snapshot, as arrays, oldest first; the newest hundred."""
        return [decode_image(data, channels) for data, channels in list(self._snapshots)]

    def keep_snapshot(self) -> None:
        """Keep the newest picture, if there is one."""
        if self.frame is not None:
            self._snapshots.append((self.frame, self.color))

    def insert(self) -> None:
        """Put the newest result of its streams into the notebook; where they show none, its own picture.

        It is an output of the cell that shows the widget with the result, and is saved with the notebook.

        Raises
        ------
        RuntimeError
            If there is no picture, or no notebook.
        """
        ports = [port for binding in self.bindings for port in binding.plan.outputs]
        shown = dict.fromkeys(port.key for port in ports if isinstance(port.key, Insertable))
        for one in shown or (self,):
            one.insert_picture()

    def insert_shown(self) -> None:
        """A person pressed Insert."""
        try:
            self.insert()
        except RuntimeError as error:
            self.log.warning("[nbstream] %s", error)

    def adjust(self, command: Command) -> None:
        """Use the size and quality that a person chose."""
        self.set_and_tell_later("resolution", (command.width_px, command.height_px))
        if command.quality is not None:
            self.set_and_tell_later("quality", command.quality)
