"""`Timeline`: a replay under a person's hands."""

from __future__ import annotations

from typing import Any

import ipywidgets

from ...kernel.wiring import set_trait
from ...sources.replay import Replay


class Timeline(ipywidgets.HBox):  # type: ignore[misc]
    """Play, step and scrub through a `Replay`: `nbs.Timeline(replay)` below the display of its results.

    While it does not play, each step, and each move of the slider, makes the function's call of that place.

    Parameters
    ----------
    replay
        With its stream.
    """

    def __init__(self, replay: Replay) -> None:
        if not isinstance(replay, Replay):
            raise TypeError(
                f"Timeline() was given {type(replay).__name__} {replay!r:.80}; expected an nbs.Replay."
            )
        self._replay = replay
        self._shown = 0
        last = max(0, len(replay.recording) - 1)
        self.play = ipywidgets.ToggleButton(
            description="Play", icon="play", layout={"width": "6em"}
        )
        self.step = ipywidgets.Button(
            description="Step", icon="step-forward", layout={"width": "6em"}
        )
        self.place = ipywidgets.IntSlider(max=last, description="call", layout={"width": "30em"})
        replay.nbstream_session().position_changed = self._moved
        self.play.observe(self._played, "value")
        self.step.on_click(self._stepped)
        self.place.observe(self._scrubbed, "value")
        super().__init__([self.play, self.step, self.place])

    def _moved(self, index: int) -> None:
        """A call is made: show where."""
        self._shown = index
        set_trait(self.place, "value", index)

    def _played(self, change: Any) -> None:
        self._replay.speed = 1.0 if change["new"] else "step"
        if change["new"]:
            self._start()

    def _stepped(self, _button: object) -> None:
        self.play.value = False
        self._replay.speed = "step"
        self._start()
        self._replay.step()

    def _scrubbed(self, change: Any) -> None:
        if change["new"] == self._shown:
            return
        self._shown = change["new"]
        self._replay.seek(change["new"])
        if not self.play.value:
            self._stepped(None)

    def _start(self) -> None:
        for binding in self._replay.nbstream_session().bindings:
            binding.start()
