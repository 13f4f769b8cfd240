"""Watch a result for some seconds: frames per second, latency, processor time of the servers."""

from __future__ import annotations

import bisect
import contextlib
import time
from dataclasses import dataclass
from itertools import pairwise

import psutil
from playwright.sync_api import Page

# A number that comes later than this after the camera showed it belongs to the clip's last round.
LONGEST_MS = 3500


@dataclass(frozen=True)
class Observation:
    """What was seen; None where nothing was."""

    fps: float
    p50_ms: float | None
    p95_ms: float | None
    max_ms: float | None
    cpu_ms_per_frame: float
    backwards: int

    def __str__(self) -> str:
        times = "".join(f"{'-' if ms is None else round(ms, 1):>9}" for ms in self._times_ms())
        return f"{self.fps:>8.1f}{times}{self.cpu_ms_per_frame:>14.1f}{self.backwards:>11}"

    def _times_ms(self) -> tuple[float | None, ...]:
        return (self.p50_ms, self.p95_ms, self.max_ms)


def observe(page: Page, pid: int, seconds: float, output: str, warm_up_s: float = 4) -> Observation:
    """Watch the numbered pictures inside `output` (CSS); `pid`: the server, whose processor time counts."""
    page.wait_for_timeout(warm_up_s * 1000)
    page.locator(output).first.scroll_into_view_if_needed()
    page.evaluate("output => window.__probe.begin(output)", output)
    cpu_before_s, began_s = cpu_s(pid), time.monotonic()
    page.wait_for_timeout(seconds * 1000)
    elapsed_s, used_s = time.monotonic() - began_s, cpu_s(pid) - cpu_before_s
    seen = page.evaluate("() => ({captured: __probe.captured, shown: __probe.shown})")
    captured = {int(number): times for number, times in seen["captured"].items()}
    shown = [(entry["number"], entry["atMs"]) for entry in seen["shown"]]
    ages = [age_ms(at_ms, captured.get(number, [])) for number, at_ms in shown]
    lags_ms = sorted(age for age in ages if age is not None)
    return Observation(
        fps=len(shown) / elapsed_s,
        p50_ms=quantile(lags_ms, 0.5),
        p95_ms=quantile(lags_ms, 0.95),
        max_ms=quantile(lags_ms, 1),
        cpu_ms_per_frame=used_s * 1000 / max(len(shown), 1),
        backwards=count_backwards([number for number, _ in shown], max(captured, default=0) + 1),
    )


def age_ms(shown_at_ms: float, captured_at_ms: list[float]) -> float | None:
    """Time since the camera last showed that number; None if it did not in this round of the clip."""
    k = bisect.bisect_right(captured_at_ms, shown_at_ms)
    lag_ms = shown_at_ms - captured_at_ms[k - 1] if k else None
    return lag_ms if lag_ms is not None and lag_ms < LONGEST_MS else None


def quantile(sorted_values: list[float], q: float) -> float | None:
    """The value below which that share of the values lies; None if there are none."""
    last = len(sorted_values) - 1
    return sorted_values[min(last, int(q * len(sorted_values)))] if sorted_values else None


def count_backwards(numbers: list[int], loop: int) -> int:
    """How often a picture came after a newer one; the numbers start again after `loop`."""
    return sum((after - before) % loop > loop / 2 for before, after in pairwise(numbers))


def cpu_s(pid: int) -> float:
    """Processor time of a process and its children, in seconds."""
    total_s = 0.0
    for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            total_s += times.user + times.system
    return total_s
