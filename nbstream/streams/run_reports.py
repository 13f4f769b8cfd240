"""What the runner of a stream tells goes on to the source of the frame, and to the stream's life."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from ..pictures.frame import Frame
from ..protocol.to_page import CreditContent
from ..runs.plan import CallWatcher
from ..runs.runner import Runner
from .captures import Captures

if TYPE_CHECKING:
    from ..sounds.chunk import Captured, Chunk


class Reported(Hashable, Protocol):
    """The life that hears of its runs."""

    watcher: CallWatcher | None

    def call_succeeded(self) -> None: ...

    def call_failed(self, error: BaseException) -> None: ...

    def run_failed(self, error: BaseException) -> None: ...

    def runner_ended(self, runner: Runner) -> None: ...


class RunReports:
    """The `RunEvents` of one stream; any thread may call it.

    Parameters
    ----------
    max_parallel
        How many calls run at once.
    """

    def __init__(self, life: Reported, captures: Captures, max_parallel: int) -> None:
        self._life = life
        self._captures = captures
        self._max_parallel = max_parallel
        self.newest_piece: Chunk | None = None
        """The sound that the function had last; a single value, written by the runner."""

    def frame_taken(self, frame: Frame) -> None:
        # Of parallel calls each frees room for another frame when it begins, not when it ends.
        at_once = self._max_parallel > 1
        self._captures.pictures[frame.source].frame_taken(frame, at_once=at_once)

    def frame_rejected(self, frame: Frame, reason: str) -> None:
        self._captures.pictures[frame.source].frame_rejected(frame, reason)

    def frame_skipped(self, frame: Frame) -> None:
        self._captures.pictures[frame.source].frame_skipped(frame)

    def frame_kept(self, frame: Frame) -> Frame:
        return self._captures.pictures[frame.source].frame_kept(frame)

    def sound_taken(self, chunk: Chunk) -> None:
        self._captures.sounds[chunk.source].sound_taken()

    def carry(self) -> Mapping[str, CreditContent]:
        carried: dict[str, CreditContent] = {}
        for capture in self._captures.pictures.values():
            carried.update(capture.carry())
        return carried

    def call_ended(
        self,
        frame: Captured,
        call_ms: float,
        error: BaseException | None,
        others: Sequence[Frame] = (),
    ) -> None:
        try:
            if error is None:
                self._life.call_succeeded()
            else:
                self._life.call_failed(error)
        finally:
            if not isinstance(frame, Frame):
                self.newest_piece = frame
            else:
                # What the page times its frames by: how far apart calls end.
                between_ms = call_ms / self._max_parallel
                for one in (*others, frame):
                    self._captures.pictures[one.source].call_ended(self._life, one, between_ms)

    def watcher(self) -> CallWatcher | None:
        return self._life.watcher

    def run_failed(self, error: BaseException) -> None:
        self._life.run_failed(error)

    def runner_ended(self, runner: Runner) -> None:
        self._life.runner_ended(runner)
