"""The worker of a stream whose function gets every picture, one by one or several at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ...calls.call_thread import CallThread
from ...calls.metadata import FrameMeta, SoundMeta, frame_meta
from ...kernel.clock import Clock
from ...pictures.frame import Frame
from ..plan import InputPort, StreamPlan
from ..runner import RunEvents, Runner
from ..stats import Stats
from .picture_queue import PictureQueue

if TYPE_CHECKING:
    from ...sounds.chunk import Captured


class EveryRunner(Runner):
    """A runner whose mailbox is a queue. `_batch` belongs to the thread."""

    def __init__(
        self,
        plan: StreamPlan,
        events: RunEvents,
        clock: Clock,
        stats: Stats,
        thread: CallThread,
    ) -> None:
        self._size: int | None = plan.options["batch"]
        self._queue = PictureQueue(thread.condition(), self._left_unread, self._size or 1)
        self._batch: list[Frame] = []
        super().__init__(plan, events, clock, stats, thread, self._queue)

    def offer(self, frame: Captured) -> bool:
        if not isinstance(frame, Frame) or self._pace.is_early(frame):
            return False
        return self.mailbox.put(self._events.frame_kept(frame))

    def _left_unread(self, frame: Captured) -> None:
        if not self._queue.closed:
            self._stats.count("lost")
        super()._left_unread(frame)

    def _is_stale(self, frame: Frame) -> bool:
        return False

    def _work(self) -> None:
        if self._size is None:
            super()._work()
            return
        while self._take_batch(self._size):
            *others, last = self._batch
            for frame in self._batch:
                self._events.frame_taken(frame)
            self._stats.count("frames", len(others))
            self._others = others
            self._inputs = [self._input(port) for port in self._plan.inputs]
            self._call(last)

    def _take_batch(self, size: int) -> bool:
        self._batch = self._queue.take_some(size)
        return bool(self._batch)

    def _input(self, port: InputPort) -> InputPort:
        is_own = getattr(port, "source", None) is self._batch[-1].source
        return _BatchPort(port, self._batch) if is_own else port

    def _meta(self, frame: Captured) -> FrameMeta | SoundMeta | list[FrameMeta]:
        if self._size is None:
            return super()._meta(frame)
        return [frame_meta(one) for one in self._batch]


class _BatchPort:
    """An input that is a list: one value for each picture of the batch."""

    def __init__(self, port: InputPort, frames: Sequence[Frame]) -> None:
        self._port = port
        self._frames = frames
        self.name = port.name

    def attach(self) -> None: ...

    def detach(self) -> None: ...

    def read(self, frame: Captured) -> list[Any]:
        del frame
        return [self._port.read(one) for one in self._frames]
