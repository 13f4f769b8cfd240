"""`Screen`: what a person shares of a screen, as a source of pictures."""

from __future__ import annotations

from typing import Any

import traitlets as t

from ..webcam import Webcam


class Screen(Webcam):
    """A screen, window or browser tab of the person who sees the notebook.

    The browser asks each time what to share, and only after a click: `start()` from code shows a button that asks.
    Sharing ends with Stop, or in the browser. As a `Webcam`, but that there is no `device` to choose.

    Parameters
    ----------
    resolution
        Width and height in pixels that functions get at most.
    traits
        As of a `Webcam`: `crop`, `quality`, `hold`, `color`, `constraints` (such as ``{"frameRate": 5}``),
        `run_hidden`, `label`.
    """

    _kind = t.Unicode("screen").tag(sync=True)

    def __init__(self, resolution: tuple[int, int] = (1280, 720), **traits: Any) -> None:
        super().__init__(resolution=resolution, **traits)
        self._session.device = "screen"
