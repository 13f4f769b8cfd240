"""How a stream is doing: counters, and percentiles of each leg of a frame's way."""

import threading
from collections import Counter, deque
from typing import TypedDict

KEPT = 300
FPS_OVER_S = 3.0


class Percentiles(TypedDict):
    """Of the last `KEPT` durations of one leg, in milliseconds."""

    p50: float
    p95: float
    max: float


class StatsContent(TypedDict):
    """What `binding.stats` shows.

    `fps`: results per second over the last `FPS_OVER_S` seconds. `counts`: "frames" that reached the function,
    "results", "errors", "superseded" (left unread: a newer frame came first, it had waited too long, or the stream was
    live no longer), "lost" (with `pictures="all"`: there was no room for them), "rejected" (broken, or too late for its
    run), "mended" (the camera was begun anew since no picture came), "late" (of parallel calls: a newer result was
    shown already), "bytes_up", "bytes_down", "video_results" (sent as video). `legs_ms`: how long each leg of a frame's
    way takes, in order: "encode" (from the capture on), "up", "queue", "decode", "call", "away" (what an executor adds:
    the way to a worker and back, and waiting for one), "write" (encoding the result), "down", "paint" (decoding and
    waiting for the screen), and all of it, "total"; "overlay" is the age of annotations when they are drawn, from the
    capture on. `gauges`: "quality" and "scale" of the newest frame, where the camera's `quality` is a range.

    Of sound, `counts`: "chunks" that reached the function, "samples" per channel that came, "clipped" samples,
    "chunks_early" (one before them was lost; they are sent again) and "chunks_repeated" (they were here already). The
    leg "convert" is channels, rate and type; `gauges`: "overrun_s", seconds that the function was too slow for, since
    Start.
    """

    fps: float
    counts: dict[str, int]
    legs_ms: dict[str, Percentiles]
    gauges: dict[str, float]


class Stats:
    """Counters and durations; safe to use from any thread. `_lock` guards all fields."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._legs_ms: dict[str, deque[float]] = {}
        self._gauges: dict[str, float] = {}
        self._shown_at_s: deque[float] = deque(maxlen=KEPT)

    def count(self, name: str, amount: int = 1) -> None:
        """Add to a counter."""
        with self._lock:
            self._counts[name] += amount

    def went_down(self, byte_count: int, /, *, is_video: bool = False) -> None:
        """Count a result that was made for pages."""
        self.count("bytes_down", byte_count)
        if is_video:
            self.count("video_results")

    def gauge(self, name: str, value: float | None) -> None:
        """Note how something stands now; `None` = it does not apply."""
        with self._lock:
            if value is None:
                self._gauges.pop(name, None)
            else:
                self._gauges[name] = value

    def leg(self, name: str, duration_ms: float) -> None:
        """Note how long a leg took, in milliseconds."""
        with self._lock:
            self._legs_ms.setdefault(name, deque(maxlen=KEPT)).append(duration_ms)

    def shown(self, at_s: float) -> None:
        """Note a result at that time of the kernel's monotonic clock."""
        with self._lock:
            self._counts["results"] += 1
            self._shown_at_s.append(at_s)

    def content(self, now_s: float) -> StatsContent:
        """Everything, as plain numbers."""
        with self._lock:
            recent = [at_s for at_s in self._shown_at_s if now_s - at_s <= FPS_OVER_S]
            span_s = recent[-1] - recent[0] if recent else 0.0
            fps = (len(recent) - 1) / span_s if span_s > 0 else 0.0
            return {
                "fps": round(fps, 2),
                "counts": dict(self._counts),
                "legs_ms": {name: _percentiles(values) for name, values in self._legs_ms.items()},
                "gauges": dict(self._gauges),
            }


def _percentiles(values: deque[float]) -> Percentiles:
    ordered = sorted(values)

    def at(share: float) -> float:
        return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2)

    return {"p50": at(0.5), "p95": at(0.95), "max": round(ordered[-1], 2)}
