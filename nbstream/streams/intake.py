"""How a stream takes in what its sources capture."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ..pictures.frame import Frame
from ..runs.kinds.capture_runner import CaptureRunner
from ..runs.runner import Runner
from ..runs.stats import Stats
from .life import Life

if TYPE_CHECKING:
    from ..sounds.chunk import Captured, Chunk
    from ..sounds.hold import HoldSegmenter
    from ..sounds.store import SoundStore


class Intake:
    """Gives frames and chunks to the runner. The life's lock guards the sound that waits for one."""

    def __init__(self, life: Life, stats: Stats) -> None:
        self._life = life
        self._stats = stats

    def offer(self, captured: Captured) -> bool:
        """Give a frame or chunk to the function, when it is live; False when it is not wanted."""
        if (watcher := self._life.watcher) is not None and self._life.state == "live":
            watcher.came(captured)
        if isinstance(captured, Frame):
            if not self._offer_frame(captured):
                return False
        elif not self._offer_chunk(captured):
            return False
        self._life.begin_clock()
        return True

    def has_room(self) -> bool:
        """Whether the function has taken what it was offered, and is live."""
        runner = self._live_runner()
        return runner is not None and runner.mailbox.has_room

    def press(self) -> bool:
        """Have the function called with the next picture; False unless it waits for that, and is live."""
        runner = self._live_runner()
        return isinstance(runner, CaptureRunner) and runner.press()

    @property
    def waiting_presses(self) -> int:
        """How many presses of Capture wait for the end of their call."""
        runner = self._life.runner
        return runner.unanswered if isinstance(runner, CaptureRunner) else 0

    @property
    def holds(self) -> HoldSegmenter | None:
        """What the button Hold to talk is for; `None` = the stream has none."""
        if self._life.plan.options["on"] != "hold":
            return None
        segmenter = self._life.plan.segmenter
        return cast("HoldSegmenter", segmenter)

    def hold(self, at_ms: float) -> None:
        """The person holds the button, by the page's clock; nothing happens unless a live stream waits for that."""
        holds = self.holds
        if holds is not None and self._live_runner() is not None:
            holds.press(at_ms)

    def call_again(self) -> bool:
        """Have a live stream's function called with the newest picture; False when it is not live, or has none."""
        frames = [one for one in self._life.newest_captured() if isinstance(one, Frame)]
        runner = self._live_runner()
        if runner is None or not frames:
            return False
        return runner.call_again(max(frames, key=lambda frame: frame.received_at_s))

    def keep_sound(self, source: object, store: SoundStore) -> None:
        """Sound of that source is ours from now on: until the stream is live it waits in `store`."""
        with self._life.lock:
            self._life.kept_sound[source] = store

    def give_up_sound(self, source: object) -> SoundStore | None:
        """Let another stream have what waits; `None` = nothing does."""
        with self._life.lock:
            return self._life.kept_sound.pop(source, None)

    @property
    def keeps_sound(self) -> bool:
        """Whether sound is wanted, although the stream is not live yet."""
        return bool(self._life.kept_sound)

    def count(self, name: str, amount: int = 1) -> None:
        """Add to a counter of `stats`."""
        self._stats.count(name, amount)

    def _live_runner(self) -> Runner | None:
        with self._life.lock:
            return self._life.runner if self._life.state == "live" else None

    def _offer_frame(self, frame: Frame) -> bool:
        runner = self._live_runner()
        # With the lock free: what it replaces is told to its source. A runner that has ended refuses.
        if runner is None or not runner.offer(frame):
            return False
        way_bytes = frame.way_bytes
        self._stats.count("bytes_up", len(frame.data) if way_bytes is None else way_bytes)
        self._stats.gauge("video", None if way_bytes is None else 1)
        self._stats.gauge("quality", frame.quality)
        self._stats.gauge("scale", frame.scale)
        return True

    def _offer_chunk(self, chunk: Chunk) -> bool:
        with self._life.lock:
            # The last sound comes after Stop; whether it is still taken, the runner knows.
            runner = self._life.runner
            if not ((runner is not None and runner.offer(chunk)) or self._keep(chunk)):
                return False
        self._stats.count("bytes_up", chunk.samples.nbytes)
        return True

    def _keep(self, chunk: Chunk) -> bool:
        store = self._life.kept_sound.get(chunk.source)
        if store is None:
            return False
        store.put(chunk)
        self._stats.count("samples", chunk.sample_count)
        return True
